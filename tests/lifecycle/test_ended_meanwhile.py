import pytest

from bilag.domain.export_job import JobStatus
from bilag.lifecycle.ended_meanwhile import GONE_FROM_PLEO, ended_meanwhile
from bilag.lifecycle.run_pending import run_pending
from bilag.lifecycle.start import STARTED_ELSEWHERE, remember
from bilag.ports.errors import JobEnded, Unreachable
from tests.lifecycle.breaker import Breaker, Stopped
from tests.lifecycle.pleo_in_memory import EXPIRES_IN_SECONDS, JOB
from tests.lifecycle.pleo_script import Raises
from tests.lifecycle.scene import Scene


async def state(scene: Scene) -> str | None:
    record = await scene.journal.job_record(JOB)
    return record.state if record else None


async def left_open(scene: Scene, status: JobStatus = JobStatus.IN_PROGRESS) -> None:
    """A job that our journal holds as open."""
    await remember(scene.pleo.add_job(scene.item(), status=status), scene.desk)


@pytest.mark.parametrize("status", [JobStatus.PENDING, JobStatus.IN_PROGRESS])
async def test_job_that_expired_while_nobody_looked_is_remembered_as_ended(scene: Scene, status: JobStatus) -> None:
    await left_open(scene, status)
    scene.clock.advance(EXPIRES_IN_SECONDS)
    (job,) = await ended_meanwhile(scene.desk)
    assert (job.id, job.status) == (JOB, JobStatus.FAILED)
    assert await state(scene) == "failed"
    assert await ended_meanwhile(scene.desk) == ()


async def test_job_that_is_still_open_is_left_as_it_is(scene: Scene) -> None:
    await left_open(scene)
    assert await ended_meanwhile(scene.desk) == ()
    assert await state(scene) == "in_progress"


async def test_job_that_pleo_does_not_know_any_more_is_asked_for_once(scene: Scene) -> None:
    await left_open(scene)
    scene.pleo.plan("job", Raises(JobEnded("gone", type="EXPORT_NOT_FOUND", status=404)))
    assert await ended_meanwhile(scene.desk) == ()
    assert await state(scene) == GONE_FROM_PLEO
    scene.pleo.plan("job", Raises(AssertionError("asked again")))
    assert await ended_meanwhile(scene.desk) == ()


async def test_job_of_somebody_else_and_of_another_company_is_not_asked_for(scene: Scene) -> None:
    scene.pleo.plan("job", Raises(AssertionError("asked")))
    await remember(scene.pleo.add_job(id="job-1"), scene.desk, is_ours=False)
    await remember(scene.pleo.add_job(id="job-2", company_id="another company"), scene.desk)
    assert await ended_meanwhile(scene.desk) == ()
    record = await scene.journal.job_record("job-1")
    assert record is not None
    assert record.state == STARTED_ELSEWHERE


async def test_trouble_with_pleo_is_raised_and_forgets_nothing(scene: Scene) -> None:
    await left_open(scene)
    scene.pleo.plan("job", Raises(Unreachable("gone")))
    with pytest.raises(Unreachable):
        await ended_meanwhile(scene.desk)
    assert await state(scene) == "in_progress"


async def test_end_that_pleo_took_right_before_a_stop_is_told_by_the_next_run(scene: Scene) -> None:
    scene.pleo.add_job(scene.item())
    undisturbed, stopped = Breaker(), Scene(scene.spool)
    await run_pending(scene.desk_over(scene.books, undisturbed.over(scene.pleo), scene.journal))
    closing_event = len(undisturbed.calls) - undisturbed.calls[::-1].index("send_event")
    stopped.pleo.add_job(stopped.item())
    breaker = Breaker(closing_event, has_effect=True)
    with pytest.raises(Stopped):
        await run_pending(stopped.desk_over(stopped.books, breaker.over(stopped.pleo), stopped.journal))
    assert await state(stopped) == "in_progress"
    (ended,) = await stopped.run()
    assert (ended.job.status, ended.report) == (JobStatus.COMPLETED, None)
    assert await state(stopped) == "completed"
