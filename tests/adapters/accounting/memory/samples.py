"""A small company's books in memory, and documents for them."""

import hashlib
from dataclasses import replace
from datetime import date
from typing import Any, Final

from bilag.adapters.accounting.memory.connector import MemoryBooks
from bilag.adapters.accounting.memory.set_up import BooksSetUp, calendar_months
from bilag.domain.attachment import FileFormat, StoredFile
from bilag.domain.books_account import BooksAccount
from bilag.domain.document import Document
from bilag.domain.known_vendor import KnownVendor
from bilag.domain.ledger import AccountRole, Datapoints, JournalEntry, Posting, PostingMode, Side
from bilag.ports.accounting_system import PostedDocument
from tests.builders import DKK, EUR, a_posting_date, money

REFERENCE: Final = "4b1f0c5e.entry-1.je1"
HASH: Final = "a" * 64
SET_UP: Final = BooksSetUp(
    chart=(
        BooksAccount(number="1910", name="Pleo wallet"),
        BooksAccount(number="2440", name="Trade creditors"),
        BooksAccount(number="6010", name="Office supplies"),
        BooksAccount(number="6020", name="Old office supplies", closed=True),
        BooksAccount(number="1915", name="Pleo wallet EUR", currencies=frozenset({EUR})),
    ),
    periods=calendar_months(2026),
    tax_codes=frozenset({"K25"}),
    dimensions=frozenset({("COSTCENTRE", "C-100")}),
    vendors=(KnownVendor(number="V1001", name="Papirhuset"),),
)


def the_books(**differences: Any) -> MemoryBooks:
    """The company's books; a test names what its set-up has instead."""
    return MemoryBooks(replace(SET_UP, **differences))


def a_document(
    reference: str = REFERENCE, *, day: date = date(2026, 10, 15), account: str = "6010", **cost: Any
) -> Document:
    """125.00 DKK from the wallet; `cost` changes the debit posting."""
    amount = money("125.00 DKK")
    debit = Posting(account=account, role=AccountRole.EXPENSE, side=Side.DEBIT, amount=amount)
    credit = Posting(account="1910", role=AccountRole.WALLET, side=Side.CREDIT, amount=amount)
    return JournalEntry(
        external_reference=reference,
        posting_date=a_posting_date(original=day, date=day, period=f"{day:%Y-%m}"),
        mode=PostingMode.DRAFT,
        currency=DKK,
        postings=(replace(debit, **cost), credit),
        datapoints=Datapoints(reconciliation_id="rec-1", description="Papirhuset"),
    )


def a_file(content: bytes = b"receipt", **differences: Any) -> StoredFile:
    """A PDF that nobody reads."""
    file = StoredFile(
        name="receipt.pdf",
        path="/nowhere/receipt.pdf",
        format=FileFormat.PDF,
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    return replace(file, **differences)


async def posted(books: MemoryBooks, document: Document | None = None) -> PostedDocument:
    """The document in the books."""
    answer = await books.post(document or a_document(), HASH)
    assert isinstance(answer, PostedDocument)
    return answer
