"""The course of one seed: a disturbed time, then a quiet one, then everything is looked at."""

import asyncio
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bilag.lifecycle.desk import Desk, Planner
from bilag.lifecycle.run_pending import run_pending
from bilag.ports.errors import Trouble
from tests.lifecycle.scene import RecordedProgress, combined
from tests.simulation.faults import CRASHES, Odds
from tests.simulation.invariants import check_everything
from tests.simulation.journal_invariants import check_known
from tests.simulation.people import People
from tests.simulation.process import GoesRoundInCircles, Process, Stopped
from tests.simulation.surroundings import Surroundings
from tests.simulation.tracing import Trace
from tests.simulation.violations import Invariant, Violation
from tests.simulation.virtual_loop import NothingLeftToHappen, dice_of, run_virtually
from tests.simulation.world import Company, World, world_of

# So often people start a process while things go wrong, and export again what is left once they don't.
ROUNDS_MAX: Final = 7
QUIET_ROUNDS_MAX: Final = 6
_MEMORY: Final = Path("/dev/shm")  # noqa: S108  a fresh folder of its own is made in it
_PAUSES_SECONDS: Final = (1.0, 30.0, 600.0, 600.0, 5400.0, 30_000.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What is to be told of one seed."""

    seed: int
    fingerprint: str
    violations: tuple[Violation, ...]
    met: Counter[str] = field(default_factory=Counter)
    processes: int = 0
    calls: int = 0
    postings: int = 0
    items: int = 0
    jobs: int = 0
    hours: float = 0.0
    lines: tuple[str, ...] = ()

    @property
    def crashes(self) -> int:
        return sum(self.met[fault] for fault in CRASHES)


def simulate(seed: int, *, keeps_lines: bool = False) -> Outcome:
    """One seed from beginning to end."""
    with tempfile.TemporaryDirectory(prefix="bilag-simulation-", dir=_in_memory()) as folder:
        course = Course(seed, Path(folder), keeps_lines=keeps_lines)
        try:
            run_virtually(seed, course.run())
        except (NothingLeftToHappen, GoesRoundInCircles) as endless:
            course.violated(Invariant.COMES_TO_AN_END, str(endless))
        except Exception as bug:  # noqa: BLE001  whatever ends a course is to be told with its seed
            course.violated(Invariant.NO_BUG, f"the course ends with {type(bug).__name__}: {bug}")
        return course.outcome()


def _in_memory() -> str | None:
    """A folder for receipts that is no disk, where the machine has one; the usual one elsewhere."""
    return str(_MEMORY) if _MEMORY.is_dir() else None


class Course:
    """One seed under way."""

    def __init__(self, seed: int, folder: Path, *, keeps_lines: bool) -> None:
        self._seed = seed
        self._dice = dice_of(seed, "course")
        self._world: World = world_of(seed)
        self._violations: list[Violation] = []
        self._hours = 0.0
        spool = folder / "spool"
        spool.mkdir()
        self._around = Surroundings(
            odds=Odds(seed),
            dice=dice_of(seed, "calls"),
            trace=Trace(keeps_lines=keeps_lines),
            spool=spool,
            latency_seconds=self._dice.choice([0.01, 0.2, 2.0]),
            never_late=frozenset(c.id[:8] for c in self._world.companies if c.shares_entries),
        )
        self._people = People(self._world, dice_of(seed, "people"), self._around.late_references)

    async def run(self) -> None:
        """Disturbed, then quiet."""
        for _ in range(self._dice.randint(2, ROUNDS_MAX)):
            self._people.act()
            for company in self._world.companies:
                await self._process(company, is_disturbed=True)
            await asyncio.sleep(self._dice.choice(_PAUSES_SECONDS))
        await self._around.everything_has_arrived()
        self._violations += await check_known(self._world, self._around)
        for company in self._world.companies:
            await self._come_to_an_end(company)
        self._violations += await check_everything(self._world, self._around)
        self._hours = self._world.clock.monotonic_seconds() / 3600

    async def _come_to_an_end(self, company: Company) -> None:
        """Nothing disturbs any more: every job ends, and what can be booked is booked after a few exports."""
        self._people.mend(company)
        for _ in range(QUIET_ROUNDS_MAX):
            await self._process(company, is_disturbed=False)
            left = self._people.left_over(company)
            if not any(company.expenses[entry_id].is_good for entry_id in left):
                return
            self._people.add_job(company, left)
            await asyncio.sleep(1.0)
        await self._process(company, is_disturbed=False)

    async def _process(self, company: Company, *, is_disturbed: bool) -> None:
        """One run over everything that waits; killed, stopped by trouble, or through."""
        process = Process(self._around, is_disturbed=is_disturbed)
        books, pleo = process.over("books", company.books), process.over("pleo", self._world.pleo)
        desk = Desk(
            planner=Planner(settings=company.settings, books=books, clock=self._world.clock),
            pleo=pleo,
            journal=process.over("journal", self._world.journal),
            combine=combined,
            progress=RecordedProgress(),
            spool=self._around.spool,
            items_at_once_max=company.items_at_once_max,
        )
        how = "through"
        try:
            await run_pending(desk)
        except GoesRoundInCircles:
            raise
        except (Trouble, Stopped) as trouble:
            how = type(trouble).__name__
            if not is_disturbed:
                self.violated(Invariant.COMES_TO_AN_END, f"an undisturbed run meets {how}: {trouble}")
        except Exception as bug:  # noqa: BLE001  whatever comes out of a run is to be told with its seed
            how = type(bug).__name__
            self.violated(Invariant.NO_BUG, f"a run ends with {how}: {bug}")
        process.bury()
        self._around.trace.add(self._world.clock.monotonic_seconds(), "", f"run for {company.id[:8]}", how)

    def violated(self, invariant: Invariant, what: str) -> None:
        """One more promise broken."""
        self._violations.append(Violation(invariant=invariant, what=what))

    def outcome(self) -> Outcome:
        """What is to be told."""
        books = [company.books for company in self._world.companies]
        return Outcome(
            seed=self._seed,
            fingerprint=self._around.trace.fingerprint,
            violations=(*self._violations, *self._world.pleo.violations),
            met=Counter({str(fault): times for fault, times in self._around.met.items()}),
            processes=self._around.processes,
            calls=self._around.trace.calls,
            postings=sum(len(one.entries) for one in books),
            items=sum(len(company.expenses) for company in self._world.companies),
            jobs=len(self._world.pleo.all_jobs),
            hours=self._hours,
            lines=tuple(self._around.trace.lines),
        )
