"""Jobs that we left open and that ended without us: expired, stopped by a user, or ended just before we were killed."""

from dataclasses import replace
from typing import Final

from bilag.domain.export_job import ExportJob, JobStatus
from bilag.lifecycle.desk import Desk
from bilag.lifecycle.start import remember
from bilag.ports.errors import JobEnded

# More open jobs than this are never left behind; older ones keep the state that we last knew.
JOBS_LOOKED_AT_MAX: Final = 100
# What we remember of a job that Pleo does not know any more, instead of Pleo's word for it.
GONE_FROM_PLEO: Final = "gone from Pleo"
_OPEN: Final = frozenset({JobStatus.PENDING, JobStatus.IN_PROGRESS})


async def ended_meanwhile(desk: Desk) -> tuple[ExportJob, ...]:
    """Ask Pleo about every job that our journal holds as open, and remember the end of those that are not any more."""
    ended: list[ExportJob] = []
    for record in await desk.journal.job_records(JOBS_LOOKED_AT_MAX):
        if record.company_id != desk.settings.company_id or record.state not in _OPEN:
            continue
        try:
            job = await desk.pleo.job(record.job_id)
        except JobEnded:
            await desk.journal.record_job(replace(record, state=GONE_FROM_PLEO))
            continue
        if job.status not in _OPEN:
            await remember(job, desk)
            ended.append(job)
    return tuple(ended)
