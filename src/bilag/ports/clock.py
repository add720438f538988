"""Time, passed in so that tests and the simulation decide what it is."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Wall clock and patience."""

    def now(self) -> datetime:
        """The instant, in UTC."""
        ...

    def monotonic_seconds(self) -> float:
        """Seconds that never run backwards; for measuring waits."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...
