"""Workers as real processes with state folders of their own, as on several machines, at one database and one Pleo."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from bilag.ports.secret import Secret
from bilag.simulator.faults import Fault, FaultKind
from bilag.simulator.scenario import SeededExpenses
from bilag.simulator.terms import JobStatus
from tests.adapters.store import exporting_child
from tests.adapters.store.exporting_child import TIMES, sends
from tests.adapters.store.postgresql_server import PostgresqlServer
from tests.cli.terminal import Ended
from tests.e2e.expenses import SEED, seeded
from tests.e2e.invariants import (
    assert_balanced,
    assert_closing_event_follows_from_items,
    assert_nothing_twice,
    assert_successful_means_booked,
)
from tests.e2e.processes import END_SECONDS_MAX, ended, until
from tests.e2e.stage import API_KEY, ENVIRONMENT, Stage, open_stage
from tests.e2e.standing_books import books_in

pytestmark = pytest.mark.slow

ROOT: Final = Path(__file__).parents[3]
ITEMS: Final = 40
STRUCK_AFTER: Final = 5
EVENTS: Final = "POST /v3/export-job-events"
REPORT: Final = "PUT /v3/export-jobs/{jobId}/items"
LIST: Final = "GET /v3/export-items"
FILES: Final = "GET /files/{token}/{name}"
OTHER_COMPANY: Final = "9e0c6a52-7f6e-4c1b-9a52-5b1f0e7c2d99"
# What starting a process, looking at Pleo and the first expense take beside the lease, on a busy machine.
MARGIN_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A folder with settings and a state of its own."""

    folder: Path
    database: Secret

    async def bilag(self, *arguments: str) -> Process:
        return await self._start("-m", "bilag", *arguments)

    async def export(self, ledger: Path, happening: str = "") -> Process:
        child = exporting_child.__file__
        return await self._start(child, str(self.folder / "bilag.toml"), str(ledger), happening)

    async def _start(self, *arguments: str) -> Process:
        ours = {"BILAG_DATABASE": self.database.reveal(), "PYTHONPATH": str(ROOT)}
        return await asyncio.create_subprocess_exec(
            *(sys.executable, *arguments),
            cwd=self.folder,
            env={**os.environ, **ENVIRONMENT, **ours},
            stdout=PIPE,
            stderr=PIPE,
        )


def machine(stage: Stage, name: str, database: Secret, *changes: tuple[str, str]) -> Machine:
    """A machine with the stage's settings, its shared books, and the shared database."""
    folder = stage.folder / name
    folder.mkdir()
    stage.write_config(
        ("employees_as_vendors = true", "employees_as_vendors = false"),
        ("[bookkeeping]", '[state]\ndatabase = { env = "BILAG_DATABASE" }\n\n[bookkeeping]'),
        ("[books.plaintext]", f'[books.plaintext]\nfolder = "{stage.books}"'),
        *changes,
    )
    stage.config_path.rename(folder / "bilag.toml")
    return Machine(folder=folder, database=database)


@asynccontextmanager
async def two_machines(folder: Path, database: Secret) -> AsyncIterator[tuple[Stage, Machine, Machine]]:
    async with open_stage(folder, seeded(ITEMS, receipt_share=0)) as stage:
        yield stage, machine(stage, "one", database), machine(stage, "other", database)


async def until_stopped(process: Process) -> None:
    stat = Path(f"/proc/{process.pid}/stat")
    is_stopped = await until(lambda: stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "T", process)
    assert is_stopped, await ended(process)


async def dismiss(*processes: Process) -> None:
    """End what a failed test has left."""
    for process in processes:
        if process.returncode is None:
            process.kill()
        await process.wait()


def assert_everything_once(stage: Stage, ledger: Path) -> None:
    """Every expense once in the books, and Pleo told once of all of them."""
    (job,) = stage.jobs
    assert job.status is JobStatus.COMPLETED
    assert set(Counter(sent["reference"] for sent in sends(ledger)).values()) == {1}
    assert len(sends(ledger)) == len(job) == ITEMS
    assert stage.world.request_counts[REPORT] == 1
    assert stage.world.request_counts[EVENTS] == 2


async def test_company_is_exported_by_one_worker_and_another_company_goes_on(tmp_path: Path, database: Secret) -> None:
    async with two_machines(tmp_path, database) as (stage, one, other):
        stage.meets(Fault(kind=FaultKind.DELAY, seconds=END_SECONDS_MAX), path="/v3/export-items")
        source = SeededExpenses(OTHER_COMPANY, 10, SEED, receipt_share=0)
        stage.world.add_company(source)
        stage.world.accept_api_key(API_KEY, stage.company_id, OTHER_COMPANY)
        theirs = ((stage.company_id, OTHER_COMPANY), (str(stage.books), str(stage.folder / "their-books")))
        third = machine(stage, "third", database, *theirs)
        stage.new_job()
        their_job = stage.world.create_job(OTHER_COMPANY)

        first = await one.bilag("run")
        assert await until(lambda: stage.world.request_counts[LIST] == 1, first)
        second = await ended(await other.bilag("run"))
        looking = await ended(await other.bilag("jobs"))
        their_run = await ended(await third.bilag("run"))
        first.terminate()
        stopped = await ended(first)
        after = await ended(await other.bilag("run"))

        assert second.code == 3, second
        assert "Another bilag is exporting this company" in second.err
        assert "in_progress" in looking.out, "looking needs no turn"
        assert their_run.code in {0, 1}, their_run
        assert not their_job.is_open
        assert stopped.code == 3
        assert after.code == 0, after
        assert stage.jobs[0].status is JobStatus.COMPLETED
        assert_nothing_twice(books_in(stage.books))


async def test_worker_that_wakes_up_after_its_lease_sends_nothing_more(tmp_path: Path, database: Secret) -> None:
    async with two_machines(tmp_path, database) as (stage, one, other):
        ledger = tmp_path / "ledger"
        stage.new_job()
        sleeper = await one.export(ledger, f"stop:{STRUCK_AFTER}")
        await until_stopped(sleeper)
        sent_before = len(sends(ledger))
        successor = await ended(await other.export(ledger, "wait"))
        sent_after = len(sends(ledger))
        sleeper.send_signal(signal.SIGCONT)
        awake: Ended = await ended(sleeper)

        assert STRUCK_AFTER <= sent_before < ITEMS
        assert successor.code == 0, successor
        assert awake.code == 3, awake
        assert awake.err.strip().splitlines()[-1].startswith(("LeaseLost", "StoreFailed")), awake
        assert len(sends(ledger)) == sent_after, "the sleeper sent something when it woke up"
        assert_everything_once(stage, ledger)


async def test_worker_that_is_killed_is_followed_within_the_time_of_its_lease(tmp_path: Path, database: Secret) -> None:
    async with two_machines(tmp_path, database) as (stage, one, other):
        ledger = tmp_path / "ledger"
        stage.new_job()
        killed = await one.export(ledger, f"kill:{STRUCK_AFTER}")
        assert await until(lambda: bool(sends(ledger)), killed)
        successor = await other.export(ledger, "wait")
        try:
            first, second = await ended(killed), await ended(successor)
        finally:
            await dismiss(killed, successor)

        if second.code != 0 or first.code != -signal.SIGKILL:
            pytest.fail(f"{first} {second}")
        by_first = [sent["at"] for sent in sends(ledger) if sent["worker"] == killed.pid]
        by_second = [sent["at"] for sent in sends(ledger) if sent["worker"] == successor.pid]
        waited = min(by_second) - max(by_first)
        assert TIMES.lease_seconds / 3 < waited < TIMES.lease_seconds + MARGIN_SECONDS
        assert_everything_once(stage, ledger)


async def test_database_that_stops_in_the_middle_stops_the_job_and_nothing_is_lost(
    tmp_path: Path, own_server: PostgresqlServer
) -> None:
    own_server.execute("CREATE DATABASE shared")
    async with open_stage(tmp_path, seeded(ITEMS, receipt_share=1.0)) as stage:
        one = machine(stage, "one", own_server.url("shared"))
        job = stage.new_job()
        process = await one.bilag("run")
        assert await until(lambda: stage.world.request_counts[FILES] >= 10, process)
        own_server.stop(signal.SIGQUIT)
        cut_off = await ended(process)
        away = await ended(await one.bilag("run"))
        own_server.start()
        is_left = job.is_open
        own_server.execute("UPDATE company_lease SET expires_at = clock_timestamp()", "shared")
        again = await ended(await one.bilag("run"))

        assert cut_off.code == away.code == 3, (cut_off, away)
        assert "Nothing is lost" in cut_off.err
        assert "cannot be reached" in away.err
        assert is_left
        assert again.code == 0, again
        assert job.status is JobStatus.COMPLETED
        books = books_in(stage.books)
        assert len(books.entries) == ITEMS
        assert_balanced(books)
        assert_nothing_twice(books)
        assert_successful_means_booked(stage, books)
        assert_closing_event_follows_from_items(stage)
