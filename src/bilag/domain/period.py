"""Accounting periods, and the way of a posting date."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountingPeriod:
    """A stretch of days in the books, both ends included; it need not follow the calendar's months."""

    name: str
    start: date
    end: date
    closed: bool = False

    def __post_init__(self) -> None:
        assert self.start <= self.end, f"period {self.name} ends before it starts"

    def covers(self, day: date) -> bool:
        """Whether the day falls into it."""
        return self.start <= day <= self.end


class ClosedPeriodStep(StrEnum):
    """Where a posting date may move when its period is closed."""

    EXPORT_DATE = "export_date"
    NEXT_OPEN_PERIOD = "next_open_period"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingDate:
    """The date to post with. `moved_by` names the step that moved it away from `original`, if one did."""

    original: date
    date: date
    period: str
    moved_by: ClosedPeriodStep | None = None

    def __post_init__(self) -> None:
        assert (self.moved_by is None) == (self.date == self.original)
