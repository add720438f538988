"""What the log says of webhooks that are refused: one line a minute, however many come."""

import logging
from typing import Final

from bilag.ports.clock import Clock

TOLD_EVERY_SECONDS: Final = 60.0

_log: Final = logging.getLogger("bilag.webhook")


class RefusedTally:
    """Counts refusals and tells of the first at once, of those after it together."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._count = 0
        self._reason = ""
        self._told_at_seconds: float | None = None

    def add(self, reason: str) -> None:
        """One more; the reason is a text of ours."""
        self._count += 1
        self._reason = reason
        now_seconds = self._clock.monotonic_seconds()
        if self._told_at_seconds is None or now_seconds - self._told_at_seconds >= TOLD_EVERY_SECONDS:
            self.tell()
            self._told_at_seconds = now_seconds

    def tell(self) -> None:
        """Tell of those that nobody was told of yet."""
        if self._count:
            _log.warning("refused webhooks=%d, the last because %s", self._count, self._reason)
        self._count = 0
