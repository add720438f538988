"""What must hold after every run, whatever went wrong on the way. The numbers are those of the quality goals."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Final

from bilag.simulator.jobs import ItemReport, Job
from bilag.simulator.terms import ItemStatus, JobStatus
from tests.e2e.stage import API_KEY, Stage
from tests.e2e.standing_books import StandingBooks, books_in
from tests.e2e.wallet_oracle import wallet_balances

# Beside paging, a job costs a handful of calls; trouble repeats some of them, and never without end (I14).
CALLS_BESIDE_PAGES_MAX: Final = 60
PAGE: Final = 100

_WALLETS: Final = {"5820", "5821", "5822", "5823", "5824"}


def reports_of(job: Job) -> dict[str, ItemReport]:
    """What Pleo was told of each entry of the job."""
    return {job.entry_id(place): job.item_report(place) for place in range(len(job))}


def assert_all_hold(stage: Stage) -> StandingBooks:
    """Every invariant that can be seen from outside; gives the books that were judged."""
    books = books_in(stage.books)
    assert_balanced(books)
    assert_nothing_twice(books)
    assert_ended_jobs_have_no_open_item(stage)
    assert_successful_means_booked(stage, books)
    assert_failed_means_not_booked(stage, books)
    assert_closing_event_follows_from_items(stage)
    assert_wallets_agree_with_pleo(stage, books)
    assert_one_job_after_another(stage)
    assert_receipts_belong(stage, books)
    assert_no_secret_was_written(stage.folder)
    assert_calls_are_bounded(stage)
    return books


def assert_balanced(books: StandingBooks) -> None:
    """I1: debits equal credits in every entry and currency."""
    for entry in books.entries:
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for posting in entry.postings:
            sums[posting.currency] += posting.amount
        assert set(sums.values()) == {Decimal()}, entry.reference


def assert_nothing_twice(books: StandingBooks) -> None:
    """I2: a reference stands once, and so does a voucher number."""
    assert not [name for name, count in Counter(entry.reference for entry in books.entries).items() if count > 1]
    assert not [name for name, count in Counter(entry.voucher for entry in books.entries).items() if count > 1]


def assert_ended_jobs_have_no_open_item(stage: Stage) -> None:
    """I3: nothing is lost. Only a job that expired, or that failed before its items, leaves them without a word."""
    for job in _worked_off(stage):
        told = {status for status, count in job.tally().items() if count}
        assert told <= {ItemStatus.SUCCESSFUL, ItemStatus.FAILED}, job.tally()


def assert_successful_means_booked(stage: Stage, books: StandingBooks) -> None:
    """I4: what Pleo was told of last stands in the books under the number that Pleo was told."""
    standing = {(entry.entry_id, entry.voucher) for entry in books.entries}
    told: dict[str, str | None] = {}
    for job in stage.jobs:
        reports = reports_of(job).items()
        told |= {entry: report.external_id for entry, report in reports if report.status is ItemStatus.SUCCESSFUL}
    assert not told.items() - standing


def assert_failed_means_not_booked(stage: Stage, books: StandingBooks) -> None:
    """I5: an expense that has done nothing but fail is not in the books."""
    told: dict[str, set[ItemStatus]] = defaultdict(set)
    for job in stage.jobs:
        for entry_id, report in reports_of(job).items():
            told[entry_id].add(report.status)
    assert not [entry.reference for entry in books.entries if told[entry.entry_id] == {ItemStatus.FAILED}]


def assert_closing_event_follows_from_items(stage: Stage) -> None:
    """I6: all, some or none of the items decide how a job ends."""
    for job in _worked_off(stage):
        tally = job.tally()
        ok, failed = tally[ItemStatus.SUCCESSFUL], tally[ItemStatus.FAILED]
        expected = {
            (True, False): JobStatus.COMPLETED,
            (True, True): JobStatus.COMPLETED_WITH_ERRORS,
            (False, True): JobStatus.FAILED,
        }[ok > 0, failed > 0]
        assert job.status is expected, (job.status, ok, failed)


def assert_wallets_agree_with_pleo(stage: Stage, books: StandingBooks) -> None:
    """I7: the wallets of the books hold what Pleo's items add up to."""
    items = stage.items()
    expected = wallet_balances(items[entry.entry_id] for entry in books.entries if entry.moves_money)
    found = {key: amount for key, amount in books.balances().items() if key[0] in _WALLETS}
    assert found == {key: amount for key, amount in expected.items() if key in found or amount}


def assert_one_job_after_another(stage: Stage) -> None:
    """I8: nothing of a job is booked before everything of the jobs before it, as the voucher numbers tell."""
    highest = ""
    for job in stage.jobs:
        vouchers = sorted(_vouchers_booked_by(stage).get(job.id, ()))
        assert not vouchers or highest < vouchers[0], job.id
        highest = max([highest, *vouchers])


def assert_receipts_belong(stage: Stage, books: StandingBooks) -> None:
    """I10: an entry has the receipts that Pleo serves for it, byte for byte, each once, and no other.

    Those of an entry that Pleo was not told of yet may still be on their way.
    """
    source = stage.world.companies[stage.company_id].source
    places = {source.entry_id(index): index for index in range(len(source))}
    told = {report.external_id for job in stage.jobs for report in reports_of(job).values()}
    for entry in books.entries:
        served = {receipt.render() for receipt in source.expense(places[entry.entry_id]).receipts}
        assert len(entry.files) == len(set(entry.files)), entry.reference
        assert set(entry.files) <= served, entry.reference
        assert set(entry.files) == served or entry.voucher not in told, entry.reference


def assert_no_secret_was_written(folder: Path) -> None:
    """I13: no file of ours holds the credential, as it is or as it is sent."""
    for path in folder.rglob("*"):
        if path.is_file():
            assert API_KEY.encode() not in path.read_bytes(), path


def assert_calls_are_bounded(stage: Stage) -> None:
    """I14: no spinning."""
    pages = sum(3 * (len(job) // PAGE + 1) for job in stage.jobs)
    assert len(stage.witness.calls) <= pages + CALLS_BESIDE_PAGES_MAX


def _worked_off(stage: Stage) -> Iterator[Job]:
    ended = (job for job in stage.jobs if not job.is_open and job.expired_at is None)
    return (job for job in ended if job.tally()[ItemStatus.ABANDONED] < len(job) or job.status is not JobStatus.FAILED)


def _vouchers_booked_by(stage: Stage) -> dict[str, list[str]]:
    """The voucher numbers that each job booked, from our own journal."""
    found: dict[str, list[str]] = defaultdict(list)
    with closing(sqlite3.connect(stage.folder / ".bilag" / "posting-journal.sqlite")) as journal:
        for job_id, voucher in journal.execute(
            "SELECT job_id, external_id FROM posting_journal WHERE external_id <> ''"
        ):
            found[job_id].append(voucher)
    return found
