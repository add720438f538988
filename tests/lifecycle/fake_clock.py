"""A clock that stands still until somebody sleeps or moves it."""

from datetime import UTC, datetime, timedelta
from typing import Final

START: Final = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


class FakeClock:
    """Time passes in no time. `slept_seconds` is what was waited for."""

    def __init__(self, start: datetime = START) -> None:
        self._start = start
        self._passed_seconds = 0.0
        self.slept_seconds: list[float] = []

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        assert seconds >= 0
        self._passed_seconds += seconds

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._passed_seconds)

    def monotonic_seconds(self) -> float:
        return 1000.0 + self._passed_seconds

    async def sleep(self, seconds: float) -> None:
        self.slept_seconds.append(seconds)
        self.advance(seconds)
