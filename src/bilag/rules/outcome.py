"""Outcome: what Pleo is told of an item and of the job, in sentences that a bookkeeper can act on.

https://developers.pleo.io/docs/current/integration-design/exports (update export items, complete export job)
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bilag.domain.export_job import ItemReport, ItemStatus, JobEvent, JobReport
from bilag.domain.failure import Failure, FailureCode, JobFailure, JobReason
from bilag.domain.posting_record import ItemOutcome
from bilag.domain.redaction import redacted

_CODES_OF_WHOLE_JOBS: Final = {
    JobReason.ACCOUNTING_SYSTEM_UNREACHABLE: FailureCode.BOOKS_UNREACHABLE,
    JobReason.ACCOUNTING_SYSTEM_TIMEOUT: FailureCode.BOOKS_TIMEOUT,
    JobReason.ACCOUNTING_SYSTEM_RATE_LIMIT: FailureCode.BOOKS_THROTTLED,
    JobReason.ACCOUNTING_SYSTEM_AUTHENTICATION_FAILURE: FailureCode.BOOKS_UNAUTHORISED,
    JobReason.AUTHORIZATION_FAILURE: FailureCode.BOOKS_UNAUTHORISED,
}
# Pleo publishes no longest text; this one is ours (docs/decisions/0003-inferences.md, "reason length").
REASON_CHARACTERS_MAX: Final = 500
_UNPRINTABLE: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e007f]+"
)
# The folders before a file's name: whoever reads in Pleo needs the name, not how our machine is laid out.
_FOLDERS: Final = re.compile(r"(?<=['\"])/(?:[^'\"/]+/)+|(?<![^\s(])/(?:[^\s'\"/]+/)+")


def item_report(outcome: ItemOutcome) -> ItemReport:
    """The outcome in Pleo's words; the first failure gives the type, all of them the text."""
    if outcome.successful:
        return ItemReport(
            entry_id=outcome.entry_id,
            status=ItemStatus.SUCCESSFUL,
            exported_at=outcome.settled_at,
            external_id=outcome.external_id or None,
            external_url=outcome.external_url or None,
        )
    return ItemReport(
        entry_id=outcome.entry_id,
        status=ItemStatus.FAILED,
        failure_reason=reason_text(outcome.failures),
        failure_reason_type=outcome.failures[0].reason_type,
    )


def job_report(*, successful: int, failed: int) -> JobReport:
    """The closing event: all good, some failed, or all failed. A job without items to process is completed."""
    if not failed:
        return JobReport(event=JobEvent.COMPLETED)
    if successful:
        return JobReport(event=JobEvent.COMPLETED_WITH_ERRORS)
    return JobReport(
        event=JobEvent.FAILED,
        failure_reason=f"None of the {failed} expenses could be booked; each one says why.",
        failure_reason_type=JobReason.VALIDATION_FAILURE,
    )


def failed_job_report(failures: Sequence[JobFailure]) -> JobReport:
    """The closing event of a job that stops as a whole; the first failure gives the type."""
    text = " ".join(f"{failure.message} {failure.remedy}" for failure in failures)
    return JobReport(event=JobEvent.FAILED, failure_reason=safe_text(text), failure_reason_type=failures[0].reason_type)


def softened(report: JobReport, *, failed: int) -> JobReport:
    """The closing event where Pleo does not take FAILED: it may say no reason, so that every item has to say it.

    A job of which nothing failed, since an earlier run had booked it all, is completed.
    """
    assert report.event is JobEvent.FAILED
    event = JobEvent.COMPLETED_WITH_ERRORS if failed else JobEvent.COMPLETED
    return replace(report, event=event, failure_reason=None, failure_reason_type=None)


def untried(report: JobReport) -> Failure:
    """Why an item was not tried: its job failed as a whole, for the reason that the report gives."""
    assert report.failure_reason_type is not None
    return Failure(
        code=_CODES_OF_WHOLE_JOBS.get(report.failure_reason_type, FailureCode.JOB_FAILED),
        path="",
        message=report.failure_reason or "The Export Job failed as a whole.",
        remedy="The expense was not tried: export it again once that is put right.",
    )


def reason_text(failures: Sequence[Failure]) -> str:
    """Every problem and its remedy as one text, at most REASON_CHARACTERS_MAX characters long."""
    if len(failures) == 1:
        return safe_text(f"{failures[0].message} {failures[0].remedy}")
    numbered = (f"({n}) {failure.message} {failure.remedy}" for n, failure in enumerate(failures, start=1))
    return safe_text(f"{len(failures)} problems: {' '.join(numbered)}")


def safe_text(text: str) -> str:
    """One line without control characters, our folders, or what is redacted; cut at REASON_CHARACTERS_MAX."""
    printable = " ".join(_UNPRINTABLE.sub(" ", text).split())
    line = redacted(_FOLDERS.sub("…/", printable))
    return line if len(line) <= REASON_CHARACTERS_MAX else line[: REASON_CHARACTERS_MAX - 1] + "…"


def unexpected(reference: str) -> Failure:
    """A bug of ours, as the bookkeeper meets it; the traceback stands in the log under the reference."""
    return Failure(
        code=FailureCode.UNEXPECTED,
        path="",
        message=f"bilag met a bug of its own with this expense (reference {reference}); nothing else was affected.",
        remedy="Send the reference to whoever runs bilag, who finds the details in its log.",
    )
