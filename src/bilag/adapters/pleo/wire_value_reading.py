"""Amounts and dates of one Export Item in our values; what makes no sense is collected, not raised."""

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Final

from bilag.adapters.pleo.wire_items import AmountWire, MoneyWire
from bilag.adapters.pleo.wire_values import UnreadableValue, day_of, instant_of, number_of
from bilag.domain.export_item import AmountPair
from bilag.domain.failure import Failure, FailureCode
from bilag.domain.money import Currency, InexactAmount, Money, UnknownCurrency

UNREADABLE_VALUES_MAX: Final = 50

_SHOWN_CHARACTERS_MAX: Final = 40
# They stand in the fields of an item that can only fail.
_SOME_CURRENCY: Final = Currency("EUR")
_SOME_INSTANT: Final = datetime(1970, 1, 1, tzinfo=UTC)


class ValueReader:
    """Reads the values of one item and keeps what it could not read."""

    def __init__(self) -> None:
        self._failures: list[Failure] = []

    @property
    def failures(self) -> tuple[Failure, ...]:
        """What could not be read, in the order of reading."""
        return tuple(self._failures[:UNREADABLE_VALUES_MAX])

    def amounts(self, wire: AmountWire, path: str) -> AmountPair:
        """The amount in both currencies; raises UnreadableValue when a value is no number at all."""
        return AmountPair(
            wallet=self._money(wire.in_wallet_currency, f"{path}.inWalletCurrency"),
            supplier=self._money(wire.in_supplier_currency, f"{path}.inSupplierCurrency"),
        )

    def instant(self, text: str, path: str) -> datetime:
        """The instant in UTC."""
        try:
            return instant_of(text)
        except UnreadableValue:
            self._impossible_date(text, path)
            return _SOME_INSTANT

    def day(self, text: str, path: str) -> date:
        """The calendar day."""
        try:
            return day_of(text)
        except UnreadableValue:
            self._impossible_date(text, path)
            return _SOME_INSTANT.date()

    def day_or_none(self, text: str | None, path: str) -> date | None:
        """The calendar day, if there is one."""
        return None if text is None else self.day(text, path)

    def _money(self, wire: MoneyWire, path: str) -> Money:
        hundredths = number_of(wire.value)
        try:
            currency = _currency(wire.currency)
        except UnknownCurrency:
            self._unknown_currency(wire.currency, path)
            return Money.zero(_SOME_CURRENCY)
        try:
            return Money.from_pleo_hundredths(hundredths, currency)
        except InexactAmount:
            self._inexact_amount(wire, currency, path)
            return Money.zero(currency)

    def _unknown_currency(self, text: str, path: str) -> None:
        self._failures.append(
            Failure(
                code=FailureCode.CURRENCY_UNKNOWN,
                path=f"{path}.currency",
                message=f"{_shown(text)} is no currency.",
                remedy="Check the currency of the expense in Pleo, then export it again.",
            )
        )

    def _inexact_amount(self, wire: MoneyWire, currency: Currency, path: str) -> None:
        hundredths = bytes(wire.value).decode("ascii")
        self._failures.append(
            Failure(
                code=FailureCode.AMOUNT_INEXACT,
                path=f"{path}.value",
                message=f"{hundredths} hundredths of {currency} cannot be written with {currency.decimals} decimals.",
                remedy="Check the amount of the expense in Pleo, then export it again; it is never rounded here.",
            )
        )

    def _impossible_date(self, text: str, path: str) -> None:
        self._failures.append(
            Failure(
                code=FailureCode.DATE_IMPOSSIBLE,
                path=path,
                message=f"{_shown(text)} is no date.",
                remedy="Check the dates of the expense in Pleo, then export it again.",
            )
        )


@lru_cache(maxsize=1024)
def _currency(code: str) -> Currency:
    """The currency, made once; raises UnknownCurrency."""
    return Currency(code)


def _shown(text: str) -> str:
    """A foreign text, quoted, shortened and without control characters."""
    return ascii(text[:_SHOWN_CHARACTERS_MAX]) if text else "An empty text"
