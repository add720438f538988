from dataclasses import replace

import pytest

from bilag.domain.books_account import BooksAccount
from bilag.domain.export_item import MappedAccount
from bilag.domain.failure import FailureCode
from tests.builders import OFFICE, a_line, a_tag, a_tax, an_item, settings_with
from tests.rules.books_for_planning import CHART, BooksForPlanning, chart_with, planned
from tests.rules.plan_reading import codes, only_failure

REMEDIES = {
    "6010": ("accountingEntryLines[0].account.code", "map the category to another account in Pleo"),
    "1910": ("settings.accounts.wallet", "configure another one as accounts.wallet"),
    "1915": ("contraAccount", "choose another contra account in Pleo's settings"),
    "2640": ("settings.accounts.input_tax", "configure another one as accounts.input_tax"),
    "2641": ("accountingEntryLines[0].tax.ingoingTaxAccount", "give the tax code another account in Pleo"),
}


@pytest.mark.parametrize("number", list(REMEDIES))
@pytest.mark.parametrize("trouble", ["unknown", "closed", "other currency"])
async def test_an_account_that_cannot_be_used_is_named_with_where_it_comes_from(number: str, trouble: str) -> None:
    wallet = MappedAccount(id="c0000000-0000-4000-8000-000000000001", name="Wallet", code="1915")
    tax = a_tax(ingoing_account="2641" if number == "2641" else None)
    item = an_item(a_line(tax=tax), contra_account=wallet if number == "1915" else None)
    charts = {
        "unknown": {n: BooksAccount(number=n, name=name) for n, name in CHART.items() if n != number},
        "closed": chart_with(number, closed=True),
        "other currency": chart_with(number, currency="SEK"),
    }
    failure = only_failure(await planned(item, settings_with(), BooksForPlanning(chart=charts[trouble])))
    source, remedy = REMEDIES[number]
    assert (
        failure.code
        == {
            "unknown": FailureCode.ACCOUNT_UNKNOWN,
            "closed": FailureCode.ACCOUNT_CLOSED,
            "other currency": FailureCode.ACCOUNT_CURRENCY_DIFFERS,
        }[trouble]
    )
    assert failure.path == source
    assert number in failure.message
    assert remedy in failure.remedy


async def test_an_account_kept_in_the_currency_of_the_expense_is_fine() -> None:
    books = BooksForPlanning(chart=chart_with("1910", currency="DKK"))
    assert (await planned(an_item(), settings_with(), books)).documents


async def test_a_wallet_in_another_currency_never_takes_the_expense() -> None:
    books = BooksForPlanning(chart=chart_with("1910", currency="DKK"))
    failure = only_failure(await planned(an_item(a_line("10.00 EUR")), settings_with(), books))
    assert failure.code is FailureCode.ACCOUNT_CURRENCY_DIFFERS
    assert "DKK" in failure.message
    assert "EUR" in failure.message


async def test_an_unknown_tax_code_and_tag_are_named_by_line() -> None:
    line = a_line(tax=a_tax(code="OLD"), tags=(a_tag(), a_tag("GONE", "PROJECT")))
    plan = await planned(an_item(a_line(), line), settings_with())
    assert codes(plan) == [FailureCode.TAX_CODE_UNKNOWN, FailureCode.TAG_UNKNOWN]
    assert [failure.path for failure in plan.failures] == [
        "accountingEntryLines[1].tax.code",
        "accountingEntryLines[1].tags[1].code",
    ]
    assert "OLD" in plan.failures[0].message
    assert "GONE" in plan.failures[1].message
    assert "PROJECT" in plan.failures[1].message


async def test_a_tag_is_known_only_together_with_its_group() -> None:
    plan = await planned(an_item(a_line(tags=(a_tag("C-100", "PROJECT"),))), settings_with())
    assert codes(plan) == [FailureCode.TAG_UNKNOWN]


async def test_a_tax_without_a_code_is_not_asked_for_in_the_books() -> None:
    assert (await planned(an_item(a_line(tax=a_tax(code=None))), settings_with())).documents


async def test_every_unknown_account_of_a_split_is_told() -> None:
    unknown = [a_line(account=replace(OFFICE, code=code)) for code in ("9001", "9002")]
    plan = await planned(an_item(*unknown), settings_with())
    assert [failure.message for failure in plan.failures] == [
        "The books have no account 9001 (expense).",
        "The books have no account 9002 (expense).",
    ]
