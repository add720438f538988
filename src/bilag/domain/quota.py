"""Somebody else's rate limits as values: what one far side allows one credential, and what a call is to it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MICROSECONDS: Final = 1_000_000
MINUTE_SECONDS: Final = 60
DAY_SECONDS: Final = 86_400
MONTH_SECONDS: Final = 31 * DAY_SECONDS


class Counted(StrEnum):
    """What a window counts: calls, calls that are batches, or entries (any other call counts as one of them)."""

    CALLS = "calls"
    BATCHES = "batches"
    ENTRIES = "entries"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaWindow:
    """At most `limit` of what is counted within any `seconds`."""

    limit: int
    seconds: int
    counted: Counted = Counted.CALLS

    def __post_init__(self) -> None:
        assert self.limit > 0, self
        assert self.seconds > 0, self


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaProfile:
    """What one far side allows one credential.

    `answer_milliseconds` is how long a call is worked on over there, where only calls at once are limited; 0 when it
    doesn't matter. A batch holds up to `batch_entries_max` entries and `batch_bytes_max` bytes; 1 means no batches.
    """

    name: str
    windows: tuple[QuotaWindow, ...] = ()
    at_once_max: int | None = None
    batch_entries_max: int = 1
    batch_bytes_max: int | None = None
    calls_per_file: int = 1
    answer_milliseconds: int = 0
    note: str = ""
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        assert self.windows or self.at_once_max, f"{self.name} limits nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCost:
    """What a call is to the windows: an ordinary call, or a batch of so many entries."""

    entries: int = 1
    is_batch: bool = False


ORDINARY_CALL: Final = CallCost()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsMade:
    """How many calls have gone to Pleo and to the accounting system."""

    pleo: int = 0
    books: int = 0
