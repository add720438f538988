from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilag.domain.money import PLEO_DECIMALS, Currency, InexactAmount, Money
from tests.properties.strategies import PROPERTY, currencies

minors = st.integers(-(10**40), 10**40)


@PROPERTY
@given(minors, currencies)
def test_printing_and_reading_an_amount_changes_nothing(minor: int, currency: Currency) -> None:
    amount = Money(minor, currency)
    assert Money.from_decimal(Decimal(amount.decimal_text()), currency) == amount
    assert Money.from_decimal(amount.decimal(), currency) == amount
    assert amount.decimal_text().partition(".")[2] == amount.decimal_text()[::-1][: currency.decimals][::-1]


@PROPERTY
@given(minors, currencies)
def test_pleos_hundredths_and_minor_units_tell_the_same_amount(minor: int, currency: Currency) -> None:
    hundredths = Decimal(f"{minor}E{PLEO_DECIMALS - currency.decimals}")
    assert Money.from_pleo_hundredths(hundredths, currency).minor == minor


@PROPERTY
@given(minors, currencies, st.integers(1, 9), st.integers(1, 6))
def test_one_digit_below_the_minor_unit_is_always_refused(
    minor: int, currency: Currency, digit: int, places: int
) -> None:
    with pytest.raises(InexactAmount):
        Money.from_decimal(Decimal(f"{minor}{'0' * (places - 1)}{digit}E-{currency.decimals + places}"), currency)


@PROPERTY
@given(st.lists(minors), currencies)
def test_a_sum_does_not_depend_on_its_order(parts: list[int], currency: Currency) -> None:
    amounts = [Money(part, currency) for part in parts]
    assert Money.total(amounts, currency) == Money.total(reversed(amounts), currency) == Money(sum(parts), currency)
