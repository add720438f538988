"""The demo's Export Job, judged by programs and sums that know nothing of bilag."""

import asyncio
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from fava.application import create_app

from bilag.app.running import RunSummary
from bilag.simulator.demo_job import demo_expenses, demo_failure_reasons
from bilag.simulator.jobs import ItemReport
from bilag.simulator.terms import JobStatus
from tests.e2e.expenses import DEMO_BOOKED
from tests.e2e.invariants import assert_all_hold, reports_of
from tests.e2e.stage import Stage, open_stage
from tests.e2e.standing_books import StandingBooks
from tests.e2e.wallet_oracle import wallet_balances

CODES: Final = {
    "a line has no category account": "account.category-missing",
    "the books do not know account 3999": "account.unknown",
    "the lines do not add up to the item's amount": "lines.sum-differs",
    "balance_adjustment_v2 is no known expense type": "item.type-unknown",
    "the books do not know the vendor": "vendor.unknown",
    "a receipt is larger than 30 MB": "receipt.too-large",
    "margin_scheme is no known tax type": "tax.type-unknown",
    "the item has no lines": "lines.missing",
    "the item's amount is no number": "item.malformed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """The demo's job after its run."""

    summary: RunSummary
    status: JobStatus
    reports: dict[str, ItemReport]
    books: StandingBooks
    items: dict[str, Any]
    folder: Path


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    async def play() -> Played:
        async with open_stage(tmp_path_factory.mktemp("demo"), demo_expenses()) as stage:
            job = stage.new_job()
            (summary,) = await stage.run()
            return Played(
                summary=summary,
                status=job.status,
                reports=reports_of(job),
                books=assert_all_hold(stage),
                items=stage.items(),
                folder=stage.folder,
            )

    return asyncio.run(play())


def test_each_spoiled_expense_fails_for_its_own_reason_and_all_others_are_booked(played: Played) -> None:
    expected = {entry_id: CODES[reason] for entry_id, reason in demo_failure_reasons().items()}

    assert {outcome.entry_id: outcome.failures[0].code for outcome in played.summary.failed} == expected
    assert all(len(outcome.failures) == 1 for outcome in played.summary.failed)
    assert played.books.by_entry_id().keys() == played.items.keys() - expected.keys()
    assert len(played.books.entries) == DEMO_BOOKED


def test_job_ends_in_pleo_as_completed_with_errors_and_every_item_was_told(played: Played) -> None:
    told = Counter(str(report.status) for report in played.reports.values())

    assert played.status is JobStatus.COMPLETED_WITH_ERRORS
    assert played.summary.job.state == "completed_with_errors"
    assert told == {"successful": DEMO_BOOKED, "failed": len(CODES)}
    assert (played.summary.tally.successful, played.summary.tally.failed) == (DEMO_BOOKED, len(CODES))
    assert not played.summary.tally.unreported


def test_pleo_is_told_why_and_what_to_do_in_one_sentence_each(played: Played) -> None:
    for outcome in played.summary.failed:
        report = played.reports[outcome.entry_id]
        assert report.failure_reason is not None
        assert outcome.failures[0].message in report.failure_reason
        assert outcome.failures[0].remedy in report.failure_reason
        assert str(report.failure_reason_type) == str(outcome.failures[0].reason_type)


def test_wallets_hold_what_the_raw_items_add_up_to(played: Played) -> None:
    booked = [played.items[entry.entry_id] for entry in played.books.entries]
    balances = played.books.balances()
    expected = wallet_balances(booked)

    assert {currency for _, currency in expected} == {"DKK", "EUR", "GBP", "SEK"}
    assert {wallet: balances[wallet] for wallet in expected} == expected


def test_receipts_lie_beside_the_books_byte_for_byte(played: Played) -> None:
    source = demo_expenses()
    booked = played.books.by_entry_id().keys()
    served = [
        receipt.render()
        for index in range(len(source))
        if source.entry_id(index) in booked
        for receipt in source.expense(index).receipts
    ]
    on_disk = [path.read_bytes() for path in (played.folder / "books" / "documents").rglob("*") if path.is_file()]

    assert len(served) > 30
    assert sorted(on_disk) == sorted(served)


def test_expenses_of_closed_september_are_booked_in_october_and_keep_their_date(played: Played) -> None:
    moved = {entry.original_day: entry.day for entry in played.books.entries if entry.original_day != entry.day}
    warned = {outcome.entry_id for outcome in played.summary.with_warnings}

    assert moved == dict.fromkeys(("2026-09-28", "2026-09-29", "2026-09-30"), "2026-10-01")
    assert warned == {entry.entry_id for entry in played.books.entries if entry.original_day != entry.day}
    assert not [entry for entry in played.books.entries if entry.day < "2026-10-01"]


def test_beancounts_own_checker_accepts_the_books(played: Played) -> None:
    checker = Path(sys.executable).parent / "bean-check"
    done = subprocess.run(
        [checker, played.folder / "books" / "main.beancount"], check=False, capture_output=True, timeout=60
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


async def test_books_that_refuse_the_whole_job_fail_it_with_one_reason(tmp_path: Path) -> None:
    stage: Stage
    async with open_stage(tmp_path, demo_expenses()) as stage:
        job = stage.new_job()
        stage.books.mkdir()
        (stage.books / "journal").write_text("not a folder")
        (summary,) = await stage.run()

        assert job.status is JobStatus.FAILED
        assert job.failure_reason_type is not None
        assert summary.job.failure_reason
        assert not summary.tally.successful


def test_fava_shows_the_books_with_their_receipts(played: Played) -> None:
    main = played.folder / "books" / "main.beancount"
    app = create_app([main])
    entry = next(entry for entry in played.books.entries if entry.files)
    file = next((played.folder / "books" / "documents").rglob(f"*{entry.voucher}*"))
    with app.test_client() as client:
        ledger = client.get("/").headers["Location"].split("/")[1]
        pages = ["income_statement/", "balance_sheet/", "trial_balance/", "journal/", "documents/", "errors/"]
        statuses = {page: client.get(f"/{ledger}/{page}").status_code for page in pages}
        with client.get(f"/{ledger}/document/", query_string={"filename": str(file)}) as receipt:
            assert receipt.status_code == 200
            assert receipt.data in entry.files
        journal = client.get(f"/{ledger}/api/journal").get_data(as_text=True)

    assert set(statuses.values()) == {200}, statuses
    assert entry.voucher in journal
    assert file.name in journal
