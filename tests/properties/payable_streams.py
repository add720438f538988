"""Vendor documents as they come in from Pleo, and a small model of what settling them has to leave open."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from hypothesis import strategies as st

from bilag.domain.export_item import InvoiceInformation
from bilag.domain.ledger import AccountRole, Datapoints, DocumentKind, Posting, PostingMode, Side
from bilag.domain.money import Currency, Money
from bilag.domain.payables import Allocation, BooksVendor, PayableItem, PayableKeys, VendorDocument
from bilag.rules.settlement import SettlementChoice, as_payable_item, choose_settlement, payable_keys
from tests.builders import DKK, a_posting_date, money

PAYABLE: Final = "2440"
NUMBER: Final = "INV-1"
SAME_NUMBER: Final = {"number": NUMBER}
VENDOR: Final = BooksVendor(number="V-1", name="Papirhuset")
OTHER_SIDE: Final = {
    DocumentKind.VENDOR_INVOICE: ("6010", AccountRole.EXPENSE),
    DocumentKind.VENDOR_CREDIT_NOTE: ("6010", AccountRole.EXPENSE),
    DocumentKind.VENDOR_PAYMENT: ("1910", AccountRole.WALLET),
}


def a_vendor_document(kind: DocumentKind, owed: str | Money, reference: str, **differences: Any) -> VendorDocument:
    """A document that moves the payable account by `owed`; it has no keys but those that a test names.

    `number`, `id_` and `entries` are its keys; everything else is a field of the document.
    """
    amount = money(owed) if isinstance(owed, str) else owed
    account, role = OTHER_SIDE[kind]
    side = Side.CREDIT if amount.minor > 0 else Side.DEBIT
    number = differences.pop("number", "")
    datapoints = Datapoints(
        reconciliation_id=differences.pop("id_", ""),
        description="Papirhuset",
        reconciled_entries=differences.pop("entries", ()),
        invoice=InvoiceInformation(number=number, invoice_date=date(2026, 10, 1), status="paid") if number else None,
    )
    document = VendorDocument(
        external_reference=reference,
        posting_date=a_posting_date(),
        mode=PostingMode.FINAL,
        currency=amount.currency,
        postings=(
            Posting(account=PAYABLE, role=AccountRole.ACCOUNTS_PAYABLE, side=side, amount=abs(amount)),
            Posting(account=account, role=role, side=side.other, amount=abs(amount)),
        ),
        datapoints=datapoints,
        kind=kind,
        vendor=VENDOR,
    )
    return replace(document, **differences)


def an_invoice(owed: str | Money, reference: str = "invoice", **differences: Any) -> VendorDocument:
    """An invoice: `owed` is positive."""
    return a_vendor_document(DocumentKind.VENDOR_INVOICE, owed, reference, **differences)


def a_credit_note(owed: str | Money, reference: str = "credit-note", **differences: Any) -> VendorDocument:
    """A credit note: `owed` is negative."""
    return a_vendor_document(DocumentKind.VENDOR_CREDIT_NOTE, owed, reference, **differences)


def a_payment(owed: str | Money, reference: str = "payment", **differences: Any) -> VendorDocument:
    """A payment: `owed` is negative where money goes out, positive where it comes in."""
    return a_vendor_document(DocumentKind.VENDOR_PAYMENT, owed, reference, **differences)


@dataclass(slots=True)
class OpenItems:
    """Documents and what stands between each two of them. Raises AssertionError for what no books would take."""

    documents: dict[str, VendorDocument] = field(default_factory=dict)
    between: Counter[frozenset[str]] = field(default_factory=Counter)

    def choose(self, document: VendorDocument) -> SettlementChoice:
        """What the rule chooses now."""
        return choose_settlement(document, self.items(payable_keys(document)))

    def arrive(self, document: VendorDocument) -> SettlementChoice:
        """Settle as the rule says, and post."""
        choice = self.choose(document)
        self.post(replace(document, settles=choice.settles, reopens=choice.reopens))
        return choice

    def post(self, document: VendorDocument) -> None:
        """Take the document with what it settles and reopens."""
        reference = document.external_reference
        assert reference not in self.documents
        self.documents[reference] = document
        for undone in document.reopens:
            assert self.documents[undone.payment].is_payment
            assert not self.documents[undone.bill].is_payment
            self._move(undone.payment, undone.bill, -undone.amount.minor)
        for settled in document.settles:
            self._move(reference, settled.reference, settled.amount.minor)

    def open_minor(self, reference: str) -> int:
        """What is open, with the sign of the document."""
        owed = self.documents[reference].payable_amount.minor
        taken = sum(minor for pair, minor in self.between.items() if reference in pair)
        return owed - taken if owed > 0 else owed + taken

    def open_now(self) -> dict[str, int]:
        """What is open of each document, in minor units; settled ones left out."""
        return {reference: minor for reference in self.documents if (minor := self.open_minor(reference))}

    def item(self, reference: str) -> PayableItem:
        """The document as it stands; its place among the documents is the books' own number."""
        document = self.documents[reference]
        others = ((next(iter(pair - {reference})), minor) for pair, minor in self.between.items() if reference in pair)
        return replace(
            as_payable_item(document),
            external_id=str(list(self.documents).index(reference) + 1),
            open_amount=Money(self.open_minor(reference), document.currency),
            settled_with=tuple(
                Allocation(reference=other, amount=Money(minor, document.currency)) for other, minor in others if minor
            ),
        )

    def items(self, keys: PayableKeys) -> tuple[PayableItem, ...]:
        """Those of the vendor that share a key."""
        return tuple(self.item(reference) for reference, d in self.documents.items() if _is_asked_for(d, keys))

    def open_by_kind(self) -> dict[tuple[str, str, str, bool], int]:
        """What is open per vendor, currency, kind and direction, in minor units; nothing where nothing is."""
        total: dict[tuple[str, str, str, bool], int] = defaultdict(int)
        for reference, d in self.documents.items():
            owed = d.payable_amount
            total[d.vendor.number, owed.currency.code, d.kind, owed.minor > 0] += self.open_minor(reference)
        return {kind: minor for kind, minor in total.items() if minor}

    def _move(self, one: str, other: str, minor: int) -> None:
        first, second = self.documents[one], self.documents[other]
        assert first.vendor == second.vendor
        assert first.currency == second.currency
        assert first.payable_amount.minor * second.payable_amount.minor < 0
        self.between[frozenset({one, other})] += minor
        assert self.between[frozenset({one, other})] >= 0
        for reference in (one, other):
            owed, left = self.documents[reference].payable_amount.minor, self.open_minor(reference)
            assert 0 <= abs(left) <= abs(owed)
            assert left == 0 or (left > 0) == (owed > 0), "an open amount crosses zero"


def arrived(*documents: VendorDocument) -> OpenItems:
    """What stands after the documents came in this order."""
    books = OpenItems()
    for document in documents:
        books.arrive(document)
    return books


def taken_by(document: VendorDocument, *standing: VendorDocument) -> dict[str, str]:
    """What the document takes of those that stand, which came in this order."""
    return {taken.reference: str(taken.amount) for taken in arrived(*standing).choose(document).settles}


def balance(documents: Iterable[VendorDocument], vendor_number: str, currency: Currency) -> Money:
    """What the documents together owe the vendor."""
    return Money.total(
        (d.payable_amount for d in documents if d.vendor.number == vendor_number and d.currency == currency), currency
    )


@st.composite
def one_group(draw: st.DrawFn) -> list[VendorDocument]:
    """Bills and payments under one key: invoices with payments and returns, or credit notes with receipts."""
    build, sign = draw(st.sampled_from([(an_invoice, 1), (a_credit_note, -1)]))
    directions = [-1, 1] if sign > 0 else [1]
    sizes = st.sampled_from([30, 60, 100, 100, 130])
    bills = draw(st.lists(sizes, max_size=3))
    payments = draw(st.lists(st.tuples(sizes, st.sampled_from(directions)), max_size=5))
    return [
        *(build(Money(minor * sign, DKK), f"bill-{place}", **SAME_NUMBER) for place, minor in enumerate(bills)),
        *(
            a_payment(Money(minor * direction, DKK), f"payment-{place}", **SAME_NUMBER)
            for place, (minor, direction) in enumerate(payments)
        ),
    ]


@st.composite
def single_purchases(draw: st.DrawFn) -> list[VendorDocument]:
    """Several invoices, each with a payment and a return of its own, any of which may be missing."""
    documents = []
    parts = {"invoice": (an_invoice, 1), "payment": (a_payment, -1), "return": (a_payment, 1)}
    for purchase in range(draw(st.integers(1, 4))):
        for part in sorted(draw(st.sets(st.sampled_from(sorted(parts))))):
            build, sign = parts[part]
            owed = Money(draw(st.sampled_from([60, 100, 130])) * sign, DKK)
            documents.append(build(owed, f"{part}-{purchase}", number=f"INV-{purchase}"))
    return documents


def _is_asked_for(document: VendorDocument, keys: PayableKeys) -> bool:
    """What the port promises of `payable_items`."""
    if document.vendor.number != keys.vendor_number:
        return False
    data = document.datapoints
    return (
        document.external_reference in keys.references
        or (bool(keys.invoice_number) and document.invoice_number.strip() == keys.invoice_number)
        or data.reconciliation_id in keys.reconciliation_ids
        or not keys.reconciliation_ids.isdisjoint(data.reconciled_entries)
    )
