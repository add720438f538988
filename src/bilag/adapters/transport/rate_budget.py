"""A share of somebody else's rate limit, kept on our side so that we are not told to slow down.

A published limit of N calls a minute is kept only if N holds for every minute, also the first one. The usual
leaky bucket of N lets through N at once and another N during the first minute; here the burst is small.
"""

from typing import Final

from bilag.ports.clock import Clock

SECONDS_PER_MINUTE: Final = 60.0


class RateBudget:
    """Calls for one credential: `calls_per_minute` evenly, with up to `burst` at once after a pause.

    No minute sees more than `calls_per_minute + burst` calls. Callers are served in the order they came.
    """

    def __init__(self, clock: Clock, *, calls_per_minute: int, burst: int = 1) -> None:
        assert calls_per_minute > 0, calls_per_minute
        assert burst > 0, burst
        self._clock = clock
        self._interval_seconds = SECONDS_PER_MINUTE / calls_per_minute
        self._credit_seconds = (burst - 1) * self._interval_seconds
        self._next_slot_seconds = float("-inf")
        self._held_until_seconds = float("-inf")

    async def take(self) -> None:
        """Wait until the next call fits."""
        now = self._clock.monotonic_seconds()
        slot = max(self._next_slot_seconds, now - self._credit_seconds)
        self._next_slot_seconds = slot + self._interval_seconds
        while (wait_seconds := max(slot, self._held_until_seconds) - now) > 0:
            await self._clock.sleep(wait_seconds)
            now = self._clock.monotonic_seconds()

    def hold(self, seconds: float) -> None:
        """Let no call start for this long, because the far side asked for it."""
        until = self._clock.monotonic_seconds() + seconds
        self._held_until_seconds = max(self._held_until_seconds, until)
        self._next_slot_seconds = max(self._next_slot_seconds, self._held_until_seconds)
