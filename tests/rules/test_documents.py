import pytest

from bilag.domain.expense_type import ExpenseType, TaxType
from bilag.domain.ledger import Dimension, PostingMode
from bilag.domain.settings import ExportSettings, TaxStyle
from tests.builders import (
    COMPANY,
    ENTRY,
    TRAVEL,
    a_line,
    a_tag,
    a_tax,
    accounts_with,
    an_item,
    money,
    pair,
    per_currency,
    settings_with,
)
from tests.rules.books_for_planning import planned
from tests.rules.plan_reading import entry_of, legs, step_of

OWN_LINE = settings_with()
ON_LINE = settings_with(tax_style=TaxStyle.CODE_ON_LINE)
REVERSE = a_tax("31.25 DKK", type=TaxType.REVERSE, code="EU25")


@pytest.mark.parametrize("type_", [TaxType.INCLUSIVE, TaxType.EXCLUSIVE])
async def test_tax_inside_the_amount_gets_a_posting_of_its_own(type_: TaxType) -> None:
    plan = await planned(an_item(a_line(tax=a_tax(type=type_))), OWN_LINE)
    assert legs(plan) == ["debit 6010 100.00 DKK", "debit 2640 25.00 DKK", "credit 1910 125.00 DKK"]
    assert [posting.tax_code for posting in entry_of(plan).postings] == ["K25", "K25", None]


@pytest.mark.parametrize("type_", list(TaxType))
async def test_tax_as_a_code_on_the_line_leaves_the_amount_whole(type_: TaxType) -> None:
    plan = await planned(an_item(a_line(tax=a_tax(type=type_))), ON_LINE)
    assert legs(plan) == ["debit 6010 125.00 DKK", "credit 1910 125.00 DKK"]
    expense, wallet = entry_of(plan).postings
    assert (expense.tax_code, expense.tax_amount) == ("K25", money("25.00 DKK"))
    assert (wallet.tax_code, wallet.tax_amount) == (None, None)


async def test_reverse_charge_adds_two_tax_postings_and_leaves_what_was_paid() -> None:
    plan = await planned(an_item(a_line(tax=REVERSE)), OWN_LINE)
    assert legs(plan) == [
        "debit 6010 125.00 DKK",
        "debit 2640 31.25 DKK",
        "credit 2610 31.25 DKK",
        "credit 1910 125.00 DKK",
    ]


async def test_reverse_charge_on_a_refund_takes_both_tax_postings_back() -> None:
    plan = await planned(an_item(a_line(tax=REVERSE), type=ExpenseType.REFUND), OWN_LINE)
    assert legs(plan) == [
        "credit 6010 125.00 DKK",
        "credit 2640 31.25 DKK",
        "debit 2610 31.25 DKK",
        "debit 1910 125.00 DKK",
    ]


async def test_a_refund_written_with_a_minus_is_the_same_refund() -> None:
    plus = an_item(a_line(tax=REVERSE), type=ExpenseType.REFUND)
    minus_tax = a_tax("-31.25 DKK", type=TaxType.REVERSE, code="EU25")
    minus = an_item(a_line("-125.00 DKK", tax=minus_tax), type=ExpenseType.REFUND)
    assert legs(await planned(plus, OWN_LINE)) == legs(await planned(minus, OWN_LINE))


async def test_the_tax_amount_on_a_line_has_no_sign() -> None:
    line = a_line("-125.00 DKK", tax=a_tax("-25.00 DKK"))
    expense = entry_of(await planned(an_item(line), ON_LINE)).postings[0]
    assert (expense.side, expense.tax_amount) == ("credit", money("25.00 DKK"))


async def test_an_amount_that_is_all_tax_leaves_no_empty_expense_posting() -> None:
    line = a_line("25.00 DKK", tax=a_tax("25.00 DKK"))
    assert legs(await planned(an_item(line), OWN_LINE)) == ["debit 2640 25.00 DKK", "credit 1910 25.00 DKK"]


async def test_every_line_of_a_split_has_its_own_account_tax_and_dimensions() -> None:
    office = a_line("125.00 DKK", tax=a_tax(), tags=(a_tag("C-100"),))
    travel = a_line("80.00 DKK", account=TRAVEL, tags=(a_tag("P-2604", "PROJECT"), a_tag("C-100")))
    plan = await planned(an_item(office, travel), ON_LINE)
    assert legs(plan) == ["debit 6010 125.00 DKK", "debit 6110 80.00 DKK", "credit 1910 205.00 DKK"]
    first, second, counter = entry_of(plan).postings
    assert (first.tax_code, second.tax_code) == ("K25", None)
    assert first.dimensions == (Dimension(group="COSTCENTRE", code="C-100"),)
    assert second.dimensions == (
        Dimension(group="PROJECT", code="P-2604"),
        Dimension(group="COSTCENTRE", code="C-100"),
    )
    assert counter.dimensions == ()


async def test_a_line_of_nothing_gets_no_posting() -> None:
    plan = await planned(an_item(a_line(), a_line("0.00 DKK", account=TRAVEL)), OWN_LINE)
    assert legs(plan) == ["debit 6010 125.00 DKK", "credit 1910 125.00 DKK"]
    assert not [step for step in plan.trace if step.subject.startswith("postings[2]")]


async def test_lines_that_cancel_out_move_cost_between_accounts_and_leave_the_wallet_alone() -> None:
    plan = await planned(an_item(a_line("40.00 DKK"), a_line("-40.00 DKK", account=TRAVEL)), OWN_LINE)
    assert legs(plan) == ["debit 6010 40.00 DKK", "credit 6110 40.00 DKK"]


async def test_the_original_currency_travels_along_and_is_never_converted() -> None:
    tax = a_tax(pair("50.00 DKK", "6.70 EUR"))
    line = a_line(pair("250.00 DKK", "33.51 EUR"), tax=tax)
    entry = entry_of(await planned(an_item(line), OWN_LINE))
    assert [str(posting.original) for posting in entry.postings] == ["26.81 EUR", "6.70 EUR", "33.51 EUR"]
    assert entry.datapoints.original_amount == money("33.51 EUR")


async def test_tax_in_yet_another_currency_leaves_the_net_amount_without_an_original() -> None:
    line = a_line(pair("250.00 DKK", "33.51 EUR"), tax=a_tax(pair("50.00 DKK", "50.00 SEK")))
    entry = entry_of(await planned(an_item(line), OWN_LINE))
    assert [str(posting.original or "") for posting in entry.postings] == ["", "50.00 SEK", "33.51 EUR"]


async def test_an_amount_in_the_wallets_own_currency_has_no_original() -> None:
    entry = entry_of(await planned(an_item(), OWN_LINE))
    assert {posting.original for posting in entry.postings} == {None}


@pytest.mark.parametrize(
    ("amount", "tax", "net"),
    [("1500 JPY", "136 JPY", "1364 JPY"), ("990 ISK", "192 ISK", "798 ISK"), ("8.965 KWD", "0.427 KWD", "8.538 KWD")],
)
async def test_currencies_without_or_with_three_decimals_are_booked_exactly(amount: str, tax: str, net: str) -> None:
    code = amount.split()[1]
    settings = settings_with(accounts=accounts_with(wallets=per_currency(**{code: "1915"})))
    plan = await planned(an_item(a_line(amount, tax=a_tax(tax))), settings)
    assert legs(plan) == [f"debit 6010 {net}", f"debit 2640 {tax}", f"credit 1915 {amount}"]


@pytest.mark.parametrize("settings", [OWN_LINE, ON_LINE])
async def test_every_posting_says_why_it_has_its_account_side_amount_and_tax(settings: ExportSettings) -> None:
    plan = await planned(an_item(a_line(tax=a_tax()), a_line(account=TRAVEL)), settings)
    for index, posting in enumerate(entry_of(plan).postings):
        assert step_of(plan, f"postings[{index}].account").value == posting.account
        assert step_of(plan, f"postings[{index}].side").value == posting.side
        assert step_of(plan, f"postings[{index}].amount").value == str(posting.amount)
        if posting.tax_code:
            assert step_of(plan, f"postings[{index}].taxCode").value == posting.tax_code
    assert all(step.because and step.source and step.rule for step in plan.trace)


@pytest.mark.parametrize("mode", list(PostingMode))
async def test_the_entry_carries_reference_mode_and_the_text_of_the_expense(mode: PostingMode) -> None:
    entry = entry_of(await planned(an_item(note="Toner"), settings_with(posting_mode=mode)))
    assert entry.external_reference == f"{COMPANY[:8]}.{ENTRY}.je1"
    assert entry.mode is mode
    assert entry.datapoints.description == "Papirhuset - Astrid Holm - Toner"
    assert {posting.description for posting in entry.postings} == {entry.datapoints.description}


async def test_the_sides_of_tax_are_explained_as_sides_of_tax() -> None:
    plan = await planned(an_item(a_line(tax=REVERSE)), OWN_LINE)
    assert step_of(plan, "postings[1].side").because == "input tax stands on the side of its line"
    assert step_of(plan, "postings[2].side").because == "output tax stands against its line"
    assert "debited against wallet" in step_of(plan, "postings[3].side").because


async def test_a_tax_code_is_traced_to_its_own_line() -> None:
    plan = await planned(an_item(a_line(), a_line(tax=a_tax())), OWN_LINE)
    assert step_of(plan, "postings[1].taxCode").source == "accountingEntryLines[1].tax.code"
