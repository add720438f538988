"""The period table. Text books have none of their own, so it comes from the configuration.

A period is decided by its day alone. Its file and its fiscal year follow from it, so that the books of a period
stand in one place whatever order they are written in.
"""

import calendar
import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final, TypeAlias

from bilag.domain.period import AccountingPeriod

MONTHS_PER_YEAR: Final = 12
_NOT_IN_FILE_NAME: Final = re.compile(r"[^a-z0-9]+")
# The hand-written file beside the periods' files.
OPENING_FILE_NAME: Final = "opening"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarMonths:
    """Every calendar month from `first_day` to `last_day`, named "2026-10", is a period.

    Months that end on or before `closed_until` are closed.
    """

    first_day: date = date(2000, 1, 1)
    last_day: date = date(2099, 12, 31)
    closed_until: date | None = None

    def period_of(self, day: date) -> AccountingPeriod | None:
        """The month of the day, or None outside the first and the last day."""
        if not self.first_day <= day <= self.last_day:
            return None
        end = _month_end(day)
        closed = self.closed_until is not None and end <= self.closed_until
        return AccountingPeriod(name=f"{day:%Y-%m}", start=day.replace(day=1), end=end, closed=closed)

    def next_open(self, after: date) -> AccountingPeriod | None:
        """The first open month that starts after the day."""
        if after < self.first_day:
            after = self.first_day - timedelta(days=1)
        if self.closed_until is not None and after < self.closed_until:
            after = self.closed_until
        start = _month_end(after) + timedelta(days=1)
        return self.period_of(start)

    def problems(self) -> tuple[str, ...]:
        """What is wrong with the rule, every point."""
        found = []
        if self.first_day > self.last_day:
            found.append(f"the first day {self.first_day} comes after the last day {self.last_day}")
        if self.first_day.day != 1:
            found.append(f"the first day {self.first_day} is not the first day of a month")
        for what, day in (("last day", self.last_day), ("day that the books are closed until", self.closed_until)):
            if day is not None and day != _month_end(day):
                found.append(f"the {what}, {day}, is not the last day of a month")
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodTable:
    """Periods as the company names and cuts them (4-4-5 weeks, quarters), in any order."""

    periods: tuple[AccountingPeriod, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "periods", tuple(sorted(self.periods, key=lambda period: period.start)))

    def period_of(self, day: date) -> AccountingPeriod | None:
        """The period that covers the day, or None."""
        position = bisect_right(self.periods, day, key=lambda period: period.start) - 1
        if position < 0 or not self.periods[position].covers(day):
            return None
        return self.periods[position]

    def next_open(self, after: date) -> AccountingPeriod | None:
        """The first open period that starts after the day."""
        return next((period for period in self.periods if period.start > after and not period.closed), None)

    def problems(self) -> tuple[str, ...]:
        """What is wrong with the table, every point."""
        found = [] if self.periods else ["the period table is empty"]
        for earlier, later in pairwise(self.periods):
            if later.start <= earlier.end:
                found.append(f"the periods {earlier.name} and {later.name} overlap")
            elif later.start - earlier.end > timedelta(days=1):
                found.append(f"there is a gap between the periods {earlier.name} and {later.name}")
        return (*found, *_name_problems(self.periods))


Periods: TypeAlias = CalendarMonths | PeriodTable


def file_name(period: AccountingPeriod) -> str:
    """The name of the period's journal file, without its ending: "P10 FY26" gives "p10-fy26"."""
    return _NOT_IN_FILE_NAME.sub("-", period.name.lower()).strip("-")


def fiscal_year(period: AccountingPeriod, first_month: int) -> str:
    """The fiscal year that vouchers of the period are counted in: "2026", or "2026-27" when it spans two.

    The period's middle day decides, so that a year of 52 or 53 weeks keeps its name although it starts in
    December or ends in January.
    """
    middle = period.start + (period.end - period.start) // 2
    start_year = middle.year if middle.month >= first_month else middle.year - 1
    return str(start_year) if first_month == 1 else f"{start_year}-{(start_year + 1) % 100:02d}"


def _month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _name_problems(periods: tuple[AccountingPeriod, ...]) -> list[str]:
    found = []
    taken = {OPENING_FILE_NAME: "the file for opening entries"}
    for period in periods:
        name = file_name(period)
        if not name:
            found.append(f"the period name {period.name!r} has no letter or digit for a file name")
        elif name in taken:
            found.append(f"the period {period.name!r} would share its file with {taken[name]!r}")
        else:
            taken[name] = period.name
    return found
