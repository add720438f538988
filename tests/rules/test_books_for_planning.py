"""The books of these tests keep the promises of the port, so that what is tested with them means something."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bilag.domain.attachment import FileFormat, NoteFile, StoredFile
from bilag.domain.known_vendor import KnownVendor
from bilag.domain.ledger import JournalEntry
from bilag.domain.payables import PayableKeys, VendorKey, VendorQuery
from bilag.ports.accounting_system import PeriodRefused, PostedDocument, Rejected
from tests.builders import a_line, an_item, money, settings_with
from tests.payable_builders import an_open_item
from tests.rules.books_for_planning import BooksForPlanning, month_of, planned
from tests.rules.plan_reading import entry_of

FILE = StoredFile(name="r.pdf", path="/r", format=FileFormat.PDF, size_bytes=1, sha256="a" * 64)


async def an_entry(amount: str = "125.00 DKK") -> JournalEntry:
    return entry_of(await planned(an_item(a_line(amount)), settings_with()))


async def test_a_document_stands_once_and_is_found_by_its_reference() -> None:
    books, entry = BooksForPlanning(), await an_entry()
    first = await books.post(entry, "hash")
    assert isinstance(first, PostedDocument)
    assert await books.post(entry, "hash") == first
    assert await books.find_by_reference(entry.external_reference) == first
    assert isinstance(await books.post(await an_entry("1.00 DKK"), "other"), Rejected)
    assert await books.find_by_reference("never posted") is None


async def test_a_closed_month_takes_nothing() -> None:
    books, entry = BooksForPlanning(closed=frozenset({"2026-10"})), await an_entry()
    assert await books.post(entry, "hash") == PeriodRefused(period="2026-10")
    assert await books.find_by_reference(entry.external_reference) is None


async def test_a_file_is_linked_once() -> None:
    books = BooksForPlanning()
    for _ in range(2):
        assert await books.attach("1", FILE) is None
        assert await books.attach_note("1", NoteFile(name="n.txt", text="Guests")) is None
    assert len(await books.attached("1")) == 2
    assert await books.attached("2") == frozenset()


async def test_a_vendor_is_known_by_the_key_that_is_asked_for() -> None:
    books = BooksForPlanning(known_vendors=(KnownVendor(number="V1", account="4711"),))
    by_code = await books.vendors(VendorQuery(key=VendorKey.CODE, value="V1", source="vendor.code"))
    assert by_code == await books.vendors(VendorQuery(key=VendorKey.ACCOUNT, value="4711", source="supplier.account"))
    assert [vendor.number for vendor in by_code] == ["V1"]
    assert await books.vendors(VendorQuery(key=VendorKey.CODE, value="4711", source="vendor.code")) == ()


@pytest.mark.parametrize(
    ("keys", "is_found"),
    [
        ({"references": frozenset({"entry"})}, True),
        ({"invoice_number": "INV-1"}, True),
        ({"reconciliation_ids": frozenset({"rec-1"})}, True),
        ({"reconciliation_ids": frozenset({"rec-0"})}, True),
        ({"reconciliation_ids": frozenset({"rec-2"}), "invoice_number": "INV-2"}, False),
        ({}, False),
        ({"references": frozenset({"entry"}), "vendor_number": "V2"}, False),
    ],
)
async def test_a_standing_document_is_met_by_any_key_that_it_shares(keys: dict[str, Any], *, is_found: bool) -> None:
    item = an_open_item(external_reference="entry", invoice_number=" INV-1", reconciled_entries=("rec-0",))
    settled = replace(item, external_reference="settled", open_amount=money("0.00 DKK"))
    books = BooksForPlanning(standing=(item, settled))
    met = await books.payable_items(PayableKeys(**{"vendor_number": "V1001", **keys}))
    assert (item in met) is is_found
    assert (await books.payables()).open_items == (item,)


async def test_the_next_open_period_lies_behind_the_day_and_inside_the_books() -> None:
    books = BooksForPlanning(closed=frozenset({"2026-11"}), last=date(2026, 12, 31))
    assert await books.next_open_period(date(2026, 10, 1)) == month_of(date(2026, 12, 1))
    assert await books.next_open_period(date(2026, 12, 1)) is None
