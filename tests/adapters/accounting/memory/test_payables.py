"""Balances come from postings alone, so that they can show what the open items don't explain."""

from dataclasses import replace

from bilag.adapters.accounting.memory.connector import MemoryBooks
from bilag.domain.ledger import AccountRole
from tests.adapters.accounting.memory.samples import a_document, posted, the_books
from tests.builders import money
from tests.payable_builders import an_invoice


async def balances_of(books: MemoryBooks) -> dict[tuple[str, str], str]:
    return {(one.account, one.vendor_number): str(one.balance) for one in (await books.payables()).balances}


async def test_journal_entry_on_a_payable_account_names_no_vendor() -> None:
    books = the_books()
    await posted(books, a_document(account="2440"))
    assert await balances_of(books) == {}
    await posted(books, an_invoice())
    assert await balances_of(books) == {("2440", ""): "-125.00 DKK", ("2440", "V1001"): "100.00 DKK"}


async def test_cost_of_an_invoice_on_a_payable_account_is_not_owed_to_its_vendor() -> None:
    books = the_books()
    owed, cost = an_invoice().postings
    assert cost.role is AccountRole.EXPENSE
    await posted(books, an_invoice(postings=(owed, replace(cost, account="2440"))))
    assert await balances_of(books) == {("2440", ""): "-100.00 DKK", ("2440", "V1001"): "100.00 DKK"}
    (item,) = (await books.payables()).open_items
    assert item.open_amount == money("100.00 DKK")
