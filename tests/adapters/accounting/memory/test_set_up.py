from datetime import date

import pytest

from bilag.adapters.accounting.memory.set_up import BooksSetUp, calendar_months
from bilag.domain.known_vendor import KnownVendor


def test_months_cover_every_day_of_a_leap_year_once() -> None:
    months = calendar_months(2028)
    days = [date.fromordinal(n) for n in range(date(2028, 1, 1).toordinal(), date(2028, 12, 31).toordinal() + 1)]
    assert [sum(month.covers(day) for month in months) for day in days] == [1] * 366
    assert (months[0].name, months[-1].name) == ("2028-01", "2028-12")


def test_two_periods_of_one_name_are_no_set_up() -> None:
    with pytest.raises(AssertionError, match="share a name"):
        BooksSetUp(periods=(*calendar_months(2026), *calendar_months(2026)))


def test_two_vendors_of_one_number_are_no_set_up() -> None:
    with pytest.raises(AssertionError, match="share a number"):
        BooksSetUp(vendors=(KnownVendor(number="V1"), KnownVendor(number="V1", name="Another")))
