from datetime import timedelta

import pytest

from bilag.domain.export_job import JobEvent, JobStatus
from bilag.lifecycle.start import STARTED_ELSEWHERE, STARTS_MAX, start
from bilag.ports.errors import JobEnded, OutcomeUnknown, Refused
from tests.lifecycle.breaker import Breaker
from tests.lifecycle.fake_clock import START
from tests.lifecycle.pleo_in_memory import JOB
from tests.lifecycle.pleo_script import LosesAnswer, MovesJob, Raises
from tests.lifecycle.scene import Scene

NO_ANSWER = OutcomeUnknown("no answer")
REFUSAL = Refused("no", type="INVALID_EXPORT_JOB_STATUS_CHANGE", status=422)


async def state(scene: Scene) -> str | None:
    record = await scene.journal.job_record(JOB)
    return record.state if record else None


async def test_pending_job_becomes_ours_and_is_remembered_first(scene: Scene) -> None:
    job, breaker = scene.pleo.add_job(scene.item()), Breaker()
    desk = scene.desk_over(scene.books, breaker.over(scene.pleo), breaker.over(scene.journal))
    started = await start(job, desk)
    assert started is not None
    assert started.status is JobStatus.IN_PROGRESS
    assert breaker.calls == ["record_job", "send_event", "job", "record_job"]
    assert await state(scene) == "in_progress"


async def test_job_in_progress_is_taken_up_without_a_second_start(scene: Scene) -> None:
    job = scene.pleo.add_job(scene.item(), status=JobStatus.IN_PROGRESS)
    assert await start(job, scene.desk) == job
    assert scene.pleo.at().starts == 0


async def test_lost_answer_to_a_start_that_arrived_counts_as_started(scene: Scene) -> None:
    scene.pleo.plan("send_event", LosesAnswer(NO_ANSWER, has_effect=True))
    assert await start(scene.pleo.add_job(scene.item()), scene.desk) is not None
    assert scene.pleo.at().starts == 1


async def test_start_that_got_lost_is_sent_again(scene: Scene) -> None:
    scene.pleo.plan("send_event", LosesAnswer(NO_ANSWER, has_effect=False), times=STARTS_MAX - 1)
    assert await start(scene.pleo.add_job(scene.item()), scene.desk) is not None


async def test_start_that_gets_lost_again_and_again_is_raised_so_that_no_younger_job_goes_first(scene: Scene) -> None:
    scene.pleo.plan("send_event", LosesAnswer(NO_ANSWER, has_effect=False), times=STARTS_MAX)
    job = scene.pleo.add_job(scene.item())
    with pytest.raises(OutcomeUnknown):
        await start(job, scene.desk)
    assert await start(job, scene.desk) is not None


async def test_job_that_somebody_else_started_first_is_left_to_them(scene: Scene) -> None:
    stale = scene.pleo.add_job(scene.item())
    await scene.pleo.send_event(JOB, JobEvent.STARTED)
    assert await start(stale, scene.desk) is None
    assert await state(scene) == STARTED_ELSEWHERE


async def test_job_that_ended_before_its_start_is_remembered_as_ended(scene: Scene) -> None:
    scene.pleo.plan("send_event", MovesJob(JobStatus.FAILED, "job_expired"))
    assert await start(scene.pleo.add_job(scene.item()), scene.desk) is None
    assert await state(scene) == "failed"


async def test_refusal_without_a_reason_to_see_leaves_the_job_pending(scene: Scene) -> None:
    scene.pleo.plan("send_event", Raises(REFUSAL))
    job = scene.pleo.add_job(scene.item())
    assert await start(job, scene.desk) is None
    assert await state(scene) == "pending"
    assert await start(job, scene.desk) is not None


async def test_job_that_vanished_is_no_trouble(scene: Scene) -> None:
    job = scene.pleo.add_job(scene.item())
    scene.pleo.plan("send_event", Raises(JobEnded("gone", type="EXPORT_NOT_FOUND", status=404)))
    scene.pleo.plan("job", Raises(JobEnded("gone", type="EXPORT_NOT_FOUND", status=404)))
    assert await start(job, scene.desk) is None


async def test_when_a_job_was_first_seen_is_kept(scene: Scene) -> None:
    job = scene.pleo.add_job(scene.item())
    await start(job, scene.desk)
    scene.clock.advance(60)
    await start(scene.pleo.at().shown, scene.desk)
    record = await scene.journal.job_record(JOB)
    assert record is not None
    assert record.first_seen_at == START
    assert scene.clock.now() == START + timedelta(seconds=60)
