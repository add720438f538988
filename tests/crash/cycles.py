"""kill -9 again and again, at a random moment, until everything is done; then everything is judged."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from tests.crash import workers
from tests.crash.company import Company
from tests.crash.judge import Verdict, judge
from tests.crash.workers import Worker

# Seconds after the first entry in the books or, in this share of cycles, after the first page of items was asked for.
EARLIEST_SECONDS: Final = 0.1
LATEST_SECONDS: Final = 1.5
BEFORE_POSTS_SHARE: Final = 0.3
# A company that is still not done after so many starts never will be.
STARTS_MAX: Final = 400
RUN: Final = ("run", "--config", "bilag.toml")
GOOD_ENDS: Final = frozenset({0, 1})
_WORK_SECONDS_MAX: Final = 120.0


@dataclass(slots=True, kw_only=True)
class Figures:
    """What was done and found."""

    cycles: int = 0
    starts: int = 0
    companies: int = 0
    # Expenses that were told as failed while there was trouble, and were exported again.
    failed_first: int = 0
    cycle_seconds: list[float] = field(default_factory=list)
    # From a kill to the next entry in the books, in cycles that had one.
    next_post_seconds: list[float] = field(default_factory=list)
    verdict: Verdict = field(default_factory=Verdict)

    def add(self, one: "Figures") -> None:
        """One more company."""
        self.cycles += one.cycles
        self.starts += one.starts
        self.companies += one.companies
        self.failed_first += one.failed_first
        self.cycle_seconds += one.cycle_seconds
        self.next_post_seconds += one.next_post_seconds
        self.verdict.add(one.verdict)


def run_company(company: Company, rng: random.Random, after_kill: Callable[[Worker], None]) -> Figures:
    """Kill until a run comes to its end by itself, and judge. `after_kill` does what time would do."""
    figures = Figures(companies=1)
    killed_at = time.monotonic()
    while True:
        worker = workers.start(company.folder, RUN, company.environment)
        figures.starts += 1
        watch = Watch(company, worker)
        watch.until_asked()
        if rng.random() > BEFORE_POSTS_SHARE:
            watch.until_post()
        watch.look_for(rng.uniform(EARLIEST_SECONDS, LATEST_SECONDS))
        if not worker.kill():
            break
        if watch.posted_at:
            figures.next_post_seconds.append(watch.posted_at - killed_at)
        figures.cycle_seconds.append(time.monotonic() - killed_at)
        figures.cycles += 1
        after_kill(worker)
        killed_at = time.monotonic()
        assert figures.starts < STARTS_MAX, "it never comes to its end"
    assert worker.code in GOOD_ENDS, (worker.code, worker.output()[-3000:])
    figures.verdict = judge(company)
    return figures


class Watch:
    """Looks at one worker from outside: at what it asks Pleo, and at the books that grow."""

    def __init__(self, company: Company, worker: Worker) -> None:
        self._company = company
        self._worker = worker
        self._asked = company.pleo.pages_asked()
        self._size = company.size_of_books()
        self.posted_at = 0.0

    def until_asked(self) -> None:
        """Wait for the first page of items that it asks for, or for its end."""
        has_come = workers.until(
            lambda: self._company.pleo.pages_asked() > self._asked or not self._worker.is_running(), _WORK_SECONDS_MAX
        )
        assert has_come, self._worker.output()[-3000:]

    def look_for(self, seconds: float) -> None:
        """Look on for so long, unless it ends before; remembers when the books grew first."""
        workers.until(self._sees_end, seconds)

    def until_post(self) -> None:
        """Wait for an entry in the books, or for its end."""
        workers.until(lambda: self._sees_end() or bool(self.posted_at), _WORK_SECONDS_MAX)

    def _sees_end(self) -> bool:
        if not self.posted_at and self._company.size_of_books() != self._size:
            self.posted_at = time.monotonic()
        return not self._worker.is_running()
