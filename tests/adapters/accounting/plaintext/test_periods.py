from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bilag.adapters.accounting.plaintext.periods import CalendarMonths, PeriodTable, file_name, fiscal_year
from bilag.domain.period import AccountingPeriod


def weeks(count: int, name: str, start: date, *, closed: bool = False) -> AccountingPeriod:
    return AccountingPeriod(name=name, start=start, end=start + timedelta(weeks=count, days=-1), closed=closed)


def four_four_five(start: date, closed_first: int = 0) -> PeriodTable:
    periods, day = [], start
    for number in range(1, 13):
        period = weeks(5 if number % 3 == 0 else 4, f"P{number:02d}", day, closed=number <= closed_first)
        periods.append(period)
        day = period.end + timedelta(days=1)
    return PeriodTable(periods=tuple(reversed(periods)))


@settings(deadline=None)
@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31)))
def test_a_calendar_month_covers_its_day_and_carries_its_name(day: date) -> None:
    period = CalendarMonths().period_of(day)
    assert period is not None
    assert period.covers(day)
    assert period.start.day == (period.end + timedelta(days=1)).day == 1
    assert period.name == f"{day:%Y-%m}"


def test_days_outside_the_table_have_no_period() -> None:
    months = CalendarMonths(first_day=date(2026, 1, 1), last_day=date(2026, 12, 31))
    assert months.period_of(date(2025, 12, 31)) is None
    assert months.period_of(date(2027, 1, 1)) is None
    table = four_four_five(date(2025, 12, 29))
    assert table.period_of(date(2025, 12, 28)) is None
    assert table.period_of(date(2026, 12, 28)) is None


def test_months_are_closed_up_to_the_day() -> None:
    months = CalendarMonths(closed_until=date(2026, 9, 30))
    closed = {month: months.period_of(date(2026, month, 15)) for month in (8, 9, 10)}
    assert {month: period.closed for month, period in closed.items() if period} == {8: True, 9: True, 10: False}


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (date(2026, 8, 5), "2026-10"),
        (date(2026, 9, 30), "2026-10"),
        (date(2026, 10, 1), "2026-11"),
        (date(1999, 1, 1), "2026-10"),
        (date(2026, 12, 1), None),
        (date(2027, 3, 1), None),
    ],
)
def test_the_next_open_month_starts_after_the_day(after: date, expected: str | None) -> None:
    months = CalendarMonths(first_day=date(2026, 1, 1), last_day=date(2026, 12, 31), closed_until=date(2026, 9, 30))
    period = months.next_open(after)
    assert (period.name if period else None) == expected


def test_the_first_month_is_next_before_the_books_begin() -> None:
    period = CalendarMonths(first_day=date(2026, 1, 1)).next_open(date(2020, 5, 5))
    assert period is not None
    assert period.name == "2026-01"


def test_a_table_of_weeks_is_looked_up_by_day() -> None:
    table = four_four_five(date(2025, 12, 29), closed_first=2)
    found = [table.period_of(day) for day in (date(2025, 12, 29), date(2026, 1, 26), date(2026, 12, 27))]
    assert [(period.name, period.closed) for period in found if period] == [
        ("P01", True),
        ("P02", True),
        ("P12", False),
    ]
    following = table.next_open(date(2025, 12, 29))
    assert following is not None
    assert following.name == "P03"
    assert table.next_open(date(2026, 12, 1)) is None
    assert table.problems() == ()


def test_every_problem_of_a_table_is_named() -> None:
    table = PeriodTable(
        periods=(
            weeks(4, "P1", date(2026, 1, 1)),
            weeks(4, "P2", date(2026, 1, 15)),
            weeks(4, "p 2", date(2026, 3, 1)),
            weeks(4, "\u2605", date(2026, 3, 29)),
            weeks(4, "Opening", date(2026, 4, 26)),
            weeks(4, "P-2", date(2026, 5, 24)),
        )
    )
    assert table.problems() == (
        "the periods P1 and P2 overlap",
        "there is a gap between the periods P2 and p 2",
        "the period name '\u2605' has no letter or digit for a file name",
        "the period 'Opening' would share its file with 'the file for opening entries'",
        "the period 'P-2' would share its file with 'p 2'",
    )
    assert PeriodTable(periods=()).problems() == ("the period table is empty",)


def test_every_problem_of_calendar_months_is_named() -> None:
    months = CalendarMonths(first_day=date(2026, 2, 2), last_day=date(2026, 1, 15), closed_until=date(2026, 1, 30))
    assert len(months.problems()) == 4
    assert CalendarMonths(closed_until=date(2026, 2, 28)).problems() == ()


def test_a_file_is_named_after_its_period() -> None:
    assert file_name(weeks(4, "P10 FY26/27", date(2026, 1, 1))) == "p10-fy26-27"
    assert file_name(weeks(4, "../../x", date(2026, 1, 1))) == "x"


@pytest.mark.parametrize(
    ("start", "count", "first_month", "year"),
    [
        (date(2025, 12, 29), 4, 1, "2026"),
        (date(2026, 11, 30), 5, 1, "2026"),
        (date(2026, 6, 1), 4, 7, "2025-26"),
        (date(2026, 7, 1), 4, 7, "2026-27"),
        (date(2099, 8, 1), 4, 7, "2099-00"),
    ],
)
def test_the_middle_of_a_period_decides_its_fiscal_year(start: date, count: int, first_month: int, year: str) -> None:
    assert fiscal_year(weeks(count, "P", start), first_month) == year
