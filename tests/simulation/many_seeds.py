"""Many seeds, on as many cores as are wanted, and what they showed as one report."""

import logging
import multiprocessing
import os
import platform
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tests.simulation.course import Outcome, simulate

CHUNK: Final = 20
# More failing seeds than this say nothing new.
FAILING_MAX: Final = 20


@dataclass(slots=True, kw_only=True)
class Tally:
    """What a range of seeds added up to."""

    seeds: int = 0
    met: Counter[str] = field(default_factory=Counter)
    sums: Counter[str] = field(default_factory=Counter)
    hours: float = 0.0
    failing: list[Outcome] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, outcome: Outcome) -> None:
        """One more seed."""
        self.seeds += 1
        self.met += outcome.met
        self.hours += outcome.hours
        for name in ("crashes", "processes", "calls", "postings", "items", "jobs"):
            self.sums[name] += getattr(outcome, name)
        if outcome.violations and len(self.failing) < FAILING_MAX:
            self.failing.append(outcome)

    def as_json(self, seeds: range) -> dict[str, Any]:
        """The report, JSON-ready."""
        return {
            "seeds": {"from": seeds.start, "to": seeds.stop, "run": self.seeds},
            "violations": [
                {"seed": outcome.seed, "violations": [str(one) for one in outcome.violations]}
                for outcome in self.failing
            ],
            **dict(sorted(self.sums.items())),
            "faultsMet": dict(sorted(self.met.items())),
            "simulatedHours": round(self.hours, 1),
            "seconds": round(self.seconds, 1),
            "python": platform.python_version(),
            "machine": platform.machine(),
            "cores": os.cpu_count(),
        }


def run_seeds(seeds: Sequence[int], jobs: int = 1, *, stops_at_first: bool = False) -> Tally:
    """Every seed once, in any order."""
    tally, started = Tally(), time.perf_counter()
    for outcome in _outcomes(seeds, jobs):
        tally.add(outcome)
        if stops_at_first and tally.failing:
            break
    tally.failing.sort(key=lambda outcome: outcome.seed)
    tally.seconds = time.perf_counter() - started
    return tally


def replay_command(seed: int) -> str:
    """How to see one seed again."""
    return f"python -m tests.simulation --seed {seed} --trace"


def told(failing: Iterable[Outcome]) -> str:
    """What went wrong, with the command for each seed."""
    return "\n".join(
        f"seed {outcome.seed}: {'; '.join(map(str, outcome.violations))}\n  {replay_command(outcome.seed)}"
        for outcome in failing
    )


def _outcomes(seeds: Sequence[int], jobs: int) -> Iterator[Outcome]:
    if jobs == 1:
        _be_quiet()
        yield from map(simulate, seeds)
        return
    with multiprocessing.get_context("spawn").Pool(jobs, initializer=_be_quiet) as pool:
        yield from pool.imap_unordered(simulate, seeds, chunksize=CHUNK)


def _be_quiet() -> None:
    """Thousands of runs in which everything goes wrong are not worth a log."""
    logging.getLogger("bilag").setLevel(logging.CRITICAL + 1)
