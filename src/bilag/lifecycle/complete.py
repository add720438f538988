"""Complete: the one closing event, sent after the last outcome, and never twice for the same end.

https://developers.pleo.io/docs/current/integration-design/exports (update and complete export job)
"""

import logging
from dataclasses import replace
from typing import Final

from bilag.domain.export_item import MalformedItem
from bilag.domain.export_job import ExportJob, JobEvent, JobReport, JobStatus
from bilag.domain.transitions import job_after
from bilag.lifecycle.case import failed_outcome
from bilag.lifecycle.desk import Desk
from bilag.lifecycle.fetch import control_list
from bilag.lifecycle.report import Reporter
from bilag.lifecycle.start import remember
from bilag.ports.errors import OutcomeUnknown, Refused
from bilag.rules.outcome import softened, untried

SENDS_MAX: Final = 3
_ENDED: Final = frozenset({JobStatus.COMPLETED, JobStatus.COMPLETED_WITH_ERRORS, JobStatus.FAILED})

_log = logging.getLogger("bilag.job")


async def complete(job: ExportJob, report: JobReport, desk: Desk) -> JobReport | None:
    """The event that Pleo took; None when the job had come to another end before.

    After a lost answer or a refusal the job is read first, and an ended job is left alone. A job that stays open raises
    what Pleo answered last, so that the next run takes it up again. A job whose FAILED Pleo refuses ends as completed
    with errors, once every item says why. Raises IllegalMove for an event that no job in this state can take.
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
            report, last = await _next_try(job, report, trouble, desk), trouble
        else:
            return await _settled(await desk.pleo.job(job.id), report, desk)
    assert last is not None
    raise last


async def _next_try(job: ExportJob, report: JobReport, trouble: OutcomeUnknown | Refused, desk: Desk) -> JobReport:
    """The same event after a lost answer; after a refusal the softer word for FAILED, and none for the others.

    Pleo's pages differ on whether a job whose items all failed may be FAILED.
    """
    if isinstance(trouble, OutcomeUnknown):
        return report
    if report.event is not JobEvent.FAILED:
        raise trouble
    return softened(report, failed=await _tell_untried_items(job, report, desk))


async def _tell_untried_items(job: ExportJob, report: JobReport, desk: Desk) -> int:
    """Let the items say what the job may not: outcomes that exist as they are, and the job's reason for all others.

    Gives the number of items that failed, which are all that Pleo does not have as successful.
    """
    reporter = Reporter(job.id, desk)
    await reporter.catch_up()
    settled = {outcome.entry_id for outcome in await desk.journal.unreported(job.id, max(1, job.number_of_items))}
    control = await control_list(job, desk)
    untold = control.open - settled
    for entry_id in sorted(untold):
        nobody = MalformedItem(entry_id=entry_id, failures=(untried(report),))
        outcome = failed_outcome(nobody, nobody.failures, job.id, desk)
        await reporter.add(replace(outcome, label="not tried"))
    await reporter.flush()
    _log.warning("job %s may not be failed: %d untried items say why", job.id, len(untold))
    return control.failed_before + len(control.open)


async def _settled(job: ExportJob, report: JobReport, desk: Desk) -> JobReport | None:
    await remember(job, desk)
    _log.info("job %s ended status=%s", job.id, job.status)
    if job.status in _ENDED and job.status is not job_after(JobStatus.IN_PROGRESS, report.event):
        return None
    desk.progress.job_ended(job, report)
    return report
