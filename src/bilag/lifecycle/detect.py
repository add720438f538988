"""Detect: the oldest Export Job that waits for us. Changes nothing.

https://developers.pleo.io/docs/current/integration-design/exports (detect and start export jobs)
"""

from collections.abc import Sequence
from typing import Final

from bilag.domain.export_job import ExportJob, JobStatus
from bilag.lifecycle.desk import Desk
from bilag.lifecycle.start import STARTED_ELSEWHERE
from bilag.ports.export_api import ExportApi

_WAITING: Final = (JobStatus.PENDING, JobStatus.IN_PROGRESS)


async def is_any_waiting(pleo: ExportApi, company_id: str) -> bool:
    """Whether a look at the company could find a job: one question to Pleo, none to our journal."""
    return bool(await pleo.jobs(company_id, _WAITING))


async def detect(desk: Desk, *, take_over: bool = False, passed_over: Sequence[str] = ()) -> ExportJob | None:
    """The oldest pending job, or one of ours that was interrupted, whichever is older.

    A job in progress that our journal does not know may be somebody else's; it is taken only with `take_over`.
    `passed_over` are jobs that were tried before and could not be had.
    """
    jobs = await desk.pleo.jobs(desk.settings.company_id, _WAITING)
    desk.watching.jobs_found(desk.settings.company_id, jobs)
    for job in jobs:
        if job.id in passed_over or job.company_id != desk.settings.company_id:
            continue
        if job.status is JobStatus.PENDING or take_over or await _is_ours(job, desk):
            return job
    return None


async def _is_ours(job: ExportJob, desk: Desk) -> bool:
    record = await desk.journal.job_record(job.id)
    return record is not None and record.state != STARTED_ELSEWHERE
