"""Lines that are alike, as one posting each: journal entries made per item."""

from dataclasses import replace

import pytest

from bilag.domain.expense_type import ExpenseType, TaxType
from bilag.domain.export_item import ExportItem, ExportLine, MappedAccount
from bilag.domain.settings import ExportSettings, JournalConstruction, TaxStyle
from tests.builders import OFFICE, TRAVEL, a_line, a_tag, a_tax, an_item, money, pair, settings_with
from tests.rules.books_for_planning import planned
from tests.rules.plan_reading import entry_of, legs, step_of

PER_ITEM = settings_with(journal_construction=JournalConstruction.PER_ITEM)
CODE_PER_ITEM = replace(PER_ITEM, tax_style=TaxStyle.CODE_ON_LINE)
REVERSE = a_tax("31.25 DKK", type=TaxType.REVERSE, code="EU25")


async def legs_of(item: ExportItem, settings: ExportSettings = PER_ITEM) -> list[str]:
    return legs(await planned(item, settings))


async def test_lines_that_are_alike_are_one_posting_in_the_place_of_the_first() -> None:
    item = an_item(a_line("10.00 DKK"), a_line("7.00 DKK", account=TRAVEL), a_line("20.00 DKK"))
    assert await legs_of(item) == ["debit 6010 30.00 DKK", "debit 6110 7.00 DKK", "credit 1910 37.00 DKK"]


@pytest.mark.parametrize("construction", [JournalConstruction.SPLIT, JournalConstruction.PER_JOB])
async def test_lines_stay_apart_unless_the_settings_say_per_item(construction: JournalConstruction) -> None:
    item = an_item(a_line("10.00 DKK"), a_line("20.00 DKK"))
    settings = settings_with(journal_construction=construction)
    assert await legs_of(item, settings) == ["debit 6010 10.00 DKK", "debit 6010 20.00 DKK", "credit 1910 30.00 DKK"]


async def test_the_taxes_of_lines_that_are_alike_are_one_posting_too() -> None:
    item = an_item(a_line(tax=a_tax()), a_line("250.00 DKK", tax=a_tax("50.00 DKK")))
    assert await legs_of(item) == ["debit 6010 300.00 DKK", "debit 2640 75.00 DKK", "credit 1910 375.00 DKK"]


async def test_both_postings_of_reverse_charge_are_added_up() -> None:
    assert await legs_of(an_item(a_line(tax=REVERSE), a_line(tax=REVERSE))) == [
        "debit 6010 250.00 DKK",
        "debit 2640 62.50 DKK",
        "credit 2610 62.50 DKK",
        "credit 1910 250.00 DKK",
    ]


async def test_tax_amounts_under_one_code_are_added_up() -> None:
    item = an_item(a_line(tax=a_tax()), a_line("250.00 DKK", tax=a_tax("50.00 DKK")))
    posting, _ = entry_of(await planned(item, CODE_PER_ITEM)).postings
    assert (posting.amount, posting.tax_code, posting.tax_amount) == (
        money("375.00 DKK"),
        "K25",
        money("75.00 DKK"),
    )


@pytest.mark.parametrize(
    "other",
    [
        a_line("20.00 DKK", account=TRAVEL),
        a_line("20.00 DKK", tags=(a_tag(),)),
        a_line("20.00 DKK", tax=a_tax("4.00 DKK")),
        a_line("-2.00 DKK"),
        a_line(pair("20.00 DKK", "2.70 EUR")),
    ],
    ids=["account", "dimensions", "tax code", "side", "original currency"],
)
async def test_lines_that_differ_in_anything_stay_apart(other: ExportLine) -> None:
    whole = a_line("10.00 DKK").amount.wallet + other.amount.wallet
    item = an_item(a_line("10.00 DKK"), other, amount=pair(whole))
    assert len(await legs_of(item, CODE_PER_ITEM)) == 3


async def test_untaxed_and_taxed_lines_without_a_code_stay_apart() -> None:
    item = an_item(a_line("10.00 DKK"), a_line("20.00 DKK", tax=a_tax("4.00 DKK", code=None)))
    postings = entry_of(await planned(item, PER_ITEM)).postings
    assert [posting.tax_amount for posting in postings] == [None, money("4.00 DKK"), None, None]


async def test_original_amounts_in_one_currency_are_added_up() -> None:
    item = an_item(a_line(pair("75.00 DKK", "10.05 EUR")), a_line(pair("150.00 DKK", "20.11 EUR")))
    posting, wallet = entry_of(await planned(item, PER_ITEM)).postings
    assert (posting.original, wallet.original) == (money("30.16 EUR"), money("30.16 EUR"))


async def test_lines_of_money_that_comes_back_are_added_up_on_their_own_side() -> None:
    item = an_item(a_line("-10.00 DKK"), a_line("-20.00 DKK"), type=ExpenseType.REFUND)
    assert await legs_of(item) == ["credit 6010 30.00 DKK", "debit 1910 30.00 DKK"]


async def test_a_reimbursement_of_many_lines_is_two_postings() -> None:
    item = an_item(a_line("10.00 DKK"), a_line("20.00 DKK"), type=ExpenseType.DIRECT_REIMBURSEMENT)
    assert await legs_of(item) == ["debit 2890 30.00 DKK", "credit 1910 30.00 DKK"]


async def test_the_explanation_of_a_sum_names_every_line_and_where_it_came_from() -> None:
    by_identifier = MappedAccount(id=OFFICE.id, name=OFFICE.name, identifier="6010")
    lines = (a_line(tax=a_tax()), a_line(account=TRAVEL), a_line(tax=a_tax(), account=by_identifier))
    plan = await planned(an_item(*lines), CODE_PER_ITEM)
    amount = step_of(plan, "postings[0].amount")
    assert amount.value == "250.00 DKK"
    assert amount.because == "lines 1, 3 together, which share account, tax code and dimensions"
    assert amount.source == (
        "accountingEntryLines[0].lineAmount.inWalletCurrency.value, "
        "accountingEntryLines[2].lineAmount.inWalletCurrency.value"
    )
    assert step_of(plan, "postings[0].account").source == (
        "accountingEntryLines[0].account.code, accountingEntryLines[2].account.identifier"
    )
    assert step_of(plan, "postings[0].taxCode").source == (
        "accountingEntryLines[0].tax.code, accountingEntryLines[2].tax.code"
    )
