"""Balances come from postings alone, so that they can show what the open items don't explain."""

from dataclasses import replace

from bilag.adapters.accounting.memory.connector import MemoryBooks
from bilag.domain.ledger import AccountRole
from bilag.domain.payables import Allocation, PayableItem, PayableKeys
from tests.adapters.accounting.memory.samples import a_document, posted, the_books
from tests.builders import money
from tests.payable_builders import a_payment, an_invoice


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


async def test_what_settled_a_document_that_is_gone_misses_it_until_it_is_back() -> None:
    books = the_books()
    invoice = an_invoice()
    allocation = Allocation(reference=invoice.external_reference, amount=money("100.00 DKK"))
    await posted(books, invoice)
    await posted(books, a_payment(number=2, settles=(allocation,)))
    assert [item.misses for item in await _items(books)] == [(), ()]
    books.remove(invoice.external_reference)
    assert [item.misses for item in await _items(books)] == [(invoice.external_reference,)]


async def _items(books: MemoryBooks) -> tuple[PayableItem, ...]:
    references = frozenset(entry.external_reference for entry in books.entries)
    return await books.payable_items(PayableKeys(vendor_number="V1001", references=references))
