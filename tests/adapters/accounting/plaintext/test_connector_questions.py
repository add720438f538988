"""What is asked before anything is posted."""

from datetime import date
from pathlib import Path

import pytest

from bilag.adapters.accounting.plaintext.account_names import AccountKind
from bilag.adapters.accounting.plaintext.config import ChartAccount, Syntax
from bilag.adapters.accounting.plaintext.periods import CalendarMonths
from bilag.domain.known_vendor import KnownVendor
from bilag.domain.payables import BooksVendor, VendorKey, VendorQuery
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


VENDORS = (
    KnownVendor(
        number="V-1",
        name="Papirhuset",
        external_id="aa-1",
        account="2441",
        tax_registration_number="DK12345678",
        payable_account="2440",
    ),
    KnownVendor(number="E-7", employee_code="007", tax_registration_number="dk-12.34 56 78", blocked=True),
)


@pytest.mark.parametrize(
    ("key", "value", "numbers"),
    [
        (VendorKey.CODE, "V-1", ["V-1"]),
        (VendorKey.CODE, "v-1", []),
        (VendorKey.CODE, "", []),
        (VendorKey.EXTERNAL_ID, "aa-1", ["V-1"]),
        (VendorKey.EXTERNAL_ID, "", []),
        (VendorKey.ACCOUNT, "2441", ["V-1"]),
        (VendorKey.ACCOUNT, "2440", []),
        (VendorKey.TAX_REGISTRATION_NUMBER, "dk 12 34-56.78", ["V-1", "E-7"]),
        (VendorKey.TAX_REGISTRATION_NUMBER, " - ", []),
        (VendorKey.EMPLOYEE_CODE, "007", ["E-7"]),
        (VendorKey.EMPLOYEE_CODE, "V-1", []),
    ],
)
async def test_vendors_are_found_by_each_key(
    open_books: Opener, folder: Path, key: VendorKey, value: str, numbers: list[str]
) -> None:
    books = open_books(config=a_config(folder, vendors=VENDORS))
    found = await books.vendors(VendorQuery(key=key, value=value, source="vendor.code"))
    assert [vendor.number for vendor in found] == numbers
    assert names_in(folder) == []


async def test_a_vendor_comes_with_its_account_and_whether_it_is_blocked(open_books: Opener, folder: Path) -> None:
    books = open_books(config=a_config(folder, vendors=VENDORS))
    query = VendorQuery(key=VendorKey.TAX_REGISTRATION_NUMBER, value="DK12345678", source="supplier.taxId")
    assert await books.vendors(query) == (
        BooksVendor(number="V-1", name="Papirhuset", payable_account="2440"),
        BooksVendor(number="E-7", name="", blocked=True),
    )


async def test_periods_are_answered_from_the_table(open_books: Opener, folder: Path) -> None:
    books = open_books(config=a_config(folder, periods=CalendarMonths(closed_until=date(2026, 10, 31))))
    period = await books.period_of(OCTOBER)
    following = await books.next_open_period(OCTOBER)
    assert period is not None
    assert following is not None
    assert (period.name, period.closed, following.name) == ("2026-10", True, "2026-11")
