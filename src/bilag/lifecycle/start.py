"""Start: tell Pleo that the job is ours, or take up again one that we left in progress."""

from bilag.domain.export_job import ExportJob, JobEvent, JobStatus
from bilag.lifecycle.desk import Desk
from bilag.ports.errors import OutcomeUnknown, Refused
from bilag.ports.posting_journal import JobRecord


async def start(job: ExportJob, desk: Desk) -> ExportJob | None:
    """The job in progress, or None when somebody else has it or it has ended meanwhile.

    Our own record is written before the event, so that a job found in progress later is known to be ours.
    """
    if job.status is JobStatus.IN_PROGRESS:
        await remember(job, desk)
        return job
    await remember(job, desk)
    try:
        await desk.pleo.send_event(job.id, JobEvent.STARTED)
    except OutcomeUnknown:
        pass
    except Refused:
        # Starting has no owner in Pleo: a refusal means that somebody else was quicker, or the job has ended.
        return None
    started = await desk.pleo.job(job.id)
    await remember(started, desk)
    return started if started.status is JobStatus.IN_PROGRESS else None


async def remember(job: ExportJob, desk: Desk) -> None:
    """Store the job as Pleo shows it."""
    now = desk.clock.now()
    await desk.journal.record_job(
        JobRecord(
            job_id=job.id,
            company_id=job.company_id,
            state=job.status or job.unknown_status,
            number_of_items=job.number_of_items,
            created_at=job.created_at,
            first_seen_at=now,
            ended_at=job.completed_at or job.expired_at,
            failure_reason=job.failure_reason or "",
            failure_reason_type=job.failure_reason_type or "",
        )
    )
