"""One look at a company: ask Pleo whether anything waits, and export it when a place is free."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from random import Random
from typing import Final

from bilag.adapters.store.lease import LeaseTimes
from bilag.adapters.telemetry.telemetry import Telemetry
from bilag.adapters.transport.retry import UnreachableUntil
from bilag.app.company import Company
from bilag.app.pace import quotas_of
from bilag.app.running import RunSummary, summarise
from bilag.app.shared_ways import SharedWays
from bilag.app.stopping import StoppableExportApi, Stopping, StopRequest
from bilag.app.system_clock import SYSTEM_CLOCK
from bilag.app.telemetry import tended
from bilag.app.turns import Turn, Turns, Urgency
from bilag.app.wiring import open_desk
from bilag.lifecycle.connection_breaker import BreakerOpen
from bilag.lifecycle.desk import Desk
from bilag.lifecycle.run_pending import EndedJob, run_pending
from bilag.lifecycle.wake import Looked
from bilag.ports.clock import Clock
from bilag.ports.errors import Throttled, Trouble
from bilag.ports.lease import HeldElsewhere
from bilag.ports.progress import Progress

# After a kill a company waits so much longer than its lease, a fifth more at most.
LEFT_LOOK_SECONDS: Final = 20.0

_log: Final = logging.getLogger("bilag.serve")


class ServeEnd(StrEnum):
    """How serving ended: with nothing under way, or in the middle of a job that the next run takes up."""

    NOTHING_LEFT = "nothing left"
    JOB_LEFT = "job left"
    AT_ONCE = "at once"


def _as_it_is(desk: Desk) -> Desk:
    return desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the outside gives: secrets by name, time, and dice for the jitter; how long a lease lasts; who watches.

    `left_look_seconds` is the pause between two looks for what dead workers left; `fitted` may put other books on a
    desk.
    """

    environment: Mapping[str, str]
    clock: Clock = SYSTEM_CLOCK
    dice: Random
    lease_times: LeaseTimes | None = None
    left_look_seconds: float = LEFT_LOOK_SECONDS
    fitted: Callable[[Desk], Desk] = _as_it_is
    telemetry: Telemetry = field(default_factory=Telemetry)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a look came to, or how serving ended in the middle of it."""

    looked: Looked = Looked.NOTHING
    asked_seconds: float = 0.0
    trouble: str = ""
    end: ServeEnd | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Looker:
    """What every look needs; `tell` hears of every job that ended."""

    around: Surroundings
    ways: SharedWays
    turns: Turns
    stop: StopRequest
    tell: Callable[[RunSummary], None]
    progress: Progress

    async def look(self, company: Company) -> Look:
        """Export everything that waits. Trouble is told and met by looking again later; a bug goes through."""
        try:
            with self.around.telemetry.look(Stopping, HeldElsewhere):
                look = await self._look(company)
        except Stopping as stopping:
            return Look(end=ServeEnd.JOB_LEFT if stopping.is_left else ServeEnd.NOTHING_LEFT)
        except HeldElsewhere as held:
            _log.info("company %s: %s", company.id, held)
            return Look(looked=Looked.HELD_ELSEWHERE)
        except Trouble as trouble:
            told = trouble if isinstance(trouble, Throttled | UnreachableUntil | BreakerOpen) else None
            asked = told.retry_after_seconds if told is not None else None
            return _after_trouble(company, str(trouble), asked or 0.0)
        self.around.telemetry.looked_well(company.id, self.around.clock.now())
        return look

    async def _look(self, company: Company) -> Look:
        company.read_again()
        is_any_waiting = await self._is_any_waiting(company)
        if not is_any_waiting and not company.may_have_left_a_job:
            company.is_sure = True
            self.around.telemetry.jobs_found(company.id, ())
            return Look()
        async with self.turns.turn(Urgency.JOB_WAITS if is_any_waiting else Urgency.TO_BE_SURE) as turn:
            if self.stop.asked.is_set():
                return Look(end=ServeEnd.NOTHING_LEFT)
            company.is_exporting = True
            try:
                found = await self._export(company, turn)
            finally:
                company.is_exporting = False
        company.is_sure = True
        return Look(looked=Looked.FOUND if found else Looked.NOTHING)

    async def _is_any_waiting(self, company: Company) -> bool:
        """A login is opened for each look, so that it holds nothing meanwhile; a fixed credential holds nothing."""
        access = company.access or self.ways.access(company.config())
        if company.has_login:
            try:
                return await self.ways.is_any_waiting(access, company.id)
            finally:
                await access.auth.close()
        if access.budget is None:
            access = await self.ways.budgeted(access)
        company.access = access
        return await self.ways.is_any_waiting(access, company.id)

    async def _export(self, company: Company, turn: Turn) -> int:
        """How many jobs were tried, or were found to have ended without us."""
        around, config = self.around, company.config()
        budget = company.access.budget if company.access else None
        held = open_desk(
            config,
            self.progress,
            around.environment,
            around.clock,
            lease_times=around.lease_times,
            budget=budget,
        )
        async with tended(held, config, around.telemetry) as desk:

            async def note(ended: EndedJob) -> None:
                summary = await summarise(desk.journal, ended.job.id, quotas=quotas_of(config))
                if summary is not None:
                    self.tell(summary)

            stoppable = StoppableExportApi(desk.pleo, self.stop.asked.is_set, turn.make_room)
            ready = replace(self.around.fitted(desk), pleo=stoppable, books_line=company.books_line)
            await ready.books_line.assert_ready(ready.books, around.clock)
            return len(await run_pending(ready, on_end=note))


def after_bug(company: Company, bug: BaseException) -> Look:
    """What a look came to that a bug ended: the company is tried again later, and the others go on."""
    _log.error("company %s: a bug in bilag, please report it", company.id, exc_info=bug)
    return _after_trouble(company, f"a bug in bilag, {type(bug).__name__}")


def _after_trouble(company: Company, trouble: str, asked_seconds: float = 0.0) -> Look:
    """What we know of the company is asked anew next time: its credentials, and what it may have left open."""
    company.access = None
    company.is_sure = False
    return Look(looked=Looked.TROUBLE, asked_seconds=asked_seconds, trouble=trouble)
