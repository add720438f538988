"""A supplier whose name is an attack on the terminal, from Pleo to every command that shows it."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bilag.simulator.catalogue import COMPANY_ID
from bilag.simulator.expense import Expense, ListedExpenses
from tests.cli.terminal import Ended, Terminal
from tests.cli.test_output import is_harmless
from tests.e2e.stage import Stage, open_stage
from tests.simulator.builders import an_item, entry_id

NAME = "\x1b[2J\x1b]0;owned\x07[red]Acme[/red]\x9b1m\n51 booked, 0 failed\r\u202eknab"
BOOKED, MOVED, FAILED = range(3)


def hostile(number: int) -> Expense:
    item: dict[str, Any] = an_item(number, company_id=COMPANY_ID)
    (line,) = item["accountingEntryLines"]
    line["account"] = None if number == FAILED else line["account"] | {"code": "2810", "name": NAME}
    dated = "2026-09-30T09:30:00Z" if number == MOVED else "2026-10-15T09:30:00Z"
    supplier = {"name": NAME, "code": NAME, "account": None, "country": None}
    return Expense(item=item | {"supplier": supplier, "note": NAME, "date": dated, "contraAccount": None})


@pytest.fixture
async def attacked(tmp_path: Path) -> AsyncIterator[Stage]:
    source = ListedExpenses(company_id=COMPANY_ID, expenses=[hostile(n) for n in (BOOKED, MOVED, FAILED)])
    async with open_stage(tmp_path / "company", source, checks=False) as stage:
        stage.new_job()
        yield stage


def assert_harmless(said: Ended) -> None:
    for line in (said.out + said.err).split("\n"):
        assert is_harmless(line), line
        assert not line.startswith("51 booked")


async def test_supplier_can_not_reach_through_to_the_terminal(bilag: Terminal, attacked: Stage) -> None:
    config = ("--config", str(attacked.config_path))
    planned = await bilag("plan", "--why", *config)
    ran = await bilag("run", *config)
    job = attacked.jobs[0].id[:8]
    shown = [
        await bilag(*arguments, *config)
        for arguments in (
            ("plan", str(saved(attacked))),
            ("jobs",),
            ("show", job),
            *(("explain", entry_id(number)) for number in (BOOKED, MOVED, FAILED)),
        )
    ]

    for said in (planned, ran, *shown):
        assert_harmless(said)
    assert "[red]Acme[/red]" in ran.out, "markup is text"
    assert ran.code == 1


async def test_machine_output_carries_the_name_unharmed_and_harmless(bilag: Terminal, attacked: Stage) -> None:
    said = await bilag("plan", "--json", "--config", str(attacked.config_path))

    assert_harmless(said)
    plans = [json.loads(line) for line in said.out.splitlines()]
    assert plans[0]["documents"][0]["datapoints"]["payee"] == NAME


def saved(stage: Stage) -> Path:
    path = stage.folder / "items.json"
    path.write_text(json.dumps({"data": list(stage.items().values())}), "utf-8")
    return path
