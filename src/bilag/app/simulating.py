"""A Pleo to run against: the simulator with a company, its expenses and waiting Export Jobs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, TypeAlias

from bilag.ports.errors import NeedsPerson
from bilag.simulator.catalogue import COMPANY_ID
from bilag.simulator.demo_job import demo_jobs
from bilag.simulator.expense import ExpenseSource
from bilag.simulator.jobs import JobOptions
from bilag.simulator.planned_jobs import PlannedJob, join_expenses, queue_jobs
from bilag.simulator.quota import QUOTAS, QuotaGate
from bilag.simulator.scenario import SeededExpenses
from bilag.simulator.server import SimulatorServer
from bilag.simulator.world import PleoWorld

API_PORT: Final = 8765
FILES_PORT: Final = 8766
# What a simulated company has to export.
Expenses: TypeAlias = ExpenseSource
# The simulator's only key; it guards nothing.
API_KEY: Final = "demo"
QUOTA_NAMES: Final = tuple(QUOTAS)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingJob:
    """An Export Job of the simulator; `title` is what people call it, empty for seeded expenses."""

    job_id: str
    title: str
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedPleo:
    """Where the simulator answers, and the jobs that wait there, oldest first."""

    api_url: str
    files_url: str
    company_id: str
    jobs: tuple[WaitingJob, ...]


@asynccontextmanager
async def simulated_pleo(
    source: ExpenseSource | None = None, *, api_port: int = 0, files_port: int = 0, quota: str | None = None
) -> AsyncIterator[SimulatedPleo]:
    """Run the simulator on loopback with one waiting job of all expenses; with the demo's jobs when none are given.

    `quota` is one of QUOTA_NAMES: what more calls than that get is 429. Raises NeedsPerson when a port is taken.
    """
    planned = demo_jobs() if source is None else (_whole(source),)
    expenses = join_expenses(planned)
    world = PleoWorld()
    world.quota = QuotaGate(QUOTAS[quota]) if quota else None
    world.add_company(expenses)
    world.accept_api_key(API_KEY, expenses.company_id)
    async with _listening(world, api_port, files_port) as server:
        jobs = queue_jobs(world, planned, expenses)
        yield SimulatedPleo(
            api_url=server.api_url,
            files_url=server.files_url,
            company_id=expenses.company_id,
            jobs=tuple(
                WaitingJob(job_id=job.id, title=plan.title, items=len(job))
                for job, plan in zip(jobs, planned, strict=True)
            ),
        )


def _whole(source: ExpenseSource) -> PlannedJob:
    # Vendor tagging is on, so that items carry their bookkeeping method.
    return PlannedJob(title="", expenses=source, options=JobOptions(vendor_based_bookkeeping=True))


@asynccontextmanager
async def _listening(world: PleoWorld, api_port: int, files_port: int) -> AsyncIterator[SimulatorServer]:
    server = SimulatorServer(world, api_port=api_port, files_port=files_port)
    try:
        await server.start()
    except OSError as taken:
        raise NeedsPerson(
            f"The simulated Pleo can't listen: {taken.strerror}. Choose other ports with --port and --files-port."
        ) from taken
    try:
        yield server
    finally:
        await server.stop()


def seeded_expenses(items: int, seed: int, **shares: float) -> ExpenseSource:
    """Realistic expenses, the same ones for the same seed.

    `shares` are those of SeededExpenses, each between 0 and 1.
    """
    return SeededExpenses(COMPANY_ID, items, seed, **shares)


async def wait_forever() -> None:
    """Until the process is told to stop."""
    await asyncio.Event().wait()
