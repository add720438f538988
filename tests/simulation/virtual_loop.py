"""An event loop in which time is a number and chance decides who goes next: the same seed, the same course."""

import asyncio
import random
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

START: Final = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)

Result = TypeVar("Result")


class NothingLeftToHappen(RuntimeError):
    """Everybody waits for somebody else: a deadlock."""


def dice_of(seed: int, purpose: str) -> random.Random:
    """Chance that belongs to the seed and to one purpose, whatever the process's own hashing does."""
    return random.Random(f"{seed} {purpose}")  # noqa: S311  a simulation, no secret


class VirtualLoop(asyncio.BaseEventLoop):
    """No threads, no sockets, no waiting: time passes only when nobody is ready to go on."""

    _ready: Any
    _selector: Any
    _clock_resolution: float

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._virtual_seconds = 0.0
        self._dice = dice_of(seed, "turns")
        self._clock_resolution = 1e-9
        self._selector = self

    def time(self) -> float:
        return self._virtual_seconds

    def select(self, timeout: float | None) -> tuple[()]:
        """What a real loop asks the operating system for: here nothing arrives, and the wait is over at once."""
        if timeout is None:
            raise NothingLeftToHappen("nothing is left to happen, and somebody still waits")
        self._virtual_seconds += timeout
        return ()

    def _process_events(self, event_list: Any) -> None:
        """There are none."""

    def _write_to_self(self) -> None:
        """Nobody sleeps who would have to be woken."""

    def _run_once(self) -> None:
        if len(self._ready) > 1:
            ready = list(self._ready)
            self._dice.shuffle(ready)
            self._ready.clear()
            self._ready.extend(ready)
        super()._run_once()  # type: ignore[misc]  # not in the stubs, the same since Python 3.4


def run_virtually(seed: int, course: Coroutine[Any, Any, Result]) -> Result:
    """The course's result, in no time. Raises NothingLeftToHappen for a deadlock."""
    loop = VirtualLoop(seed)
    try:
        result = loop.run_until_complete(course)
        loop.run_until_complete(loop.shutdown_asyncgens())
        return result
    finally:
        loop.close()


class VirtualClock:
    """The clock of the loop that runs now. A machine's own can be wrong, and can be set while it is used."""

    def __init__(self) -> None:
        self.wrong_by_seconds = 0.0

    def now(self) -> datetime:
        return START + timedelta(seconds=self.monotonic_seconds() + self.wrong_by_seconds)

    def monotonic_seconds(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
