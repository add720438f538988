"""Plans in words short enough to compare with, and to read."""

from bilag.domain.failure import Failure, FailureCode
from bilag.domain.ledger import JournalEntry
from bilag.domain.plan import ItemPlan, TraceStep


def entry_of(plan: ItemPlan) -> JournalEntry:
    """The one document; the test fails with the plan's failures when there is none."""
    assert not plan.failures, "; ".join(f"{f.code}: {f.message}" for f in plan.failures)
    (entry,) = plan.documents
    assert isinstance(entry, JournalEntry)
    return entry


def legs(plan: ItemPlan) -> list[str]:
    """Every posting in order: "debit 6010 125.00 DKK"."""
    return [f"{posting.side} {posting.account} {posting.amount}" for posting in entry_of(plan).postings]


def codes(plan: ItemPlan) -> list[FailureCode]:
    """The codes of the failures, in order."""
    return [failure.code for failure in plan.failures]


def only_failure(plan: ItemPlan) -> Failure:
    """The one failure that the plan has."""
    assert len(plan.failures) == 1, [f"{f.code}: {f.message}" for f in plan.failures]
    return plan.failures[0]


def step_of(plan: ItemPlan, subject: str) -> TraceStep:
    """Why the value of that name is what it is."""
    (step,) = (step for step in plan.trace if step.subject == subject)
    return step
