import pytest

from bilag.simulator.jobs import ItemReport, Job, JobOptions
from bilag.simulator.refusals import Refusal, RefusalType
from bilag.simulator.terms import ItemStatus, JobEvent, JobStatus
from bilag.simulator.world import PleoWorld
from tests.simulator.builders import COMPANY, OTHER_COMPANY, Clock, a_source


def test_job_takes_every_entry_that_is_free(world: PleoWorld) -> None:
    world.create_job(COMPANY, indexes=[1])

    job = world.create_job(COMPANY, queued=True)

    assert list(job.indexes) == [0, 2]


def test_job_without_entries_is_refused(world: PleoWorld) -> None:
    world.create_job(COMPANY)

    with pytest.raises(Refusal, match="0 are exportable"):
        world.create_job(COMPANY, queued=True)


def test_job_waits_in_a_queue_only_when_asked(world: PleoWorld) -> None:
    first = world.create_job(COMPANY, indexes=[0])

    with pytest.raises(Refusal) as refused:
        world.create_job(COMPANY, indexes=[1])
    second = world.create_job(COMPANY, indexes=[1], queued=True)

    assert refused.value.kind is RefusalType.EXPORT_ALREADY_IN_PROGRESS
    assert world.jobs() == (first, second)


def test_job_of_another_company_bars_nothing(world: PleoWorld) -> None:
    world.create_job(OTHER_COMPANY)

    assert world.create_job(COMPANY).status is JobStatus.PENDING


def test_exported_entries_go_again_when_asked(world: PleoWorld, clock: Clock) -> None:
    job = world.create_job(OTHER_COMPANY)
    job.receive(JobEvent.STARTED, clock())
    job.report_item(0, ItemReport(status=ItemStatus.SUCCESSFUL), clock())
    job.receive(JobEvent.COMPLETED, clock())

    with pytest.raises(Refusal, match="exported"):
        world.create_job(OTHER_COMPANY, indexes=[0])
    again = world.create_job(OTHER_COMPANY, indexes=[0], options=JobOptions(again=True))

    assert len(again) == 1


def test_expired_job_is_found_expired_and_bars_nothing(world: PleoWorld, clock: Clock) -> None:
    old = world.create_job(COMPANY)
    clock.move(hours=1)

    new = world.create_job(COMPANY)

    assert (old.status, len(new)) == (JobStatus.FAILED, 3)


def test_listeners_hear_of_every_new_job(world: PleoWorld) -> None:
    heard: list[Job] = []
    world.job_created.append(heard.append)

    job = world.create_job(COMPANY)

    assert heard == [job]


def test_company_cannot_be_added_twice(world: PleoWorld) -> None:
    with pytest.raises(ValueError, match=COMPANY):
        world.add_company(a_source(1))


def test_credential_needs_companies_that_are_there() -> None:
    world = PleoWorld()

    with pytest.raises(ValueError, match="add the companies of a credential first"):
        world.accept_api_key("key")
    with pytest.raises(ValueError, match=COMPANY):
        world.accept_token("token", COMPANY)
