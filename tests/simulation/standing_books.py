"""The books of a company as the checks see them: which document is the booking of which expense."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bilag.adapters.accounting.memory.entry import StandingEntry
from bilag.domain.ledger import Posting, Side
from bilag.domain.posting_record import Part
from tests.simulation.expenses import Expense, entry_id
from tests.simulation.world import Company

_REFERENCE: Final = re.compile(r"([0-9a-f]{8})\.([0-9a-f-]{36})\.(je|vi|cn|vp)([0-9]+)")
_MEMBER: Final = re.compile(r"rec-([0-9]{5})\b")
_OWN_PAYMENT: Final = ".paid-by-the-books"
# What Pleo is told of when an expense has several documents: the first of these.
FIRST_TOLD: Final = (Part.JOURNAL_ENTRY, Part.VENDOR_INVOICE, Part.VENDOR_CREDIT_NOTE, Part.VENDOR_PAYMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """A standing document of ours and the expenses that it is the booking of."""

    entry: StandingEntry
    company: str
    part: Part
    generation: int
    expenses: tuple[str, ...]
    is_shared: bool

    @property
    def id(self) -> str:
        return self.entry.external_id

    @property
    def reference(self) -> str:
        return self.entry.external_reference


class StandingBooks:
    """What stands now, by expense."""

    def __init__(self, company: Company) -> None:
        self.company = company
        ours = (e for e in company.books.entries if not e.external_reference.endswith(_OWN_PAYMENT))
        self.bookings = tuple(booking_of(entry) for entry in ours)
        self.of_expense: defaultdict[str, list[Booking]] = defaultdict(list)
        for booking in self.bookings:
            for one in booking.expenses:
                self.of_expense[one].append(booking)

    def first_told(self, expense: Expense) -> list[Booking]:
        """The documents that Pleo was told of, one for each generation."""
        part = next((part for part in FIRST_TOLD if part in expense.parts), None)
        return [booking for booking in self.of_expense[expense.entry_id] if booking.part is part]

    def lost_something(self, expense: Expense) -> bool:
        """Whether a person took a document of it out of the books."""
        return any(expense.entry_id in reference for reference in self.company.removed_references) or any(
            ".10b00000-" in reference for reference in self.company.removed_references
        )


def booking_of(entry: StandingEntry) -> Booking:
    """The document, read from its reference and, where it is shared, from its postings."""
    found = _REFERENCE.fullmatch(entry.external_reference)
    assert found is not None, entry.external_reference
    company, id_, part, generation = found.groups()
    is_shared = id_.startswith("10b00000-")
    return Booking(
        entry=entry,
        company=company,
        part=Part(part),
        generation=int(generation),
        expenses=tuple(dict.fromkeys(_members(entry))) if is_shared else (id_,),
        is_shared=is_shared,
    )


def _members(entry: StandingEntry) -> Iterator[str]:
    for posting in entry.document.postings:
        if (found := _MEMBER.match(posting.description)) is not None:
            yield entry_id(int(found[1]))


def moved(booking: Booking, expense: Expense) -> int:
    """What the document moves for the expense, in minor units, whichever way."""
    postings = booking.entry.document.postings
    if not booking.is_shared:
        return sum(p.amount.minor for p in postings if p.side is Side.DEBIT)
    name = f"rec-{expense.number:05}"
    return abs(sum(_signed(p) for p in postings if p.description.startswith(name)))


def _signed(posting: Posting) -> int:
    return posting.amount.minor if posting.side is Side.DEBIT else -posting.amount.minor
