from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilag.simulator.companies import Company, EntryState
from bilag.simulator.jobs import EXPIRES_IN_SECONDS, JOB_MOVES, ItemReport, Job, JobOptions
from bilag.simulator.refusals import Refusal, RefusalType
from bilag.simulator.terms import ItemStatus, JobEvent, JobFailureReason, JobStatus
from tests.simulator.builders import NOON, a_source, entry_id

HOUR = timedelta(seconds=EXPIRES_IN_SECONDS)
END_EVENTS = {JobEvent.COMPLETED: "successful", JobEvent.COMPLETED_WITH_ERRORS: "failed", JobEvent.FAILED: "pending"}


@pytest.fixture
def company() -> Company:
    return Company(a_source(4))


@pytest.fixture
def job(company: Company) -> Job:
    return Job("job", company, range(3), number=0, options=JobOptions(), created_at=NOON)


def report(job: Job, *statuses: str) -> None:
    for place, status in enumerate(statuses):
        assert job.report_item(place, ItemReport(status=ItemStatus(status)), NOON) == ""


@pytest.mark.parametrize("status", list(JobStatus))
@pytest.mark.parametrize("event", list(JobEvent))
def test_only_the_listed_moves_are_possible(job: Job, status: JobStatus, event: JobEvent) -> None:
    if event in {JobEvent.COMPLETED, JobEvent.COMPLETED_WITH_ERRORS}:
        report(job, *[END_EVENTS[event]] * 3)
    job.status = status

    if (status, event) in JOB_MOVES:
        job.receive(event, NOON)
        assert job.status is JOB_MOVES[status, event]
    else:
        with pytest.raises(Refusal) as refused:
            job.receive(event, NOON)
        assert refused.value.kind is RefusalType.INVALID_EXPORT_JOB_STATUS_CHANGE
        assert job.status is status


@pytest.mark.parametrize(
    ("event", "statuses"),
    [
        (JobEvent.COMPLETED, ("successful", "successful")),
        (JobEvent.COMPLETED, ("successful", "successful", "in_progress")),
        (JobEvent.COMPLETED, ("successful", "successful", "failed")),
        (JobEvent.COMPLETED_WITH_ERRORS, ("successful", "failed")),
        (JobEvent.COMPLETED_WITH_ERRORS, ("successful", "successful", "successful")),
    ],
)
def test_end_event_that_the_items_contradict_is_refused(job: Job, event: JobEvent, statuses: tuple[str, ...]) -> None:
    job.receive(JobEvent.STARTED, NOON)
    report(job, *statuses)

    with pytest.raises(Refusal) as refused:
        job.receive(event, NOON)

    assert refused.value.kind is RefusalType.INVALID_EXPORT_JOB_STATUS_CHANGE
    assert job.status is JobStatus.IN_PROGRESS


def test_failed_job_abandons_what_was_not_finished_and_keeps_the_rest(job: Job, company: Company) -> None:
    job.receive(JobEvent.STARTED, NOON)
    report(job, "successful", "in_progress")

    job.receive(JobEvent.FAILED, NOON, failure_reason="no", failure_reason_type=JobFailureReason.VALIDATION_FAILURE)

    assert [job.item_status(place) for place in range(3)] == ["successful", "abandoned", "abandoned"]
    assert list(company.states) == [EntryState.EXPORTED, EntryState.FREE, EntryState.FREE, EntryState.FREE]


def test_open_job_locks_its_entries(job: Job, company: Company) -> None:
    assert list(company.states) == [EntryState.LOCKED] * 3 + [EntryState.FREE]
    with pytest.raises(Refusal, match="locked"):
        company.require_exportable([2], again=True)


@given(silences=st.lists(st.integers(min_value=1, max_value=EXPIRES_IN_SECONDS * 2), max_size=6))
def test_job_expires_exactly_when_an_hour_passes_without_an_update(silences: list[int]) -> None:
    job = Job("job", Company(a_source(1)), range(1), number=0, options=JobOptions(), created_at=NOON)
    now, expired_at = NOON, None
    for silence in silences:
        if expired_at is None and silence >= EXPIRES_IN_SECONDS:
            expired_at = now + HOUR
        now += timedelta(seconds=silence)
        job.expire_if_due(now)
        if job.is_open:
            job.report_item(0, ItemReport(status=ItemStatus.IN_PROGRESS), now)

    assert job.expired_at == expired_at
    assert job.is_open is (expired_at is None)


@pytest.mark.parametrize("started", [True, False])
def test_expired_job_says_so(job: Job, *, started: bool) -> None:
    if started:
        job.receive(JobEvent.STARTED, NOON)

    job.expire_if_due(NOON + HOUR)

    assert (job.status, job.failure_reason_type) == (JobStatus.FAILED, JobFailureReason.JOB_EXPIRED)
    assert (job.expired_at, job.completed_at) == (NOON + HOUR, None)
    assert job.tally()[ItemStatus.ABANDONED] == 3


def test_finished_job_does_not_expire_later(job: Job) -> None:
    job.receive(JobEvent.FAILED, NOON)

    job.expire_if_due(NOON + 2 * HOUR)

    assert job.expired_at is None


@pytest.mark.parametrize("final", ["successful", "failed", "abandoned"])
@pytest.mark.parametrize("later", list(ItemStatus))
def test_final_item_status_never_becomes_another(job: Job, final: str, later: ItemStatus) -> None:
    report(job, final)

    refusal = job.report_item(0, ItemReport(status=later), NOON)

    assert bool(refusal) is (later != final)
    assert job.item_status(0) == final


def test_entries_of_other_jobs_have_no_place(job: Job) -> None:
    assert [job.place_of(entry_id(number)) for number in (0, 2, 3, 9)] == [0, 2, None, None]
