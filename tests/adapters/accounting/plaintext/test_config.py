from datetime import date
from pathlib import Path

from bilag.adapters.accounting.plaintext.account_names import AccountKind
from bilag.adapters.accounting.plaintext.config import ChartAccount, PlaintextConfig, Syntax
from bilag.adapters.accounting.plaintext.periods import CalendarMonths
from bilag.domain.failure import JobReason
from bilag.domain.known_vendor import KnownVendor
from tests.adapters.accounting.plaintext.samples import a_config


def test_a_folder_is_all_that_is_needed() -> None:
    assert PlaintextConfig(folder=Path("books")).problems() == ()


def test_everything_that_is_wrong_is_named_at_once() -> None:
    chart = (
        ChartAccount(number="4010", kind=AccountKind.EXPENSE, account="Travel"),
        ChartAccount(number="4010", kind=AccountKind.EXPENSE, account="Assets:Travel"),
        ChartAccount(number="", kind=AccountKind.ASSET, account="Assets:Bank"),
        ChartAccount(number="1\n2", kind=AccountKind.ASSET, account="Assets:Bank"),
    )
    config = a_config(
        Path("books"),
        chart=chart,
        fiscal_year_first_month=13,
        fava_url="localhost:5000",
        periods=CalendarMonths(closed_until=date(2026, 10, 15)),
    )
    problems = config.problems()
    assert {problem.reason_type for problem in problems} == {JobReason.INVALID_CONFIGURATION}
    assert all(problem.remedy for problem in problems)
    messages = " ".join(problem.message for problem in problems)
    for words in (
        "2026-10-15, is not the last day of a month",
        "month 13",
        "account 4010: 'Travel'",
        "its name Assets:Travel is not",
        "account number ''",
        "account number '1\\n2'",
        "account 4010 stands in the chart 2 times",
        "2 account numbers share the name Assets:Bank",
        "'localhost:5000' is not a web address",
    ):
        assert words in messages
    assert len(problems) == 9


def test_names_are_judged_by_the_syntax() -> None:
    chart = (ChartAccount(number="4010", kind=AccountKind.EXPENSE, account="expenses:travel costs"),)
    assert a_config(Path("books"), Syntax.HLEDGER, chart=chart).problems() == ()
    assert len(a_config(Path("books"), Syntax.BEANCOUNT, chart=chart).problems()) == 1


def test_vendors_that_cannot_be_told_apart_or_paid_are_named() -> None:
    vendors = (
        KnownVendor(number="V-1"),
        KnownVendor(number="V-1", payable_account="2440"),
        KnownVendor(number=" "),
        KnownVendor(number="::", payable_account="2449"),
        KnownVendor(number="V\n1"),
    )
    chart = (ChartAccount(number="2440", kind=AccountKind.LIABILITY),)
    messages = [
        problem.message
        for problem in a_config(Path("books"), vendors=vendors, chart=chart, open_accounts=False).problems()
    ]
    assert messages == [
        "Text books: vendor 'V-1' stands among the vendors 2 times.",
        "Text books: the vendor number ' ' is empty, not printable, or longer than 64.",
        "Text books: the vendor number '::' has no letter and no digit to name an account after.",
        "Text books: the vendor number 'V\\n1' is empty, not printable, or longer than 64.",
        "Text books: vendor ::: its payable account 2449 does not stand in the chart.",
    ]


def test_a_payable_account_may_be_opened_by_its_first_posting() -> None:
    assert a_config(Path("books"), vendors=(KnownVendor(number="V-1", payable_account="2449"),)).problems() == ()
    (problem,) = a_config(Path("books"), vendors=(KnownVendor(number="V-1", payable_account="2\n"),)).problems()
    assert "account number '2\\n'" in problem.message
