import asyncio
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bilag.adapters.accounting.plaintext.account_names import AccountKind
from bilag.adapters.accounting.plaintext.config import ChartAccount, Syntax
from bilag.adapters.accounting.plaintext.connector import PlaintextBooks
from bilag.adapters.accounting.plaintext.periods import CalendarMonths
from bilag.domain.failure import FailureCode
from bilag.domain.ledger import Dimension, JournalEntry, PostingMode
from bilag.ports.accounting_system import AccountingSystem, PeriodRefused, PostedDocument, Rejected
from bilag.ports.errors import NeedsPerson
from tests.adapters.accounting.plaintext.conftest import Opener
from tests.adapters.accounting.plaintext.oracles import HLEDGER, hledger, hledger_transactions, load
from tests.adapters.accounting.plaintext.samples import (
    HASH,
    OCTOBER,
    OTHER_HASH,
    a_config,
    an_entry,
    dated,
    names_in,
    period_file,
    reference_of,
)
from tests.builders import EUR, money


async def booked(books: PlaintextBooks, entry: JournalEntry, content_hash: str = HASH) -> PostedDocument:
    answer = await books.post(entry, content_hash)
    assert isinstance(answer, PostedDocument), answer
    return answer


async def codes_of_refusal(books: PlaintextBooks, entry: JournalEntry) -> list[FailureCode]:
    answer = await books.post(entry, HASH)
    assert isinstance(answer, Rejected), answer
    assert await books.find_by_reference(entry.external_reference) is None
    return [failure.code for failure in answer.failures]


async def test_it_is_an_accounting_system(open_books: Opener) -> None:
    books: AccountingSystem = open_books()
    assert books.capabilities.system == "plaintext"


async def test_a_posted_entry_stands_in_the_books_as_it_was_answered(open_books: Opener, syntax: Syntax) -> None:
    books = open_books(syntax)
    answer = await booked(books, an_entry(1, "125.00 DKK"))
    assert answer == PostedDocument(
        external_reference=reference_of(1),
        external_id="2026-000001",
        external_url="",
        posting_date=OCTOBER,
        mode=PostingMode.DRAFT,
        total=money("125.00 DKK"),
        content_hash=HASH,
    )
    assert await books.find_by_reference(reference_of(1)) == answer


async def test_beancount_agrees_with_what_was_posted(open_books: Opener, folder: Path) -> None:
    books = open_books()
    for number, amount in enumerate(("125.00 DKK", "0.01 DKK", "1500 JPY", "8969.650 KWD", "99999999999.99 EUR")):
        await booked(books, an_entry(number, amount, mode=PostingMode.FINAL))
    loaded = load(folder)
    assert loaded.totals() == {
        ("Expenses:6010", "DKK"): Decimal("125.01"),
        ("Assets:1910", "DKK"): Decimal("-125.01"),
        ("Expenses:6010", "JPY"): Decimal(1500),
        ("Assets:1910", "JPY"): Decimal(-1500),
        ("Expenses:6010", "KWD"): Decimal("8969.650"),
        ("Assets:1910", "KWD"): Decimal("-8969.650"),
        ("Expenses:6010", "EUR"): Decimal("99999999999.99"),
        ("Assets:1910", "EUR"): Decimal("-99999999999.99"),
    }
    assert {one.flag for one in loaded.transactions} == {"*"}
    assert all(one.links == {reference} for reference, one in loaded.by_reference().items())


@pytest.mark.skipif(HLEDGER is None, reason="hledger is not installed, so it cannot be asked")
async def test_hledger_agrees_with_what_was_posted(open_books: Opener, folder: Path) -> None:
    books = open_books(Syntax.HLEDGER)
    for number, amount in enumerate(("125.00 DKK", "1500 JPY", "1.234 KWD")):
        await booked(books, an_entry(number, amount, mode=PostingMode.FINAL))
    said = hledger(folder, "balance", "Expenses:6010", "--no-total", "-O", "csv", "--layout", "bare")
    assert said.splitlines()[1:] == [
        '"Expenses:6010","DKK","125.00"',
        '"Expenses:6010","JPY","1500"',
        '"Expenses:6010","KWD","1.234"',
    ]
    assert [one["tstatus"] for one in hledger_transactions(folder)] == ["Cleared"] * 3


async def test_a_repeat_answers_with_what_stands_and_books_nothing(
    open_books: Opener, folder: Path, syntax: Syntax
) -> None:
    books = open_books(syntax)
    first = await booked(books, an_entry())
    before = period_file(folder, syntax).read_bytes()
    assert await booked(books, an_entry()) == first
    assert period_file(folder, syntax).read_bytes() == before


async def test_repeats_that_arrive_together_are_booked_once(open_books: Opener, syntax: Syntax) -> None:
    books = open_books(syntax)
    answers = await asyncio.gather(*(booked(books, an_entry()) for _ in range(20)))
    assert len(set(answers)) == 1
    assert (await booked(books, an_entry(2))).external_id == "2026-000002"


async def test_other_content_under_the_same_reference_is_a_conflict(open_books: Opener, syntax: Syntax) -> None:
    books = open_books(syntax)
    await booked(books, an_entry())
    together = await asyncio.gather(
        books.post(an_entry(1, "126.00 DKK"), OTHER_HASH), books.post(an_entry(1, "127.00 DKK"), OTHER_HASH)
    )
    for answer in together:
        assert isinstance(answer, Rejected)
        assert [failure.code for failure in answer.failures] == [FailureCode.BOOKS_CONFLICT]
        assert "2026-000001" in answer.failures[0].message
    found = await books.find_by_reference(reference_of(1))
    assert found is not None
    assert found.total == money("125.00 DKK")


async def test_entries_and_numbers_survive_closing_and_opening(open_books: Opener, syntax: Syntax) -> None:
    books = open_books(syntax)
    first = await booked(books, an_entry())
    await books.close()
    again = open_books(syntax)
    assert await again.find_by_reference(reference_of(1)) == first
    assert (await booked(again, an_entry(2))).external_id == "2026-000002"


async def test_a_closed_period_takes_nothing(open_books: Opener, folder: Path, syntax: Syntax) -> None:
    closed = CalendarMonths(closed_until=date(2026, 10, 31))
    books = open_books(config=a_config(folder, syntax, periods=closed))
    assert await books.post(an_entry(), HASH) == PeriodRefused(period="2026-10")
    assert await books.find_by_reference(reference_of(1)) is None
    assert (await booked(books, an_entry(posting_date=dated(date(2026, 11, 1))))).external_id == "2026-000001"


async def test_a_repeat_is_answered_although_its_period_was_closed_since(
    open_books: Opener, folder: Path, syntax: Syntax
) -> None:
    books = open_books(syntax)
    first = await booked(books, an_entry())
    await books.close()
    closed = CalendarMonths(closed_until=date(2026, 10, 31))
    assert await booked(open_books(config=a_config(folder, syntax, periods=closed)), an_entry()) == first


async def test_a_day_without_a_period_is_refused(open_books: Opener, folder: Path, syntax: Syntax) -> None:
    books = open_books(config=a_config(folder, syntax, periods=CalendarMonths(first_day=date(2026, 11, 1))))
    assert await codes_of_refusal(books, an_entry()) == [FailureCode.PERIOD_MISSING]


async def test_every_reason_for_a_refusal_is_told_at_once(open_books: Opener, folder: Path, syntax: Syntax) -> None:
    chart = (ChartAccount(number="6010", kind=AccountKind.EXPENSE, closed=True, currencies=frozenset({EUR})),)
    config = a_config(
        folder,
        syntax,
        chart=chart,
        open_accounts=False,
        tax_codes=frozenset({"K25"}),
        dimensions=frozenset({("COSTCENTRE", "C-100")}),
    )
    entry = an_entry()
    expense = replace(entry.postings[0], tax_code="K12", dimensions=(Dimension(group="COSTCENTRE", code="C-999"),))
    assert await codes_of_refusal(open_books(config=config), replace(entry, postings=(expense, entry.postings[1]))) == [
        FailureCode.ACCOUNT_CLOSED,
        FailureCode.ACCOUNT_CURRENCY_DIFFERS,
        FailureCode.TAX_CODE_UNKNOWN,
        FailureCode.TAG_UNKNOWN,
        FailureCode.ACCOUNT_UNKNOWN,
    ]


async def test_voucher_numbers_have_no_gap_although_entries_are_refused(
    open_books: Opener, folder: Path, syntax: Syntax
) -> None:
    books = open_books(config=a_config(folder, syntax, periods=CalendarMonths(closed_until=date(2026, 9, 30))))
    entries = [
        an_entry(number, posting_date=dated(date(2026, month, 1)))
        for number, month in enumerate((10, 9, 11, 10, 9, 10))
    ]
    answers = await asyncio.gather(*(books.post(entry, HASH) for entry in entries))
    given = sorted(answer.external_id for answer in answers if isinstance(answer, PostedDocument))
    assert given == [f"2026-{number:06d}" for number in range(1, 5)]


async def test_voucher_numbers_start_anew_with_the_fiscal_year(
    open_books: Opener, folder: Path, syntax: Syntax
) -> None:
    books = open_books(config=a_config(folder, syntax, fiscal_year_first_month=7))
    days = (date(2026, 6, 30), date(2026, 7, 1), date(2027, 6, 30), date(2027, 7, 1))
    given = [
        (await booked(books, an_entry(number, posting_date=dated(day)))).external_id for number, day in enumerate(days)
    ]
    assert given == ["2025-26-000001", "2026-27-000001", "2026-27-000002", "2027-28-000001"]


async def test_a_document_links_into_fava_when_its_address_is_known(open_books: Opener, folder: Path) -> None:
    books = open_books(config=a_config(folder, fava_url="http://127.0.0.1:5000/books/"))
    answer = await booked(books, an_entry())
    assert answer.external_url == f"http://127.0.0.1:5000/books/journal/?filter=%5E{reference_of(1)}"


async def test_a_wrong_configuration_keeps_the_books_shut(open_books: Opener, folder: Path) -> None:
    books = open_books(config=a_config(folder, fiscal_year_first_month=13))
    with pytest.raises(NeedsPerson, match="month 13"):
        await books.post(an_entry(), HASH)
    assert names_in(folder) == []


async def test_a_caller_who_stops_waiting_changes_nothing_for_others(open_books: Opener, syntax: Syntax) -> None:
    books = open_books(syntax)
    tasks = [asyncio.create_task(books.post(an_entry(number), HASH)) for number in range(10)]
    await asyncio.sleep(0)
    tasks[3].cancel()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(answers.pop(3), asyncio.CancelledError)
    assert all(isinstance(answer, PostedDocument) for answer in answers)


async def test_closing_finishes_what_was_asked_for(open_books: Opener, syntax: Syntax) -> None:
    books = open_books(syntax)
    tasks = [asyncio.create_task(booked(books, an_entry(number))) for number in range(200)]
    await asyncio.sleep(0)
    await books.close()
    assert len({answer.external_id for answer in await asyncio.gather(*tasks)}) == 200
