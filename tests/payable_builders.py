"""Vendors and their documents for tests: every builder starts from a plain case, and a test names what differs."""

from dataclasses import replace
from datetime import date
from typing import Any, Final

from bilag.domain.export_item import InvoiceInformation
from bilag.domain.ledger import AccountRole, Datapoints, DocumentKind, Posting, PostingMode, Side
from bilag.domain.money import Money
from bilag.domain.payables import BooksVendor, PayableItem, VendorDocument
from tests.builders import a_posting_date, money

PAPIRHUSET: Final = BooksVendor(number="V1001", name="Papirhuset")
REFERENCE: Final = "4b1f0c5e.entry-{}.{}1"

_OTHER_SIDE: Final = {
    DocumentKind.VENDOR_INVOICE: ("6010", AccountRole.EXPENSE),
    DocumentKind.VENDOR_CREDIT_NOTE: ("6010", AccountRole.EXPENSE),
    DocumentKind.VENDOR_PAYMENT: ("1910", AccountRole.WALLET),
}


def an_invoice(amount: str = "100.00 DKK", **differences: Any) -> VendorDocument:
    """Papirhuset's invoice INV-1 over office supplies; a negative amount makes it a credit note."""
    owed = money(amount)
    kind = DocumentKind.VENDOR_INVOICE if owed.minor > 0 else DocumentKind.VENDOR_CREDIT_NOTE
    return _document(kind, owed, differences)


def a_payment(amount: str = "100.00 DKK", **differences: Any) -> VendorDocument:
    """A payment of INV-1 to Papirhuset from the wallet; a negative amount makes it money that came back."""
    return _document(DocumentKind.VENDOR_PAYMENT, -money(amount), differences)


def invoice_information(number: str = "INV-1", **differences: Any) -> InvoiceInformation:
    """What Pleo knows of the invoice: due on 14 November 2026."""
    information = InvoiceInformation(
        number=number, invoice_date=date(2026, 10, 15), status="paid", due_date=date(2026, 11, 14)
    )
    return replace(information, **differences)


def an_open_item(amount: str = "100.00 DKK", **differences: Any) -> PayableItem:
    """Papirhuset's invoice INV-1 as it stands, entirely open; a negative amount makes it a payment."""
    owed = money(amount)
    kind = DocumentKind.VENDOR_INVOICE if owed.minor > 0 else DocumentKind.VENDOR_PAYMENT
    item = PayableItem(
        external_reference=REFERENCE.format(1, "vi" if owed.minor > 0 else "vp"),
        external_id="2026-000001",
        kind=kind,
        vendor=PAPIRHUSET,
        account="2440",
        posting_date=date(2026, 10, 15),
        amount=owed,
        open_amount=owed,
        invoice_number="INV-1",
        due_date=date(2026, 11, 14),
        reconciliation_id="rec-1",
    )
    return replace(item, **differences)


def _document(kind: DocumentKind, owed: Money, differences: dict[str, Any]) -> VendorDocument:
    """`number` makes reference and reconciliation id, `invoice` is Pleo's information or None."""
    number = differences.pop("number", 1)
    invoice = differences.pop("invoice", invoice_information())
    datapoints = Datapoints(
        reconciliation_id=differences.pop("reconciliation_id", f"rec-{number}"),
        description="Papirhuset",
        reconciled_entries=differences.pop("reconciled_entries", ()),
        invoice=invoice,
    )
    part = {"vendor_invoice": "vi", "vendor_credit_note": "cn", "vendor_payment": "vp"}[kind]
    account, role = _OTHER_SIDE[kind]
    side = Side.CREDIT if owed.minor > 0 else Side.DEBIT
    document = VendorDocument(
        external_reference=REFERENCE.format(number, part),
        posting_date=a_posting_date(),
        mode=PostingMode.FINAL,
        currency=owed.currency,
        postings=(
            Posting(account="2440", role=AccountRole.ACCOUNTS_PAYABLE, side=side, amount=abs(owed)),
            Posting(account=account, role=role, side=side.other, amount=abs(owed)),
        ),
        datapoints=datapoints,
        kind=kind,
        vendor=PAPIRHUSET,
    )
    return replace(document, **differences)
