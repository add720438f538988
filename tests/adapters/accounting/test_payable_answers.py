"""What every system of books answers when it is asked for vendors, their documents and what is owed."""

from dataclasses import replace
from datetime import date
from typing import Any, Final

import pytest

from bilag.domain.ledger import DocumentKind, JournalEntry, PostingMode
from bilag.domain.payables import PayableItem, PayableKeys, VendorKey, VendorQuery
from bilag.ports.accounting_system import AccountingSystem
from tests.adapters.accounting.payables_world import (
    BLAATRYK,
    booked,
    item_of,
    open_amounts,
    settling,
)
from tests.builders import a_posting_date, money
from tests.payable_builders import PAPIRHUSET, a_payment, an_invoice, invoice_information

INVOICE: Final = an_invoice()
PAYMENT: Final = a_payment(number=2)
BILL: Final = INVOICE.external_reference
PAID: Final = PAYMENT.external_reference


async def test_item_says_of_a_document_what_was_booked(books: AccountingSystem) -> None:
    document = an_invoice(reconciled_entries=("rec-8", "rec-9"), paired_with="the.other.document")
    posted = await booked(books, document)
    assert await item_of(books, document) == PayableItem(
        external_reference=BILL,
        external_id=posted.external_id,
        kind=DocumentKind.VENDOR_INVOICE,
        vendor=PAPIRHUSET,
        account="2440",
        posting_date=date(2026, 10, 15),
        amount=money("100.00 DKK"),
        open_amount=money("100.00 DKK"),
        invoice_number="INV-1",
        due_date=date(2026, 11, 14),
        reconciliation_id="rec-1",
        reconciled_entries=("rec-8", "rec-9"),
        paired_with="the.other.document",
    )


@pytest.mark.parametrize(
    ("keys", "is_found"),
    [
        ({"references": frozenset({BILL})}, True),
        ({"invoice_number": "INV-1"}, True),
        ({"reconciliation_ids": frozenset({"rec-1"})}, True),
        ({"reconciliation_ids": frozenset({"rec-9"})}, True),
        ({"reconciliation_ids": frozenset({"nothing", "rec-9"}), "invoice_number": "nothing"}, True),
        ({}, False),
        ({"reconciliation_ids": frozenset({"rec-7"}), "invoice_number": "INV-7"}, False),
        ({"vendor_number": "V1002", "references": frozenset({BILL}), "invoice_number": "INV-1"}, False),
    ],
)
async def test_document_is_found_by_any_key_that_it_shares(
    books: AccountingSystem, keys: dict[str, Any], *, is_found: bool
) -> None:
    document = an_invoice(reconciled_entries=("rec-9",))
    bare = an_invoice(number=5, invoice=None, reconciliation_id="")
    await booked(books, document, bare)
    found = await books.payable_items(PayableKeys(**{"vendor_number": "V1001", **keys}))
    assert [item.external_reference for item in found] == ([BILL] if is_found else [])


async def test_spaces_around_an_invoice_number_do_not_count(books: AccountingSystem) -> None:
    await booked(books, an_invoice(invoice=invoice_information(" INV-1 ")))
    (item,) = await books.payable_items(PayableKeys(vendor_number="V1001", invoice_number="INV-1"))
    assert item.external_reference == BILL


async def test_settled_documents_are_found_as_well(books: AccountingSystem) -> None:
    await booked(books, INVOICE, replace(PAYMENT, settles=settling((INVOICE, "100.00 DKK"))))
    found = await books.payable_items(PayableKeys(vendor_number="V1001", invoice_number="INV-1"))
    assert [(item.external_reference, item.open_amount.minor) for item in found] == [(BILL, 0), (PAID, 0)]


async def test_oldest_documents_come_first_by_posting_date_then_by_booking(books: AccountingSystem) -> None:
    days = [date(2026, 10, 15), date(2026, 11, 1), date(2026, 9, 30), *[date(2026, 10, 15)] * 9]
    for number, day in enumerate(days, start=1):
        dated = a_posting_date(original=day, date=day, period=f"{day:%Y-%m}")
        await booked(books, an_invoice(number=number, posting_date=dated))
    order = [an_invoice(number=number).external_reference for number in (3, 1, *range(4, 13), 2)]
    found = await books.payable_items(PayableKeys(vendor_number="V1001", invoice_number="INV-1"))
    assert [item.external_reference for item in found] == order
    assert [item.external_reference for item in (await books.payables()).open_items] == order


async def test_a_journal_entry_on_the_payable_account_names_no_vendor(books: AccountingSystem) -> None:
    entry = JournalEntry(
        external_reference="4b1f0c5e.entry-7.je1",
        posting_date=INVOICE.posting_date,
        mode=PostingMode.FINAL,
        currency=INVOICE.currency,
        postings=INVOICE.postings,
        datapoints=INVOICE.datapoints,
    )
    await booked(books, INVOICE, entry)
    assert await open_amounts(books) == {BILL: "100.00 DKK"}
    balances = {(b.account, b.vendor_number): str(b.balance) for b in (await books.payables()).balances}
    assert balances == {("2440", "V1001"): "100.00 DKK", ("2440", ""): "100.00 DKK"}
    assert await books.payable_items(PayableKeys(vendor_number="", invoice_number="INV-1")) == ()


async def test_empty_books_owe_nobody(books: AccountingSystem) -> None:
    assert await open_amounts(books) == {}
    assert await books.payable_items(PayableKeys(vendor_number="V1001", invoice_number="INV-1")) == ()


@pytest.mark.parametrize(
    ("key", "value", "numbers"),
    [
        (VendorKey.CODE, "V1001", ["V1001"]),
        (VendorKey.CODE, "E007", ["E007"]),
        (VendorKey.EXTERNAL_ID, "ext-1", ["V1001"]),
        (VendorKey.ACCOUNT, "44002", ["V1002"]),
        (VendorKey.EMPLOYEE_CODE, "M007", ["E007"]),
        (VendorKey.TAX_REGISTRATION_NUMBER, "dk 12.34-56 78", ["V1001", "V1003"]),
        (VendorKey.CODE, "v1001", []),
        (VendorKey.CODE, "ext-1", []),
        (VendorKey.EMPLOYEE_CODE, "", []),
        (VendorKey.ACCOUNT, "", []),
    ],
)
async def test_vendors_are_found_by_the_key_that_is_asked_for(
    books: AccountingSystem, key: VendorKey, value: str, numbers: list[str]
) -> None:
    found = await books.vendors(VendorQuery(key=key, value=value, source="test"))
    assert [vendor.number for vendor in found] == numbers


async def test_vendor_is_found_with_its_account_and_a_blocked_one_as_blocked(books: AccountingSystem) -> None:
    assert await books.vendors(VendorQuery(key=VendorKey.CODE, value="V1002", source="test")) == (BLAATRYK,)
    (blocked,) = await books.vendors(VendorQuery(key=VendorKey.CODE, value="V1003", source="test"))
    assert blocked.blocked
