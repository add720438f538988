"""Trouble with receipts: the file is had another way, or its expense fails and says why; the others are untouched."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bilag.app.running import RunSummary
from bilag.domain.attachment import PLEO_FILE_BYTES_MAX
from bilag.simulator.faults import Fault, FaultKind, FaultPlan, redirect, throttled, unavailable
from bilag.simulator.terms import JobStatus
from tests.e2e.expenses import seeded
from tests.e2e.invariants import assert_all_hold, reports_of
from tests.e2e.stage import Stage, open_stage
from tests.e2e.standing_books import StandingBooks, books_in

COUNT = 15
FILES = "/files/*"
ALWAYS = 1000


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A company with fifteen expenses, each with one receipt or two."""
    async with open_stage(tmp_path / "company", seeded(COUNT, receipt_share=1.0)) as opened:
        yield opened


async def run_meeting(stage: Stage, fault: Fault, *, times: int = ALWAYS) -> tuple[RunSummary, StandingBooks]:
    """One receipt, whichever stands first in the job, meets the fault."""
    first, *_ = stage.world.companies[stage.company_id].source.expense(0).receipts
    stage.meets(fault, path=f"/files/*/{first.name}", times=times)
    stage.new_job()
    (summary,) = await stage.run()
    return summary, assert_all_hold(stage)


def assert_one_failed(stage: Stage, summary: RunSummary, books: StandingBooks, code: str) -> None:
    (outcome,) = summary.failed
    (failure,) = outcome.failures
    report = reports_of(stage.jobs[0])[outcome.entry_id]
    assert failure.code == code
    assert failure.path.startswith("files[")
    assert report.failure_reason == f"{failure.message} {failure.remedy}"
    assert outcome.entry_id not in books.by_entry_id()
    assert len(books.entries) == COUNT - 1
    assert stage.jobs[0].status is JobStatus.COMPLETED_WITH_ERRORS


@pytest.mark.parametrize(
    "fault",
    [
        unavailable(),
        throttled(9),
        Fault(kind=FaultKind.DROP_BEFORE),
        Fault(kind=FaultKind.CUT_ANSWER),
        Fault(kind=FaultKind.TRUNCATED_BODY),
        Fault(kind=FaultKind.FILE_SLOW, seconds=0.02),
        Fault(kind=FaultKind.FILE_WRONG_TYPE),
    ],
    ids=["503", "429", "dropped", "cut off", "truncated", "slow", "a page in its place"],
)
async def test_receipt_that_comes_late_comes_whole(stage: Stage, fault: Fault) -> None:
    summary, books = await run_meeting(stage, fault, times=2)

    assert not summary.needs_attention
    assert len(books.entries) == COUNT


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (unavailable(), "receipt.download"),
        (Fault(kind=FaultKind.FILE_WRONG_TYPE), "receipt.download"),
        (Fault(kind=FaultKind.FILE_EMPTY), "receipt.empty"),
        (Fault(kind=FaultKind.FILE_OVERSIZED, size_bytes=PLEO_FILE_BYTES_MAX + 1), "receipt.too-large"),
        (redirect("http://169.254.169.254/latest/meta-data"), "receipt.download"),
    ],
    ids=["503", "a page in its place", "no bytes", "31 MB", "redirect to the inside"],
)
async def test_receipt_that_can_not_be_had_fails_its_expense_alone(stage: Stage, fault: Fault, code: str) -> None:
    summary, books = await run_meeting(stage, fault)

    assert_one_failed(stage, summary, books, code)


async def test_expired_link_is_renewed_once_by_fetching_the_item_again(stage: Stage) -> None:
    expired = Fault(kind=FaultKind.ANSWER, status=403, headers=(("Content-Type", "application/xml"),))
    summary, books = await run_meeting(stage, expired, times=1)

    assert not summary.needs_attention
    assert len(books.entries) == COUNT
    assert stage.world.request_counts["GET /v3/export-items"] == 2


async def test_links_that_expire_for_real_while_the_job_waits_are_renewed(stage: Stage) -> None:
    stage.new_job()

    def pass_a_day(call: str) -> None:
        if call == "GET /v3/export-items" and stage.witness.calls.count(call) == 1:
            for job in stage.jobs:
                job.expires_in_seconds = 7 * 24 * 3600
            stage.clock.move(hours=25)

    stage.witness.on_call = pass_a_day
    (summary,) = await stage.run()

    assert not summary.needs_attention
    assert len(assert_all_hold(stage).entries) == COUNT


async def test_link_that_stays_dead_fails_its_expense_and_the_next_job_books_it(stage: Stage) -> None:
    gone = Fault(kind=FaultKind.ANSWER, status=404)
    stage.meets(gone, path=FILES, times=ALWAYS)
    stage.new_job()
    (summary,) = await stage.run()
    assert {outcome.failures[0].code for outcome in summary.failed} == {"receipt.download"}
    assert not books_in(stage.books).entries
    assert stage.jobs[0].status is JobStatus.FAILED

    stage.world.faults = FaultPlan()
    stage.new_job()
    (summary,) = await stage.run()
    assert not summary.needs_attention
    assert len(assert_all_hold(stage).entries) == COUNT


async def test_settings_may_book_without_a_receipt_and_say_so(stage: Stage) -> None:
    stage.write_bookkeeping("book_without_receipts = true")
    stage.meets(Fault(kind=FaultKind.FILE_EMPTY), path=FILES, nth=2)
    stage.new_job()
    (summary,) = await stage.run()

    (warned,) = summary.with_warnings
    assert not summary.failed
    assert "receipt" in warned.warnings[0].lower()
    assert len(books_in(stage.books).entries) == COUNT
    assert stage.jobs[0].status is JobStatus.COMPLETED


async def test_no_receipt_is_left_on_the_way(stage: Stage, tmp_path: Path) -> None:
    stage.meets(Fault(kind=FaultKind.FILE_EMPTY), path=FILES)
    stage.new_job()
    await stage.run()

    assert not list((stage.books / "documents" / ".incoming").iterdir())
