"""Complete: the one closing event, sent after the last outcome, and never twice for the same end.

https://developers.pleo.io/docs/current/integration-design/exports (update and complete export job)
"""

from typing import Final

from bilag.domain.export_job import ExportJob, JobEvent, JobReport, JobStatus
from bilag.domain.transitions import job_after
from bilag.lifecycle.desk import Desk
from bilag.lifecycle.start import remember
from bilag.ports.errors import OutcomeUnknown, Refused

SENDS_MAX: Final = 3
_ENDED: Final = frozenset({JobStatus.COMPLETED, JobStatus.COMPLETED_WITH_ERRORS, JobStatus.FAILED})


async def complete(job: ExportJob, report: JobReport, desk: Desk) -> JobReport:
    """The event that Pleo took; raises IllegalMove for one that no job in this state can take.

    After a lost answer the job is read first; an ended job is left alone.
    """
    if job.status is not None:
        job_after(job.status, report.event)
    for _ in range(SENDS_MAX):
        try:
            await desk.pleo.send_event(job.id, report.event, report)
        except OutcomeUnknown:
            if (await desk.pleo.job(job.id)).status in _ENDED:
                break
        except Refused:
            if (await desk.pleo.job(job.id)).status in _ENDED or report.event is not JobEvent.FAILED:
                break
            # Pleo's pages differ on whether "all items failed" may be FAILED; the softer word is the fallback.
            report = JobReport(event=JobEvent.COMPLETED_WITH_ERRORS)
        else:
            break
    ended = await desk.pleo.job(job.id)
    await remember(ended, desk)
    desk.progress.job_ended(ended, report)
    return report
