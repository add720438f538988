"""Amounts as the books write them: a plain number and a currency."""

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final

from bilag.domain.money import Currency, InexactAmount, Money, UnknownCurrency

_AMOUNT: Final = re.compile(r"([+-]?)\s*([0-9][0-9,]*(?:\.[0-9]*)?)\s+([A-Z]{3})")


class Unreadable(ValueError):
    """Somebody changed an entry into something that we cannot read; the text says what."""


def amount_text(money: Money) -> str:
    """The amount with exactly its currency's decimals, from integers alone: "8969.650 KWD", "-1500 JPY"."""
    return f"{money.decimal_text()} {money.currency.code}"


def read_amount(text: str) -> Money | None:
    """The amount of a posting, or None when it is left for the books to work out.

    Raises Unreadable on anything but a number and a currency, such as a price or a sum.
    """
    if not text:
        return None
    found = _AMOUNT.fullmatch(text)
    if found is None:
        raise Unreadable(f"the amount {text!r} is not a plain number and a currency")
    sign, number, code = found.groups()
    try:
        money = _money(number.replace(",", ""), _currency(code))
    except (InexactAmount, InvalidOperation, UnknownCurrency) as problem:
        raise Unreadable(f"the amount {text!r} is not money: {problem}") from None
    return -money if sign == "-" else money


def _money(number: str, currency: Currency) -> Money:
    """The number, without a sign, as money; raises InexactAmount. What we write ourselves needs no Decimal."""
    whole, point, fraction = number.partition(".")
    if point and len(fraction) == currency.decimals:
        return Money(int(whole + fraction), currency)
    return Money.from_decimal(Decimal(number), currency)


@lru_cache(maxsize=1024)
def _currency(code: str) -> Currency:
    """The currency, made once; raises UnknownCurrency."""
    return Currency(code)
