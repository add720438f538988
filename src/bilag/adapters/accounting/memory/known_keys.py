"""The keys that a server knows again, for as long as it keeps them: a repeat gets the first answer once more."""

from datetime import datetime, timedelta

from bilag.adapters.accounting.memory.entry import StandingEntry
from bilag.ports.clock import Clock


class KnownKeys:
    """Keys made of the external reference and the content hash. Without a clock nothing is ever forgotten."""

    def __init__(self, lifetime_seconds: int, clock: Clock | None) -> None:
        self._lifetime = timedelta(seconds=lifetime_seconds)
        self._clock = clock
        self._kept: dict[tuple[str, str], tuple[StandingEntry, datetime | None]] = {}

    def answer(self, reference: str, content_hash: str) -> StandingEntry | None:
        """What the first use of the key booked; None for a key that was never used, or is forgotten."""
        entry, since = self._kept.get((reference, content_hash), (None, None))
        if since is not None and self._clock is not None and self._clock.now() - since > self._lifetime:
            return None
        return entry

    def keep(self, entry: StandingEntry) -> None:
        """Remember what this use of the key booked."""
        since = None if self._clock is None else self._clock.now()
        self._kept[entry.external_reference, entry.content_hash] = (entry, since)
