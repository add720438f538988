"""Whole Export Jobs with expenses that mean harm, and what is left on the disk around them."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bilag.adapters.transport.transport import JSON_BYTES_MAX
from bilag.app.wiring import SPOOL_FOLDER
from bilag.domain.posting_record import ItemOutcome
from bilag.ports.errors import BadAnswer
from tests.adapters.accounting.plaintext.oracles import load
from tests.adapters.pleo.samples import a_line, an_item, as_json
from tests.e2e.expenses import seeded
from tests.e2e.stage import open_stage
from tests.security.any_pleo import open_pleo

AWKWARD_IDS = ("../../x", "..", "/etc/passwd", '";evil', "CON", "%2e%2e", "x" * 128)


def an_expense(entry_id: str, **differences: Any) -> bytes:
    return as_json(an_item(accountingEntryId=entry_id, files=[], **differences))


@pytest.fixture
def no_umask() -> Iterator[None]:
    earlier = os.umask(0)
    yield
    os.umask(earlier)


def below(folder: Path) -> dict[str, int]:
    """Everything in the folder with its rights."""
    return {str(path.relative_to(folder)): stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}


def causes(outcomes: tuple[ItemOutcome, ...]) -> dict[str, str]:
    return {outcome.entry_id: outcome.failures[0].code for outcome in outcomes}


def make(folder: Path) -> None:
    folder.mkdir(parents=True)


async def test_awkward_ids_are_booked_and_lead_nowhere(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    make(folder)
    async with open_pleo([an_expense(entry_id) for entry_id in AWKWARD_IDS], AWKWARD_IDS) as pleo:
        summary = await pleo.run(folder)

    assert (summary.tally.successful, summary.tally.failed) == (len(AWKWARD_IDS), 0)
    assert {report["status"] for report in pleo.reports.values()} == {"successful"}
    assert set(pleo.reports) == set(AWKWARD_IDS)
    assert len(load(folder / "books").by_reference()) == len(AWKWARD_IDS)
    assert not [name for name in below(tmp_path) if name not in ("a", "a/b") and not name.startswith("a/b/")]


async def test_expense_that_means_harm_takes_no_other_one_with_it(tmp_path: Path) -> None:
    account = {"id": "a", "name": "Meals", "code": "40\x0100"}
    hostile = {
        "account": an_expense("account", accountingEntryLines=[a_line(account=account)]),
        "exponent": an_expense("exponent").replace(b'"rate": 0.25', b'"rate": 1e99999999999999999999'),
        "type": an_expense("type", type="t\x1b[2J" * 1000),
        "note": an_expense("note", note="n" * 2_000_000),
        "date": an_expense("date", date="9999-12-31T23:59:59Z"),
    }
    items = [*hostile.values(), an_expense("good")]
    async with open_pleo(items, [*hostile, "good"]) as pleo:
        summary = await pleo.run(tmp_path)

    assert pleo.events == ["started", "completed_with_errors"]
    assert {entry_id: report["status"] for entry_id, report in pleo.reports.items()} == {
        **dict.fromkeys(hostile, "failed"),
        "good": "successful",
    }
    assert causes(summary.failed) == {
        "account": "account.unknown",
        "exponent": "item.malformed",
        "type": "item.type-unknown",
        "note": "item.malformed",
        "date": "period.missing",
    }
    assert len(load(tmp_path / "books").by_reference()) == 1
    assert all(len(report.get("failureReason", "")) <= 500 for report in pleo.reports.values())


async def test_pages_too_large_for_one_answer_are_read_in_smaller_ones(tmp_path: Path) -> None:
    notes = {f"note-{number}": an_expense(f"note-{number}", note="n" * 450_000) for number in range(20)}
    assert sum(map(len, notes.values())) > JSON_BYTES_MAX
    async with open_pleo([*notes.values(), an_expense("good")], [*notes, "good"]) as pleo:
        summary = await pleo.run(tmp_path)

    assert (summary.tally.successful, summary.tally.failed) == (21, 0)


async def test_expense_too_large_for_any_answer_stops_the_job_with_a_sentence(tmp_path: Path) -> None:
    async with open_pleo([an_expense("large", note="n" * JSON_BYTES_MAX)], ["large"]) as pleo:
        with pytest.raises(BadAnswer, match=f"more than {JSON_BYTES_MAX} bytes"):
            await pleo.run(tmp_path)

    assert pleo.reports == {}


@pytest.mark.usefixtures("no_umask")
async def test_nothing_that_bilag_makes_can_be_read_by_others(tmp_path: Path) -> None:
    async with open_stage(tmp_path / "company", seeded(20, receipt_share=1.0)) as stage:
        stage.new_job()
        await stage.run()

        made = {name: mode for name, mode in below(stage.folder).items() if name != "bilag.toml"}
        assert len(made) > 30
        assert not {name: oct(mode) for name, mode in made.items() if mode & stat.S_IRWXO}
        state = {name: mode for name, mode in made.items() if name.startswith(".bilag")}
        assert not {name: oct(mode) for name, mode in state.items() if mode & stat.S_IRWXG}


async def test_receipts_that_a_killed_run_left_are_gone_with_the_next_one(tmp_path: Path) -> None:
    async with open_stage(tmp_path / "company", seeded(1, receipt_share=1.0)) as stage:
        leave_behind(stage.folder / ".bilag" / SPOOL_FOLDER / "job" / "entry")
        stage.new_job()
        await stage.run()

        assert not [name for name in below(stage.folder / ".bilag") if name.startswith(SPOOL_FOLDER)]


def leave_behind(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / ".receipt-1.part").write_bytes(b"%PDF-1.7 half a rec")
