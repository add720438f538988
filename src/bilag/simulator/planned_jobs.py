"""Several Export Jobs of one company, made one after another and waiting behind each other."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from bilag.simulator.expense import Expense, ExpenseSource
from bilag.simulator.jobs import Job, JobOptions
from bilag.simulator.world import PleoWorld


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedJob:
    """An Export Job to be: what people call it, what it exports, and how it is asked for."""

    title: str
    expenses: ExpenseSource
    options: JobOptions


class JoinedExpenses:
    """The expenses of several sources of one company as one source, in their order. Nothing is drawn or copied."""

    def __init__(self, sources: Sequence[ExpenseSource]) -> None:
        """Raises ValueError for no source at all, and for sources of two companies."""
        companies = {source.company_id for source in sources}
        if len(companies) != 1:
            raise ValueError(f"expenses of exactly one company can be joined, not of {len(companies)}")
        (self.company_id,) = companies
        self._sources = tuple(sources)
        self._ends = tuple(accumulate(len(source) for source in sources))

    def __len__(self) -> int:
        """How many expenses there are in all."""
        return self._ends[-1]

    def entry_id(self, index: int) -> str:
        """The `accountingEntryId` at `index`; raises IndexError outside 0 up to the count."""
        source, place = self._at(index)
        return source.entry_id(place)

    def expense(self, index: int) -> Expense:
        """The expense at `index`; raises IndexError outside 0 up to the count."""
        source, place = self._at(index)
        return source.expense(place)

    def span(self, position: int) -> range:
        """The indexes that the source at `position` has here."""
        end = self._ends[position]
        return range(end - len(self._sources[position]), end)

    def _at(self, index: int) -> tuple[ExpenseSource, int]:
        if not 0 <= index < len(self):
            raise IndexError(f"expense {index} was asked for, there are {len(self)}")
        position = bisect_right(self._ends, index)
        return self._sources[position], index - self.span(position).start


def join_expenses(planned: Sequence[PlannedJob]) -> JoinedExpenses:
    """Everything that the company of these jobs has to export."""
    return JoinedExpenses([job.expenses for job in planned])


def queue_jobs(world: PleoWorld, planned: Sequence[PlannedJob], joined: JoinedExpenses) -> tuple[Job, ...]:
    """Make the jobs in their order; each waits for the one before it.

    The company of `joined` has to be in the world, with nothing exported yet; Refusal otherwise, as the API would.
    """
    return tuple(
        world.create_job(joined.company_id, indexes=joined.span(position), options=job.options, queued=True)
        for position, job in enumerate(planned)
    )
