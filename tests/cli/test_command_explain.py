import json

import pytest

from bilag.simulator.demo_job import demo_failure_reasons
from tests.cli.terminal import Terminal
from tests.e2e.stage import Stage
from tests.e2e.standing_books import books_in

KEYS = ["accountingEntryId", "jobId", "externalId", "externalUrl", "settledAt", "warnings", "plan"]


@pytest.fixture
async def exported(demo: Stage) -> Stage:
    await demo.run()
    return demo


async def test_booked_expense_is_explained_by_the_beginning_of_its_id(bilag: Terminal, exported: Stage) -> None:
    moved = next(entry for entry in books_in(exported.books).entries if entry.original_day != entry.day)
    people = await bilag("explain", moved.entry_id[:8], "--config", str(exported.config_path))
    machines = await bilag("explain", moved.entry_id, "--json", "--config", str(exported.config_path))

    assert (people.code, people.err) == (0, "")
    assert people.out.startswith(moved.entry_id)
    assert f"Booked as {moved.voucher} in Export Job {exported.jobs[0].id}." in people.out
    assert f"instead of {moved.original_day}" in people.out
    assert "postings[0].account" in people.out
    explained = json.loads(machines.out)
    assert list(explained) == KEYS
    assert (explained["accountingEntryId"], explained["externalId"]) == (moved.entry_id, moved.voucher)
    assert explained["plan"]["trace"]


async def test_failed_expense_is_explained_by_what_keeps_it_out(bilag: Terminal, exported: Stage) -> None:
    for entry_id in demo_failure_reasons():
        said = await bilag("explain", entry_id, "--config", str(exported.config_path))
        assert said.code == 0
        assert "✗ " in said.out
        assert "Booked as" not in said.out


async def test_newest_booking_is_explained_also_after_a_second_export_booked_nothing(
    bilag: Terminal, exported: Stage
) -> None:
    exported.new_job(again=True, indexes=range(3))
    await exported.run()
    entry_id = exported.jobs[1].entry_id(0)
    said = await bilag("explain", entry_id, "--json", "--config", str(exported.config_path))

    assert json.loads(said.out)["plan"]["documents"]


async def test_unknown_expense_ends_with_1_and_says_where_to_look(bilag: Terminal, exported: Stage) -> None:
    said = await bilag("explain", "ffff", "--config", str(exported.config_path))

    assert (said.code, said.out) == (1, "")
    assert "ffff" in said.err
    assert "`bilag jobs`" in said.err


async def test_expense_without_a_name_is_a_mistake(bilag: Terminal, exported: Stage) -> None:
    assert (await bilag("explain", "", "--config", str(exported.config_path))).code == 2
