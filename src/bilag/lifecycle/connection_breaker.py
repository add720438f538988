"""Breaker: who was down is left alone for a while, then asked one small question, before work begins again.

The state is a value: no clock, no waiting. A Line holds the state of one connection for whoever keeps running.
"""

import logging
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, assert_never

from bilag.ports.accounting_system import AccountingSystem
from bilag.ports.clock import Clock
from bilag.ports.errors import Trouble, Unreachable

# The first pause, which doubles with every question that fails. The longest one leaves a job that is open enough of
# its hour.
PAUSE_SECONDS_FIRST: Final = 30.0
PAUSE_SECONDS_MAX: Final = 600.0

_log = logging.getLogger("bilag.books")


class BreakerState(StrEnum):
    """CLOSED lets everything through, OPEN nothing, HALF_OPEN one question that decides."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """What is known of a connection. `openings` counts those in a row; 0 is closed."""

    openings: int = 0
    until_seconds: float = 0.0

    def after_trouble(self, now_seconds: float) -> "Breaker":
        """Open, for longer than the last time."""
        pause_seconds = min(PAUSE_SECONDS_FIRST * 2.0 ** min(self.openings, 30), PAUSE_SECONDS_MAX)
        return Breaker(openings=self.openings + 1, until_seconds=now_seconds + pause_seconds)

    def state(self, now_seconds: float) -> BreakerState:
        """Where it stands at that time."""
        if not self.openings:
            return BreakerState.CLOSED
        return BreakerState.OPEN if now_seconds < self.until_seconds else BreakerState.HALF_OPEN


class BreakerOpen(Unreachable):
    """Not asked, because it was down a moment ago; `retry_after_seconds` says when it will be."""

    def __init__(self, message: str, retry_after_seconds: float) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class Line:
    """One connection's breaker over time."""

    def __init__(self) -> None:
        """Closed."""
        self._breaker = Breaker()

    def note_trouble(self, trouble: Trouble, clock: Clock) -> None:
        """The far side is down, as far as a job could tell."""
        now_seconds = clock.monotonic_seconds()
        self._breaker = self._breaker.after_trouble(now_seconds)
        pause_seconds = self._breaker.until_seconds - now_seconds
        _log.warning(
            "books are left alone for seconds=%.0f time=%d: %s", pause_seconds, self._breaker.openings, trouble
        )

    def note_answer(self) -> None:
        """The far side works."""
        if self._breaker.openings:
            _log.warning("books answer again after openings=%d", self._breaker.openings)
        self._breaker = Breaker()

    def state(self, clock: Clock) -> BreakerState:
        """Where it stands now."""
        return self._breaker.state(clock.monotonic_seconds())

    def state_at(self, now_seconds: float) -> BreakerState:
        """Where it stands at that time."""
        return self._breaker.state(now_seconds)

    async def assert_ready(self, books: AccountingSystem, clock: Clock) -> None:
        """Ask before work begins. Raises BreakerOpen while the books are to be left alone, or do not answer."""
        match self.state(clock):
            case BreakerState.CLOSED:
                return
            case BreakerState.OPEN:
                pass
            case BreakerState.HALF_OPEN:
                try:
                    await books.problems()
                except Trouble as trouble:
                    self.note_trouble(trouble, clock)
                else:
                    self.note_answer()
                    return
            case _ as never:
                assert_never(never)
        seconds = self._breaker.until_seconds - clock.monotonic_seconds()
        raise BreakerOpen(f"{books.capabilities.system} was down and is asked again later", seconds)
