"""Accounts payable in text books, from the outside; both syntaxes, judged by their own programs."""

import asyncio
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bilag.adapters.accounting.plaintext.account_names import AccountKind
from bilag.adapters.accounting.plaintext.config import ChartAccount, Syntax
from bilag.domain.failure import FailureCode
from bilag.domain.ledger import DocumentKind
from bilag.domain.payables import Allocation, BooksVendor, PayableItem, PayableKeys, Reopening
from bilag.ports.accounting_system import PostedDocument, Rejected, SettlementRefused
from tests.adapters.accounting.plaintext.conftest import Opener
from tests.adapters.accounting.plaintext.oracles import load
from tests.adapters.accounting.plaintext.payable_samples import (
    DUE,
    GADGETS,
    PAPER,
    a_journal_entry_on_payables,
    a_payment,
    an_invoice,
    balances,
    booked,
    item_of,
    open_amounts,
    reopening,
    settling,
)
from tests.adapters.accounting.plaintext.samples import HASH, OCTOBER, OTHER_HASH, a_config, dated, names_in
from tests.builders import money


async def test_an_invoice_owes_until_its_payment_settles_it(open_books: Opener, syntax: Syntax) -> None:
    books = open_books(syntax)
    invoice = an_invoice()
    first = await booked(books, invoice)
    assert first.settles == ()
    assert await open_amounts(books) == {"inv.1": "100.00 DKK"}
    payment = a_payment(settles=settling((invoice, "100.00 DKK")))
    answer = await booked(books, payment)
    assert answer.settles == payment.settles
    assert await books.find_by_reference("pay.1") == answer
    assert await open_amounts(books) == {}
    assert await balances(books) == {}


async def test_an_item_says_what_stands_in_the_books(open_books: Opener, syntax: Syntax) -> None:
    books = open_books(syntax)
    invoice = an_invoice(paired_with="a, b; [c] %2C")
    payment = a_payment(amount="-60.00 DKK", settles=settling((invoice, "60.00 DKK")))
    await booked(books, invoice, payment)
    expected = PayableItem(
        external_reference="inv.1",
        external_id="2026-000001",
        kind=DocumentKind.VENDOR_INVOICE,
        vendor=GADGETS,
        account="6800",
        posting_date=OCTOBER,
        amount=money("100.00 DKK"),
        open_amount=money("40.00 DKK"),
        invoice_number="INV-1",
        due_date=DUE,
        reconciliation_id="rec-inv.1",
        paired_with="a, b; [c] %2C",
        settled_with=(Allocation(reference="pay.1", amount=money("60.00 DKK")),),
    )
    assert await item_of(books, invoice) == expected
    paid = await item_of(books, payment)
    assert (paid.amount, paid.open_amount) == (money("-60.00 DKK"), money("0 DKK"))
    assert paid.settled_with == (Allocation(reference="inv.1", amount=money("60.00 DKK")),)


async def test_items_are_found_by_every_key_of_their_vendor_alone_and_oldest_first(
    open_books: Opener, syntax: Syntax
) -> None:
    books = open_books(syntax)
    invoice = an_invoice(1, posting_date=dated(date(2026, 11, 2)))
    payment = a_payment(2)
    payment = replace(payment, datapoints=replace(payment.datapoints, reconciled_entries=("x, 1", "y;2")))
    other = an_invoice(1, external_reference="other", vendor=PAPER)
    await booked(books, invoice, payment, other)

    async def found(**keys: Any) -> list[str]:
        items = await books.payable_items(PayableKeys(vendor_number="V1001", **keys))
        return [item.external_reference for item in items]

    assert await found() == []
    assert await found(references=frozenset({"inv.1", "pay.2", "other"})) == ["pay.2", "inv.1"]
    assert await found(invoice_number="INV-1") == ["inv.1"]
    assert await found(reconciliation_ids=frozenset({"rec-inv.1"})) == ["inv.1"]
    assert await found(reconciliation_ids=frozenset({"x, 1"})) == ["pay.2"]
    assert await found(reconciliation_ids=frozenset({"y;2", "rec-inv.1"}), invoice_number="INV-9") == ["pay.2", "inv.1"]


async def test_a_returned_payment_opens_the_invoice_again(open_books: Opener, syntax: Syntax) -> None:
    books = open_books(syntax)
    invoice = an_invoice()
    payment = a_payment(settles=settling((invoice, "100.00 DKK")))
    returned = a_payment(
        2,
        "100.00 DKK",
        settles=settling((payment, "100.00 DKK")),
        reopens=reopening(payment, invoice, "100.00 DKK"),
    )
    await booked(books, invoice, payment, returned)
    assert await open_amounts(books) == {"inv.1": "100.00 DKK"}
    assert (await item_of(books, invoice)).settled_with == ()
    assert (await item_of(books, payment)).settled_with == settling((returned, "100.00 DKK"))
    again = replace(returned, external_reference="pay.3")
    assert await books.post(again, HASH) == SettlementRefused(reference="inv.1")
    second = a_payment(4, settles=settling((invoice, "100.00 DKK")))
    await booked(books, second)
    assert await open_amounts(books) == {}


async def test_what_is_not_open_to_the_amount_is_refused_and_nothing_is_booked(
    open_books: Opener, syntax: Syntax
) -> None:
    books = open_books(syntax)
    invoice, euros = an_invoice(), an_invoice(2, "100.00 EUR")
    theirs = an_invoice(3, vendor=PAPER)
    credit = an_invoice(4, "-30.00 DKK")
    await booked(books, invoice, euros, theirs, credit)
    for other, amount in (
        (invoice, "100.00 DKK"),
        (theirs, "1.00 DKK"),
        (credit, "1.00 DKK"),
        (an_invoice(9), "1 DKK"),
    ):
        too_much = "100.01 DKK" if other is invoice else amount
        document = a_payment(7, "-200.00 DKK", settles=settling((other, too_much)))
        assert await books.post(document, HASH) == SettlementRefused(reference=other.external_reference)
        assert await books.find_by_reference("pay.7") is None
    in_euros = a_payment(7, "-100.00 EUR", settles=settling((invoice, "1.00 EUR")))
    assert await books.post(in_euros, HASH) == SettlementRefused(reference="inv.1")
    twice = a_payment(7, "-200.00 DKK", settles=settling((invoice, "60.00 DKK"), (invoice, "60.00 DKK")))
    assert await books.post(twice, HASH) == SettlementRefused(reference="inv.1")
    nothing_there = a_payment(8, "100.00 DKK", reopens=(Reopening(payment="x", bill="inv.1", amount=money("1 DKK")),))
    assert await books.post(nothing_there, HASH) == SettlementRefused(reference="x")
    assert len(await open_amounts(books)) == 4


async def test_two_documents_that_settle_the_same_together_cannot_both(open_books: Opener, syntax: Syntax) -> None:
    books = open_books(syntax)
    invoice = an_invoice()
    await booked(books, invoice)
    payments = [a_payment(number, settles=settling((invoice, "60.00 DKK"))) for number in (2, 3, 4)]
    answers = await asyncio.gather(*(books.post(payment, HASH) for payment in payments))
    assert [type(answer) for answer in answers] == [PostedDocument, SettlementRefused, SettlementRefused]
    assert await open_amounts(books) == {"inv.1": "40.00 DKK", "pay.2": "-40.00 DKK"}


async def test_a_repeat_is_answered_with_what_stands_whatever_it_settles_now(
    open_books: Opener, syntax: Syntax
) -> None:
    books = open_books(syntax)
    invoice = an_invoice()
    payment = a_payment(settles=settling((invoice, "100.00 DKK")))
    first = await booked(books, invoice, payment)
    for settles in ((), payment.settles, settling((an_invoice(9), "1.00 DKK"))):
        assert await books.post(replace(payment, settles=settles), HASH) == first
    other = await books.post(replace(payment, settles=()), OTHER_HASH)
    assert isinstance(other, Rejected)
    assert [failure.code for failure in other.failures] == [FailureCode.BOOKS_CONFLICT]


async def test_settlements_survive_closing_and_reach_across_periods(
    open_books: Opener, folder: Path, syntax: Syntax
) -> None:
    books = open_books(syntax)
    invoice = an_invoice()
    payment = a_payment(settles=settling((invoice, "100.00 DKK")), posting_date=dated(date(2026, 11, 3)))
    await booked(books, invoice, payment)
    await books.close()
    again = open_books(syntax)
    assert await open_amounts(again) == {}
    returned = a_payment(
        2,
        "100.00 DKK",
        posting_date=dated(date(2026, 12, 1)),
        settles=settling((payment, "100.00 DKK")),
        reopens=reopening(payment, invoice, "100.00 DKK"),
    )
    await booked(again, returned)
    assert await open_amounts(again) == {"inv.1": "100.00 DKK"}
    assert len(names_in(folder / "journal")) == 4


async def test_a_journal_entry_stays_on_the_payable_account_itself(open_books: Opener, syntax: Syntax) -> None:
    books = open_books(syntax)
    await booked(books, a_journal_entry_on_payables(1, "7.00 DKK"), an_invoice())
    assert await balances(books) == {("6800", ""): "7.00 DKK", ("6800", "V1001"): "100.00 DKK"}
    assert await open_amounts(books) == {"inv.1": "100.00 DKK"}


async def test_looking_at_payables_locks_and_creates_nothing(open_books: Opener, folder: Path, syntax: Syntax) -> None:
    writer, reader = open_books(syntax), open_books(syntax)
    assert await open_amounts(reader) == {}
    assert names_in(folder) == []
    invoice = an_invoice()
    await booked(writer, invoice)
    assert await open_amounts(reader) == {"inv.1": "100.00 DKK"}
    await booked(writer, a_payment(amount="-30.00 DKK", settles=settling((invoice, "30.00 DKK"))))
    assert (await item_of(reader, invoice)).open_amount == money("70.00 DKK")
    assert await balances(reader) == {("6800", "V1001"): "70.00 DKK"}
    await writer.close()
    await booked(reader, an_invoice(2))
    assert await open_amounts(reader) == {"inv.1": "70.00 DKK", "inv.2": "100.00 DKK"}


async def test_an_invoice_and_its_payment_share_a_link(open_books: Opener, folder: Path) -> None:
    books = open_books()
    invoice = an_invoice()
    await booked(books, invoice, a_payment(settles=settling((invoice, "100.00 DKK"))))
    found = load(folder).by_reference()
    assert found["inv.1"].links == {"inv.1"}
    assert found["pay.1"].links == {"inv.1", "pay.1"}


async def test_a_closed_or_narrow_payable_account_takes_no_vendor_document(
    open_books: Opener, folder: Path, syntax: Syntax
) -> None:
    chart = (
        ChartAccount(
            number="6800", kind=AccountKind.LIABILITY, closed=True, currencies=frozenset({money("0 EUR").currency})
        ),
    )
    answer = await open_books(config=a_config(folder, syntax, chart=chart)).post(an_invoice(), HASH)
    assert isinstance(answer, Rejected)
    assert [failure.code for failure in answer.failures] == [
        FailureCode.ACCOUNT_CLOSED,
        FailureCode.ACCOUNT_CURRENCY_DIFFERS,
    ]


@pytest.mark.parametrize("number", ["", " ", "a\nb", "V\u202e1", "x" * 65, "::", "\ud800"])
async def test_a_vendor_number_that_cannot_stand_in_text_is_refused(
    open_books: Opener, syntax: Syntax, number: str
) -> None:
    answer = await open_books(syntax).post(an_invoice(vendor=BooksVendor(number=number, name="A")), HASH)
    assert isinstance(answer, Rejected)
    assert [failure.code for failure in answer.failures] == [FailureCode.VENDOR_UNKNOWN]


async def test_hostile_vendors_each_have_an_account_of_their_own(
    open_books: Opener, folder: Path, syntax: Syntax
) -> None:
    books = open_books(syntax)
    numbers = [
        'V"1',
        "V 1",
        "V-1",
        "V.1",
        "V::1",
        "V,1",
        "v-1",
        "V;1",
        "[V]1",
        "V%2C1",
        "\u00e6\u4e2d",
        "9" * 64,
        "9" * 63,
    ]
    names = ["", '"\n2026-01-01 open Assets:Evil', "\u202e\ufeff", "A" * 500, "; x:y, z:1", "::", "= 5 EUR", "Ab"]
    vendors = [BooksVendor(number=number, name=names[position % len(names)]) for position, number in enumerate(numbers)]
    for position, vendor in enumerate(vendors):
        await booked(books, an_invoice(position, f"{position + 1}.00 DKK", vendor=vendor))
    await books.close()
    again = open_books(syntax)
    for position, vendor in enumerate(vendors):
        invoice = an_invoice(100 + position, "100.00 DKK", vendor=vendor)
        payment = a_payment(position, vendor=vendor, settles=settling((invoice, "100.00 DKK")))
        await booked(again, invoice, payment)
    assert await balances(again) == {
        ("6800", vendor.number): f"{position + 1}.00 DKK" for position, vendor in enumerate(vendors)
    }
    statement = await again.payables()
    assert {item.vendor.number for item in statement.open_items} == {vendor.number for vendor in vendors}
