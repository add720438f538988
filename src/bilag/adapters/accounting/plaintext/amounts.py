"""Amounts as the books write them: a plain number and a currency."""

import re
from decimal import Decimal, InvalidOperation
from typing import Final

from bilag.domain.money import Currency, InexactAmount, Money, UnknownCurrency

_AMOUNT: Final = re.compile(r"([+-]?)\s*([0-9][0-9,]*(?:\.[0-9]*)?)\s+([A-Z]{3})")


class Unreadable(ValueError):
    """Somebody changed an entry into something that we cannot read; the text says what."""


def amount_text(money: Money) -> str:
    """The amount with exactly its currency's decimals, from integers alone: "8969.650 KWD", "-1500 JPY"."""
    decimals = money.currency.decimals
    digits = str(abs(money.minor)).rjust(decimals + 1, "0")
    sign = "-" if money.minor < 0 else ""
    if not decimals:
        return f"{sign}{digits} {money.currency.code}"
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]} {money.currency.code}"


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
        money = Money.from_decimal(Decimal(number.replace(",", "")), Currency(code))
    except (InexactAmount, InvalidOperation, UnknownCurrency) as problem:
        raise Unreadable(f"the amount {text!r} is not money: {problem}") from None
    return -money if sign == "-" else money
