"""Reading an entry back: what its postings add up to, whoever wrote them."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from bilag.adapters.accounting.plaintext.dialect import Unreadable
from bilag.domain.money import Currency, InexactAmount, Money, UnknownCurrency

_AMOUNT: Final = re.compile(r"([+-]?)\s*([0-9][0-9,]*(?:\.[0-9]*)?)\s+([A-Z]{3})")


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


def debit_total(amounts: Sequence[Money | None]) -> Money:
    """The sum of the debit side, where at most one amount is left to work out. Raises Unreadable."""
    known = [amount for amount in amounts if amount is not None]
    currencies = {amount.currency for amount in known}
    if len(currencies) != 1 or len(amounts) - len(known) > 1:
        raise Unreadable("the entry has no single currency, or more than one amount is left out")
    currency = currencies.pop()
    rest = -Money.total(known, currency)
    if rest.minor and len(known) == len(amounts):
        raise Unreadable(f"the entry does not balance: {-rest} is left over")
    debits = [amount for amount in (*known, rest) if amount.minor > 0]
    return Money.total(debits, currency)


def read_date(year: str, month: str, day: str) -> date:
    """The date of an entry. Raises Unreadable when there is no such day."""
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise Unreadable(f"there is no day {year}-{month}-{day}") from None


def first_values(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Values by name, where the first of a name counts."""
    values: dict[str, str] = {}
    for name, value in pairs:
        values.setdefault(name, value)
    return values
