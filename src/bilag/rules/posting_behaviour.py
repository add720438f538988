"""Posting behaviour: draft or final, and what the books can't do about it.

https://developers.pleo.io/docs/current/platform/exports (posting behaviour)
"""

from bilag.domain.capabilities import Capabilities
from bilag.domain.failure import JobFailure, JobReason
from bilag.domain.ledger import PostingMode
from bilag.domain.plan import TraceStep
from bilag.domain.settings import ExportSettings


def mode_problem(settings: ExportSettings, capabilities: Capabilities) -> JobFailure | None:
    """A configured draft that the books have no state for; booking it for good instead would be worse."""
    if settings.posting_mode is PostingMode.DRAFT and not capabilities.drafts:
        return JobFailure(
            reason_type=JobReason.INVALID_CONFIGURATION,
            message=f"The settings ask for drafts, and {capabilities.system} has none.",
            remedy='Set posting_mode = "final" in [bookkeeping].',
        )
    return None


def explain_mode(settings: ExportSettings) -> TraceStep:
    """Why the document is a draft or final."""
    return TraceStep(
        subject="mode",
        value=settings.posting_mode,
        rule="posting behaviour",
        because="the settings say so; drafts are the default",
        source="settings.bookkeeping.posting_mode",
    )
