"""Vendors whose invoices the books pay by themselves as they are posted."""

import pytest

from bilag.adapters.accounting.memory.connector import MemoryBooks
from bilag.adapters.accounting.memory.own_payment import own_reference
from bilag.domain.failure import FailureCode
from bilag.domain.known_vendor import KnownVendor
from bilag.domain.payables import Allocation, PayableKeys, VendorDocument
from bilag.ports.accounting_system import Rejected
from tests.adapters.accounting.memory.samples import HASH, posted, the_books
from tests.builders import money
from tests.payable_builders import a_payment, an_invoice

INVOICE = an_invoice()
BILL = INVOICE.external_reference


@pytest.fixture
def books() -> MemoryBooks:
    return the_books(vendors=(KnownVendor(number="V1001", settles_on_posting=True),))


async def balance_of(books: MemoryBooks) -> str:
    (balance,) = (await books.payables()).balances
    return str(balance.balance)


async def test_invoice_is_paid_as_it_is_posted(books: MemoryBooks) -> None:
    await posted(books, INVOICE)
    (item,) = await books.payable_items(PayableKeys(vendor_number="V1001", references=frozenset({BILL})))
    assert item.open_amount == money("0.00 DKK")
    assert item.settled_with == (Allocation(reference=own_reference(BILL), amount=money("100.00 DKK")),)
    assert (await books.payables()).open_items == ()
    assert await balance_of(books) == "0.00 DKK"


async def test_repeat_of_the_invoice_pays_nothing_more(books: MemoryBooks) -> None:
    assert await posted(books, INVOICE) == await posted(books, INVOICE)
    assert len(books.entries) == 2


async def test_payment_of_what_the_books_paid_is_rejected(books: MemoryBooks) -> None:
    await posted(books, INVOICE)
    again = Allocation(reference=BILL, amount=money("100.00 DKK"))
    answer = await books.post(a_payment(number=2, settles=(again,)), HASH)
    assert isinstance(answer, Rejected)
    assert answer.failures[0].code is FailureCode.BOOKS_REJECTED
    assert BILL in answer.failures[0].message
    assert len(books.entries) == 2


@pytest.mark.parametrize(("prepaid", "own_payments"), [("40.00 DKK", 1), ("100.00 DKK", 0)])
async def test_books_pay_what_the_invoice_does_not_settle_itself(
    books: MemoryBooks, prepaid: str, own_payments: int
) -> None:
    payment = a_payment(prepaid, number=2)
    await posted(books, payment)
    settled = Allocation(reference=payment.external_reference, amount=money(prepaid))
    await posted(books, an_invoice(settles=(settled,)))
    assert await balance_of(books) == "0.00 DKK"
    assert len(books.entries) == 2 + own_payments


@pytest.mark.parametrize("document", [an_invoice("-100.00 DKK"), a_payment()], ids=["credit note", "payment"])
async def test_nothing_but_an_invoice_is_paid(books: MemoryBooks, document: VendorDocument) -> None:
    await posted(books, document)
    assert await balance_of(books) == "-100.00 DKK"


async def test_invoices_of_other_vendors_stay_open() -> None:
    books = the_books()
    await posted(books, INVOICE)
    assert await balance_of(books) == "100.00 DKK"


async def test_invoice_removed_by_a_person_takes_its_payment_along(books: MemoryBooks) -> None:
    await posted(books, INVOICE)
    books.remove(BILL)
    assert not books.entries
    assert (await books.payables()).balances == ()
