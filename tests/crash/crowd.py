"""Four workers for two companies at one database, as on four machines: any of them is killed at any time."""

import random
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.crash import workers
from tests.crash.company import Company
from tests.crash.cycles import EARLIEST_SECONDS, GOOD_ENDS, LATEST_SECONDS, RUN, Figures
from tests.crash.databases import Databases
from tests.crash.judge import judge
from tests.crash.struck import TRY_LATER
from tests.crash.workers import Worker

MACHINES_OF_A_COMPANY: Final = 2
_SECONDS_MAX: Final = 1800.0


@dataclass(slots=True, kw_only=True)
class Machine:
    """A folder of its own with settings of one company, and what runs there now."""

    company: Company
    folder: Path
    worker: Worker | None = None
    ends: list[int] = field(default_factory=list)

    @property
    def is_done(self) -> bool:
        """Whether its last run came to its end and left nothing."""
        return self.worker is None and bool(self.ends) and self.ends[-1] in GOOD_ENDS

    def start(self) -> None:
        """One more run, like that of a schedule."""
        self.worker = workers.start(self.folder, RUN, self.company.environment)

    def has_ended(self) -> bool:
        """Looks whether the run is over, and remembers how."""
        if self.worker is None or self.worker.is_running():
            return False
        assert self.worker.code in {*GOOD_ENDS, TRY_LATER}, (self.worker.code, self.worker.output()[-3000:])
        self.ends.append(self.worker.code)
        self.worker = None
        return True


def killed_in_a_crowd(companies: tuple[Company, ...], databases: Databases, kills: int, rng: random.Random) -> Figures:
    """So many kills among the workers, each of which is started again until its company has nothing left."""
    machines = [
        Machine(company=company, folder=company.settings_in(company.folder / f"machine-{number}"))
        for company in companies
        for number in range(MACHINES_OF_A_COMPANY)
    ]
    figures, began = Figures(companies=len(companies)), time.monotonic()
    while not all(machine.is_done for machine in machines):
        assert time.monotonic() - began < _SECONDS_MAX, "it never comes to its end"
        _start_all(machines, figures)
        seconds = rng.uniform(EARLIEST_SECONDS, LATEST_SECONDS)
        workers.until(lambda: _some_ended(machines), seconds)
        victims = [machine for machine in machines if machine.worker is not None and _exports(machine)]
        if figures.cycles < kills and victims:
            _kill(rng.choice(victims), databases, figures)
    for company in companies:
        figures.verdict.add(judge(company))
    return figures


def _some_ended(machines: list[Machine]) -> bool:
    ended = [machine.has_ended() for machine in machines]
    return any(ended)


def _start_all(machines: list[Machine], figures: Figures) -> None:
    for machine in machines:
        if machine.worker is None and not machine.is_done:
            machine.start()
            figures.starts += 1


def _exports(machine: Machine) -> bool:
    """Whether it is old enough to have got beyond its start."""
    assert machine.worker is not None
    return time.monotonic() - machine.worker.started_at > EARLIEST_SECONDS and machine.worker.is_running()


def _kill(victim: Machine, databases: Databases, figures: Figures) -> None:
    assert victim.worker is not None
    if victim.worker.kill():
        databases.end_lease(victim.worker)
        victim.worker = None
        victim.ends.append(TRY_LATER)
        figures.cycles += 1
    else:
        victim.has_ended()
