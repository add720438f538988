"""The two status tables: every legal move of an Export Job and of a posting. No other place moves a status."""

from enum import StrEnum
from typing import Final

from bilag.domain.export_job import JobEvent, JobStatus


class PostingState(StrEnum):
    """What we know of one document's way into the books."""

    INTENDED = "intended"
    SENT = "sent"
    POSTED = "posted"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


class IllegalMove(ValueError):
    """The table does not know this move; nothing was changed."""


JOB_MOVES: Final = {
    (JobStatus.PENDING, JobEvent.STARTED): JobStatus.IN_PROGRESS,
    (JobStatus.PENDING, JobEvent.FAILED): JobStatus.FAILED,
    (JobStatus.IN_PROGRESS, JobEvent.COMPLETED): JobStatus.COMPLETED,
    (JobStatus.IN_PROGRESS, JobEvent.COMPLETED_WITH_ERRORS): JobStatus.COMPLETED_WITH_ERRORS,
    (JobStatus.IN_PROGRESS, JobEvent.FAILED): JobStatus.FAILED,
}

# A rejected document was refused for certain, so it may be intended again (other content, other date).
# An unknown one is only ever settled by looking: found is posted, surely absent is rejected. Where a repeat is harmless
# it is intended again at once, and stays unsettled.
POSTING_MOVES: Final = frozenset(
    {
        (PostingState.INTENDED, PostingState.INTENDED),
        (PostingState.INTENDED, PostingState.SENT),
        (PostingState.SENT, PostingState.POSTED),
        (PostingState.SENT, PostingState.REJECTED),
        (PostingState.SENT, PostingState.UNKNOWN),
        (PostingState.UNKNOWN, PostingState.POSTED),
        (PostingState.UNKNOWN, PostingState.REJECTED),
        (PostingState.UNKNOWN, PostingState.INTENDED),
        (PostingState.REJECTED, PostingState.INTENDED),
    }
)


def job_after(status: JobStatus, event: JobEvent) -> JobStatus:
    """The status that follows; raises IllegalMove."""
    try:
        return JOB_MOVES[status, event]
    except KeyError:
        raise IllegalMove(f"a job that is {status} takes no event {event}") from None


def posting_after(state: PostingState, wanted: PostingState) -> PostingState:
    """The wanted state, when the table allows it; raises IllegalMove."""
    if (state, wanted) not in POSTING_MOVES:
        raise IllegalMove(f"a posting that is {state} does not become {wanted}")
    return wanted
