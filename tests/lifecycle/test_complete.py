import pytest

from bilag.domain.export_job import ExportJob, ItemStatus, JobEvent, JobReport, JobStatus
from bilag.domain.failure import ItemReason, JobReason
from bilag.domain.transitions import IllegalMove
from bilag.lifecycle.complete import complete
from bilag.lifecycle.start import start
from bilag.ports.errors import OutcomeUnknown, Refused, Unreachable
from bilag.ports.posting_journal import OutcomeTally
from tests.builders import an_outcome
from tests.lifecycle.pleo_in_memory import JOB
from tests.lifecycle.pleo_script import LosesAnswer, MovesJob, Raises
from tests.lifecycle.scene import Scene

COMPLETED = JobReport(event=JobEvent.COMPLETED)
WITH_ERRORS = JobReport(event=JobEvent.COMPLETED_WITH_ERRORS)
FAILED = JobReport(event=JobEvent.FAILED, failure_reason="None.", failure_reason_type=JobReason.VALIDATION_FAILURE)
NO_ANSWER = OutcomeUnknown("no answer")
REFUSAL = Refused("no", type="INVALID_EXPORT_JOB_STATUS_CHANGE", status=422)


@pytest.fixture
async def job(scene: Scene) -> ExportJob:
    """A job of ours in progress."""
    started = await start(scene.pleo.add_job(scene.item()), scene.desk)
    assert started is not None
    return started


@pytest.mark.parametrize("report", [COMPLETED, WITH_ERRORS, FAILED])
async def test_event_is_sent_once_remembered_and_told(scene: Scene, job: ExportJob, report: JobReport) -> None:
    assert await complete(job, report, scene.desk) == report
    assert scene.pleo.at().events == [report]
    assert scene.progress.ended == [(JOB, report)]
    record = await scene.journal.job_record(JOB)
    assert record is not None
    assert (record.state, record.ended_at) == (scene.pleo.at().shown.status, scene.clock.now())


async def test_lost_answer_to_an_event_that_arrived_sends_no_second(scene: Scene, job: ExportJob) -> None:
    scene.pleo.plan("send_event", LosesAnswer(NO_ANSWER, has_effect=True))
    scene.pleo.plan("send_event", Raises(AssertionError("sent twice")))
    assert await complete(job, COMPLETED, scene.desk) == COMPLETED
    assert scene.pleo.at().events == [COMPLETED]


async def test_event_that_got_lost_is_sent_again(scene: Scene, job: ExportJob) -> None:
    scene.pleo.plan("send_event", LosesAnswer(NO_ANSWER, has_effect=False), times=2)
    assert await complete(job, COMPLETED, scene.desk) == COMPLETED
    assert scene.pleo.at().events == [COMPLETED]


async def test_event_that_never_arrives_is_not_taken_for_sent(scene: Scene, job: ExportJob) -> None:
    scene.pleo.plan("send_event", LosesAnswer(NO_ANSWER, has_effect=False), times=3)
    with pytest.raises(OutcomeUnknown):
        await complete(job, COMPLETED, scene.desk)
    assert not scene.progress.ended
    assert scene.pleo.at().shown.status is JobStatus.IN_PROGRESS


async def test_refused_failed_falls_back_to_completed_with_errors(scene: Scene, job: ExportJob) -> None:
    scene.pleo.plan("send_event", Raises(REFUSAL))
    assert await complete(job, FAILED, scene.desk) == WITH_ERRORS
    assert scene.pleo.at().events == [WITH_ERRORS]


async def test_before_the_softer_word_every_item_tells_the_reason_that_the_job_may_not(
    scene: Scene, job: ExportJob
) -> None:
    reason = JobReason.ACCOUNTING_SYSTEM_UNREACHABLE
    unreachable = JobReport(event=JobEvent.FAILED, failure_reason="Nobody answers.", failure_reason_type=reason)
    scene.pleo.plan("send_event", Raises(REFUSAL))
    assert await complete(job, unreachable, scene.desk) == WITH_ERRORS
    (report,) = scene.pleo.at().accepted
    assert (report.status, report.failure_reason_type) == (ItemStatus.FAILED, ItemReason.ACCOUNTING_SYSTEM_UNREACHABLE)
    assert (report.failure_reason or "").startswith("Nobody answers. ")
    assert await scene.journal.tally(JOB) == OutcomeTally(failed=1)


async def test_the_softer_word_changes_no_outcome_that_exists(scene: Scene, job: ExportJob) -> None:
    booked = an_outcome(job_id=JOB, entry_id=job_items(scene)[0], external_id="7")
    await scene.journal.record_outcome(booked)
    scene.pleo.plan("send_event", Raises(REFUSAL))
    assert await complete(job, FAILED, scene.desk) == COMPLETED, "an earlier run had booked everything"
    (report,) = scene.pleo.at().accepted
    assert (report.status, report.external_id) == (ItemStatus.SUCCESSFUL, "7")


async def test_items_that_can_not_be_told_leave_the_job_open(scene: Scene, job: ExportJob) -> None:
    scene.pleo.plan("send_event", Raises(REFUSAL))
    scene.pleo.plan("update_items", Raises(Unreachable("gone")))
    with pytest.raises(Unreachable):
        await complete(job, FAILED, scene.desk)
    assert scene.pleo.at().shown.status is JobStatus.IN_PROGRESS


def job_items(scene: Scene) -> list[str]:
    return scene.pleo.at().listed


@pytest.mark.parametrize("report", [COMPLETED, WITH_ERRORS])
async def test_other_event_refused_by_an_open_job_is_raised(scene: Scene, job: ExportJob, report: JobReport) -> None:
    scene.pleo.plan("send_event", Raises(REFUSAL))
    with pytest.raises(Refused):
        await complete(job, report, scene.desk)
    assert not scene.progress.ended


async def test_fallback_that_is_refused_too_is_raised(scene: Scene, job: ExportJob) -> None:
    scene.pleo.plan("send_event", Raises(REFUSAL), times=2)
    with pytest.raises(Refused):
        await complete(job, FAILED, scene.desk)


async def test_job_that_expired_meanwhile_is_left_alone(scene: Scene, job: ExportJob) -> None:
    scene.pleo.plan("send_event", MovesJob(JobStatus.FAILED, "job_expired"))
    assert await complete(job, COMPLETED, scene.desk) is None
    assert not scene.pleo.at().events
    assert not scene.progress.ended
    record = await scene.journal.job_record(JOB)
    assert record is not None
    assert (record.state, record.failure_reason_type) == ("failed", "job_expired")


async def test_trouble_on_the_way_is_raised_and_the_job_stays_ours(scene: Scene, job: ExportJob) -> None:
    scene.pleo.plan("send_event", Raises(Unreachable("gone")))
    with pytest.raises(Unreachable):
        await complete(job, COMPLETED, scene.desk)
    assert scene.pleo.at().shown.status is JobStatus.IN_PROGRESS


async def test_event_that_the_table_does_not_know_is_never_sent(scene: Scene) -> None:
    pending = scene.pleo.add_job(scene.item())
    with pytest.raises(IllegalMove):
        await complete(pending, COMPLETED, scene.desk)
    assert scene.pleo.at().shown.status is JobStatus.PENDING
