"""A clock that waits in no time and remembers how long it was asked to."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 21, 12, tzinfo=UTC)


class FakeClock:
    """Time passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.slept_seconds: list[float] = []

    @property
    def elapsed_seconds(self) -> float:
        return sum(self.slept_seconds)

    def now(self) -> datetime:
        return START + timedelta(seconds=self.elapsed_seconds)

    def monotonic_seconds(self) -> float:
        return 1000.0 + self.elapsed_seconds

    async def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.slept_seconds.append(seconds)
