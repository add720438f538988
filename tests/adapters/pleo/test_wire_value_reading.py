import msgspec
import pytest

from bilag.adapters.pleo.wire_items import AmountWire, MoneyWire
from bilag.adapters.pleo.wire_value_reading import UNREADABLE_VALUES_MAX, ValueReader
from bilag.adapters.pleo.wire_values import UnreadableValue
from bilag.domain.failure import FailureCode


def money(value: bytes, currency: str = "EUR") -> MoneyWire:
    return MoneyWire(currency=currency, value=msgspec.Raw(value))


def amount(value: bytes, currency: str = "EUR") -> AmountWire:
    return AmountWire(in_supplier_currency=money(value, currency), in_wallet_currency=money(value, currency))


def test_sound_values_leave_nothing_behind() -> None:
    values = ValueReader()

    assert values.amounts(amount(b"12500"), "amount").wallet.decimal_text() == "125.00"
    assert values.day_or_none(None, "dueDate") is None
    assert values.failures == ()


def test_message_shows_the_amount_as_it_was_sent() -> None:
    values = ValueReader()
    values.amounts(amount(b"1.50e0"), "amount")

    assert values.failures[0].code is FailureCode.AMOUNT_INEXACT
    assert values.failures[0].message == "1.50e0 hundredths of EUR cannot be written with 2 decimals."


def test_foreign_text_is_shown_short_and_printable() -> None:
    values = ValueReader()
    values.instant("\x1b[31m\u202e" + "x" * 1000, "date")

    (failure,) = values.failures
    assert failure.message.isprintable()
    assert failure.message.isascii()
    assert len(failure.message) < 100


def test_value_that_is_no_number_is_a_broken_shape() -> None:
    with pytest.raises(UnreadableValue):
        ValueReader().amounts(amount(b'"12"'), "amount")


def test_number_of_failures_is_bounded() -> None:
    values = ValueReader()
    for position in range(1000):
        values.day("never", f"dates[{position}]")

    assert len(values.failures) == UNREADABLE_VALUES_MAX
