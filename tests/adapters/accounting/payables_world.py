"""The same vendors in every system of books that has to keep the promises, and documents between them."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from bilag.adapters.accounting.memory.connector import MemoryBooks
from bilag.adapters.accounting.memory.set_up import BooksSetUp, calendar_months
from bilag.adapters.accounting.plaintext import config as plaintext
from bilag.adapters.accounting.plaintext.connector import PlaintextBooks
from bilag.domain.books_account import BooksAccount
from bilag.domain.document import Document
from bilag.domain.known_vendor import KnownVendor
from bilag.domain.ledger import AccountRole
from bilag.domain.payables import Allocation, BooksVendor, PayableItem, PayableKeys, Reopening, VendorDocument
from bilag.ports.accounting_system import AccountingSystem, PostedDocument
from tests.adapters.accounting.plaintext.samples import FixedClock
from tests.builders import DKK, money

HASH: Final = "a" * 64
BLAATRYK: Final = BooksVendor(number="V1002", name="Trykkeriet Blåtryk", payable_account="2441")
_VENDORS: Final[tuple[dict[str, Any], ...]] = (
    {"number": "V1001", "name": "Papirhuset", "external_id": "ext-1", "tax_registration_number": "DK12345678"},
    {"number": "V1002", "name": "Trykkeriet Blåtryk", "account": "44002", "payable_account": "2441"},
    {"number": "V1003", "name": "Papirhuset Aarhus", "tax_registration_number": "DK12345678", "blocked": True},
    {"number": "E007", "name": "Astrid Holm", "employee_code": "M007"},
)


def open_books(system: str, folder: Path) -> AccountingSystem:
    """Empty books that take anything in 2026."""
    if system == "memory":
        chart = tuple(BooksAccount(number=number, name=number) for number in ("1910", "2440", "2441", "6010"))
        vendors = tuple(KnownVendor(**vendor) for vendor in _VENDORS)
        return MemoryBooks(BooksSetUp(chart=chart, periods=calendar_months(2026), vendors=vendors))
    config = plaintext.PlaintextConfig(
        folder=folder,
        syntax=plaintext.Syntax(system),
        currency=DKK,
        vendors=tuple(KnownVendor(**vendor) for vendor in _VENDORS),
    )
    return PlaintextBooks(config, FixedClock())


def settling(*pairs: tuple[Document, str]) -> tuple[Allocation, ...]:
    """So much of each of these documents."""
    return tuple(Allocation(reference=other.external_reference, amount=money(amount)) for other, amount in pairs)


def reopening(payment: VendorDocument, bill: VendorDocument, amount: str) -> tuple[Reopening, ...]:
    """So much between the two is undone."""
    return (Reopening(payment=payment.external_reference, bill=bill.external_reference, amount=money(amount)),)


def for_vendor(document: VendorDocument, vendor: BooksVendor) -> VendorDocument:
    """The document as another vendor's, on that vendor's payable account."""
    postings = tuple(
        replace(posting, account=vendor.payable_account)
        if vendor.payable_account and posting.role is AccountRole.ACCOUNTS_PAYABLE
        else posting
        for posting in document.postings
    )
    return replace(document, vendor=vendor, postings=postings)


async def booked(books: AccountingSystem, *documents: Document) -> PostedDocument:
    """The documents in the books, one after the other; the last one's answer."""
    answers = [await _posted(books, document) for document in documents]
    return answers[-1]


async def item_of(books: AccountingSystem, document: VendorDocument) -> PayableItem:
    """The document as it stands."""
    keys = PayableKeys(vendor_number=document.vendor.number, references=frozenset({document.external_reference}))
    (item,) = await books.payable_items(keys)
    return item


async def open_amounts(books: AccountingSystem) -> Mapping[str, str]:
    """What is open by reference. Every statement that is read this way has to tie out, vendor by vendor."""
    statement = await books.payables()
    explained: dict[tuple[str, str, str], int] = {}
    for item in statement.open_items:
        place = (item.account, item.vendor.number, item.open_amount.currency.code)
        explained[place] = explained.get(place, 0) + item.open_amount.minor
    owed = {(b.account, b.vendor_number, b.currency.code): b.balance.minor for b in statement.balances}
    vendors = {place: minor for place, minor in owed.items() if place[1] and minor}
    assert vendors == {place: minor for place, minor in explained.items() if minor}
    return {item.external_reference: str(item.open_amount) for item in statement.open_items}


async def _posted(books: AccountingSystem, document: Document) -> PostedDocument:
    answer = await books.post(document, HASH)
    assert isinstance(answer, PostedDocument), answer
    return answer
