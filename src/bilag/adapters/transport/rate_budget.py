"""Somebody else's quota, kept on our side so that we are not told to slow down. One for each credential.

What fits is decided in `domain.quota_use`; here is who waits, in the order of asking, and how long.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from bilag.domain.quota import MICROSECONDS, ORDINARY_CALL, CallCost, QuotaProfile
from bilag.domain.quota_use import QuotaUse, QuotaWait, begun, ended, refused, unused, wait_before
from bilag.ports.clock import Clock
from bilag.ports.errors import QuotaSpent

# The longest of the windows in minutes; who waits for longer than that is told instead.
PATIENCE_SECONDS: Final = 330.0


class Turn:
    """One call that may be sent now. Tell it when the far side refused the call for haste."""

    def __init__(self, began_us: int) -> None:
        self.began_us = began_us
        self.is_taken = True
        self.asked_seconds: float | None = None
        self.named_seconds: int | None = None

    def refused(self, asked_seconds: float | None, named_seconds: int | None = None) -> None:
        """It did, and asked for a pause, or named the length of the window that is full (0: too many calls at once)."""
        self.is_taken = False
        self.asked_seconds = asked_seconds
        self.named_seconds = named_seconds


class RateBudget:
    """Calls of one credential within a profile, shared by all tasks of a process. Callers are served as they came.

    Whoever would have to wait longer than `patience_seconds` gets QuotaSpent before anything is sent.
    """

    def __init__(self, clock: Clock, profile: QuotaProfile, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._clock = clock
        self._use: QuotaUse = unused(profile)
        self._patience_us = int(patience_seconds * MICROSECONDS)
        self._queue = asyncio.Lock()
        self._answered = asyncio.Event()
        self.calls_made = 0
        self.calls_refused = 0

    @property
    def profile(self) -> QuotaProfile:
        """What the far side allows."""
        return self._use.profile

    @property
    def use(self) -> QuotaUse:
        """How much of it is used up."""
        return self._use

    @asynccontextmanager
    async def turn(self, cost: CallCost = ORDINARY_CALL) -> AsyncIterator[Turn]:
        """Wait until the call fits, and count it until its answer is there. Raises QuotaSpent."""
        async with self._queue:
            while (wait := wait_before(self._use, cost, self._now_us())) is not None:
                await self._sit_out(wait)
            turn = Turn(self._now_us())
            self._use = begun(self._use, cost, turn.began_us)
        self.calls_made += 1
        try:
            yield turn
        finally:
            self._end(turn, cost)

    def _end(self, turn: Turn, cost: CallCost) -> None:
        now_us = self._now_us()
        if not turn.is_taken:
            self.calls_refused += 1
            asked = turn.asked_seconds
            self._use = refused(
                self._use,
                begun_us=turn.began_us,
                now_us=now_us,
                asked_us=None if asked is None else int(asked * MICROSECONDS),
                named_seconds=turn.named_seconds,
            )
        self._use = ended(self._use, cost, now_us, is_taken=turn.is_taken)
        self._answered.set()

    async def _sit_out(self, wait: QuotaWait) -> None:
        if wait.until_us is None:
            self._answered.clear()
            await self._answered.wait()
            return
        left_us = wait.until_us - self._now_us()
        if left_us > self._patience_us:
            raise self._spent(wait, left_us)
        # A clock in floating point may come back a moment early.
        await self._clock.sleep(max(left_us, 1) / MICROSECONDS)

    def _spent(self, wait: QuotaWait, left_us: int) -> QuotaSpent:
        seconds = left_us / MICROSECONDS
        until = self._clock.now() + timedelta(seconds=seconds)
        full = "asked for a pause" if wait.window is None else f"allows no more than {wait.window.limit:,} before that"
        return QuotaSpent(
            f"{self.profile.name} takes no more calls until {until:%Y-%m-%d %H:%M} UTC, it {full}", seconds, until
        )

    def _now_us(self) -> int:
        return int(self._clock.monotonic_seconds() * MICROSECONDS)
