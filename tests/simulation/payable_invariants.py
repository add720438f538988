"""What vendors are owed: by the documents, by the balances, and by what settles what."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from bilag.domain.ledger import DocumentKind
from bilag.domain.payables import PayableItem, PayableKeys, VendorDocument
from tests.simulation.standing_books import StandingBooks
from tests.simulation.surroundings import Surroundings
from tests.simulation.violations import Invariant, Violation


async def check_payables(books: StandingBooks, around: Surroundings) -> list[Violation]:
    """Open items against balances, allocations against amounts, pairs, and what ought to have met."""
    if not books.company.keeps_payables:
        return []
    items = await _every_item(books)
    statement = await books.company.books.payables()
    found: list[Violation] = []
    open_sums: Counter[tuple[str, str, str]] = Counter()
    for item in statement.open_items:
        open_sums[item.account, item.vendor.number, item.open_amount.currency.code] += item.open_amount.minor
    for balance in statement.balances:
        key = (balance.account, balance.vendor_number, balance.currency.code)
        if balance.vendor_number and open_sums[key] != balance.balance.minor:
            what = f"{key}: open {open_sums[key]}, balance {balance.balance.minor}"
            found.append(Violation(invariant=Invariant.PAYABLES, what=what))
    found += list(_allocations(items))
    found += list(_pairs(items, books, around))
    # What came too late had chosen what to settle before it was given up.
    if not books.company.removed and not any(reference in items for reference in around.late_references):
        found += list(_meetings(statement.open_items))
    return found


async def _every_item(books: StandingBooks) -> dict[str, PayableItem]:
    """Every vendor document with what stands against it."""
    documents = [e.document for e in books.company.books.entries if isinstance(e.document, VendorDocument)]
    vendors: defaultdict[str, set[str]] = defaultdict(set)
    for document in documents:
        vendors[document.vendor.number].add(document.external_reference)
    items: dict[str, PayableItem] = {}
    for number, references in sorted(vendors.items()):
        keys = PayableKeys(vendor_number=number, references=frozenset(references))
        items |= {item.external_reference: item for item in await books.company.books.payable_items(keys)}
    return items


def _allocations(items: Mapping[str, PayableItem]) -> Iterator[Violation]:
    for reference, item in items.items():
        settled = sum(allocation.amount.minor for allocation in item.settled_with)
        if settled > abs(item.amount.minor):
            what = f"{reference} over {item.amount} is settled by {settled}"
            yield Violation(invariant=Invariant.PAYABLES, what=what)
        for allocation in item.settled_with:
            other = items.get(allocation.reference)
            if other is not None and (other.amount.minor > 0) == (item.amount.minor > 0):
                what = f"{reference} and {allocation.reference} stand on one side"
                yield Violation(invariant=Invariant.PAYABLES, what=what)


def _pairs(items: Mapping[str, PayableItem], books: StandingBooks, around: Surroundings) -> Iterator[Violation]:
    """The two documents of one Export Item settle each other, and nobody else."""
    for expense in books.company.expenses.values():
        bookings = books.of_expense[expense.entry_id]
        came_late = any(expense.entry_id in reference for reference in around.late_references)
        if len(expense.parts) == 1 or came_late or books.lost_something(expense):
            continue
        for booking in bookings:
            item = items[booking.reference]
            others = {allocation.reference for allocation in item.settled_with}
            if not item.open_amount.is_zero or not others <= {other.reference for other in bookings}:
                what = f"{booking.reference} of a pair has {item.open_amount} open, settled with {sorted(others)}"
                yield Violation(invariant=Invariant.PAYABLES, what=what)


def _meetings(open_items: Iterable[PayableItem]) -> Iterator[Violation]:
    """A bill and a payment of one invoice are not both open: whoever came last settled both."""
    groups: defaultdict[tuple[str, str], list[PayableItem]] = defaultdict(list)
    for item in open_items:
        if item.invoice_number:
            groups[item.vendor.number, item.invoice_number].append(item)
    for (vendor, number), items in groups.items():
        owing = [i for i in items if i.open_amount.minor > 0 and i.kind is DocumentKind.VENDOR_INVOICE]
        paid = [i for i in items if i.open_amount.minor < 0 and i.kind is DocumentKind.VENDOR_PAYMENT]
        if owing and paid:
            what = f"{number} of {vendor}: {owing[0].open_amount} owed and {paid[0].open_amount} paid are both open"
            yield Violation(invariant=Invariant.PAYABLES, what=what)
