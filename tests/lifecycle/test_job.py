"""A whole job: its way, its trouble with Pleo, and taking it up again."""

import asyncio

import pytest

from bilag.adapters.accounting.memory.connector import MemoryBooks
from bilag.adapters.accounting.memory.script import Call, Incident, Raises, Rejects
from bilag.adapters.accounting.memory.set_up import BooksSetUp
from bilag.domain.document import Document
from bilag.domain.export_job import ExportJob, ItemStatus, JobEvent, JobItem, JobReport, JobStatus
from bilag.domain.failure import Failure, FailureCode, JobReason
from bilag.lifecycle.job import run_job
from bilag.ports.accounting_system import PostAnswer, SendCheck, unchecked
from bilag.ports.errors import JobEnded, Refused, Trouble, Unreachable
from tests.lifecycle.breaker import Breaker
from tests.lifecycle.invariants import (
    assert_everything_succeeded,
    assert_job_ended_once,
    assert_nothing_is_booked_twice,
)
from tests.lifecycle.pleo_in_memory import EXPIRES_IN_SECONDS, JOB
from tests.lifecycle.pleo_script import LosesAnswer, MovesJob, RefusesReports
from tests.lifecycle.pleo_script import Raises as PleoRaises
from tests.lifecycle.scene import SET_UP, Scene, entry_id, reference

NO = Failure(code=FailureCode.BOOKS_REJECTED, path="", message="No.", remedy="Ask.")
CONTRA = Refused("EUR has none", type="MISSING_CONTRA_ACCOUNTS", status=400)
COMPLETED = JobReport(event=JobEvent.COMPLETED)


class HangingBooks(MemoryBooks):
    """Books that take the third document, and whose answer never comes."""

    def __init__(self, set_up: BooksSetUp) -> None:
        super().__init__(set_up)
        self.is_hanging = asyncio.Event()

    async def post(self, document: Document, content_hash: str, check: SendCheck = unchecked) -> PostAnswer:
        answer = await super().post(document, content_hash, check)
        if len(self.entries) == 3 and not self.is_hanging.is_set():
            self.is_hanging.set()
            await asyncio.Event().wait()
        return answer


def a_job(scene: Scene, count: int = 3, receipts: int = 0) -> ExportJob:
    return scene.pleo.add_job(*(scene.item(number, receipts=receipts) for number in range(1, count + 1)))


async def state(scene: Scene) -> str | None:
    record = await scene.journal.job_record(JOB)
    return record.state if record else None


async def test_the_whole_way_of_a_job(scene: Scene) -> None:
    breaker = Breaker()
    scene.items_at_once_max = 1
    desk = scene.desk_over(breaker.over(scene.books), breaker.over(scene.pleo), scene.journal)
    assert await run_job(a_job(scene, receipts=1), desk) == COMPLETED
    await assert_everything_succeeded(scene)
    order = [name for name in breaker.calls if name in {"send_event", "problems", "job_items", "post", "update_items"}]
    assert order == [
        "send_event",
        "problems",
        *["job_items"] * 4,
        *["post"] * 3,
        "update_items",
        "send_event",
    ]
    assert scene.progress.started == [(JOB, 3)]
    assert [outcome.entry_id for outcome in scene.progress.settled] == [entry_id(number) for number in (1, 2, 3)]
    assert scene.progress.ended == [(JOB, COMPLETED)]
    assert await state(scene) == "completed"


@pytest.mark.parametrize("items_at_once", [1, 4, 16])
async def test_many_items_at_once_are_each_booked_once(scene: Scene, items_at_once: int) -> None:
    scene.items_at_once_max = items_at_once
    breaker = Breaker()
    desk = scene.desk_over(breaker.over(scene.books), breaker.over(scene.pleo), breaker.over(scene.journal))
    assert await run_job(a_job(scene, 120), desk) == COMPLETED
    await assert_everything_succeeded(scene)
    assert scene.pleo.batches == [100, 20]


async def test_books_that_are_not_ready_fail_the_job_before_any_item_is_fetched(scene: Scene) -> None:
    scene.books.plan(Incident(call=Call.PROBLEMS, happening=Raises(Unreachable("gone")), times=3))
    scene.pleo.plan("job_items", PleoRaises(AssertionError("fetched")))
    report = await run_job(a_job(scene), scene.desk)
    assert report is not None
    assert (report.event, report.failure_reason_type) == (
        JobEvent.FAILED,
        JobReason.ACCOUNTING_SYSTEM_UNREACHABLE,
    )
    assert scene.pleo.at().starts == 1
    assert not scene.pleo.batches


async def test_job_of_another_company_is_failed_and_not_read(scene: Scene) -> None:
    job = scene.pleo.add_job(scene.item(), company_id="another company")
    report = await run_job(job, scene.desk)
    assert report is not None
    assert report.failure_reason_type is JobReason.INVALID_CONFIGURATION
    assert not scene.booked


@pytest.mark.parametrize("type_", ["MISSING_CONTRA_ACCOUNTS", "missing_contra_accounts"])
@pytest.mark.parametrize("listing", ["export_items", "job_items"])
async def test_missing_contra_accounts_fail_the_job_with_what_to_do(scene: Scene, type_: str, listing: str) -> None:
    scene.pleo.plan(listing, PleoRaises(Refused("EUR has none", type=type_, status=400)))
    report = await run_job(a_job(scene), scene.desk)
    assert report is not None
    assert (report.event, report.failure_reason_type) == (JobEvent.FAILED, JobReason.MISSING_CONFIGURATION)
    assert "EUR has none" in (report.failure_reason or "")
    assert "contra account" in (report.failure_reason or "")


async def test_contra_accounts_missing_on_a_later_page_leave_no_outcome_untold(scene: Scene) -> None:
    scene.pleo.plan("export_items", PleoRaises(CONTRA, after_entries=2))
    report = await run_job(a_job(scene), scene.desk)
    assert report is not None
    assert report.event is JobEvent.FAILED
    assert len(scene.booked) == len(scene.pleo.at().accepted) == 2


@pytest.mark.parametrize("listing", ["export_items", "job_items"])
@pytest.mark.parametrize("trouble", [Unreachable("gone"), Refused("no", type="OTHER", status=400)])
async def test_trouble_while_fetching_leaves_the_job_for_the_next_run(
    scene: Scene, listing: str, trouble: Trouble
) -> None:
    job = a_job(scene)
    scene.pleo.plan(listing, PleoRaises(trouble, after_entries=2))
    with pytest.raises(type(trouble)):
        await run_job(job, scene.desk)
    booked = 2 if listing == "export_items" else 0
    assert len(scene.booked) == len(scene.pleo.at().accepted) == booked
    assert scene.pleo.at().shown.status is JobStatus.IN_PROGRESS
    await scene.run()
    await assert_everything_succeeded(scene)


async def test_bug_in_the_way_to_pleo_leaves_the_job_for_the_next_run(scene: Scene) -> None:
    job = a_job(scene)
    scene.pleo.plan("export_items", PleoRaises(ZeroDivisionError(), after_entries=1))
    with pytest.raises(ZeroDivisionError):
        await run_job(job, scene.desk)
    await scene.run()
    await assert_everything_succeeded(scene)


@pytest.mark.parametrize("has_effect", [True, False])
async def test_report_whose_answer_was_lost_is_told_by_the_next_run(
    scene: Scene,
    has_effect: bool,  # noqa: FBT001  a table of cases
) -> None:
    scene.pleo.plan("update_items", LosesAnswer(Unreachable("gone"), has_effect))
    with pytest.raises(Unreachable):
        await run_job(a_job(scene, receipts=1), scene.desk)
    downloads = len(scene.pleo.downloads)
    await scene.run()
    await assert_everything_succeeded(scene)
    assert len(scene.pleo.downloads) == downloads, "what was settled needs no second look"


@pytest.mark.parametrize("call", ["job_items", "export_items", "update_items"])
async def test_job_that_ends_under_our_hands_is_let_go_and_its_entries_are_reported_by_the_next(
    scene: Scene, call: str
) -> None:
    scene.pleo.plan(call, MovesJob(JobStatus.FAILED, "job_expired"))
    assert await run_job(a_job(scene), scene.desk) is None
    assert await state(scene) == "failed"
    assert not scene.pleo.at().events
    assert not scene.progress.ended
    booked = scene.booked
    scene.pleo.add_job(*(scene.item(number) for number in (1, 2, 3)), id="the next job")
    (ended,) = await scene.run()
    assert ended.report == COMPLETED
    assert_nothing_is_booked_twice(scene)
    assert scene.booked[: len(booked)] == booked
    settled = scene.progress.settled[-3:]
    assert not [outcome.warnings for outcome in settled if outcome.warnings], "nobody was told before"


async def test_job_that_ends_while_several_items_are_under_way_leaves_nothing_to_be_booked_twice(scene: Scene) -> None:
    scene.items_at_once_max = 4
    scene.pleo.plan("update_items", MovesJob(JobStatus.FAILED, "canceled_by_user"))
    breaker = Breaker()
    desk = scene.desk_over(breaker.over(scene.books), breaker.over(scene.pleo), breaker.over(scene.journal))
    assert await run_job(a_job(scene, 120), desk) is None
    assert 100 <= len(scene.booked) < 120, "whoever was under way is stopped, too"
    scene.pleo.add_job(*(scene.item(number) for number in range(1, 121)), id="the next job")
    await scene.run()
    await assert_everything_succeeded(scene, "the next job")


async def test_job_that_expires_by_the_clock_is_let_go(scene: Scene) -> None:
    job = a_job(scene)
    await scene.pleo.send_event(JOB, JobEvent.STARTED)
    scene.clock.advance(EXPIRES_IN_SECONDS)
    assert await run_job(job, scene.desk) is None
    assert not scene.booked


async def test_job_that_is_gone_is_let_go(scene: Scene) -> None:
    gone = JobEnded("gone", type="EXPORT_NOT_FOUND", status=404)
    scene.pleo.plan("export_items", PleoRaises(gone))
    scene.pleo.plan("job", PleoRaises(gone), skipped=1)
    assert await run_job(a_job(scene), scene.desk) is None


async def test_failing_event_that_pleo_refuses_becomes_the_softer_one(scene: Scene) -> None:
    scene.books.plan(Incident(call=Call.POST, happening=Rejects(NO), times=3))
    refusal = Refused("no", type="INVALID_EXPORT_JOB_STATUS_CHANGE", status=422)
    scene.pleo.plan("send_event", PleoRaises(refusal), skipped=1)
    assert await run_job(a_job(scene), scene.desk) == JobReport(event=JobEvent.COMPLETED_WITH_ERRORS)
    assert_job_ended_once(scene)


async def test_refused_outcome_of_an_earlier_run_is_offered_again_by_the_next(scene: Scene) -> None:
    job = a_job(scene)
    scene.pleo.plan("update_items", RefusesReports((entry_id(2),)), times=2)
    scene.pleo.plan("send_event", PleoRaises(Unreachable("gone")), skipped=1)
    with pytest.raises(Unreachable):
        await run_job(job, scene.desk)
    await scene.run()
    await assert_everything_succeeded(scene)


async def test_item_settled_elsewhere_meanwhile_is_not_booked(scene: Scene) -> None:
    job = a_job(scene)
    scene.pleo.at().records[entry_id(2)] = JobItem(entry_id=entry_id(2), status=ItemStatus.SUCCESSFUL)
    assert await run_job(job, scene.desk) == COMPLETED
    assert scene.booked == [reference(1), reference(3)]


async def test_cancelled_job_is_taken_up_again(scene: Scene) -> None:
    """What Ctrl-C does: the task is cancelled while an answer is on its way."""
    scene.books = books = HangingBooks(SET_UP)
    running = asyncio.create_task(run_job(a_job(scene, 5), scene.desk))
    await books.is_hanging.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await scene.run()
    await assert_everything_succeeded(scene)
