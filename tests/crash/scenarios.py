"""What can happen to real processes, each as a scenario that is run company after company."""

import random
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.adapters.store.postgresql_server import why_not as why_no_server
from tests.crash import troubles
from tests.crash.company import Company, new_company
from tests.crash.crowd import killed_in_a_crowd
from tests.crash.cycles import Figures, run_company
from tests.crash.databases import Databases, running_databases
from tests.crash.pleo import Pleo, running_pleo
from tests.crash.sleepers import stopped_past_its_lease
from tests.crash.struck import struck_again_and_again
from tests.crash.workers import Worker

SQLITE: Final = "sqlite"
POSTGRESQL: Final = "postgresql"
# Kills of a crowd, and strikes of any other trouble, per company.
CROWD_KILLS: Final = 20
STRIKES: Final = 4
DATABASE_DISK_BYTES: Final = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One company, or a few, with a Pleo and a folder of their own; what `stack` holds goes when the round ends."""

    folder: Path
    pleo: Pleo
    items: int
    seed: int
    databases: Databases | None
    stack: ExitStack

    @property
    def rng(self) -> random.Random:
        """The dice, from their start."""
        return random.Random(self.seed)  # noqa: S311  dice, no secret

    def company(self, database: str | None = None, number: int = 0, items: int = 0) -> Company:
        """A new company, with a database of its own unless one is given."""
        if database is None:
            database = self.databases.new(self.seed) if self.databases else ""
        folder = self.folder / f"company-{number}"
        return new_company(self.pleo, folder, items or self.items, 10 * self.seed + number, database)

    def after_end(self, worker: Worker) -> None:
        """What time does to the lease of a worker that is gone; a file's lock goes with its process."""
        if self.databases:
            self.databases.end_lease(worker)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """`databases` are those that it is made for; `why_not` says why it can't be run here."""

    name: str
    title: str
    databases: tuple[str, ...]
    items_of_a_round: int
    run: Callable[[Round], Figures]
    why_not: Callable[[], str] = lambda: ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """How long to go on, and with which dice."""

    cycles: int
    items: int
    seed: int


def run_scenario(
    scenario: Scenario, database: str, goal: Goal, folder: Path, tell: Callable[[Figures], None]
) -> Figures:
    """Round after round until there were so many cycles and so many items; `tell` of the sums after each.

    Ends at the first round in which something is wrong, and leaves its folder.
    """
    figures, number = Figures(), 0
    with ExitStack() as outer:
        databases = outer.enter_context(running_databases()) if database == POSTGRESQL else None
        while figures.cycles < goal.cycles or figures.verdict.items < goal.items:
            number += 1
            with ExitStack() as stack:
                one = Round(
                    folder=folder,
                    pleo=stack.enter_context(running_pleo(folder / "pleo")),
                    items=max(2, min(scenario.items_of_a_round, goal.items)),
                    seed=goal.seed * 10_000 + number,
                    databases=databases,
                    stack=stack,
                )
                figures.add(scenario.run(one))
            tell(figures)
            if not figures.verdict.is_good:
                break
            shutil.rmtree(folder)
    return figures


def _killed(one: Round) -> Figures:
    return run_company(one.company(), one.rng, one.after_end)


def _crowd(one: Round) -> Figures:
    assert one.databases is not None
    shared = one.databases.new(one.seed)
    companies = tuple(one.company(shared, number, one.items // 2) for number in range(2))
    return killed_in_a_crowd(companies, one.databases, CROWD_KILLS, one.rng)


def _stopped(one: Round) -> Figures:
    assert one.databases is not None
    # The books of a sleeper take no files.
    company = new_company(
        one.pleo, one.folder / "company", one.items, one.seed, one.databases.new(one.seed), receipt_share=0
    )
    return stopped_past_its_lease(company, one.rng)


def _pleo_killed(one: Round) -> Figures:
    return struck_again_and_again(one.company(), troubles.PleoKilled(one.pleo), STRIKES, one.rng, one.after_end)


def _database_stopped(one: Round) -> Figures:
    assert one.databases is not None
    trouble = troubles.DatabaseStopped(one.databases.server)
    return struck_again_and_again(one.company(), trouble, STRIKES, one.rng, one.after_end)


def _database_hangs(one: Round) -> Figures:
    assert one.databases is not None
    trouble = troubles.DatabaseHangs(one.databases.server)
    return struck_again_and_again(one.company(), trouble, 1, one.rng, one.after_end)


def _journal_disk(one: Round) -> Figures:
    company = one.company()
    disk = one.stack.enter_context(troubles.small_disk(company.journal.parent))
    return struck_again_and_again(company, troubles.DiskFull(disk), STRIKES, one.rng, one.after_end)


def _books_disk(one: Round) -> Figures:
    company = one.company()
    disk = one.stack.enter_context(troubles.small_disk(company.books))
    return struck_again_and_again(company, troubles.DiskFull(disk), STRIKES, one.rng, one.after_end)


def _database_disk(one: Round) -> Figures:
    disk = one.stack.enter_context(troubles.small_disk(one.folder / "disk", DATABASE_DISK_BYTES))
    databases = one.stack.enter_context(running_databases(disk))
    trouble = troubles.DatabaseDiskFull(databases.server, disk)
    return struck_again_and_again(one.company(databases.new(1)), trouble, STRIKES, one.rng, databases.end_lease)


_ANY: Final = (SQLITE, POSTGRESQL)
_SHARED: Final = (POSTGRESQL,)


def _scenario(name: str, title: str, databases: tuple[str, ...], run: Callable[[Round], Figures]) -> Scenario:
    return Scenario(name=name, title=title, databases=databases, items_of_a_round=1_500, run=run)


def _on_disk(name: str, title: str, databases: tuple[str, ...], run: Callable[[Round], Figures]) -> Scenario:
    return Scenario(
        name=name, title=title, databases=databases, items_of_a_round=1_500, run=run, why_not=troubles.why_no_disk
    )


SCENARIOS: Final = {
    one.name: one
    for one in (
        Scenario(name="kill", title="kill -9", databases=_ANY, items_of_a_round=3_000, run=_killed),
        Scenario(
            name="crowd",
            title="kill -9 among four workers of two companies",
            databases=_SHARED,
            items_of_a_round=2_000,
            run=_crowd,
        ),
        Scenario(
            name="sleeper",
            title="SIGSTOP past the lease, and back",
            databases=_SHARED,
            items_of_a_round=60,
            run=_stopped,
        ),
        _scenario("pleo-killed", "kill -9 of the simulated Pleo", _ANY, _pleo_killed),
        _scenario("database-stopped", "immediate stop of the server, restart", _SHARED, _database_stopped),
        _scenario("database-hangs", "SIGSTOP of the whole server", _SHARED, _database_hangs),
        _on_disk("journal-disk-full", "the journal's disk is full", (SQLITE,), _journal_disk),
        _on_disk("books-disk-full", "the books' disk is full", _ANY, _books_disk),
        _on_disk("database-disk-full", "the server's disk is full", _SHARED, _database_disk),
    )
}


def why_not(scenario: Scenario, database: str) -> str:
    """Why it can't be run here with this database; empty when it can."""
    if database not in scenario.databases:
        return f"{scenario.name} is made for {' and '.join(scenario.databases)}"
    return (why_no_server() if database == POSTGRESQL else "") or scenario.why_not()
