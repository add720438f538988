"""Who may export: so many companies at once, in slices of time, so that a large job holds nobody up."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import Enum, auto
from typing import Final

from bilag.ports.clock import Clock

# After so long at work a job makes room for whoever waits. A small job is through before.
SLICE_SECONDS: Final = 3.0
# A job that made room goes on after so long at the latest, however many new ones come: its hour at Pleo is running.
PAUSED_SECONDS_MAX: Final = 60.0
# So many jobs per place may be open, at work or paused. Each holds a few megabytes; above it nobody makes room.
OPEN_PER_PLACE: Final = 4


class Urgency(Enum):
    """How soon a turn is wanted: somebody's job is waiting, or we only want to be sure that none was left."""

    JOB_WAITS = auto()
    TO_BE_SURE = auto()


class Turns:
    """Places for companies at work. One event loop's."""

    def __init__(self, places: int, clock: Clock) -> None:
        assert places > 0, places
        self._free = places
        self._open_max = places * OPEN_PER_PLACE
        self._clock = clock
        self._open = 0
        self._is_over = False
        self._new: deque[asyncio.Future[None]] = deque()
        self._sure: deque[asyncio.Future[None]] = deque()
        self._paused: deque[tuple[float, asyncio.Future[None]]] = deque()

    @asynccontextmanager
    async def turn(self, urgency: Urgency) -> AsyncIterator["Turn"]:
        """Wait for a place and keep it; whoever only wants to be sure comes after everybody else."""
        await self._wait_in(self._new if urgency is Urgency.JOB_WAITS else self._sure)
        self._open += 1
        turn = Turn(self, self._clock)
        try:
            yield turn
        finally:
            self._open -= 1
            if turn.has_place:
                self._give_back()

    def end(self) -> None:
        """Let everybody go on: whoever is stopped must not wait for a place first."""
        self._is_over = True
        while self._let_next():
            pass

    @property
    def is_somebody_waiting(self) -> bool:
        """Whether room that is made now helps somebody."""
        return bool(self._new or self._paused) and self._open < self._open_max and not self._is_over

    async def pause(self, turn: "Turn") -> None:
        """Give the place to whoever waits, and come back to one."""
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._paused.append((self._clock.monotonic_seconds(), waiting))
        turn.has_place = False
        self._give_back()
        await self._come_back(waiting, turn)

    async def _come_back(self, waiting: asyncio.Future[None], turn: "Turn") -> None:
        try:
            await waiting
        except asyncio.CancelledError:
            self._paused = deque(one for one in self._paused if one[1] is not waiting)
            turn.has_place = waiting.done() and not waiting.cancelled()
            raise
        turn.has_place = True

    async def _wait_in(self, queue: deque[asyncio.Future[None]]) -> None:
        if self._is_over or self._free > 0:
            self._free -= 1
            return
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue.append(waiting)
        try:
            await waiting
        except asyncio.CancelledError:
            if waiting.done() and not waiting.cancelled():
                self._give_back()
            elif waiting in queue:
                queue.remove(waiting)
            raise

    def _give_back(self) -> None:
        self._free += 1
        while self._free > 0 and self._let_next():
            pass

    def _let_next(self) -> bool:
        """Hand a place to the next in line; False when nobody is."""
        now = self._clock.monotonic_seconds()
        if self._paused and (not self._new or now - self._paused[0][0] >= PAUSED_SECONDS_MAX):
            waiting = self._paused.popleft()[1]
        elif self._new or self._sure:
            waiting = (self._new or self._sure).popleft()
        else:
            return False
        if not waiting.done():  # otherwise whoever waited was cancelled a moment ago, and the next one is asked
            self._free -= 1
            waiting.set_result(None)
        return True


class Turn:
    """One company's place."""

    def __init__(self, turns: Turns, clock: Clock) -> None:
        self.has_place = True
        self._turns = turns
        self._clock = clock
        self._since = clock.monotonic_seconds()

    async def make_room(self) -> None:
        """To be called between two items: after a slice of work others go first, if any wait."""
        is_over = self._clock.monotonic_seconds() - self._since >= SLICE_SECONDS
        if is_over and self._turns.is_somebody_waiting:
            await self._turns.pause(self)
            self._since = self._clock.monotonic_seconds()
