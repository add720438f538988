from dataclasses import replace
from datetime import date
from typing import Final

import pytest

from bilag.adapters.accounting.memory.connector import MemoryBooks
from bilag.adapters.accounting.memory.script import Alters
from bilag.domain.attachment import NoteFile
from bilag.domain.failure import FailureCode
from bilag.domain.ledger import PostingMode
from bilag.domain.payables import Allocation, PayableKeys, Reopening
from bilag.ports.accounting_system import AccountingSystem, PeriodRefused, PostedDocument, Rejected, SettlementRefused
from tests.adapters.accounting.memory.samples import (
    HASH,
    REFERENCE,
    a_document,
    a_file,
    posted,
    the_books,
)
from tests.builders import money
from tests.payable_builders import a_payment, an_invoice

OCTOBER: Final = "2026-10"


async def test_posted_document_stands_as_it_was_sent() -> None:
    books: AccountingSystem = the_books()
    answer = await books.post(a_document(), HASH)
    assert answer == PostedDocument(
        external_reference=REFERENCE,
        external_id="1",
        external_url="memory:1",
        posting_date=date(2026, 10, 15),
        mode=PostingMode.DRAFT,
        total=money("125.00 DKK"),
        content_hash=HASH,
    )
    assert await books.find_by_reference(REFERENCE) == answer
    assert await books.find_by_reference("another") is None


async def test_repeat_of_a_reference_books_nothing() -> None:
    books = the_books()
    assert await posted(books) == await posted(books)
    assert len(books.entries) == 1


async def test_same_reference_with_other_content_is_a_conflict() -> None:
    books = the_books()
    await posted(books)
    answer = await books.post(a_document(), "b" * 64)
    assert isinstance(answer, Rejected)
    assert answer.failures[0].code is FailureCode.BOOKS_CONFLICT
    assert len(books.entries) == 1


async def test_closed_period_refuses_until_it_is_opened() -> None:
    books = the_books()
    books.close_period(OCTOBER)
    assert await books.post(a_document(), HASH) == PeriodRefused(period=OCTOBER)
    assert not books.entries
    books.open_period(OCTOBER)
    await posted(books)


async def test_entry_that_stands_is_found_although_its_period_closed() -> None:
    books = the_books()
    first = await posted(books)
    books.close_period(OCTOBER)
    assert await posted(books) == first


async def test_periods_come_from_the_table() -> None:
    books = the_books()
    books.close_period("2026-11")
    october = await books.period_of(date(2026, 10, 31))
    december = await books.next_open_period(date(2026, 10, 15))
    assert october is not None
    assert (october.name, october.closed) == (OCTOBER, False)
    assert december is not None
    assert december.name == "2026-12"
    assert await books.period_of(date(2027, 1, 1)) is None
    assert await books.next_open_period(date(2026, 12, 1)) is None


async def test_books_know_what_the_set_up_lists_and_no_more() -> None:
    books = the_books()
    assert set(await books.accounts(["6010", "9999"])) == {"6010"}
    assert await books.unknown_tax_codes(["K25", "X"]) == {"X"}
    assert await books.unknown_dimensions([("COSTCENTRE", "C-100"), ("PROJECT", "C-100")]) == {("PROJECT", "C-100")}
    assert await books.problems() == ()


async def test_entry_removed_by_a_person_is_gone_and_can_be_booked_anew() -> None:
    books = the_books()
    first = await posted(books)
    books.remove(REFERENCE)
    assert await books.find_by_reference(REFERENCE) is None
    assert await books.attach(first.external_id, a_file()) is not None
    again = await posted(books)
    assert again.external_id != first.external_id


async def test_payment_removed_by_a_person_leaves_its_invoice_open() -> None:
    books = the_books()
    await posted(books, an_invoice())
    paid = Allocation(reference=an_invoice().external_reference, amount=money("100.00 DKK"))
    payment = a_payment(number=2, settles=(paid,))
    await posted(books, payment)
    books.remove(payment.external_reference)
    (item,) = (await books.payables()).open_items
    assert (item.open_amount, item.settled_with) == (money("100.00 DKK"), ())
    await posted(books, payment)
    assert (await books.payables()).open_items == ()


async def test_invoice_removed_by_a_person_leaves_its_payment_open() -> None:
    books = the_books()
    await posted(books, an_invoice())
    paid = Allocation(reference=an_invoice().external_reference, amount=money("100.00 DKK"))
    await posted(books, a_payment(number=2, settles=(paid,)))
    books.remove(an_invoice().external_reference)
    (item,) = (await books.payables()).open_items
    assert (item.open_amount, item.settled_with) == (money("-100.00 DKK"), ())


async def test_return_removed_by_a_person_settles_what_it_had_opened() -> None:
    books = the_books()
    amount = money("100.00 DKK")
    invoice, payment = an_invoice(), a_payment(number=2)
    bill, paid = invoice.external_reference, payment.external_reference
    back = a_payment(
        "-100.00 DKK",
        number=3,
        settles=(Allocation(reference=paid, amount=amount),),
        reopens=(Reopening(payment=paid, bill=bill, amount=amount),),
    )
    for document in (invoice, replace(payment, settles=(Allocation(reference=bill, amount=amount),)), back):
        await posted(books, document)
    assert [item.external_reference for item in (await books.payables()).open_items] == [bill]
    books.remove(back.external_reference)
    assert (await books.payables()).open_items == ()


async def test_open_amount_never_crosses_zero_whatever_a_person_takes_out() -> None:
    books = the_books()
    amount = money("100.00 DKK")
    bill, first = an_invoice().external_reference, a_payment(number=2).external_reference
    pays = (Allocation(reference=bill, amount=amount),)
    await posted(books, an_invoice())
    await posted(books, a_payment(number=2, settles=pays))
    books.remove(first)
    await posted(books, a_payment(number=3, settles=pays))
    await posted(books, a_payment(number=2))
    books.remove(first)
    assert isinstance(await books.post(a_payment(number=2, settles=pays), HASH), SettlementRefused)
    assert (await books.payables()).open_items == ()


async def test_ten_thousand_documents_of_one_vendor_are_found_by_their_keys() -> None:
    books = the_books()
    count = 10_000
    for number in range(count):
        data = replace(an_invoice().datapoints, reconciliation_id=f"rec-{number}", invoice=None)
        await posted(books, replace(an_invoice(), external_reference=f"invoice-{number}", datapoints=data))
    for number in range(count):
        wanted = frozenset({f"rec-{number}"})
        (item,) = await books.payable_items(PayableKeys(vendor_number="V1001", reconciliation_ids=wanted))
        assert item.external_reference == f"invoice-{number}"
    assert len((await books.payables()).open_items) == count


async def test_edit_by_a_person_is_what_a_look_up_shows() -> None:
    books = the_books()
    await posted(books)
    books.edit(REFERENCE, Alters(total=money("99.00 DKK"), mode=PostingMode.FINAL))
    found = await books.find_by_reference(REFERENCE)
    assert found is not None
    assert (found.total, found.mode, found.posting_date) == (
        money("99.00 DKK"),
        PostingMode.FINAL,
        date(2026, 10, 15),
    )


async def test_files_are_linked_as_often_as_told_and_notes_once() -> None:
    books = the_books()
    entry = await posted(books)
    note = NoteFile(name="attendees.txt", text="Attendees:\nA\nB\n")
    for _ in range(2):
        assert await books.attach(entry.external_id, a_file()) is None
        assert await books.attach_note(entry.external_id, note) is None
    assert await books.attached(entry.external_id) == {a_file().sha256}
    assert len(books.entries[0].files) == 2
    assert books.entries[0].notes == [note]


async def test_nothing_is_attached_to_an_entry_that_is_not_there() -> None:
    books = the_books()
    assert await books.attached("7") == frozenset()
    for failure in (await books.attach("7", a_file()), await books.attach_note("7", NoteFile(name="a", text="b"))):
        assert failure is not None
        assert "7" in failure.message


async def test_closed_books_answer_nothing() -> None:
    books = MemoryBooks()
    await books.close()
    await books.close()
    with pytest.raises(AssertionError, match="closed"):
        await books.problems()
