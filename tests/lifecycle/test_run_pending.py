from datetime import timedelta

import pytest

from bilag.domain.export_job import ExportJob, JobEvent, JobStatus
from bilag.lifecycle.run_pending import EndedJob, run_pending
from bilag.lifecycle.start import start
from bilag.ports.errors import OutcomeUnknown, Unreachable
from tests.lifecycle.fake_clock import START
from tests.lifecycle.invariants import assert_nothing_is_booked_twice
from tests.lifecycle.pleo_script import LosesAnswer, MovesJob, Raises
from tests.lifecycle.scene import Scene, reference


def add(scene: Scene, number: int, status: JobStatus = JobStatus.PENDING) -> ExportJob:
    """Job `number` of the day over one expense of the same number."""
    created_at = START - timedelta(minutes=10) + timedelta(minutes=number)
    item = scene.item(number)
    return scene.pleo.add_job(item, id=f"job-{number}", created_at=created_at, status=status)


async def run(scene: Scene, *, take_over: bool = False) -> list[tuple[str, JobEvent | None]]:
    ended = await scene.run(take_over=take_over)
    return [(each.job.id, each.report.event if each.report else None) for each in ended]


async def test_nothing_waiting_is_nothing_done(scene: Scene) -> None:
    assert await run(scene) == []


async def test_jobs_are_worked_off_one_after_another_oldest_first(scene: Scene) -> None:
    for number in (3, 1, 2):
        add(scene, number)
    assert await run(scene) == [(f"job-{number}", JobEvent.COMPLETED) for number in (1, 2, 3)]
    assert scene.booked == [reference(number) for number in (1, 2, 3)]
    assert await run(scene) == []


async def test_interrupted_job_is_ended_before_a_younger_one_is_started(scene: Scene) -> None:
    await start(add(scene, 1), scene.desk)
    add(scene, 2)
    assert await run(scene) == [("job-1", JobEvent.COMPLETED), ("job-2", JobEvent.COMPLETED)]
    assert scene.pleo.at("job-1").starts == 1


async def test_job_of_somebody_else_is_not_touched(scene: Scene) -> None:
    add(scene, 1, JobStatus.IN_PROGRESS)
    add(scene, 2)
    assert await run(scene) == [("job-2", JobEvent.COMPLETED)]
    assert scene.pleo.at("job-1").shown.status is JobStatus.IN_PROGRESS
    assert scene.booked == [reference(2)]


async def test_job_of_somebody_else_is_taken_over_when_told_to(scene: Scene) -> None:
    add(scene, 1, JobStatus.IN_PROGRESS)
    assert await run(scene, take_over=True) == [("job-1", JobEvent.COMPLETED)]
    assert scene.pleo.at("job-1").starts == 0


async def test_job_that_somebody_quicker_started_is_never_touched_again(scene: Scene) -> None:
    for number in (1, 2):
        add(scene, number)
    scene.pleo.plan("send_event", MovesJob(JobStatus.IN_PROGRESS))
    assert await run(scene) == [("job-1", None), ("job-2", JobEvent.COMPLETED)]
    assert await run(scene) == []
    assert scene.pleo.at("job-1").shown.status is JobStatus.IN_PROGRESS
    assert scene.booked == [reference(2)]


async def test_job_whose_start_got_lost_is_started_again_before_the_next_job(scene: Scene) -> None:
    for number in (1, 2):
        add(scene, number)
    scene.pleo.plan("send_event", LosesAnswer(OutcomeUnknown("no answer"), has_effect=False))
    assert await run(scene) == [("job-1", JobEvent.COMPLETED), ("job-2", JobEvent.COMPLETED)]


async def test_same_entry_in_two_jobs_is_booked_once_and_reported_in_both(scene: Scene) -> None:
    scene.pleo.add_job(scene.item(1), id="job-1")
    scene.clock.advance(1)
    scene.pleo.add_job(scene.item(1), id="job-2")
    assert await run(scene) == [("job-1", JobEvent.COMPLETED), ("job-2", JobEvent.COMPLETED)]
    assert_nothing_is_booked_twice(scene)
    told = [scene.pleo.at(job_id).accepted[0].external_id for job_id in ("job-1", "job-2")]
    assert told == ["1", "1"]
    assert "nothing was booked" in scene.progress.settled[1].warnings[0]


async def test_trouble_with_one_job_stops_before_the_next_so_that_order_is_kept(scene: Scene) -> None:
    for number in (1, 2):
        add(scene, number)
    scene.pleo.plan("job_items", Raises(Unreachable("gone")))
    with pytest.raises(Unreachable):
        await scene.run()
    assert scene.pleo.at("job-2").shown.status is JobStatus.PENDING
    assert await run(scene) == [("job-1", JobEvent.COMPLETED), ("job-2", JobEvent.COMPLETED)]


async def test_each_job_is_told_as_soon_as_it_ended_whatever_befalls_the_next(scene: Scene) -> None:
    for number in (1, 2):
        add(scene, number)
    told: list[str] = []

    async def tell(ended: EndedJob) -> None:
        told.append(ended.job.id)
        scene.pleo.plan("job_items", Raises(Unreachable("Pleo is gone")))

    with pytest.raises(Unreachable):
        await run_pending(scene.desk, on_end=tell)
    assert told == ["job-1"]
