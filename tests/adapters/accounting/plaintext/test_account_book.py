from pathlib import Path

import pytest

from bilag.adapters.accounting.plaintext.account_names import AccountKind
from bilag.adapters.accounting.plaintext.config import ChartAccount, Syntax
from bilag.domain.failure import FailureCode
from bilag.ports.accounting_system import PostedDocument, Rejected
from tests.adapters.accounting.plaintext.conftest import Opener
from tests.adapters.accounting.plaintext.oracles import HLEDGER, load
from tests.adapters.accounting.plaintext.payable_samples import PAPER, an_invoice
from tests.adapters.accounting.plaintext.samples import HASH, a_config, an_entry
from tests.builders import DKK, EUR

CHART = (
    ChartAccount(number="6010", kind=AccountKind.EXPENSE, name="Office supplies"),
    ChartAccount(number="1910", kind=AccountKind.ASSET, account="Assets:Pleo:Wallet"),
)


async def test_the_chart_is_opened_before_anything_is_posted(open_books: Opener, folder: Path) -> None:
    await open_books(config=a_config(folder, chart=CHART)).find_by_reference("open")
    assert set(load(folder).accounts) == {"Expenses:6010-Office-supplies", "Assets:Pleo:Wallet"}


async def test_an_account_keeps_its_name_when_the_chart_calls_it_differently(
    open_books: Opener, folder: Path, syntax: Syntax
) -> None:
    books = open_books(config=a_config(folder, syntax, chart=CHART))
    await books.post(an_entry(1), HASH)
    await books.close()
    renamed = (ChartAccount(number="6010", kind=AccountKind.EXPENSE, name="Stationery"), CHART[1])
    again = open_books(config=a_config(folder, syntax, chart=renamed))
    assert isinstance(await again.post(an_entry(2), HASH), PostedDocument)
    assert (await again.accounts(["6010"]))["6010"].name == "Expenses:6010-Office-supplies"


async def test_an_account_that_a_person_opened_elsewhere_is_not_opened_again(open_books: Opener, folder: Path) -> None:
    (folder / "mine.beancount").write_text("2020-01-01 open Assets:Pleo:Wallet\n")
    (folder / "main.beancount").write_text(
        'include "mine.beancount"\ninclude "accounts.beancount"\ninclude "journal/*.beancount"\n'
    )
    books = open_books(config=a_config(folder, chart=CHART))
    assert isinstance(await books.post(an_entry(1), HASH), PostedDocument)
    assert sorted(load(folder).accounts) == ["Assets:Pleo:Wallet", "Expenses:6010-Office-supplies"]


async def test_a_person_may_rename_and_close_accounts_while_the_books_are_open(
    open_books: Opener, folder: Path
) -> None:
    books = open_books()
    await books.post(an_entry(1), HASH)
    for path in (folder / "accounts.beancount", folder / "journal" / "2026-10.beancount"):
        path.write_text(path.read_text().replace("Expenses:6010", "Expenses:Paper"))
    await books.post(an_entry(2), HASH)
    assert set(load(folder).totals()) == {("Expenses:Paper", "DKK"), ("Assets:1910", "DKK")}
    accounts = folder / "accounts.beancount"
    accounts.write_text(accounts.read_text() + "2030-01-01 close Expenses:Paper\n")
    answer = await books.post(an_entry(3), HASH)
    assert isinstance(answer, Rejected)
    assert [failure.code for failure in answer.failures] == [FailureCode.ACCOUNT_CLOSED]


async def test_currencies_are_limited_by_chart_and_accounts_file(open_books: Opener, folder: Path) -> None:
    (folder / "accounts.beancount").write_text('2020-01-01 open Expenses:Paper DKK\n  number: "6010"\n')
    chart = (ChartAccount(number="6010", kind=AccountKind.EXPENSE, currencies=frozenset({DKK, EUR})),)
    books = open_books(config=a_config(folder, chart=chart))
    assert (await books.accounts(["6010"]))["6010"].currencies == {DKK}
    answer = await books.post(an_entry(1, "5.00 EUR"), HASH)
    assert isinstance(answer, Rejected)
    assert [failure.code for failure in answer.failures] == [FailureCode.ACCOUNT_CURRENCY_DIFFERS]


async def test_two_numbers_never_share_an_account(open_books: Opener, folder: Path) -> None:
    books = open_books()
    entry = an_entry()
    for number, account in enumerate(("60-10", "60.10", "60 10")):
        postings = (
            type(entry.postings[0])(
                account=account,
                role=entry.postings[0].role,
                side=entry.postings[0].side,
                amount=entry.postings[0].amount,
            ),
            entry.postings[1],
        )
        assert isinstance(await books.post(an_entry(number, postings=postings), HASH), PostedDocument)
    assert len(set(load(folder).accounts)) == 4


@pytest.mark.skipif(HLEDGER is None, reason="hledger is not installed, so nobody could judge these books")
async def test_a_new_currency_is_declared_once_for_hledger(open_books: Opener, folder: Path) -> None:
    books = open_books(Syntax.HLEDGER)
    for number, amount in enumerate(("1.00 EUR", "2.00 EUR", "1.500 KWD")):
        await books.post(an_entry(number, amount), HASH)
    text = (folder / "accounts.journal").read_text()
    assert [line for line in text.split("\n") if line.startswith("commodity")] == [
        "commodity 1000.00 DKK",
        "commodity 1000.00 EUR",
        "commodity 1000.000 KWD",
    ]


async def test_a_vendors_own_account_that_a_person_closed_takes_nothing(open_books: Opener, folder: Path) -> None:
    books = open_books()
    assert isinstance(await books.post(an_invoice(1), HASH), PostedDocument)
    accounts = folder / "accounts.beancount"
    accounts.write_text(accounts.read_text() + "2030-01-01 close Liabilities:6800:V1001-Gadget-Store\n")
    answer = await books.post(an_invoice(2), HASH)
    assert isinstance(answer, Rejected)
    assert [failure.code for failure in answer.failures] == [FailureCode.ACCOUNT_CLOSED]
    assert isinstance(await books.post(an_invoice(3, vendor=PAPER), HASH), PostedDocument)


async def test_a_vendors_own_account_is_opened_once_below_the_payable_account(open_books: Opener, folder: Path) -> None:
    chart = (ChartAccount(number="6800", kind=AccountKind.LIABILITY, name="Accounts payable"),)
    for number in (1, 2):
        books = open_books(config=a_config(folder, chart=chart))
        await books.post(an_invoice(number), HASH)
        await books.close()
    text = (folder / "accounts.beancount").read_text()
    opened = (
        "1970-01-01 open Liabilities:6800-Accounts-payable:V1001-Gadget-Store\n"
        '  payable: "6800"\n  vendor: "V1001"\n  name: "Gadget Store"\n'
    )
    assert text.count(opened) == 1
    assert text.count("V1001") == 2
