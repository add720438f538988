"""Money in whole minor units of an ISO 4217 currency. Exact, always."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Self

# Pleo sends every amount times 100, whatever the currency (inferred for currencies without or with three
# decimals, see docs/decisions/0003-inferences.md, "hundredths").
PLEO_DECIMALS: Final = 2

# ISO 4217 lists these with other than two decimals; every other active code has two.
# https://www.six-group.com/en/products-services/financial-information/data-standards.html
_EXPONENTS: Final = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV"),
        0,
    ),
    **dict.fromkeys(("XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}
_CODE: Final = re.compile(r"[A-Z]{3}")
_WITHOUT_MEANING: Final = frozenset({"XXX", "XTS"})


class UnknownCurrency(ValueError):
    """The text is not the shape of an ISO 4217 currency code."""


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies met in one sum."""


class InexactAmount(ValueError):
    """The amount is finer than the currency's minor unit; rounding it would be inventing money."""


@dataclass(frozen=True, slots=True, order=True)
class Currency:
    """An ISO 4217 currency: its code, from which the number of decimals follows.

    Raises UnknownCurrency when the code is not three capital letters, or stands for no money.
    """

    code: str

    def __post_init__(self) -> None:
        if not _CODE.fullmatch(self.code) or self.code in _WITHOUT_MEANING:
            raise UnknownCurrency(self.code)

    @property
    def decimals(self) -> int:
        """How many digits of the minor unit follow the decimal point."""
        return _EXPONENTS.get(self.code, 2)

    def __str__(self) -> str:
        return self.code


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in whole minor units (cents, fils, yen) of one currency; negative is allowed."""

    minor: int
    currency: Currency

    @classmethod
    def zero(cls, currency: Currency) -> Self:
        """Nothing, in this currency."""
        return cls(0, currency)

    @classmethod
    def total(cls, amounts: Iterable[Self], currency: Currency) -> Self:
        """The exact sum, in minor units; raises CurrencyMismatch when a currency differs."""
        minor = 0
        for amount in amounts:
            if amount.currency is not currency and amount.currency != currency:
                raise CurrencyMismatch(f"{amount} in a sum of {currency}")
            minor += amount.minor
        return cls(minor, currency)

    @classmethod
    def from_decimal(cls, amount: Decimal, currency: Currency) -> Self:
        """The amount in major units (12.50); raises InexactAmount when it is finer than the currency."""
        return cls(_whole(amount, currency.decimals, currency), currency)

    @classmethod
    def from_pleo_hundredths(cls, hundredths: Decimal, currency: Currency) -> Self:
        """The amount as Pleo sends it, times 100; raises InexactAmount.

        150000 JPY is 1,500 yen, 89696 EUR is 896.96 euro, 896965 KWD is 8,969.650 dinar.
        """
        return cls(_whole(hundredths, currency.decimals - PLEO_DECIMALS, currency), currency)

    def decimal(self) -> Decimal:
        """The amount in major units, with the currency's own number of decimals."""
        return Decimal(f"{self.minor}E-{self.currency.decimals}")

    def decimal_text(self) -> str:
        """The amount as people write it without separators, from integers alone: "896.96", "-1500"."""
        decimals = self.currency.decimals
        digits = str(abs(self.minor)).rjust(decimals + 1, "0")
        sign = "-" if self.minor < 0 else ""
        return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}" if decimals else f"{sign}{digits}"

    @property
    def is_zero(self) -> bool:
        """Whether it is nothing."""
        return self.minor == 0

    def __add__(self, other: Self) -> Self:
        self._same(other)
        return type(self)(self.minor + other.minor, self.currency)

    def __sub__(self, other: Self) -> Self:
        self._same(other)
        return type(self)(self.minor - other.minor, self.currency)

    def __neg__(self) -> Self:
        return type(self)(-self.minor, self.currency)

    def __abs__(self) -> Self:
        return type(self)(abs(self.minor), self.currency)

    def __str__(self) -> str:
        return f"{self.decimal_text()} {self.currency}"

    def _same(self, other: Self) -> None:
        if self.currency is not other.currency and self.currency != other.currency:
            raise CurrencyMismatch(f"{self} and {other}")


def _whole(amount: Decimal, shift: int, currency: Currency) -> int:
    """The amount times ten to the power of `shift`, in integers, since Decimal rounds after 28 digits."""
    if not amount.is_finite():
        raise InexactAmount(f"{amount} {currency} is no amount")
    numerator, denominator = amount.as_integer_ratio()
    power: int = 10 ** abs(shift)
    whole, rest = divmod(numerator * power, denominator) if shift >= 0 else divmod(numerator, denominator * power)
    if rest:
        raise InexactAmount(f"{amount} is finer than the {currency.decimals} decimals of {currency}")
    return whole
