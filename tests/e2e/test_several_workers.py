"""Workers as real processes over the same companies, at one database and one Pleo: killed, paused, woken."""

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import psycopg
import pytest

from bilag.ports.secret import Secret
from bilag.simulator.jobs import Job
from bilag.simulator.terms import ItemStatus, JobStatus
from tests.adapters.store.exporting_child import sends
from tests.adapters.store.postgresql_server import running_server, why_not
from tests.e2e import serving_child
from tests.e2e.expenses import seeded
from tests.e2e.serving_child import LEFT_LOOK_SECONDS, TIMES
from tests.e2e.serving_several import Tenant, assert_exported, tenants
from tests.e2e.stage import Stage, open_stage

pytestmark = pytest.mark.slow

ROOT: Final = Path(__file__).parents[2]
# Looks at Pleo that no test waits for: what is taken up, is so because the dead worker's lease ran out.
SELDOM: Final = "poll_seconds = 2700\npoll_seconds_max = 2700"
EVENTS: Final = "POST /v3/export-job-events"
REPORT: Final = "PUT /v3/export-jobs/{jobId}/items"
LISTS: Final = "GET /v3/export-jobs"
WAIT_SECONDS_MAX: Final = 90.0
# What the lease, the look for what is left and its jitter come to, and the gap between two looks.
BOUND_SECONDS: Final = TIMES.lease_seconds + 1.2 * LEFT_LOOK_SECONDS + 1.0
# What a busy machine takes for the first call after that.
MARGIN_SECONDS: Final = 20.0


@pytest.fixture
def database() -> Iterator[Secret]:
    if reason := why_not():
        pytest.skip(reason)
    with running_server() as server, server.database("shared") as name:
        yield server.url(name)


@dataclass(slots=True, kw_only=True)
class Workers:
    """Processes over the same companies. `busy` counts, for each company, the jobs in progress at once at most."""

    stage: Stage
    database: Secret
    companies: list[Tenant]
    running: list[Process]
    busy: Counter[str]

    async def start(self, **environment: str) -> Process:
        """One more, as on a machine of its own: with its own state folders."""
        machine = self.stage.folder / f"machine-{len(self.running)}"
        places = []
        for company in self.companies:
            own = ("[bookkeeping]", '[state]\ndatabase = { env = "BILAG_DATABASE" }\n\n[bookkeeping]')
            beside = replace(company, folder=machine / str(company.number))
            beside.write_config(SELDOM, own)
            places.append(str(beside.path))
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, serving_child.__file__, *places),
            env={**os.environ, **self._keys(), **environment, "PYTHONPATH": str(ROOT)},
            stdout=DEVNULL,
            stderr=PIPE,
        )
        self.running.append(process)
        return process

    def _keys(self) -> dict[str, str]:
        return {"BILAG_DATABASE": self.database.reveal(), **{one.key_name: one.key for one in self.companies}}

    async def _holders(self) -> dict[str, str]:
        async with await psycopg.AsyncConnection.connect(self.database.reveal()) as connection:
            with suppress(psycopg.errors.UndefinedTable):  # no worker has come so far
                found = await connection.execute("SELECT company_id, holder FROM company_lease")
                return {str(company_id): str(holder) for company_id, holder in await found.fetchall()}
            return {}

    async def until(self, has_come: Callable[[], bool]) -> None:
        async with asyncio.timeout(WAIT_SECONDS_MAX):
            while not has_come():  # noqa: ASYNC110  what is waited for happens in other processes
                await asyncio.sleep(0.01)

    async def holder(self, company: Tenant) -> Process:
        """The process that exports the company, once there is one."""
        async with asyncio.timeout(WAIT_SECONDS_MAX):
            while True:
                names = await self._holders()
                for process in self.running:
                    if f"process {process.pid}," in names.get(company.id, ""):
                        return process
                await asyncio.sleep(0.02)


@asynccontextmanager
async def workers_over(folder: Path, database: Secret, *counts: int) -> AsyncIterator[Workers]:
    async with open_stage(folder, seeded(1, receipt_share=0)) as stage:
        workers = Workers(stage=stage, database=database, companies=tenants(stage, *counts), running=[], busy=Counter())
        try:
            yield workers
        finally:
            for process in workers.running:
                if process.returncode is None:
                    process.send_signal(signal.SIGCONT)
                    process.kill()
                await process.communicate()


def watch(workers: Workers, jobs: dict[str, list[Job]]) -> None:
    """See at every call how many jobs of each company are in progress."""

    def look(_call: str) -> None:
        for company_id, ours in jobs.items():
            count = sum(job.status is JobStatus.IN_PROGRESS for job in ours)
            workers.busy[company_id] = max(workers.busy[company_id], count)

    workers.stage.witness.on_call = look


@pytest.mark.parametrize("count", [2, 4])
async def test_job_of_a_killed_worker_is_taken_up_within_the_bound_and_everything_is_booked_once(
    tmp_path: Path, database: Secret, count: int
) -> None:
    async with workers_over(tmp_path, database, 240, *[10] * 3) as workers:
        large = workers.companies[0]
        jobs = {
            company.id: [
                company.new_job(indexes=range(total // 2)),
                company.new_job(indexes=range(total // 2, total), queued=True),
            ]
            for company, total in zip(workers.companies, (240, *[10] * 3), strict=True)
        }
        everything = [job for ours in jobs.values() for job in ours]
        watch(workers, jobs)
        for _ in range(count):
            await workers.start()
        victim = await workers.holder(large)
        first = jobs[large.id][0]
        await workers.until(lambda: first.tally()[ItemStatus.SUCCESSFUL] > 0)
        assert first.is_open, "it is struck in the middle of the job"
        victim.kill()
        killed_at = time.monotonic()
        heir = await _next_holder(workers, large, victim)
        taken_after = time.monotonic() - killed_at

        assert heir is not victim
        assert taken_after < BOUND_SECONDS + MARGIN_SECONDS, taken_after
        await workers.until(lambda: not any(job.is_open for job in everything))
        for company in workers.companies:
            assert_exported(company, *jobs[company.id])
        assert max(workers.busy.values()) == 1, "one job of a company at a time"


async def _next_holder(workers: Workers, company: Tenant, before: Process) -> Process:
    while (now := await workers.holder(company)) is before:  # noqa: ASYNC110  another process does it
        await asyncio.sleep(0.02)
    return now


async def test_worker_that_sleeps_past_its_lease_sends_nothing_more_and_goes_on_serving(
    tmp_path: Path, database: Secret
) -> None:
    async with workers_over(tmp_path, database, 60) as workers:
        (company,) = workers.companies
        ledger, stage, job = tmp_path / company.id, workers.stage, company.new_job()
        sleeper = await workers.start(LEDGERS=str(tmp_path), STRIKE="stop:5")
        await workers.until(lambda: is_stopped(sleeper))
        sent_before = len(sends(ledger))
        successor = await workers.start(LEDGERS=str(tmp_path))
        await workers.until(lambda: not job.is_open)
        sent_after, calls = len(sends(ledger)), dict(stage.world.request_counts)
        sleeper.send_signal(signal.SIGCONT)
        # The worker that woke up looks again in time, as after any trouble.
        await workers.until(lambda: stage.world.request_counts[LISTS] > calls[LISTS])

        assert 5 <= sent_before < len(job)
        assert job.status is JobStatus.COMPLETED
        assert sleeper.returncode is None, "it goes on serving"
        for process in (sleeper, successor):
            process.terminate()
            _, said = await process.communicate()
            assert process.returncode == 0, said
        assert len(sends(ledger)) == sent_after == len(job), "the sleeper sent something when it woke up"
        assert set(Counter(sent["reference"] for sent in sends(ledger)).values()) == {1}
        assert stage.world.request_counts[EVENTS] == calls[EVENTS] == 2
        assert stage.world.request_counts[REPORT] == calls[REPORT]


def is_stopped(process: Process) -> bool:
    stat = Path(f"/proc/{process.pid}/stat")
    return stat.read_text().rpartition(")")[2].split()[0] == "T"
