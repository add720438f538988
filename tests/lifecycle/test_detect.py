from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bilag.domain.export_job import ExportJob, JobEvent, JobStatus
from bilag.lifecycle.detect import detect
from bilag.lifecycle.start import start
from tests.lifecycle.fake_clock import START
from tests.lifecycle.pleo_in_memory import PleoInMemory
from tests.lifecycle.scene import Scene


def add(scene: Scene, number: int, **differences: Any) -> ExportJob:
    """Job `number` of the day: the higher the number, the younger."""
    created_at = START - timedelta(minutes=10) + timedelta(minutes=number)
    return scene.pleo.add_job(id=f"job-{number}", created_at=created_at, **differences)


async def found(scene: Scene, **how: Any) -> str | None:
    job = await detect(scene.desk, **how)
    return job.id if job else None


async def test_oldest_pending_job_comes_first(scene: Scene) -> None:
    for number in (2, 1, 3):
        add(scene, number)
    assert await found(scene) == "job-1"


async def test_nothing_waits_without_jobs_or_when_all_have_ended(scene: Scene) -> None:
    assert await found(scene) is None
    for number, status in enumerate((JobStatus.COMPLETED, JobStatus.COMPLETED_WITH_ERRORS, JobStatus.FAILED)):
        add(scene, number, status=status)
    assert await found(scene) is None


async def test_looking_changes_nothing(scene: Scene) -> None:
    job = add(scene, 1)
    await found(scene)
    assert scene.pleo.at("job-1").shown == job
    assert await scene.journal.job_record("job-1") is None


async def test_job_of_ours_that_was_interrupted_comes_before_a_younger_pending_one(scene: Scene) -> None:
    await start(add(scene, 1), scene.desk)
    add(scene, 2)
    assert await found(scene) == "job-1"


async def test_pending_job_older_than_an_interrupted_one_comes_first(scene: Scene) -> None:
    await start(add(scene, 2), scene.desk)
    add(scene, 1)
    assert await found(scene) == "job-1"


async def test_job_in_progress_that_we_never_saw_is_touched_only_to_take_over(scene: Scene) -> None:
    add(scene, 1, status=JobStatus.IN_PROGRESS)
    assert await found(scene) is None
    assert await found(scene, take_over=True) == "job-1"


async def test_job_that_somebody_else_won_is_touched_only_to_take_over(scene: Scene) -> None:
    """Our own record of the lost race must not make the job look like ours."""
    stale = add(scene, 1)
    await scene.pleo.send_event("job-1", JobEvent.STARTED)
    assert await start(stale, scene.desk) is None
    assert await found(scene) is None
    assert await found(scene, take_over=True) == "job-1"


async def test_job_taken_over_is_ours_from_then_on(scene: Scene) -> None:
    add(scene, 1, status=JobStatus.IN_PROGRESS)
    job = await detect(scene.desk, take_over=True)
    assert job is not None
    await start(job, scene.desk)
    assert await found(scene) == "job-1"


class CarelessPleo(PleoInMemory):
    """Pleo that answers with every company's jobs, as an organisation's credential may see them."""

    async def jobs(self, company_id: str, statuses: Sequence[JobStatus]) -> tuple[ExportJob, ...]:
        return (*await super().jobs(company_id, statuses), *await super().jobs("another company", statuses))


async def test_job_of_another_company_is_not_ours_even_if_pleo_offers_it(scene: Scene) -> None:
    scene.pleo = CarelessPleo(scene.clock)
    add(scene, 1, company_id="another company")
    assert await found(scene) is None
    assert await found(scene, take_over=True) is None


async def test_jobs_tried_before_and_jobs_of_other_companies_are_passed_over(scene: Scene) -> None:
    add(scene, 1)
    add(scene, 2, company_id="another company")
    add(scene, 3)
    assert await found(scene, passed_over=["job-1"]) == "job-3"
