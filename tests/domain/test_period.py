from datetime import date

import pytest

from bilag.domain.period import AccountingPeriod, ClosedPeriodStep
from tests.builders import a_posting_date

# A fiscal period of thirteen four-week ones; nothing here follows the calendar's months.
FOUR_WEEKS = AccountingPeriod(name="2026/P11", start=date(2026, 10, 5), end=date(2026, 11, 1))


@pytest.mark.parametrize(
    ("day", "inside"),
    [
        (date(2026, 10, 4), False),
        (date(2026, 10, 5), True),
        (date(2026, 11, 1), True),
        (date(2026, 11, 2), False),
    ],
)
def test_a_period_covers_both_its_ends(day: date, inside: bool) -> None:  # noqa: FBT001  pytest names the case
    assert FOUR_WEEKS.covers(day) is inside


def test_a_period_of_one_day_is_a_period() -> None:
    assert AccountingPeriod(name="day", start=date(2026, 1, 1), end=date(2026, 1, 1)).covers(date(2026, 1, 1))


def test_a_period_does_not_end_before_it_starts() -> None:
    with pytest.raises(AssertionError, match="ends before it starts"):
        AccountingPeriod(name="never", start=date(2026, 1, 2), end=date(2026, 1, 1))


def test_a_moved_date_names_the_step_that_moved_it_and_an_unmoved_one_names_none() -> None:
    moved = a_posting_date(date=date(2026, 11, 1), moved_by=ClosedPeriodStep.NEXT_OPEN_PERIOD)
    assert moved.original == date(2026, 10, 15)
    with pytest.raises(AssertionError):
        a_posting_date(date=date(2026, 11, 1))
    with pytest.raises(AssertionError):
        a_posting_date(moved_by=ClosedPeriodStep.EXPORT_DATE)
