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
from bilag.ports.lease import UnsharedLease
from tests.lifecycle.scene import RecordedProgress, combined
from tests.simulation.faults import CRASHES, Odds
from tests.simulation.invariants import check_everything
from tests.simulation.journal_invariants import check_known
from tests.simulation.leases import LeaseTable, WorkerLease
from tests.simulation.people import People
from tests.simulation.process import GoesRoundInCircles, Process, Stopped
from tests.simulation.release import release_everything
from tests.simulation.surroundings import Surroundings
from tests.simulation.systems import BEYOND_US, System, become, everything_has_arrived, look_at_twins
from tests.simulation.tracing import Trace
from tests.simulation.violations import Invariant, Violation
from tests.simulation.virtual_loop import NothingLeftToHappen, VirtualClock, dice_of, run_virtually
from tests.simulation.world import Company, World, world_of

# So often people start a process while things go wrong, and export again what is left once they don't.
ROUNDS_MAX: Final = 7
QUIET_ROUNDS_MAX: Final = 6
# Long enough in all for what may still arrive in the books to be given up.
QUIET_SECONDS: Final = 700.0
# How many worlds have two workers to a company, and machines whose clocks are wrong.
SHARED_ODDS: Final = 0.25
WRONG_CLOCK_ODDS: Final = 0.25
WORKERS: Final = 2
LEASE_ASKS_MAX: Final = 20
_WRONG_BY_SECONDS: Final = (-600.0, -90.0, 90.0, 600.0)
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


def simulate(seed: int, *, keeps_lines: bool = False, system: System | None = None) -> Outcome:
    """One seed from beginning to end. `system` is the class of the accounting systems, if it is not the usual one."""
    with tempfile.TemporaryDirectory(prefix="bilag-simulation-", dir=_in_memory()) as folder:
        course = Course(seed, Path(folder), keeps_lines=keeps_lines, system=system)
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

    def __init__(self, seed: int, folder: Path, *, keeps_lines: bool, system: System | None = None) -> None:
        self._seed = seed
        self._dice = dice_of(seed, "course")
        self._world: World = world_of(seed)
        self._violations: list[Violation] = []
        self._hours = 0.0
        spool = folder / "spool"
        spool.mkdir()
        self._around = Surroundings(
            odds=Odds(seed, without=BEYOND_US if system else frozenset()),
            dice=dice_of(seed, "calls"),
            trace=Trace(keeps_lines=keeps_lines),
            spool=spool,
            latency_seconds=self._dice.choice([0.01, 0.2, 2.0]),
        )
        self._leases = LeaseTable()
        self._is_shared = self._dice.random() < SHARED_ODDS
        self._clocks_are_wrong = self._dice.random() < WRONG_CLOCK_ODDS
        if system is not None:
            become(self._world, seed, system, self._around.late_references)
            self._clocks_are_wrong = False  # attempts are compared across processes by the clock on the wall
        self._people = People(self._world, dice_of(seed, "people"), self._around.late_references)

    async def run(self) -> None:
        """Disturbed, then quiet."""
        for _ in range(self._dice.randint(2, ROUNDS_MAX)):
            self._people.act()
            for company in self._world.companies:
                await self._workers(company)
            await asyncio.sleep(self._dice.choice(_PAUSES_SECONDS))
        await self._around.everything_has_arrived()
        await everything_has_arrived(self._world)
        self._violations += look_at_twins(self._world)
        for call in self._around.sent_without_lease:
            self.violated(Invariant.ONE_WORKER, f"{call} after another worker had taken the company")
        self._violations += await check_known(self._world, self._around)
        await release_everything(self._world)
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
            await asyncio.sleep(QUIET_SECONDS)
        await self._process(company, is_disturbed=False)

    async def _workers(self, company: Company) -> None:
        """One run, or where workers share the company two at once, of which one has the lease."""
        if not self._is_shared:
            await self._process(company, is_disturbed=True)
            return
        async with asyncio.TaskGroup() as group:
            for worker in range(WORKERS):
                group.create_task(self._leased(company, self._around.spool_of(worker)))

    async def _leased(self, company: Company, spool: Path) -> None:
        """Ask for the company now and then, and export it when we have it."""
        for _ in range(LEASE_ASKS_MAX):
            lease = self._leases.take(company.id)
            if lease is not None:
                await self._process(company, is_disturbed=True, spool=spool, lease=lease)
                return
            await asyncio.sleep(self._dice.choice([10.0, 60.0]))

    async def _process(
        self, company: Company, *, is_disturbed: bool, spool: Path | None = None, lease: WorkerLease | None = None
    ) -> None:
        """One run over everything that waits; killed, stopped by trouble, or through."""
        spool = spool or self._around.spool
        process = Process(self._around, is_disturbed=is_disturbed, spool=spool, lease=lease)
        clock = self._clock(is_disturbed=is_disturbed)
        books, pleo = process.over("books", company.books), process.over("pleo", self._world.pleo)
        desk = Desk(
            planner=Planner(settings=company.settings, books=books, clock=clock),
            pleo=pleo,
            journal=process.over("journal", self._world.journal),
            combine=combined,
            progress=RecordedProgress(),
            spool=spool,
            items_at_once_max=company.items_at_once_max,
            lease=lease or UnsharedLease(),
        )
        how = "through"
        renewing = asyncio.create_task(process.keep_lease()) if lease else None
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
        if renewing is not None:
            renewing.cancel()
        if lease is not None and not process.is_dead:
            lease.give_back()
        process.bury()
        self._around.trace.add(self._world.clock.monotonic_seconds(), "", f"run for {company.id[:8]}", how)

    def _clock(self, *, is_disturbed: bool) -> VirtualClock:
        """The clock of one machine, which in some worlds is wrong, and is set right amid the run."""
        clock = VirtualClock()
        if self._clocks_are_wrong and is_disturbed:
            clock.wrong_by_seconds = self._dice.choice(_WRONG_BY_SECONDS)
            jump = asyncio.get_running_loop()
            jump.call_later(self._dice.random() * 60.0, setattr, clock, "wrong_by_seconds", 0.0)
        return clock

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
