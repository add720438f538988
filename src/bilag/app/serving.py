"""Keep running: look at every company when a webhook says so and at intervals anyway, export what waits, stop cleanly.

When to look stands in the timetable, who may export in the turns; a look that waits for neither costs one call to Pleo.
"""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Final

from bilag.app.company import Company
from bilag.app.fleet import Fleet, open_fleet
from bilag.app.left_behind import LeftBehind
from bilag.app.looking import Look, Looker, ServeEnd, Surroundings, after_bug
from bilag.app.receiving import Bells, Receiving, open_receiver
from bilag.app.running import RunSummary
from bilag.app.shared_ways import SharedWays
from bilag.app.stopping import StopRequest
from bilag.app.telemetry import metrics_page, telemetry_of_service
from bilag.app.timetable import Timetable
from bilag.app.turns import Turns
from bilag.domain.export_job import ExportJob, JobReport
from bilag.domain.posting_record import ItemOutcome
from bilag.lifecycle.wake import JITTER_SHARE, Looked, Pause, pause_after
from bilag.ports.errors import Trouble
from bilag.ports.progress import Progress

# At the start companies are looked at one after another, so closely.
FIRST_LOOKS_PER_SECOND: Final = 50
# Of more companies than this the second looks are spread over the whole pause, so that they don't come in a wave.
SPREAD_ABOVE: Final = 50
# Looks that are due closely together begin together; between two glances at the timetable lies so much.
REST_SECONDS_MIN: Final = 0.1
REST_SECONDS_MAX: Final = 2.0
# The health page names so many companies, those in trouble first.
HEALTH_COMPANIES_MAX: Final = 1000

_log: Final = logging.getLogger("bilag.serve")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeFace:
    """Who is told: of the address, of every job that ended, of its progress. None listens with `workers_only`."""

    listening: Callable[[Receiving | None], None]
    tell: Callable[[RunSummary], None]
    progress: Progress
    workers_only: bool = False


class NoProgress:
    """Of several companies at once no bar is drawn."""

    def job_started(self, job: ExportJob, items: int) -> None:
        """Not shown."""

    def item_settled(self, outcome: ItemOutcome) -> None:
        """Not shown."""

    def job_ended(self, job: ExportJob, report: JobReport) -> None:
        """Not shown."""


async def serve(places: Sequence[Path], face: ServeFace, stop: StopRequest) -> ServeEnd:
    """Export what comes, until asked to stop. Raises ConfigInvalid, NeedsPerson for what keeps it from starting.

    `places` are files, one for each company, and folders of them.
    """
    around = Surroundings(environment=os.environ, dice=Random())  # noqa: S311  jitter is no secret
    return await serve_around(places, face, stop, around)


async def serve_around(places: Sequence[Path], face: ServeFace, stop: StopRequest, around: Surroundings) -> ServeEnd:
    """The same in other surroundings."""
    ways = SharedWays(around.environment, around.clock)
    fleet = open_fleet(places, around, ways)
    async with telemetry_of_service(fleet.telemetry, around.environment) as telemetry:
        watched = replace(around, telemetry=telemetry)
        return await _serve_fleet(fleet, ways, face, stop=stop, around=watched)


async def _serve_fleet(
    fleet: Fleet, ways: SharedWays, face: ServeFace, *, stop: StopRequest, around: Surroundings
) -> ServeEnd:
    turns = Turns(fleet.place.jobs_at_once, around.clock)
    progress = face.progress if len(fleet.companies) == 1 else NoProgress()
    looker = Looker(around=around, ways=ways, turns=turns, stop=stop, tell=face.tell, progress=progress)
    keeper = Keeper(fleet, looker, is_taking_webhooks=not face.workers_only)
    try:
        async with _receiver(fleet, face, keeper, around) as receiving:
            face.listening(receiving)
            left = asyncio.create_task(_heed(LeftBehind(fleet), keeper, around))
            try:
                return await keeper.keep()
            finally:
                left.cancel()
                await asyncio.wait([left])
    finally:
        await ways.close()


@asynccontextmanager
async def _receiver(
    fleet: Fleet, face: ServeFace, keeper: "Keeper", around: Surroundings
) -> AsyncIterator[Receiving | None]:
    if face.workers_only:
        yield None
        return
    bells = Bells(
        wake=keeper.wake,
        health=keeper.health,
        is_stopping=keeper.is_stopping,
        metrics=metrics_page(around.telemetry, keeper.health),
        noted=around.telemetry.webhook,
    )
    rings = {company.id: company.keys for company in fleet.companies.values()}
    async with open_receiver(fleet.place, fleet.state_folder, rings, around.clock, bells) as receiving:
        yield receiving


async def _heed(left: LeftBehind, keeper: "Keeper", around: Surroundings) -> None:
    """Look at what dead workers left without waiting for the company's next look."""
    while left.fleet.databases:
        await around.clock.sleep(around.left_look_seconds * (1 + JITTER_SHARE * around.dice.uniform(-1, 1)))
        try:
            for company in await left.companies():
                _log.warning("company %s was left by a worker that is gone; looking what it left", company.id)
                company.is_sure = False
                keeper.wake(company.id)
        except Trouble as trouble:
            _log.warning("what dead workers left cannot be seen at the moment: %s", trouble)


class Keeper:
    """Looks at every company again and again, one look at a time for each."""

    def __init__(self, fleet: Fleet, looker: Looker, *, is_taking_webhooks: bool) -> None:
        self._fleet = fleet
        self._looker = looker
        self._is_taking_webhooks = is_taking_webhooks
        self._clock = looker.around.clock
        self._table = Timetable()
        self._nudged = asyncio.Event()
        self._looking: dict[asyncio.Task[Look], Company] = {}

    def wake(self, company_id: str) -> None:
        """Look as soon as may be; during a look, once more after it."""
        self._table.wake(company_id)
        self._nudged.set()

    def is_stopping(self) -> bool:
        """Whether somebody asked us to stop."""
        return self._looker.stop.asked.is_set()

    def health(self) -> Mapping[str, object]:
        """How it goes, without names and amounts, JSON-ready."""
        now = self._clock.monotonic_seconds()
        each = sorted(self._fleet.companies.values(), key=lambda company: -company.rhythm.troubles_in_a_row)
        good_looks = [one.good_look_at_seconds for one in each]
        known = [at for at in good_looks if at is not None]
        in_trouble = sum(1 for one in each if one.rhythm.troubles_in_a_row)
        return {
            "status": "stopping" if self.is_stopping() else "trouble" if in_trouble else "ok",
            "companiesInTrouble": in_trouble,
            "exporting": sum(one.is_exporting for one in each),
            "troublesInARow": max(one.rhythm.troubles_in_a_row for one in each),
            "secondsSinceGoodLook": int(now - min(known)) if len(known) == len(each) else None,
            "companies": [one.health(now) for one in each[:HEALTH_COMPANIES_MAX]],
        }

    async def keep(self) -> ServeEnd:
        """Until asked to stop."""
        stop, now = self._looker.stop, self._clock.monotonic_seconds()
        for place, company_id in enumerate(self._fleet.companies):
            later = place / FIRST_LOOKS_PER_SECOND
            self._table.put(company_id, now, Pause(seconds_min=later, seconds_max=later))
        while not stop.asked.is_set():
            self._nudged.clear()
            now = self._clock.monotonic_seconds()
            while (due := self._table.take_due(now)) is not None:
                self._begin(self._fleet.companies[due])
            await self._rest(self._table.seconds_to_next(now))
        self._looker.turns.end()
        return await self._come_to_an_end()

    def _begin(self, company: Company) -> None:
        looking = asyncio.ensure_future(self._looker.look(company))
        self._looking[looking] = company
        looking.add_done_callback(self._note)

    def _note(self, looking: "asyncio.Task[Look]") -> None:
        """Say what the look came to, and when the next one is."""
        if self.is_stopping() or looking.cancelled():
            return
        company, bug = self._looking.pop(looking), looking.exception()
        look = looking.result() if bug is None else after_bug(company, bug)
        now = self._clock.monotonic_seconds()
        is_first = company.good_look_at_seconds is None
        before = company.looked(look.looked, now)
        pace = company.pace_now(is_taking_webhooks=self._is_taking_webhooks)
        pause = pause_after(
            company.rhythm,
            pace,
            jitter=self._looker.around.dice.uniform(-1, 1),
            asked_seconds=min(look.asked_seconds, pace.poll_seconds_max),
        )
        troubles = company.rhythm.troubles_in_a_row
        if look.looked is Looked.TROUBLE:
            again = f"again in {pause.seconds_max:.0f} seconds"
            _log.warning("company %s: trouble %d in a row, %s: %s", company.id, troubles, again, look.trouble)
        elif before.troubles_in_a_row:
            _log.warning("company %s works again after %d troubles in a row", company.id, before.troubles_in_a_row)
        if look.looked is Looked.NOTHING and is_first and len(self._fleet.companies) > SPREAD_ABOVE:
            later = self._looker.around.dice.uniform(pause.seconds_min, pause.seconds_max)
            pause = Pause(seconds_min=pause.seconds_min, seconds_max=later)
        self._table.put(company.id, now, pause)
        if pause.seconds_min < REST_SECONDS_MAX:
            self._nudged.set()

    async def _rest(self, seconds: float | None) -> None:
        """Until the next look is due, somebody is woken, or we are stopped."""
        rest = REST_SECONDS_MAX if seconds is None else min(max(seconds, REST_SECONDS_MIN), REST_SECONDS_MAX)
        await _first_of(self._nudged.wait(), self._looker.stop.asked.wait(), self._clock.sleep(rest))

    async def _come_to_an_end(self) -> ServeEnd:
        """Exports get stop_seconds to come to their end; asked again, none. Whoever only asks Pleo is cut short."""
        stop = self._looker.stop
        exporting = [looking for looking, company in self._looking.items() if company.is_exporting]
        if exporting:
            ended = asyncio.ensure_future(asyncio.wait(exporting))
            await _first_of(ended, stop.at_once.wait(), asyncio.sleep(self._fleet.place.stop_seconds))
        for looking in self._looking:
            looking.cancel()
        if self._looking:
            await asyncio.wait(self._looking)
        ends = {_end_of(looking, is_exporting=looking in exporting) for looking in self._looking}
        if stop.at_once.is_set() and any(looking.cancelled() for looking in self._looking):
            return ServeEnd.AT_ONCE
        return ServeEnd.JOB_LEFT if ServeEnd.JOB_LEFT in ends else ServeEnd.NOTHING_LEFT


def _end_of(looking: "asyncio.Task[Look]", *, is_exporting: bool) -> ServeEnd:
    if looking.cancelled():
        return ServeEnd.JOB_LEFT if is_exporting else ServeEnd.NOTHING_LEFT
    if (bug := looking.exception()) is not None:
        _log.error("a bug in bilag, please report it", exc_info=bug)
        return ServeEnd.JOB_LEFT
    return looking.result().end or ServeEnd.NOTHING_LEFT


async def _first_of(*ways: Awaitable[object]) -> None:
    """Wait until one of them is over; the others are given up."""
    tasks = [asyncio.ensure_future(way) for way in ways]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
