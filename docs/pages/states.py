"""docs/states.md: the two status tables of bilag.domain.transitions, drawn and listed."""

from collections.abc import Iterable, Mapping
from typing import Final

from bilag.domain.export_job import JobStatus
from bilag.domain.posting_record import ReceiptState
from bilag.domain.transitions import JOB_MOVES, POSTING_MOVES, PostingState
from docs.pages.markdown import table

JOB_MEANINGS: Final[Mapping[JobStatus, str]] = {
    JobStatus.PENDING: "waits in Pleo; nobody has started it",
    JobStatus.IN_PROGRESS: "started; it expires when Pleo hears nothing for as long as the job's `expiresIn` says",
    JobStatus.COMPLETED: "ended; every item is in the books",
    JobStatus.COMPLETED_WITH_ERRORS: "ended; some items are not",
    JobStatus.FAILED: "ended; no item is, or the whole job had to stop",
}
POSTING_MEANINGS: Final[Mapping[PostingState, str]] = {
    PostingState.INTENDED: "written down, not sent yet",
    PostingState.SENT: "on its way; until the outcome is stored it may or may not be in the books",
    PostingState.POSTED: "in the books",
    PostingState.REJECTED: "certainly not in the books; it may be intended again with other content or date",
    PostingState.UNKNOWN: "the answer was lost; only looking into the books settles it, never sending again blindly",
}
RECEIPT_MEANINGS: Final[Mapping[ReceiptState, str]] = {
    ReceiptState.OWED: "written down before the document is posted",
    ReceiptState.ATTACHED: "in the books, linked to its document",
    ReceiptState.WAIVED: "booked without it, because the settings allow that",
    ReceiptState.REPLACED: "owed by an earlier try; the document has all files of the expense without it now",
}

_INTRODUCTION: Final = """\
# States

Both tables stand in `src/bilag/domain/transitions.py`. The posting journal refuses a move that its table does not know
and changes nothing. The job's status is Pleo's; its table is how we read it.
"""


def states_page() -> str:
    """The whole page."""
    job_moves = [(status, after, event) for (status, event), after in JOB_MOVES.items()]
    job_ends = [status for status in JobStatus if all(status is not before for before, _ in JOB_MOVES)]
    order = list(PostingState)
    posting_moves = sorted(POSTING_MOVES, key=lambda move: (order.index(move[0]), order.index(move[1])))
    posting_ends = [state for state in PostingState if all(state is not before for before, _ in POSTING_MOVES)]
    return "\n".join(
        (
            _INTRODUCTION,
            "## Export Job, in Pleo\n",
            _diagram(JobStatus.PENDING, job_moves, job_ends),
            _meanings(JOB_MEANINGS),
            table(("From", "Event", "To"), [(f"`{b}`", f"`{e}`", f"`{a}`") for b, a, e in job_moves]),
            "## Posting, in our posting journal\n",
            _diagram(PostingState.INTENDED, [(before, after, "") for before, after in posting_moves], posting_ends),
            _meanings(POSTING_MEANINGS),
            "## Receipt, in our posting journal\n",
            _meanings(RECEIPT_MEANINGS),
        )
    )


def _diagram(first: str, moves: Iterable[tuple[str, str, str]], ends: Iterable[str]) -> str:
    arrows = [f"{before} --> {after}{f': {event}' if event else ''}" for before, after, event in moves]
    lines = [f"[*] --> {first}", *arrows, *(f"{end} --> [*]" for end in ends)]
    return "\n".join(("```mermaid", "stateDiagram-v2", *(f"    {line}" for line in lines), "```", ""))


def _meanings(meanings: Mapping[JobStatus, str] | Mapping[PostingState, str] | Mapping[ReceiptState, str]) -> str:
    return table(("State", "Meaning"), [(f"`{state}`", meaning) for state, meaning in meanings.items()])
