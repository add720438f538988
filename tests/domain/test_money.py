from decimal import Context, Decimal, localcontext

import pytest

from bilag.domain.money import Currency, CurrencyMismatch, InexactAmount, Money, UnknownCurrency
from tests.builders import DKK, EUR, money


@pytest.mark.parametrize(
    ("hundredths", "code", "minor", "text"),
    [
        ("89696", "EUR", 89696, "896.96"),
        ("-89696", "EUR", -89696, "-896.96"),
        ("0", "DKK", 0, "0.00"),
        ("1", "DKK", 1, "0.01"),
        ("150000", "JPY", 1500, "1500"),
        ("-100", "ISK", -1, "-1"),
        ("896965", "KWD", 8969650, "8969.650"),
        ("896965.5", "KWD", 8969655, "8969.655"),
        ("100.01", "CLF", 10001, "1.0001"),
        ("1E+4", "EUR", 10000, "100.00"),
        ("12500.0", "DKK", 12500, "125.00"),
    ],
)
def test_pleos_hundredths_become_minor_units_of_the_currency(hundredths: str, code: str, minor: int, text: str) -> None:
    amount = Money.from_pleo_hundredths(Decimal(hundredths), Currency(code))
    assert amount.minor == minor
    assert amount.decimal_text() == text
    assert str(amount) == f"{text} {code}"


@pytest.mark.parametrize(
    ("hundredths", "code"),
    [("150050", "JPY"), ("1", "ISK"), ("100.5", "EUR"), ("100.05", "KWD"), ("0.000001", "DKK")],
)
def test_an_amount_finer_than_its_currency_is_refused_and_never_rounded(hundredths: str, code: str) -> None:
    with pytest.raises(InexactAmount):
        Money.from_pleo_hundredths(Decimal(hundredths), Currency(code))


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_no_amount(text: str) -> None:
    with pytest.raises(InexactAmount):
        Money.from_decimal(Decimal(text), DKK)
    with pytest.raises(InexactAmount):
        Money.from_pleo_hundredths(Decimal(text), DKK)


def test_large_amounts_keep_every_digit_whatever_the_decimal_context() -> None:
    digits = "123456789012345678901234567890123456.78"
    with localcontext(Context(prec=3)):
        amount = Money.from_decimal(Decimal(digits), EUR)
        assert amount.decimal_text() == digits
        assert Money.from_pleo_hundredths(Decimal(digits.replace(".", "")), EUR) == amount


@pytest.mark.parametrize("code", ["", "dkk", "DK", "DKKK", "D1K", " DKK", "DKK\n", "ÆØÅ", "XXX", "XTS"])
def test_what_is_no_iso_4217_code_is_no_currency(code: str) -> None:
    with pytest.raises(UnknownCurrency):
        Currency(code)


@pytest.mark.parametrize(("code", "decimals"), [("DKK", 2), ("JPY", 0), ("ISK", 0), ("KWD", 3), ("TND", 3), ("UYW", 4)])
def test_a_currency_knows_its_decimals(code: str, decimals: int) -> None:
    assert Currency(code).decimals == decimals


def test_two_currencies_never_meet_in_one_sum() -> None:
    krone, euro = money("1.00 DKK"), money("1.00 EUR")
    with pytest.raises(CurrencyMismatch):
        krone + euro
    with pytest.raises(CurrencyMismatch):
        krone - euro
    with pytest.raises(CurrencyMismatch):
        Money.total([krone, euro], DKK)


def test_a_sum_is_exact_to_the_minor_unit() -> None:
    assert Money.total([money("0.10 DKK")] * 3, DKK) == money("0.30 DKK")
    assert Money.total([], DKK) == Money.zero(DKK)
    assert money("0.30 DKK") - money("0.10 DKK") == money("0.20 DKK")


def test_negating_changes_the_sign_and_abs_takes_it_away() -> None:
    assert -money("2.50 EUR") == money("-2.50 EUR")
    assert abs(money("-2.50 EUR")) == money("2.50 EUR")
    assert (-money("0.00 EUR")).is_zero
    assert not money("0.01 EUR").is_zero
