"""What one item, or the books, do to the other items of a job, and how the job ends for it."""

from collections.abc import Mapping, Sequence

import pytest

from bilag.adapters.accounting.memory.connector import MemoryBooks
from bilag.adapters.accounting.memory.script import Call, Happening, Incident, Raises, Rejects
from bilag.adapters.store.memory import MemoryPostingJournal
from bilag.domain.books_account import BooksAccount
from bilag.domain.export_item import MalformedItem
from bilag.domain.export_job import ItemReport, ItemStatus, JobEvent, JobReport
from bilag.domain.failure import Failure, FailureCode, ItemReason, JobReason
from bilag.domain.posting_record import ItemOutcome, PostingRecord
from bilag.lifecycle.item_desk import TROUBLES_IN_A_ROW_MAX
from bilag.lifecycle.job import run_job
from bilag.lifecycle.report import OFFERS_MAX
from bilag.ports.errors import (
    BadAnswer,
    Forbidden,
    StoreFailed,
    Throttled,
    TimedOut,
    Trouble,
    Unauthorised,
    Unreachable,
)
from tests.builders import TRAVEL, a_line
from tests.lifecycle.invariants import assert_everything_succeeded, assert_nothing_is_booked_twice
from tests.lifecycle.pleo_in_memory import JOB
from tests.lifecycle.pleo_script import RefusesReports
from tests.lifecycle.scene import SET_UP, Scene, entry_id, reference

NO = Failure(code=FailureCode.BOOKS_REJECTED, path="", message="No.", remedy="Ask.")
OK, FAILED = ItemStatus.SUCCESSFUL, ItemStatus.FAILED


class BuggyBooks(MemoryBooks):
    """Books with a bug that shows with one account."""

    async def accounts(self, numbers: Sequence[str]) -> Mapping[str, BooksAccount]:
        if "6110" in numbers:
            raise ZeroDivisionError("division by zero")
        return await super().accounts(numbers)


class FullDisk(MemoryPostingJournal):
    """The journal of the scene, whose disk fails once: at write number `failing` of the second item."""

    def __init__(self, journal: MemoryPostingJournal, failing: int) -> None:
        super().__init__()
        vars(self).update(vars(journal))
        self._writes_left = failing

    async def record(self, *records: PostingRecord) -> None:
        self._write(records[0].key.entry_id)
        await super().record(*records)

    async def record_outcome(self, outcome: ItemOutcome) -> None:
        self._write(outcome.entry_id)
        await super().record_outcome(outcome)

    def _write(self, of: str) -> None:
        self._writes_left -= of == entry_id(2)
        if not self._writes_left:
            raise StoreFailed("disk full")


def plan(scene: Scene, call: Call, happening: Happening, *, about: str = "", times: int = 1) -> None:
    scene.books.plan(Incident(call=call, happening=happening, about=about, times=times))


async def run(scene: Scene, *numbers: int) -> JobReport:
    """A job over these expenses to its end."""
    report = await run_job(scene.pleo.add_job(*(scene.item(number) for number in numbers)), scene.desk)
    assert report is not None
    return report


def statuses(scene: Scene) -> list[ItemStatus | None]:
    return [record.status for record in scene.pleo.at().records.values()]


def reasons(scene: Scene) -> list[ItemReason | None]:
    return [report.failure_reason_type for report in scene.pleo.at().accepted]


async def test_all_successful_completes_the_job(scene: Scene) -> None:
    assert await run(scene, 1, 2, 3) == JobReport(event=JobEvent.COMPLETED)
    await assert_everything_succeeded(scene)


async def test_some_failed_completes_it_with_errors_and_the_others_are_booked(scene: Scene) -> None:
    plan(scene, Call.POST, Rejects(NO), about=entry_id(2))
    assert await run(scene, 1, 2, 3) == JobReport(event=JobEvent.COMPLETED_WITH_ERRORS)
    assert statuses(scene) == [OK, FAILED, OK]
    assert scene.booked == [reference(1), reference(3)]
    assert scene.pleo.at().accepted[1].failure_reason == "No. Ask."


async def test_all_failed_fails_the_job_after_every_item_was_told(scene: Scene) -> None:
    plan(scene, Call.POST, Rejects(NO), times=2)
    report = await run(scene, 1, 2)
    assert (report.event, report.failure_reason_type) == (JobEvent.FAILED, JobReason.VALIDATION_FAILURE)
    assert statuses(scene) == [FAILED, FAILED]


async def test_job_without_items_is_completed(scene: Scene) -> None:
    assert await run(scene) == JobReport(event=JobEvent.COMPLETED)


async def test_bug_with_one_item_fails_it_alone_and_names_a_reference(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    scene.books = BuggyBooks(SET_UP)
    travel = scene.item(2, lines=(a_line(account=TRAVEL),))
    await run_job(scene.pleo.add_job(scene.item(1), travel, scene.item(3)), scene.desk)
    assert statuses(scene) == [OK, FAILED, OK]
    assert reasons(scene) == [None, ItemReason.UNEXPECTED_FAILURE, None]
    (record,) = [logged for logged in caplog.records if logged.exc_info]
    reason = scene.pleo.at().accepted[1].failure_reason or ""
    assert str(record.args[0] if isinstance(record.args, tuple) else "") in reason
    assert "division by zero" not in reason


@pytest.mark.parametrize("error", [ZeroDivisionError("bug"), KeyError("bug"), AssertionError("bug"), OSError("bug")])
async def test_bug_while_booking_blocks_nobody_and_is_looked_up_by_the_next_export(
    scene: Scene, error: Exception
) -> None:
    plan(scene, Call.POST, Raises(error), about=entry_id(1))
    assert (await run(scene, 1, 2)).event is JobEvent.COMPLETED_WITH_ERRORS
    assert statuses(scene) == [FAILED, OK]
    await run(scene, 1)
    assert sorted(scene.booked) == [reference(1), reference(2)]


@pytest.mark.parametrize("trouble", [Unauthorised("expired"), Forbidden("no rights")])
async def test_refused_credentials_stop_the_rest_at_once(scene: Scene, trouble: Trouble) -> None:
    plan(scene, Call.POST, Raises(trouble), about=entry_id(2))
    plan(scene, Call.POST, Raises(AssertionError("asked on")), about=entry_id(3))
    assert (await run(scene, 1, 2, 3, 4)).event is JobEvent.COMPLETED_WITH_ERRORS
    assert statuses(scene) == [OK, FAILED, FAILED, FAILED]
    assert reasons(scene)[1:] == [ItemReason.ACCOUNTING_SYSTEM_AUTHENTICATION_FAILURE] * 3


@pytest.mark.parametrize(
    ("trouble", "item_reason", "job_reason"),
    [
        (
            Unauthorised("expired"),
            ItemReason.ACCOUNTING_SYSTEM_AUTHENTICATION_FAILURE,
            JobReason.ACCOUNTING_SYSTEM_AUTHENTICATION_FAILURE,
        ),
        (
            Unreachable("gone"),
            ItemReason.ACCOUNTING_SYSTEM_UNREACHABLE,
            JobReason.ACCOUNTING_SYSTEM_UNREACHABLE,
        ),
        (Throttled("slow down"), ItemReason.ACCOUNTING_SYSTEM_RATE_LIMIT, JobReason.ACCOUNTING_SYSTEM_RATE_LIMIT),
        (TimedOut("slow"), ItemReason.ACCOUNTING_SYSTEM_TIMEOUT, JobReason.ACCOUNTING_SYSTEM_TIMEOUT),
        (
            BadAnswer("?"),
            ItemReason.ACCOUNTING_SYSTEM_VALIDATION_FAILURE,
            JobReason.ACCOUNTING_SYSTEM_UNREACHABLE,
        ),
    ],
)
async def test_books_that_are_gone_from_the_start_fail_the_job_with_that_cause(
    scene: Scene, trouble: Trouble, item_reason: ItemReason, job_reason: JobReason
) -> None:
    plan(scene, Call.ACCOUNTS, Raises(trouble), times=TROUBLES_IN_A_ROW_MAX)
    report = await run(scene, *range(8))
    assert (report.event, report.failure_reason_type) == (JobEvent.FAILED, job_reason)
    assert reasons(scene) == [item_reason] * 8
    assert not scene.booked


async def test_trouble_that_passes_costs_its_own_items_only(scene: Scene) -> None:
    plan(scene, Call.ACCOUNTS, Raises(Unreachable("gone")), times=TROUBLES_IN_A_ROW_MAX - 1)
    await run(scene, *range(8))
    assert statuses(scene) == [FAILED] * 4 + [OK] * 4


async def test_trouble_now_and_then_never_stops_the_others(scene: Scene) -> None:
    for number in range(0, 12, 2):
        plan(scene, Call.POST, Raises(Unreachable("gone")), about=entry_id(number))
    await run(scene, *range(12))
    assert statuses(scene) == [FAILED, OK] * 6


async def test_items_failed_for_the_books_succeed_when_exported_again(scene: Scene) -> None:
    plan(scene, Call.POST, Raises(Unauthorised("expired")), about=entry_id(1))
    await run(scene, 1, 2, 3)
    assert not scene.booked
    assert await run(scene, 1, 2, 3) == JobReport(event=JobEvent.COMPLETED)
    assert_nothing_is_booked_twice(scene)


async def test_entry_listed_without_data_fails(scene: Scene) -> None:
    scene.pleo.add_job(scene.item(1), scene.item(2))
    scene.pleo.at().pages = [[scene.item(1)]]
    await run_job(scene.pleo.at().shown, scene.desk)
    assert statuses(scene) == [OK, FAILED]
    assert "did not send its data" in (scene.pleo.at().accepted[1].failure_reason or "")


async def test_data_without_a_listing_is_shown_and_neither_booked_nor_reported(scene: Scene) -> None:
    job = scene.pleo.add_job(scene.item(1))
    malformed = MalformedItem(entry_id="", failures=(NO,))
    scene.pleo.at().pages = [[scene.item(9), scene.item(1), malformed]]
    report = await run_job(job, scene.desk)
    assert report == JobReport(event=JobEvent.COMPLETED)
    assert scene.booked == [reference(1)]
    assert [accepted.entry_id for accepted in scene.pleo.at().accepted] == [entry_id(1)]
    strays = await scene.journal.unreported(JOB, 10)
    assert [(stray.entry_id, stray.failures[0].code) for stray in strays] == [
        ("", FailureCode.ITEM_NOT_LISTED),
        (entry_id(9), FailureCode.ITEM_NOT_LISTED),
    ]


@pytest.mark.parametrize(
    ("refused", "rejected", "event"),
    [
        ((1,), (), JobEvent.COMPLETED_WITH_ERRORS),
        ((1, 2), (), JobEvent.FAILED),
        ((2,), (2,), JobEvent.COMPLETED_WITH_ERRORS),
        ((1, 2), (2,), JobEvent.FAILED),
        ((1, 2), (1, 2), JobEvent.FAILED),
    ],
)
async def test_outcome_that_pleo_never_takes_counts_as_failed_once(
    scene: Scene, refused: tuple[int, ...], rejected: tuple[int, ...], event: JobEvent
) -> None:
    """A failure that is refused stays one failure; it takes nothing from the successes."""
    for number in rejected:
        plan(scene, Call.POST, Rejects(NO), about=entry_id(number))
    refusal = RefusesReports(tuple(entry_id(number) for number in refused))
    scene.pleo.plan("update_items", refusal, times=OFFERS_MAX)
    assert (await run(scene, 1, 2)).event is event


async def test_earlier_success_of_the_job_counts_in_its_end(scene: Scene) -> None:
    job = scene.pleo.add_job(scene.item(1), scene.item(2))
    await scene.pleo.update_items(JOB, [ItemReport(entry_id=entry_id(1), status=OK)])
    plan(scene, Call.POST, Rejects(NO))
    report = await run_job(job, scene.desk)
    assert report == JobReport(event=JobEvent.COMPLETED_WITH_ERRORS)
    assert not scene.booked


async def test_earlier_failure_of_the_job_counts_in_its_end(scene: Scene) -> None:
    job = scene.pleo.add_job(scene.item(1), scene.item(2))
    reason = ItemReason.VALIDATION_FAILURE
    await scene.pleo.update_items(JOB, [ItemReport(entry_id=entry_id(1), status=FAILED, failure_reason_type=reason)])
    report = await run_job(job, scene.desk)
    assert report == JobReport(event=JobEvent.COMPLETED_WITH_ERRORS)
    assert scene.booked == [reference(2)]


async def test_failing_disk_stops_the_job_before_anything_more_is_booked(scene: Scene) -> None:
    """The disk fails at each write of the second item in turn; what was not written down first is not booked."""
    for write in range(1, 4):
        fresh = Scene(scene.spool)
        job = fresh.pleo.add_job(*(fresh.item(number) for number in (1, 2, 3)))
        full = FullDisk(fresh.journal, write)
        with pytest.raises(StoreFailed):
            await run_job(job, fresh.desk_over(fresh.books, fresh.pleo, full))
        assert fresh.booked == [reference(1), reference(2)][: 1 + (write > 1)]
        await fresh.run()
        await assert_everything_succeeded(fresh)
