"""Keep running: look at Pleo when a webhook says so and at intervals anyway, export what waits, stop cleanly."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import Final

from bilag.adapters.transport.retry import UnreachableUntil
from bilag.app.receiving import Bells, Receiving, open_receiver
from bilag.app.running import RunSummary, summarise
from bilag.app.stopping import StoppableExportApi, Stopping, StopRequest
from bilag.app.system_clock import SYSTEM_CLOCK
from bilag.app.wiring import open_desk
from bilag.config.load import load_config
from bilag.config.shape import Config
from bilag.lifecycle.run_pending import EndedJob, run_pending
from bilag.lifecycle.wake import Looked, Pace, Pause, Rhythm, pause_after
from bilag.ports.clock import Clock
from bilag.ports.errors import Throttled, Trouble
from bilag.ports.progress import Progress

_log: Final = logging.getLogger("bilag.serve")


class ServeEnd(StrEnum):
    """How serving ended: with nothing under way, or in the middle of a job that the next run takes up."""

    NOTHING_LEFT = "nothing left"
    JOB_LEFT = "job left"
    AT_ONCE = "at once"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeFace:
    """Who is told: of the address and whether webhooks can be checked, of every job that ended, of its progress."""

    listening: Callable[[Receiving], None]
    tell: Callable[[RunSummary], None]
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the outside gives: secrets by name, time, and dice for the jitter."""

    environment: Mapping[str, str]
    clock: Clock = SYSTEM_CLOCK
    dice: Random


async def serve(config_path: Path, face: ServeFace, stop: StopRequest) -> ServeEnd:
    """Export what comes, until asked to stop. Raises ConfigInvalid, NeedsPerson for what keeps it from starting."""
    around = Surroundings(environment=os.environ, dice=Random())  # noqa: S311  jitter is no secret
    return await serve_config(load_config(config_path), face, stop, around)


async def serve_config(config: Config, face: ServeFace, stop: StopRequest, around: Surroundings) -> ServeEnd:
    """The same with settings that are already read."""
    watch = Watch(config, face, stop, around)
    bells = Bells(wake=watch.wake, health=watch.health, is_stopping=stop.asked.is_set)
    async with open_receiver(config, around.environment, around.clock, bells) as receiving:
        face.listening(receiving)
        return await watch.keep(receiving.has_keys)


class Watch:
    """Looks at Pleo again and again, one look at a time."""

    def __init__(self, config: Config, face: ServeFace, stop: StopRequest, around: Surroundings) -> None:
        self._config = config
        self._face = face
        self._stop = stop
        self._around = around
        self._woken = asyncio.Event()
        self._rhythm = Rhythm()
        self._is_looking = False
        self._good_look_at_seconds: float | None = None

    def wake(self) -> None:
        """Look as soon as may be; during a look, once more after it."""
        self._woken.set()

    def health(self) -> Mapping[str, object]:
        """How it goes, without names and amounts, JSON-ready."""
        since = self._good_look_at_seconds
        state = "trouble" if self._rhythm.troubles_in_a_row else "ok"
        return {
            "status": "stopping" if self._stop.asked.is_set() else state,
            "looking": self._is_looking,
            "troublesInARow": self._rhythm.troubles_in_a_row,
            "secondsSinceGoodLook": None if since is None else int(self._around.clock.monotonic_seconds() - since),
        }

    async def keep(self, has_keys: Callable[[], bool]) -> ServeEnd:
        """Until asked to stop. The pause grows only while webhooks can end it."""
        while not self._stop.asked.is_set():
            self._woken.clear()
            look = await self._look_or_stop()
            if look.end is not None:
                return look.end
            before, self._rhythm = self._rhythm, self._rhythm.after(look.looked)
            section = self._config.serve
            longest = section.poll_seconds_max if has_keys() else section.poll_seconds
            pause = pause_after(
                self._rhythm,
                Pace(poll_seconds=section.poll_seconds, poll_seconds_max=longest),
                jitter=self._around.dice.uniform(-1, 1),
                asked_seconds=min(look.asked_seconds, longest),
            )
            if look.looked is Looked.TROUBLE:
                again = f"again in {pause.seconds_max:.0f} seconds"
                _log.warning("trouble %d in a row, %s: %s", self._rhythm.troubles_in_a_row, again, look.trouble)
            elif before.troubles_in_a_row:
                _log.warning("works again after %d troubles in a row", before.troubles_in_a_row)
            await self._rest(pause)
        return ServeEnd.NOTHING_LEFT

    async def _look_or_stop(self) -> "_Look":
        """One look. Asked to stop, it gets stop_seconds to come to its end; asked again, none."""
        looking = asyncio.ensure_future(self._look())
        self._is_looking = True
        try:
            await _first_of(asyncio.shield(looking), self._stop.asked.wait())
            if not looking.done():
                stop_seconds = self._config.serve.stop_seconds
                await _first_of(asyncio.shield(looking), self._stop.at_once.wait(), asyncio.sleep(stop_seconds))
        finally:
            looking.cancel()
            await asyncio.wait([looking])
            self._is_looking = False
        if looking.cancelled():
            return _Look(end=ServeEnd.AT_ONCE if self._stop.at_once.is_set() else ServeEnd.JOB_LEFT)
        return looking.result()

    async def _look(self) -> "_Look":
        """Export everything that waits. Trouble is told and met by looking again later; a bug goes through."""
        try:
            found = await self._export()
        except Stopping as stopping:
            return _Look(end=ServeEnd.JOB_LEFT if stopping.is_left else ServeEnd.NOTHING_LEFT)
        except Trouble as trouble:
            asked = trouble.retry_after_seconds if isinstance(trouble, Throttled | UnreachableUntil) else None
            return _Look(looked=Looked.TROUBLE, asked_seconds=asked or 0.0, trouble=str(trouble))
        self._good_look_at_seconds = self._around.clock.monotonic_seconds()
        return _Look(looked=Looked.FOUND if found else Looked.NOTHING)

    async def _export(self) -> int:
        """How many jobs were tried, or were found to have ended without us."""
        around = self._around
        async with open_desk(self._config, self._face.progress, around.environment, around.clock) as desk:

            async def note(ended: EndedJob) -> None:
                summary = await summarise(desk.journal, ended.job.id)
                if summary is not None:
                    self._face.tell(summary)

            stoppable = StoppableExportApi(desk.pleo, self._stop.asked.is_set)
            return len(await run_pending(replace(desk, pleo=stoppable), on_end=note))

    async def _rest(self, pause: Pause) -> None:
        sleep, stopped = self._around.clock.sleep, self._stop.asked
        await _first_of(stopped.wait(), sleep(pause.seconds_min))
        if not stopped.is_set():
            await _first_of(stopped.wait(), self._woken.wait(), sleep(pause.seconds_max - pause.seconds_min))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What a look came to, or how serving ended in the middle of it."""

    looked: Looked = Looked.NOTHING
    asked_seconds: float = 0.0
    trouble: str = ""
    end: ServeEnd | None = None


async def _first_of(*ways: Awaitable[object]) -> None:
    """Wait until one of them is over; the others are given up."""
    tasks = [asyncio.ensure_future(way) for way in ways]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
