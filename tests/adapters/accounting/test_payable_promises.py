"""What every system of books promises of what settles what."""

import asyncio
from collections import Counter
from dataclasses import replace
from random import Random
from typing import Final

import pytest

from bilag.domain.ledger import PostingMode
from bilag.domain.payables import Allocation, VendorDocument
from bilag.ports.accounting_system import AccountingSystem, PostedDocument, SettlementRefused
from tests.adapters.accounting.payables_world import (
    BLAATRYK,
    HASH,
    booked,
    for_vendor,
    item_of,
    open_amounts,
    reopening,
    settling,
)
from tests.payable_builders import PAPIRHUSET, a_payment, an_invoice

INVOICE: Final = an_invoice()
PAYMENT: Final = a_payment(number=2)
BILL: Final = INVOICE.external_reference
PAID: Final = PAYMENT.external_reference


@pytest.mark.parametrize(("first", "second"), [(INVOICE, PAYMENT), (PAYMENT, INVOICE)], ids=["invoice", "payment"])
async def test_invoice_and_payment_settle_each_other_whichever_comes_first(
    books: AccountingSystem, first: VendorDocument, second: VendorDocument
) -> None:
    await booked(books, first)
    assert await open_amounts(books) == {first.external_reference: str(first.payable_amount)}
    posted = await booked(books, replace(second, settles=settling((first, "100.00 DKK"))))
    assert posted.settles == settling((first, "100.00 DKK"))
    assert await open_amounts(books) == {}
    assert (await item_of(books, first)).settled_with == settling((second, "100.00 DKK"))
    assert (await item_of(books, second)).settled_with == settling((first, "100.00 DKK"))


async def test_documents_that_settle_nothing_stay_open(books: AccountingSystem) -> None:
    await booked(books, INVOICE, PAYMENT)
    assert await open_amounts(books) == {BILL: "100.00 DKK", PAID: "-100.00 DKK"}


async def test_partial_payment_leaves_the_rest_of_the_invoice_open(books: AccountingSystem) -> None:
    await booked(books, INVOICE, a_payment("30.00 DKK", number=2, settles=settling((INVOICE, "30.00 DKK"))))
    assert await open_amounts(books) == {BILL: "70.00 DKK"}
    await booked(books, a_payment("70.00 DKK", number=3, settles=settling((INVOICE, "70.00 DKK"))))
    assert await open_amounts(books) == {}


async def test_overpayment_leaves_the_rest_of_the_payment_open(books: AccountingSystem) -> None:
    over = a_payment("130.00 DKK", number=2, settles=settling((INVOICE, "100.00 DKK")))
    await booked(books, INVOICE, over)
    assert await open_amounts(books) == {over.external_reference: "-30.00 DKK"}


async def test_one_payment_settles_many_invoices(books: AccountingSystem) -> None:
    invoices = [an_invoice("10.00 DKK", number=number) for number in range(1, 6)]
    payment = a_payment("50.00 DKK", number=9, settles=settling(*((one, "10.00 DKK") for one in invoices)))
    await booked(books, *invoices, payment)
    assert await open_amounts(books) == {}
    assert Counter((await item_of(books, payment)).settled_with) == Counter(payment.settles)


async def test_credit_note_and_the_money_that_comes_back_for_it_settle_each_other(books: AccountingSystem) -> None:
    note = an_invoice("-100.00 DKK")
    receipt = a_payment("-100.00 DKK", number=2, settles=settling((note, "100.00 DKK")))
    await booked(books, note)
    assert await open_amounts(books) == {note.external_reference: "-100.00 DKK"}
    await booked(books, receipt)
    assert await open_amounts(books) == {}


async def test_drafts_settle_as_well(books: AccountingSystem) -> None:
    drafts = [replace(one, mode=PostingMode.DRAFT) for one in (INVOICE, PAYMENT)]
    await booked(books, drafts[0], replace(drafts[1], settles=settling((INVOICE, "100.00 DKK"))))
    assert await open_amounts(books) == {}


@pytest.mark.parametrize("also", ["100.01 DKK", "60.00 DKK"])
async def test_more_than_is_open_is_refused_and_books_nothing(books: AccountingSystem, also: str) -> None:
    await booked(books, INVOICE, a_payment("50.00 DKK", number=2, settles=settling((INVOICE, "50.00 DKK"))))
    late = a_payment(also, number=3, settles=settling((INVOICE, also)))
    assert await books.post(late, HASH) == SettlementRefused(reference=BILL)
    assert await books.find_by_reference(late.external_reference) is None
    assert await open_amounts(books) == {BILL: "50.00 DKK"}


async def test_amounts_of_one_document_against_the_same_other_are_added_up(books: AccountingSystem) -> None:
    await booked(books, INVOICE)
    twice = a_payment("120.00 DKK", number=2, settles=settling((INVOICE, "60.00 DKK"), (INVOICE, "60.00 DKK")))
    assert await books.post(twice, HASH) == SettlementRefused(reference=BILL)


async def test_of_two_posts_at_once_that_settle_one_invoice_exactly_one_is_booked(books: AccountingSystem) -> None:
    await booked(books, INVOICE)
    rivals = [a_payment(number=number, settles=settling((INVOICE, "100.00 DKK"))) for number in (2, 3)]
    answers = await asyncio.gather(*(books.post(one, HASH) for one in rivals))
    assert Counter(type(answer) for answer in answers) == {PostedDocument: 1, SettlementRefused: 1}
    assert SettlementRefused(reference=BILL) in answers
    assert await open_amounts(books) == {}


async def test_posts_at_once_that_fit_an_invoice_together_are_all_booked(books: AccountingSystem) -> None:
    await booked(books, INVOICE)
    parts = [a_payment("25.00 DKK", number=n, settles=settling((INVOICE, "25.00 DKK"))) for n in range(2, 6)]
    await asyncio.gather(*(booked(books, part) for part in parts))
    assert await open_amounts(books) == {}


async def test_repeats_at_once_settle_once(books: AccountingSystem) -> None:
    await booked(books, INVOICE)
    payment = a_payment("40.00 DKK", number=2, settles=settling((INVOICE, "40.00 DKK")))
    answers = await asyncio.gather(*(booked(books, payment) for _ in range(3)))
    assert answers == [answers[0]] * 3
    assert await open_amounts(books) == {BILL: "60.00 DKK"}


async def test_repeat_answers_with_what_stands_although_nothing_is_open_any_more(books: AccountingSystem) -> None:
    paying = replace(PAYMENT, settles=settling((INVOICE, "100.00 DKK")))
    first = await booked(books, INVOICE, paying)
    assert await booked(books, paying) == first
    assert await booked(books, PAYMENT) == first
    assert await books.find_by_reference(PAID) == first
    assert await open_amounts(books) == {}


@pytest.mark.parametrize(
    ("stands", "arrives"),
    [
        (None, PAYMENT),
        (an_invoice("100.00 EUR"), PAYMENT),
        (for_vendor(INVOICE, BLAATRYK), PAYMENT),
        (an_invoice("-100.00 DKK"), PAYMENT),
        (INVOICE, an_invoice(number=2)),
    ],
    ids=["not there", "other currency", "other vendor", "payment and credit note", "two invoices"],
)
async def test_what_can_not_meet_is_refused(
    books: AccountingSystem, stands: VendorDocument | None, arrives: VendorDocument
) -> None:
    if stands:
        await booked(books, stands)
    other = stands or INVOICE
    settles = settling((other, "100.00 DKK"))
    answer = await books.post(replace(arrives, settles=settles), HASH)
    assert answer == SettlementRefused(reference=other.external_reference)
    assert await books.find_by_reference(arrives.external_reference) is None


async def test_returned_payment_opens_again_what_it_had_settled(books: AccountingSystem) -> None:
    back = a_payment(
        "-100.00 DKK",
        number=3,
        settles=settling((PAYMENT, "100.00 DKK")),
        reopens=reopening(PAYMENT, INVOICE, "100.00 DKK"),
    )
    await booked(books, INVOICE, replace(PAYMENT, settles=settling((INVOICE, "100.00 DKK"))), back)
    assert await open_amounts(books) == {BILL: "100.00 DKK"}
    assert (await item_of(books, INVOICE)).settled_with == ()
    assert (await item_of(books, PAYMENT)).settled_with == settling((back, "100.00 DKK"))
    await booked(books, a_payment(number=4, settles=settling((INVOICE, "100.00 DKK"))))
    assert await open_amounts(books) == {}


async def test_part_of_a_payment_that_comes_back_opens_that_part(books: AccountingSystem) -> None:
    paying = a_payment("70.00 DKK", number=2, settles=settling((INVOICE, "70.00 DKK")))
    back = a_payment(
        "-20.00 DKK",
        number=3,
        settles=settling((paying, "20.00 DKK")),
        reopens=reopening(paying, INVOICE, "20.00 DKK"),
    )
    await booked(books, INVOICE, paying, back)
    assert await open_amounts(books) == {BILL: "50.00 DKK"}
    assert (await item_of(books, INVOICE)).settled_with == settling((paying, "50.00 DKK"))


@pytest.mark.parametrize(
    ("settled", "undone"), [("0", "100.00 DKK"), ("60.00 DKK", "60.01 DKK")], ids=["nothing", "too little"]
)
async def test_only_what_was_settled_between_two_can_be_opened_again(
    books: AccountingSystem, settled: str, undone: str
) -> None:
    settles = () if settled == "0" else settling((INVOICE, settled))
    await booked(books, INVOICE, replace(PAYMENT, settles=settles))
    before = await open_amounts(books)
    back = a_payment("-100.00 DKK", number=3, reopens=reopening(PAYMENT, INVOICE, undone))
    assert await books.post(back, HASH) == SettlementRefused(reference=BILL)
    assert await open_amounts(books) == before


async def test_of_two_returns_at_once_of_one_payment_exactly_one_is_booked(books: AccountingSystem) -> None:
    await booked(books, INVOICE, replace(PAYMENT, settles=settling((INVOICE, "100.00 DKK"))))
    returns = [
        a_payment(
            "-100.00 DKK",
            number=number,
            settles=settling((PAYMENT, "100.00 DKK")),
            reopens=reopening(PAYMENT, INVOICE, "100.00 DKK"),
        )
        for number in (3, 4)
    ]
    answers = await asyncio.gather(*(books.post(one, HASH) for one in returns))
    assert Counter(type(answer) for answer in answers) == {PostedDocument: 1, SettlementRefused: 1}
    assert await open_amounts(books) == {BILL: "100.00 DKK"}


@pytest.mark.parametrize("seed", range(3))
async def test_statement_ties_to_the_cent_whatever_is_settled(books: AccountingSystem, seed: int) -> None:
    """Invoices and payments of two vendors in two currencies at random, held against a sum of our own."""
    random = Random(seed)  # noqa: S311  a repeatable choice, no secret
    still_open: dict[str, int] = {}
    documents: list[VendorDocument] = []
    for number in range(40):
        minor, currency = random.randint(1, 9999), random.choice(["DKK", "EUR"])
        amount = f"{random.choice(['', '-'])}{minor // 100}.{minor % 100:02} {currency}"
        make, vendor = random.choice([an_invoice, a_payment]), random.choice([PAPIRHUSET, BLAATRYK])
        document = for_vendor(make(amount, number=number), vendor)
        rest = abs(document.payable_amount.minor)
        taken = []
        for other in documents:
            opposite = (other.payable_amount.minor > 0) != (document.payable_amount.minor > 0)
            if (other.vendor, other.currency) == (vendor, document.currency) and opposite:
                part = random.randint(0, min(rest, still_open[other.external_reference]))
                if part:
                    rest -= part
                    still_open[other.external_reference] -= part
                    money_taken = replace(document.payable_amount, minor=part)
                    taken.append(Allocation(reference=other.external_reference, amount=money_taken))
        still_open[document.external_reference] = rest
        documents.append(document)
        await booked(books, replace(document, settles=tuple(taken)))
    signs = {one.external_reference: (1 if one.payable_amount.minor > 0 else -1) for one in documents}
    found = {i.external_reference: i.open_amount.minor for i in (await books.payables()).open_items}
    assert found == {reference: minor * signs[reference] for reference, minor in still_open.items() if minor}
    assert len(await open_amounts(books)) == len(found)
