"""Pre-export validation: the accounting system is ready, and the job is for the company that we are set up for.

Runs once the job is started and before any item is fetched.
https://developers.pleo.io/docs/current/integration-design/exports (pre-export validation)
"""

import logging
from typing import Final

from bilag.domain.export_job import ExportJob
from bilag.domain.failure import JobFailure, JobReason
from bilag.lifecycle.desk import Desk
from bilag.ports.errors import (
    Forbidden,
    OutcomeUnknown,
    QuotaSpent,
    Throttled,
    TimedOut,
    Trouble,
    TryLater,
    Unauthorised,
)
from bilag.rules.posting_behaviour import mode_problem

# A failed job costs a person a click, so the books get three chances before they count as unreachable.
TRIES_MAX: Final = 3
PAUSE_SECONDS: Final = 2.0

_log = logging.getLogger("bilag.books")


async def pre_export_validation(job: ExportJob, desk: Desk) -> tuple[JobFailure, ...]:
    """Everything that keeps the whole job from being exported; empty when the books are ready.

    Raises QuotaSpent when the books may not even be asked for hours.
    """
    failures = [*_company(job, desk)]
    mode = mode_problem(desk.settings, desk.books.capabilities)
    if mode is not None:
        failures.append(mode)
    return (*failures, *await _books(desk))


def trouble_as_job_failure(trouble: Trouble, system: str) -> JobFailure:
    """What Pleo is told when the accounting system is the trouble."""
    match trouble:
        case Unauthorised():
            reason, remedy = (
                JobReason.ACCOUNTING_SYSTEM_AUTHENTICATION_FAILURE,
                "Renew the connection to it, then export again.",
            )
        case Forbidden():
            reason, remedy = (
                JobReason.AUTHORIZATION_FAILURE,
                "Give the connection the rights to post, then export again.",
            )
        case TimedOut() | OutcomeUnknown():
            reason, remedy = JobReason.ACCOUNTING_SYSTEM_TIMEOUT, "Export again when it answers."
        case Throttled():
            reason, remedy = JobReason.ACCOUNTING_SYSTEM_RATE_LIMIT, "Export again later."
        case _:
            reason, remedy = JobReason.ACCOUNTING_SYSTEM_UNREACHABLE, "Export again when it can be reached."
    return JobFailure(reason_type=reason, message=f"{system} can't take entries: {trouble}.", remedy=remedy)


def _company(job: ExportJob, desk: Desk) -> tuple[JobFailure, ...]:
    if job.company_id == desk.settings.company_id:
        return ()
    return (
        JobFailure(
            reason_type=JobReason.INVALID_CONFIGURATION,
            message=f"The job belongs to the company {job.company_id}, this connection to {desk.settings.company_id}.",
            remedy="Check company_id in the settings of this connection.",
        ),
    )


async def _books(desk: Desk) -> tuple[JobFailure, ...]:
    system = desk.books.capabilities.system
    last: Trouble | None = None
    for attempt in range(TRIES_MAX):
        if attempt:
            await desk.clock.sleep(PAUSE_SECONDS * attempt)
        try:
            return await desk.books.problems()
        except QuotaSpent:
            raise
        except TryLater as trouble:
            _log.warning("books not ready try=%d of=%d: %s", attempt + 1, TRIES_MAX, trouble)
            last = trouble
        except Trouble as trouble:
            desk.books_line.note_trouble(trouble, desk.clock)
            return (trouble_as_job_failure(trouble, system),)
    assert last is not None
    desk.books_line.note_trouble(last, desk.clock)
    return (trouble_as_job_failure(last, system),)
