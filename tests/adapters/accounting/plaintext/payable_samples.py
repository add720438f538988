"""Vendor documents for the text books; a test names what differs."""

from dataclasses import replace
from datetime import date
from typing import Any, Final

from bilag.adapters.accounting.plaintext.connector import PlaintextBooks
from bilag.domain.export_item import InvoiceInformation
from bilag.domain.ledger import AccountRole, Datapoints, DocumentKind, JournalEntry, Posting, PostingMode, Side
from bilag.domain.payables import Allocation, BooksVendor, PayableItem, PayableKeys, Reopening, VendorDocument
from bilag.ports.accounting_system import PostedDocument
from tests.adapters.accounting.plaintext.samples import HASH, OCTOBER, an_entry, dated
from tests.builders import money

GADGETS: Final = BooksVendor(number="V1001", name="Gadget Store")
PAPER: Final = BooksVendor(number="V1002", name="Papirhuset")
DUE: Final = date(2026, 11, 14)


def an_invoice(number: int = 1, amount: str = "100.00 DKK", **differences: Any) -> VendorDocument:
    """Gadget Store's invoice INV-<number>; a negative amount makes it a credit note."""
    kind = DocumentKind.VENDOR_CREDIT_NOTE if amount.startswith("-") else DocumentKind.VENDOR_INVOICE
    return _document(kind, f"inv.{number}", number, amount, differences)


def a_payment(number: int = 1, amount: str = "-100.00 DKK", **differences: Any) -> VendorDocument:
    """A payment of it from the wallet; a positive amount is money that came back."""
    return _document(DocumentKind.VENDOR_PAYMENT, f"pay.{number}", number, amount, differences)


def settling(*pairs: tuple[VendorDocument, str]) -> tuple[Allocation, ...]:
    """Allocations against documents."""
    return tuple(Allocation(reference=other.external_reference, amount=money(amount)) for other, amount in pairs)


def reopening(payment: VendorDocument, bill: VendorDocument, amount: str) -> tuple[Reopening, ...]:
    """What a returned payment opens again."""
    return (Reopening(payment=payment.external_reference, bill=bill.external_reference, amount=money(amount)),)


def a_journal_entry_on_payables(number: int, amount: str) -> JournalEntry:
    """A journal entry that owes nobody in particular."""
    entry = an_entry(number, amount, mode=PostingMode.FINAL)
    expense, wallet = entry.postings
    return replace(entry, postings=(expense, replace(wallet, account="6800", role=AccountRole.ACCOUNTS_PAYABLE)))


async def booked(books: PlaintextBooks, *documents: VendorDocument | JournalEntry) -> PostedDocument:
    """Post them one after the other; the answer to the last one."""
    answers = [await books.post(document, HASH) for document in documents]
    for answer in answers:
        assert isinstance(answer, PostedDocument), answer
    last = answers[-1]
    assert isinstance(last, PostedDocument)
    return last


async def item_of(books: PlaintextBooks, document: VendorDocument) -> PayableItem:
    """The document as it stands."""
    keys = PayableKeys(vendor_number=document.vendor.number, references=frozenset({document.external_reference}))
    (item,) = await books.payable_items(keys)
    return item


async def open_amounts(books: PlaintextBooks) -> dict[str, str]:
    """What is open, by reference."""
    statement = await books.payables()
    return {item.external_reference: str(item.open_amount) for item in statement.open_items}


async def balances(books: PlaintextBooks) -> dict[tuple[str, str], str]:
    """The balances by account and vendor; one currency each."""
    statement = await books.payables()
    found = {(one.account, one.vendor_number): str(one.balance) for one in statement.balances}
    assert len(found) == len(statement.balances), "one currency each"
    return found


def _document(
    kind: DocumentKind, reference: str, number: int, amount: str, differences: dict[str, Any]
) -> VendorDocument:
    owed = money(amount)
    side = Side.CREDIT if owed.minor > 0 else Side.DEBIT
    other = ("1910", AccountRole.WALLET) if kind is DocumentKind.VENDOR_PAYMENT else ("6010", AccountRole.EXPENSE)
    document = VendorDocument(
        external_reference=reference,
        posting_date=dated(OCTOBER),
        mode=PostingMode.FINAL,
        currency=owed.currency,
        postings=(
            Posting(account=other[0], role=other[1], side=side.other, amount=abs(owed)),
            Posting(account="6800", role=AccountRole.ACCOUNTS_PAYABLE, side=side, amount=abs(owed)),
        ),
        datapoints=Datapoints(
            reconciliation_id=f"rec-{reference}",
            description="Gadget Store - Cables",
            payee="Gadget Store",
            invoice=InvoiceInformation(number=f"INV-{number}", invoice_date=OCTOBER, status="approved", due_date=DUE),
        ),
        kind=kind,
        vendor=GADGETS,
    )
    return replace(document, **differences)
