"""Start: tell Pleo that the job is ours, or take up again one that we left in progress."""

import logging
from typing import Final

from bilag.domain.export_job import ExportJob, JobEvent, JobStatus
from bilag.lifecycle.desk import Desk
from bilag.ports.errors import JobEnded, OutcomeUnknown, Refused
from bilag.ports.posting_journal import JobRecord

# What we remember of a job that somebody else was quicker to start, instead of Pleo's word for it.
STARTED_ELSEWHERE: Final = "started elsewhere"

# A start whose answer was lost and that Pleo does not show is sent again.
STARTS_MAX: Final = 3

_log = logging.getLogger("bilag.job")


async def start(job: ExportJob, desk: Desk) -> ExportJob | None:
    """The job in progress, or None when somebody else has it or it has ended meanwhile.

    Our own record is written before the event, so that a job found in progress later is known to be ours.
    """
    if job.status is JobStatus.IN_PROGRESS:
        await remember(job, desk)
        return job
    await remember(job, desk)
    lost: OutcomeUnknown | None = None
    for _ in range(STARTS_MAX):
        try:
            await desk.pleo.send_event(job.id, JobEvent.STARTED)
        except OutcomeUnknown as unknown:
            lost = unknown
        except Refused as refused:
            _log.warning("job %s may not be started: %s", job.id, refused)
            await _leave(job, desk)
            return None
        started = await desk.pleo.job(job.id)
        await remember(started, desk)
        if lost is None or started.status is not JobStatus.PENDING:
            return started if started.status is JobStatus.IN_PROGRESS else None
    assert lost is not None
    raise lost  # it waits still, and no younger job may go before it


async def _leave(job: ExportJob, desk: Desk) -> None:
    """Remember that the job is not ours: starting has no owner in Pleo, so nothing else will tell us later."""
    try:
        current = await desk.pleo.job(job.id)
    except JobEnded:
        return
    await remember(current, desk, is_ours=current.status is not JobStatus.IN_PROGRESS)


async def remember(job: ExportJob, desk: Desk, *, is_ours: bool = True) -> None:
    """Store the job as Pleo shows it, or that somebody else has it."""
    now = desk.clock.now()
    await desk.journal.record_job(
        JobRecord(
            job_id=job.id,
            company_id=job.company_id,
            state=(job.status or job.unknown_status) if is_ours else STARTED_ELSEWHERE,
            number_of_items=job.number_of_items,
            created_at=job.created_at,
            first_seen_at=now,
            ended_at=job.completed_at or job.expired_at,
            failure_reason=job.failure_reason or "",
            failure_reason_type=job.failure_reason_type or "",
            started_at=job.started_at,
        )
    )
