"""What is asked before anything is posted."""

from datetime import date
from pathlib import Path

import pytest

from bilag.adapters.accounting.plaintext.account_names import AccountKind
from bilag.adapters.accounting.plaintext.config import ChartAccount, KnownVendor, Syntax
from bilag.adapters.accounting.plaintext.periods import CalendarMonths
from bilag.domain.export_item import Supplier
from tests.adapters.accounting.plaintext.conftest import Opener
from tests.adapters.accounting.plaintext.samples import HASH, OCTOBER, a_config, an_entry, names_in
from tests.builders import EUR


async def test_accounts_are_those_of_the_chart_when_it_is_complete(
    open_books: Opener, folder: Path, syntax: Syntax
) -> None:
    chart = (
        ChartAccount(number="6010", kind=AccountKind.EXPENSE, name="Office supplies", currencies=frozenset({EUR})),
        ChartAccount(number="1910", kind=AccountKind.ASSET, account="Assets:Pleo:Wallet", closed=True),
    )
    books = open_books(config=a_config(folder, syntax, chart=chart, open_accounts=False))
    found = await books.accounts(["6010", "1910", "9999"])
    assert {number: (one.name, one.closed, one.currencies) for number, one in found.items()} == {
        "6010": ("Office supplies", False, frozenset({EUR})),
        "1910": ("Assets:Pleo:Wallet", True, frozenset()),
    }


async def test_any_account_is_known_when_postings_may_open_them(open_books: Opener) -> None:
    assert set(await open_books().accounts(["6010", "9999"])) == {"6010", "9999"}


async def test_looking_at_accounts_locks_and_creates_nothing(open_books: Opener, folder: Path, syntax: Syntax) -> None:
    writer, planner = open_books(syntax), open_books(syntax)
    assert set(await planner.accounts(["6010"])) == {"6010"}
    assert names_in(folder) == []
    await writer.post(an_entry(), HASH)
    assert (await planner.accounts(["6010"]))["6010"].name == "Expenses:6010"


async def test_codes_are_checked_only_against_a_list(open_books: Opener, folder: Path) -> None:
    free = open_books()
    assert await free.unknown_tax_codes(["K25"]) == frozenset()
    assert await free.unknown_dimensions([("COSTCENTRE", "C-100")]) == frozenset()
    listed = open_books(
        config=a_config(folder, tax_codes=frozenset({"K25"}), dimensions=frozenset({("COSTCENTRE", "C-100")}))
    )
    assert await listed.unknown_tax_codes(["K25", "K12"]) == {"K12"}
    assert await listed.unknown_dimensions([("COSTCENTRE", "C-100"), ("PROJECT", "C-100")]) == {("PROJECT", "C-100")}


@pytest.mark.parametrize(
    ("supplier", "known"),
    [
        (Supplier(code="V-1"), True),
        (Supplier(code="V-2"), False),
        (Supplier(code="V-2", account="2441"), True),
        (Supplier(tax_identifier="dk 12 34 56 78"), True),
        (Supplier(name="Papirhuset"), False),
        (Supplier(code="", account="", tax_identifier=""), False),
    ],
)
async def test_a_vendor_is_found_by_code_account_or_tax_identifier(
    open_books: Opener, folder: Path, supplier: Supplier, *, known: bool
) -> None:
    vendors = (KnownVendor(code="V-1"), KnownVendor(account="2441"), KnownVendor(tax_identifier="DK12345678"))
    assert await open_books(config=a_config(folder, vendors=vendors)).has_vendor(supplier) is known


async def test_periods_are_answered_from_the_table(open_books: Opener, folder: Path) -> None:
    books = open_books(config=a_config(folder, periods=CalendarMonths(closed_until=date(2026, 10, 31))))
    period = await books.period_of(OCTOBER)
    following = await books.next_open_period(OCTOBER)
    assert period is not None
    assert following is not None
    assert (period.name, period.closed, following.name) == ("2026-10", True, "2026-11")
