"""What vendors are owed in books in memory: documents, what stands against each other, and the payable accounts.

An allocation stands in the document that made it, and counts while both of its documents stand.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from bilag.adapters.accounting.memory.entry import StandingEntry
from bilag.domain.ledger import AccountRole, Side
from bilag.domain.money import Currency, Money
from bilag.domain.payables import (
    Allocation,
    PayableBalance,
    PayableItem,
    PayableKeys,
    PayableStatement,
    SharedKey,
    VendorDocument,
    shared_keys,
)


class PayableRegister:
    """The vendor documents that stand, found by what they share. Amounts between two of them in minor units."""

    def __init__(self) -> None:
        self._entries: dict[str, StandingEntry] = {}
        self._documents: dict[str, VendorDocument] = {}
        self._between: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._sharing: defaultdict[SharedKey, set[str]] = defaultdict(set)

    def add(self, entry: StandingEntry) -> None:
        """The entry stands now; one that owes nobody in particular is passed over."""
        document = entry.document
        if not isinstance(document, VendorDocument):
            return
        self._entries[entry.external_reference] = entry
        self._documents[entry.external_reference] = document
        self._count(document, 1)
        for key in _keys(document):
            self._sharing[key].add(entry.external_reference)

    def remove(self, reference: str) -> None:
        """The document of this reference is gone, and with it what it settled."""
        document = self._documents.pop(reference, None)
        if document is None:
            return
        del self._entries[reference]
        self._count(document, -1)
        for key in _keys(document):
            self._sharing[key].discard(reference)

    def document(self, reference: str) -> VendorDocument | None:
        """The vendor document that stands under the reference."""
        return self._documents.get(reference)

    def refused(self, document: VendorDocument) -> str:
        """The reference of what is not open to the amount that the document wants of it; empty when all is."""
        return self._not_reopened(document) or self._not_settled(document)

    def _not_reopened(self, document: VendorDocument) -> str:
        undone: Counter[tuple[str, str]] = Counter()
        for reopening in document.reopens:
            pair = (reopening.payment, reopening.bill)
            undone[pair] += reopening.amount.minor
            for reference in pair:
                if not _belongs(self.document(reference), document):
                    return reference
            if undone[pair] > self._stands_between(*pair):
                return reopening.bill
        return ""

    def _not_settled(self, document: VendorDocument) -> str:
        # A returned payment settles the payment that it has just opened again.
        left: Counter[str] = Counter()
        for reopening in document.reopens:
            left.update({reopening.payment: reopening.amount.minor, reopening.bill: reopening.amount.minor})
        wanted: Counter[str] = Counter()
        for allocation in document.settles:
            reference = allocation.reference
            other = self.document(reference)
            wanted[reference] += allocation.amount.minor
            if other is None or not _opposes(other, document):
                return reference
            if wanted[reference] > abs(self._open(other).minor) + left[reference]:
                return reference
        return ""

    def items(self, keys: PayableKeys) -> tuple[PayableItem, ...]:
        """The vendor's documents that share a key, oldest first."""
        found = {reference for reference in keys.references if reference in self._documents}
        for key in keys.shared:
            found |= self._sharing.get(key, set())
        return self._items(r for r in found if self._documents[r].vendor.number == keys.vendor_number)

    def open_items(self) -> tuple[PayableItem, ...]:
        """Every document that is not settled entirely, oldest first."""
        return self._items(r for r, document in self._documents.items() if not self._open(document).is_zero)

    def _items(self, references: Iterable[str]) -> tuple[PayableItem, ...]:
        entries = sorted((self._entries[r] for r in references), key=lambda e: (e.posting_date, int(e.external_id)))
        return tuple(self._item(entry, self._documents[entry.external_reference]) for entry in entries)

    def _item(self, entry: StandingEntry, document: VendorDocument) -> PayableItem:
        return PayableItem(
            external_reference=entry.external_reference,
            external_id=entry.external_id,
            kind=document.kind,
            vendor=document.vendor,
            account=document.payable_account,
            posting_date=entry.posting_date,
            amount=document.payable_amount,
            open_amount=self._open(document),
            invoice_number=document.invoice_number,
            due_date=document.due_date,
            reconciliation_id=document.datapoints.reconciliation_id,
            reconciled_entries=document.datapoints.reconciled_entries,
            paired_with=document.paired_with,
            settled_with=tuple(self._settled_with(document)),
            misses=tuple(a.reference for a in document.settles if a.reference not in self._documents),
        )

    def _open(self, document: VendorDocument) -> Money:
        """What is left, with the sign of the amount. Never beyond zero, whatever a person took out in between."""
        amount = document.payable_amount
        settled = sum(allocation.amount.minor for allocation in self._settled_with(document))
        left = max(0, abs(amount.minor) - settled)
        return Money(left if amount.minor > 0 else -left, amount.currency)

    def _settled_with(self, document: VendorDocument) -> Iterator[Allocation]:
        for other, minor in self._between[document.external_reference].items():
            if minor > 0 and other in self._documents:
                yield Allocation(reference=other, amount=Money(minor, document.currency))

    def _stands_between(self, one: str, other: str) -> int:
        return self._between[one][other] if {one, other} <= self._documents.keys() else 0

    def _count(self, document: VendorDocument, times: int) -> None:
        for one, other, minor in _pairs(document):
            self._between[one][other] += minor * times
            self._between[other][one] += minor * times


def statement_of(register: PayableRegister, entries: Iterable[StandingEntry]) -> PayableStatement:
    """What is open by the register, and what the payable accounts say by their postings alone."""
    standing = tuple(entries)
    payable = {p.account for e in standing for p in e.document.postings if p.role is AccountRole.ACCOUNTS_PAYABLE}
    balances: Counter[tuple[str, str, Currency]] = Counter()
    for entry in standing:
        vendor = entry.document.vendor.number if isinstance(entry.document, VendorDocument) else ""
        for posting in entry.document.postings:
            if posting.account in payable:
                named = vendor if posting.role is AccountRole.ACCOUNTS_PAYABLE else ""
                minor = posting.amount.minor if posting.side is Side.CREDIT else -posting.amount.minor
                balances[posting.account, named, posting.amount.currency] += minor
    return PayableStatement(
        open_items=register.open_items(),
        balances=tuple(
            PayableBalance(account=account, vendor_number=vendor, balance=Money(minor, currency))
            for (account, vendor, currency), minor in sorted(balances.items())
        ),
    )


def _pairs(document: VendorDocument) -> Iterator[tuple[str, str, int]]:
    """What the document settles between whom; negative where it undoes that."""
    for allocation in document.settles:
        yield document.external_reference, allocation.reference, allocation.amount.minor
    for reopening in document.reopens:
        yield reopening.payment, reopening.bill, -reopening.amount.minor


def _belongs(other: VendorDocument | None, document: VendorDocument) -> bool:
    """Whether the other stands, and is of the same vendor and currency."""
    return other is not None and (other.vendor.number, other.currency) == (document.vendor.number, document.currency)


def _opposes(other: VendorDocument, document: VendorDocument) -> bool:
    """Whether one of the two can settle the other."""
    return _belongs(other, document) and (other.payable_amount.minor > 0) != (document.payable_amount.minor > 0)


def _keys(document: VendorDocument) -> frozenset[SharedKey]:
    data = document.datapoints
    return shared_keys(document.vendor.number, document.invoice_number, data.reconciliation_id, data.reconciled_entries)
