"""`bilag plan`: from a file, from the oldest job, from a named job; it books nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from bilag.simulator.catalogue import COMPANY_ID
from bilag.simulator.demo_job import demo_expenses, demo_failure_reasons
from tests.cli.terminal import Ended, Terminal
from tests.e2e.expenses import DEMO_BOOKED, DEMO_COUNT, DEMO_FAILED
from tests.e2e.stage import Stage
from tests.simulator.builders import an_item

PLAN_KEYS = [
    "accountingEntryId",
    "method",
    "settingsVersion",
    "documents",
    "notes",
    "nothingToBook",
    "failures",
    "trace",
]
FAILURE_KEYS = ["code", "path", "message", "remedy", "reasonType"]
MANY = 30_000


async def plan_of(bilag: Terminal, stage: Stage, text: str, *arguments: str) -> Ended:
    file = stage.folder / "items.json"
    file.write_text(text, "utf-8")
    return await bilag("plan", str(file), *arguments, "--config", str(stage.config_path))


def purchase(number: int) -> dict[str, Any]:
    item: dict[str, Any] = an_item(number, company_id=COMPANY_ID)
    item["accountingEntryLines"][0]["account"] |= {"code": "2810"}
    return item


async def test_every_line_for_machines_is_one_plan_with_stable_keys(bilag: Terminal, demo: Stage) -> None:
    said = await bilag("plan", "--json", "--config", str(demo.config_path))
    plans = [json.loads(line) for line in said.out.splitlines()]

    assert (said.code, said.err) == (1, "")
    assert len(plans) == len(demo_expenses())
    assert all(list(plan) == PLAN_KEYS for plan in plans)
    assert all(bool(plan["documents"]) is not bool(plan["failures"]) for plan in plans)
    assert all(list(failure) == FAILURE_KEYS for plan in plans for failure in plan["failures"])
    assert {plan["accountingEntryId"] for plan in plans if plan["failures"]} == demo_failure_reasons().keys()


async def test_people_see_both_sides_of_each_entry_and_what_to_do(bilag: Terminal, demo: Stage) -> None:
    said = await bilag("plan", "--config", str(demo.config_path))

    assert said.code == 1
    assert said.out.endswith(
        f"{DEMO_COUNT} items: {DEMO_BOOKED} can be booked, {DEMO_FAILED} can't. Nothing was booked.\n"
    )
    assert "moved from 2026-09-28" in said.out
    assert "Line 1 has no account for its category." in said.out
    assert "account.category-missing at accountingEntryLines[0].account" in said.out


async def test_reasons_are_told_when_asked_for(bilag: Terminal, demo: Stage) -> None:
    without = await plan_of(bilag, demo, json.dumps([purchase(1)]))
    with_reasons = await plan_of(bilag, demo, json.dumps([purchase(1)]), "--why")

    assert without.code == with_reasons.code == 0
    assert "accounts mapping" not in without.out
    assert "postings[0].account" in with_reasons.out
    assert "accounts mapping" in with_reasons.out


async def test_planning_leaves_pleo_and_the_disk_as_they_were(bilag: Terminal, demo: Stage) -> None:
    before = sorted(demo.folder.rglob("*"))
    await bilag("plan", "--config", str(demo.config_path))

    assert sorted(demo.folder.rglob("*")) == before
    assert not [call for call in demo.witness.calls if not call.startswith("GET ")]
    assert demo.world.request_counts["GET /files/{token}/{name}"] == 0


async def test_job_is_found_by_the_beginning_of_its_id(bilag: Terminal, demo: Stage) -> None:
    said = await bilag("plan", "--job", demo.jobs[0].id[:8], "--json", "--config", str(demo.config_path))

    assert len(said.out.splitlines()) == len(demo_expenses())


async def test_unknown_job_ends_with_2_and_names_those_that_wait(bilag: Terminal, demo: Stage) -> None:
    said = await bilag("plan", "--job", "ffff", "--config", str(demo.config_path))

    assert (said.code, said.out) == (2, "")
    assert "ffff" in said.err
    assert demo.jobs[0].id in said.err


async def test_nothing_to_plan_ends_with_2_and_says_what_could_be_planned(bilag: Terminal, demo: Stage) -> None:
    await demo.run()
    said = await bilag("plan", "--config", str(demo.config_path))

    assert (said.code, said.out) == (2, "")
    assert "No Export Job waits" in said.err


async def test_file_and_job_at_once_is_a_mistake(bilag: Terminal, demo: Stage) -> None:
    said = await plan_of(bilag, demo, "[]", "--job", "x")

    assert said.code == 2
    assert "not both" in said.err


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", "line 1, column 1"),
        ('{"data": [\n  {"a": 1},\n  {"b" 2}\n]}', "line 3, column 8"),
        ('{"data": [{"a": 1}', "not JSON"),
        ("\x00\x01", "line 1, column 1"),
        ("7", "neither an object nor a list"),
        ('{"items": []}', 'has no "data"'),
        ('{"data": {}}', '"data" is not a list'),
        ("[" * 200_000, "nested too deeply"),
    ],
    ids=["empty", "typing error", "cut off", "binary", "number", "other object", "other data", "deep"],
)
async def test_file_that_holds_no_items_ends_with_2_and_says_where(
    bilag: Terminal, demo: Stage, text: str, where: str
) -> None:
    said = await plan_of(bilag, demo, text)

    assert (said.code, said.out) == (2, "")
    assert "items.json" in said.err
    assert where in said.err
    assert "Traceback" not in said.err


async def test_file_that_is_none_ends_with_2(bilag: Terminal, demo: Stage, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere.json"):
        said = await bilag("plan", str(path), "--config", str(demo.config_path))
        assert (said.code, said.out) == (2, "")
        assert str(path) in said.err


@pytest.mark.parametrize("text", ["[]", '{"data": []}', '\ufeff{"data": []}'])
async def test_empty_list_is_well_and_says_so(bilag: Terminal, demo: Stage, text: str) -> None:
    said = await plan_of(bilag, demo, text)

    assert (said.code, said.err) == (0, "")
    assert said.out == "0 items: 0 can be booked, 0 can't. Nothing was booked.\n"


async def test_malformed_items_are_named_one_by_one_and_hide_no_other(bilag: Terminal, demo: Stage) -> None:
    said = await plan_of(bilag, demo, json.dumps({"data": [purchase(1), None, "x", {}, [], purchase(2)]}), "--json")
    plans = [json.loads(line) for line in said.out.splitlines()]

    assert said.code == 1
    assert [bool(plan["documents"]) for plan in plans] == [True, False, False, False, False, True]
    assert {failure["code"] for plan in plans for failure in plan["failures"]} == {"item.malformed"}


@pytest.mark.slow
async def test_thirty_thousand_items_are_planned_in_order(bilag: Terminal, demo: Stage) -> None:
    said = await plan_of(bilag, demo, json.dumps({"data": [purchase(n) for n in range(MANY)]}), "--json")
    lines = said.out.splitlines()

    assert (said.code, said.err) == (0, "")
    assert len(lines) == MANY
    for number in (0, 12_345, MANY - 1):
        assert json.loads(lines[number])["accountingEntryId"] == purchase(number)["accountingEntryId"]
