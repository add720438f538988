from itertools import product

import pytest

from bilag.domain.export_job import JobEvent, JobStatus
from bilag.domain.transitions import IllegalMove, PostingState, job_after, posting_after

# Written out once more, so that a changed table has to be meant.
JOB = {
    ("pending", "started"): "in_progress",
    ("pending", "failed"): "failed",
    ("in_progress", "completed"): "completed",
    ("in_progress", "completed_with_errors"): "completed_with_errors",
    ("in_progress", "failed"): "failed",
}
POSTING = {
    ("intended", "intended"),
    ("intended", "sent"),
    ("sent", "posted"),
    ("sent", "rejected"),
    ("sent", "unknown"),
    ("unknown", "posted"),
    ("unknown", "rejected"),
    ("unknown", "rejected"),
    ("unknown", "intended"),
    ("rejected", "intended"),
}


@pytest.mark.parametrize(("status", "event"), list(product(JobStatus, JobEvent)))
def test_a_job_makes_exactly_the_moves_of_its_table(status: JobStatus, event: JobEvent) -> None:
    wanted = JOB.get((status.value, event.value))
    if wanted is None:
        with pytest.raises(IllegalMove, match=f"{status} .*{event}"):
            job_after(status, event)
    else:
        assert job_after(status, event) == wanted


@pytest.mark.parametrize(("state", "wanted"), list(product(PostingState, PostingState)))
def test_a_posting_makes_exactly_the_moves_of_its_table(state: PostingState, wanted: PostingState) -> None:
    if (state.value, wanted.value) in POSTING:
        assert posting_after(state, wanted) is wanted
    else:
        with pytest.raises(IllegalMove, match=f"{state} .*{wanted}"):
            posting_after(state, wanted)


def test_a_posted_document_moves_nowhere() -> None:
    assert not [state for state in PostingState if (PostingState.POSTED.value, state.value) in POSTING]


def test_an_unknown_posting_is_never_sent_again_before_it_was_looked_up() -> None:
    with pytest.raises(IllegalMove):
        posting_after(PostingState.UNKNOWN, PostingState.SENT)
