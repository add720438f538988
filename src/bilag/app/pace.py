"""How fast a job was, beside the least time that the quotas leave it."""

from dataclasses import dataclass
from typing import Any

from bilag.adapters.accounting.registry import CONNECTORS_BY_NAME
from bilag.config.shape import Config
from bilag.domain.quota import MICROSECONDS, QuotaProfile, QuotaWindow
from bilag.domain.quota_profiles import pleo_profile
from bilag.ports.posting_journal import JobRecord
from bilag.rules.quota_floor import JobCalls, calls_at_pleo, floor_us, per_window, telling_window


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPace:
    """The time from start to end by Pleo's clock, the calls, and the floor: no quota leaves a job less time.

    The floor is that of the side which takes longer: at Pleo for the items, at the books for the calls that were made.
    """

    seconds: float
    pleo_calls: int
    books_calls: int
    floor_seconds: float
    bound_by: QuotaProfile
    window: QuotaWindow | None

    @property
    def over_floor(self) -> float | None:
        """The time over the floor; None where the quotas let the whole job go at once."""
        return self.seconds / self.floor_seconds if self.floor_seconds else None

    def sentence(self) -> str:
        """For people: "12.3 s, 1.04 times the floor of 11.8 s (500 calls a minute)"."""
        window = self.window
        allowed = f"{window.limit:,} {window.counted} {per_window(window)}" if window else "calls at once"
        if self.over_floor is None:
            calls = self.pleo_calls + self.books_calls
            counted = f"{calls} calls" if calls else "its calls"
            return f"{_told(self.seconds)}, {counted} within what may go at once ({allowed})"
        floor = _told(self.floor_seconds)
        return f"{_told(self.seconds)}, {self.over_floor:.2f} times the floor of {floor} ({allowed})"

    def as_json(self) -> dict[str, Any]:
        """The same, JSON-ready."""
        return {
            "seconds": round(self.seconds, 3),
            "callsToPleo": self.pleo_calls,
            "callsToBooks": self.books_calls,
            "floorSeconds": round(self.floor_seconds, 3),
            "overFloor": None if self.over_floor is None else round(self.over_floor, 3),
            "boundBy": self.bound_by.name,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotas:
    """What is kept to on both sides; None where the accounting system counts nothing."""

    pleo: QuotaProfile
    books: QuotaProfile | None = None


def quotas_of(config: Config) -> Quotas:
    """The quotas of a company's settings."""
    books = CONNECTORS_BY_NAME["plaintext"].capabilities.quota  # the only connector there is
    return Quotas(pleo=pleo_profile(config.pleo.calls_per_minute), books=books)


def pace_of(job: JobRecord, quotas: Quotas) -> JobPace | None:
    """The pace of a job that has come to its end; None for others, and for those of earlier versions."""
    if job.started_at is None or job.ended_at is None:
        return None
    bound_by, needed = quotas.pleo, calls_at_pleo(job.number_of_items)
    floor = floor_us(bound_by, needed)
    if quotas.books is not None:
        made = JobCalls(calls=job.books_calls, entries=job.number_of_items)
        at_books = floor_us(quotas.books, made)
        if at_books > floor:
            floor, bound_by, needed = at_books, quotas.books, made
    return JobPace(
        seconds=max(0.0, (job.ended_at - job.started_at).total_seconds()),
        pleo_calls=job.pleo_calls,
        books_calls=job.books_calls,
        floor_seconds=floor / MICROSECONDS,
        bound_by=bound_by,
        window=telling_window(bound_by, needed),
    )


def _told(seconds: float) -> str:
    for unit, length in (("days", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.1f} s"
