"""Complete: the one closing event, sent after the last outcome, and never twice for the same end.

https://developers.pleo.io/docs/current/integration-design/exports (update and complete export job)
"""

import logging
from typing import Final

from bilag.domain.export_job import ExportJob, JobEvent, JobReport, JobStatus
from bilag.domain.transitions import job_after
from bilag.lifecycle.desk import Desk
from bilag.lifecycle.start import remember
from bilag.ports.errors import OutcomeUnknown, Refused

SENDS_MAX: Final = 3
_ENDED: Final = frozenset({JobStatus.COMPLETED, JobStatus.COMPLETED_WITH_ERRORS, JobStatus.FAILED})

_log = logging.getLogger("bilag.job")


async def complete(job: ExportJob, report: JobReport, desk: Desk) -> JobReport | None:
    """The event that Pleo took; None when the job had come to another end before.

    After a lost answer or a refusal the job is read first, and an ended job is left alone. A job that stays open raises
    what Pleo answered last, so that the next run takes it up again. Raises IllegalMove for an event that no job in
    this state can take.
    """
    if job.status is not None:
        job_after(job.status, report.event)
    last: OutcomeUnknown | Refused | None = None
    for attempt in range(1, SENDS_MAX + 1):
        try:
            await desk.pleo.send_event(job.id, report.event, report)
        except (OutcomeUnknown, Refused) as trouble:
            _log.warning("job %s close try=%d of=%d event=%s: %s", job.id, attempt, SENDS_MAX, report.event, trouble)
            current = await desk.pleo.job(job.id)
            if current.status in _ENDED:
                return await _settled(current, report, desk)
            report, last = _next_try(report, trouble), trouble
        else:
            return await _settled(await desk.pleo.job(job.id), report, desk)
    assert last is not None
    raise last


def _next_try(report: JobReport, trouble: OutcomeUnknown | Refused) -> JobReport:
    """The same event after a lost answer; after a refusal the softer word for FAILED, and none for the others.

    Pleo's pages differ on whether a job whose items all failed may be FAILED.
    """
    if isinstance(trouble, OutcomeUnknown):
        return report
    if report.event is not JobEvent.FAILED:
        raise trouble
    return JobReport(event=JobEvent.COMPLETED_WITH_ERRORS)


async def _settled(job: ExportJob, report: JobReport, desk: Desk) -> JobReport | None:
    await remember(job, desk)
    _log.info("job %s ended status=%s", job.id, job.status)
    if job.status in _ENDED and job.status is not job_after(JobStatus.IN_PROGRESS, report.event):
        return None
    desk.progress.job_ended(job, report)
    return report
