from dataclasses import replace
from typing import Any

import pytest

from bilag.domain.books_account import BooksAccount
from bilag.domain.expense_type import ExpenseType
from bilag.domain.export_item import ExportItem
from bilag.domain.failure import Failure, FailureCode
from bilag.domain.payables import BooksVendor
from bilag.rules.books_check import check_accounts
from bilag.rules.item_validation import mapping_row
from bilag.rules.payable_accounts import PayableAccounts, map_payable_accounts
from bilag.rules.payables_mapping import payable_row
from tests.builders import DKK, TRAVEL, a_line, a_tax, accounts_with, an_item, per_currency, settings_with
from tests.payable_builders import PAPIRHUSET

OWN = replace(PAPIRHUSET, payable_account="2441")


def mapped(item: ExportItem, vendor: BooksVendor | None = PAPIRHUSET, **accounts: Any) -> PayableAccounts:
    """The accounts of the item, with these differences in the configured ones."""
    row, payable = mapping_row(item), payable_row(item)
    assert row
    assert payable
    return map_payable_accounts(item, row, payable, vendor, settings_with(accounts=accounts_with(**accounts)))


def numbers(accounts: PayableAccounts) -> list[str]:
    return [choice.number for choice in accounts.choices()]


def test_the_vendors_own_payable_account_wins_over_the_configured_one() -> None:
    accounts = mapped(an_item(), OWN)
    assert numbers(accounts) == ["6010", "2441", "1910"]
    assert accounts.payable
    assert accounts.payable.source == "payable account of the vendor in the books"
    assert "V1001 Papirhuset" in accounts.payable.because


def test_a_vendor_without_an_account_of_its_own_uses_the_configured_one_which_says_so() -> None:
    accounts = mapped(an_item())
    assert accounts.payable
    assert (accounts.payable.number, accounts.payable.source) == ("2440", "settings.accounts.accounts_payable")
    assert accounts.payable.refused == ("payable account of the vendor in the books: empty for V1001",)


def test_the_vendors_own_account_needs_no_configured_one() -> None:
    assert mapped(an_item(), OWN, accounts_payable="").failures == ()


def test_neither_account_fails_with_vendor_and_setting() -> None:
    accounts = mapped(an_item(), accounts_payable="")
    (failure,) = accounts.failures
    assert failure.code is FailureCode.ACCOUNT_NOT_CONFIGURED
    assert failure.path == "settings.accounts.accounts_payable"
    assert "V1001 Papirhuset" in failure.message
    assert "accounts.accounts_payable" in failure.remedy
    assert accounts.payable is None


def test_nothing_is_said_of_the_payable_account_of_a_vendor_that_was_not_found() -> None:
    accounts = mapped(an_item(), None, accounts_payable="", wallet="")
    assert accounts.payable is None
    assert [failure.path for failure in accounts.failures] == ["settings.accounts.wallet"]


@pytest.mark.parametrize(
    ("type_", "used"),
    [
        (ExpenseType.CARD_PURCHASE, ["6010", "2640", "2440", "1910"]),
        (ExpenseType.INVOICE, ["6010", "2640", "2440"]),
        (ExpenseType.OUT_OF_POCKET, ["6010", "2640", "2440"]),
    ],
)
def test_lines_and_money_have_accounts_where_the_type_brings_them(type_: ExpenseType, used: list[str]) -> None:
    assert numbers(mapped(an_item(a_line(tax=a_tax()), type=type_))) == used


@pytest.mark.parametrize(
    ("type_", "money"),
    [
        (ExpenseType.INVOICE_PAYMENT, "1910"),
        (ExpenseType.DIRECT_REIMBURSEMENT, "1910"),
        (ExpenseType.EXTERNAL_REIMBURSEMENT, "1940"),
    ],
)
def test_a_payment_alone_needs_no_category(type_: ExpenseType, money: str) -> None:
    accounts = mapped(an_item(a_line(account=None), type=type_), out_of_pocket="")
    assert (numbers(accounts), accounts.lines, accounts.failures) == (["2440", money], (), ())


def test_an_invoice_alone_needs_no_wallet_and_what_an_employee_laid_out_no_account_for_it() -> None:
    assert mapped(an_item(type=ExpenseType.INVOICE), wallet="").failures == ()
    assert mapped(an_item(type=ExpenseType.OUT_OF_POCKET), wallet="", out_of_pocket="").failures == ()


def test_the_wallet_of_the_currency_pays() -> None:
    accounts = mapped(an_item(a_line("10.00 EUR")), wallets=per_currency(EUR="1915"))
    assert accounts.money
    assert accounts.money.number == "1915"


def test_every_missing_account_is_told_at_once() -> None:
    item = an_item(a_line(tax=a_tax()), a_line(account=TRAVEL))
    accounts = mapped(item, input_tax="", accounts_payable="", wallet="")
    assert [failure.path for failure in accounts.failures] == [
        "accountingEntryLines[0].tax.ingoingTaxAccount",
        "settings.accounts.accounts_payable",
        "settings.accounts.wallet",
    ]


def test_no_account_is_looked_for_in_a_currency_that_could_not_be_read() -> None:
    unreadable = Failure(code=FailureCode.CURRENCY_UNKNOWN, path="amount", message="No.", remedy="No.")
    assert mapped(an_item(unreadable=(unreadable,)), wallet="") == PayableAccounts()


def test_a_vendors_account_that_the_books_do_not_know_is_corrected_at_the_vendor() -> None:
    known = {number: BooksAccount(number=number, name=number) for number in ("6010", "1910")}
    (failure,) = check_accounts(mapped(an_item(), OWN).choices(), known, DKK)
    assert failure.code is FailureCode.ACCOUNT_UNKNOWN
    assert failure.message == "The books have no account 2441 (accounts payable)."
    assert "give the vendor another payable account in the books" in failure.remedy
    (configured,) = check_accounts(mapped(an_item()).choices(), known, DKK)
    assert "configure another one as accounts.accounts_payable" in configured.remedy
