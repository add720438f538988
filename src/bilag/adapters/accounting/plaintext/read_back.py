"""Reading an entry back: what its postings add up to, whoever wrote them."""

from collections.abc import Iterable, Sequence
from datetime import date

from bilag.adapters.accounting.plaintext.amounts import Unreadable
from bilag.domain.money import Money


def whole_postings(postings: Sequence[tuple[str, Money | None]]) -> tuple[tuple[str, Money], ...]:
    """The postings of an entry in one currency, with the one amount that was left out worked out. Raises Unreadable."""
    if not postings:
        raise Unreadable("the entry has no postings")
    known = [amount for _, amount in postings if amount is not None]
    currencies = {amount.currency for amount in known}
    if len(currencies) != 1 or len(postings) - len(known) > 1:
        raise Unreadable("the entry has no single currency, or more than one amount is left out")
    rest = -Money.total(known, currencies.pop())
    if rest.minor and len(known) == len(postings):
        raise Unreadable(f"the entry does not balance: {-rest} is left over")
    return tuple((name, rest if amount is None else amount) for name, amount in postings)


def debit_total(postings: Sequence[tuple[str, Money]]) -> Money:
    """The sum of the debit side of at least one posting."""
    amounts = [amount for _, amount in postings]
    return Money.total((amount for amount in amounts if amount.minor > 0), amounts[0].currency)


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
