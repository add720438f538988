"""A company's Pleo and its books for whole Export Jobs: the simulator on loopback, real sockets, files and settings."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Final

from bilag.app.running import RunSummary, run_config
from bilag.config.load import load_config
from bilag.config.shape import Config
from bilag.domain.export_job import ExportJob, JobReport
from bilag.domain.posting_record import ItemOutcome
from bilag.simulator.expense import ExpenseSource
from bilag.simulator.faults import Fault, FaultRule
from bilag.simulator.jobs import Job, JobOptions
from bilag.simulator.middlewares import Exchange
from bilag.simulator.server import SimulatorServer
from bilag.simulator.world import PleoWorld
from tests.simulator.contract import AnswerContract, contract_path, load_contract

API_KEY: Final = "key-4b9f-never-to-be-shown"
ENVIRONMENT: Final = {"PLEO_API_KEY": API_KEY}
NOON: Final = datetime(2026, 11, 21, 12, tzinfo=UTC)

# What the demo's spoiled items break in Pleo's schema, on purpose.
SPOILED_ON_PURPOSE: Final = ("'abc'", "balance_adjustment_v2", "margin_scheme")


class StageClock:
    """Time for both sides. It passes only while somebody waits, and then at once."""

    def __init__(self) -> None:
        self.waited_seconds = 0.0

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.waited_seconds)

    def monotonic_seconds(self) -> float:
        return self.waited_seconds

    def move(self, **duration: float) -> None:
        """Let time pass."""
        self.waited_seconds += timedelta(**duration).total_seconds()

    async def sleep(self, seconds: float) -> None:
        self.waited_seconds += seconds
        await asyncio.sleep(0)


class Witness:
    """Sees every answer of the simulated API: checks it against Pleo's contract and remembers what was asked."""

    def __init__(self, *, checks: bool) -> None:
        at_hand = checks and contract_path().is_file()
        self.contract = (
            AnswerContract(load_contract(contract_path()), tolerated=SPOILED_ON_PURPOSE) if at_hand else None
        )
        self.calls: list[str] = []
        self.on_call: Callable[[str], None] = lambda _: None

    def __call__(self, exchange: Exchange) -> None:
        call = f"{exchange.method} {exchange.path}"
        self.calls.append(call)
        if self.contract is not None:
            self.contract(exchange)
        self.on_call(call)

    def assert_contract_kept(self) -> None:
        if self.contract is not None:
            self.contract.assert_kept()


class SilentProgress:
    """Nobody watches."""

    def job_started(self, job: ExportJob, items: int) -> None: ...

    def item_settled(self, outcome: ItemOutcome) -> None: ...

    def job_ended(self, job: ExportJob, report: JobReport) -> None: ...


@dataclass(slots=True, kw_only=True)
class Stage:
    """One company on both sides. `folder` holds bilag.toml, the books and the state."""

    folder: Path
    company_id: str
    world: PleoWorld
    server: SimulatorServer
    clock: StageClock
    witness: Witness
    jobs: list[Job] = field(default_factory=list)

    @property
    def config_path(self) -> Path:
        return self.folder / "bilag.toml"

    @property
    def books(self) -> Path:
        return self.folder / "books"

    def config(self) -> Config:
        return load_config(self.config_path)

    def write_config(self, *changes: tuple[str, str]) -> None:
        """The demo's settings with some words changed for others."""
        self.folder.mkdir(parents=True, exist_ok=True)
        text = resources.files("bilag.app").joinpath("demo.toml").read_text("utf-8")
        addresses = (
            ("http://127.0.0.1:8765", self.server.api_url),
            ("http://127.0.0.1:8766", self.server.files_url),
            ("[pleo]", "[pleo]\ncalls_per_minute = 100_000"),
        )
        for old, new in (*addresses, *changes):
            assert old in text, old
            text = text.replace(old, new)
        self.config_path.write_text(text, "utf-8")

    def write_bookkeeping(self, line: str) -> None:
        """The demo's settings with one more line on bookkeeping."""
        self.write_config(("[bookkeeping]", f"[bookkeeping]\n{line}"))

    def new_job(self, *, again: bool = False, queued: bool = False, indexes: range | None = None) -> Job:
        """A job of everything that may be exported, or of the expenses at these places."""
        self.clock.move(seconds=1)
        options = JobOptions(vendor_based_bookkeeping=True, again=again)
        job = self.world.create_job(self.company_id, indexes=indexes, options=options, queued=queued)
        self.jobs.append(job)
        return job

    def meets(self, fault: Fault, *, method: str = "*", path: str = "*", nth: int = 1, times: int = 1) -> None:
        """Let some requests meet a fault."""
        self.world.faults.add(FaultRule(fault=fault, method=method, path=path, nth=nth, times=times))

    async def run(self, config: Config | None = None, *, take_over: bool = False) -> tuple[RunSummary, ...]:
        """What `bilag run` does."""
        return await run_config(
            config or self.config(), SilentProgress(), ENVIRONMENT, take_over=take_over, clock=self.clock
        )

    def items(self) -> dict[str, Mapping[str, object]]:
        """Every item of the company as Pleo has it, by its entry."""
        source = self.world.companies[self.company_id].source
        return {source.entry_id(index): source.expense(index).item for index in range(len(source))}


@asynccontextmanager
async def open_stage(folder: Path, source: ExpenseSource, *, checks: bool = True) -> AsyncIterator[Stage]:
    """A stage with the demo's settings. In the end every fault was met, every answer kept Pleo's contract."""
    clock, witness = StageClock(), Witness(checks=checks)
    world = PleoWorld(clock=clock.now)
    world.add_company(source)
    world.accept_api_key(API_KEY, source.company_id)
    async with SimulatorServer(world, on_answer=witness) as server:
        stage = Stage(
            folder=folder,
            company_id=source.company_id,
            world=world,
            server=server,
            clock=clock,
            witness=witness,
        )
        stage.write_config()
        yield stage
    witness.assert_contract_kept()
    assert not world.faults.unmet()
    assert not world.leaked_credentials
