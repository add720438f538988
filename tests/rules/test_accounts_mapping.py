from typing import Any

import pytest

from bilag.domain.expense_type import ExpenseType, TaxType
from bilag.domain.export_item import NO_CATEGORY_ID, MappedAccount
from bilag.domain.failure import Failure, FailureCode
from bilag.domain.money import Money
from bilag.domain.settings import TaxStyle
from tests.builders import EUR, OFFICE, a_line, a_tax, accounts_with, an_item, per_currency, settings_with
from tests.rules.books_for_planning import BooksForPlanning, planned
from tests.rules.plan_reading import codes, legs, only_failure, step_of

# The types for which Pleo sends contraAccount.
# https://developers.pleo.io/reference/export-api/multi-currency-configuration
WALLET_TYPES = [
    "card_purchase",
    "fee",
    "cashback",
    "refund",
    "chargeback",
    "direct_reimbursement",
    "invoice_payment",
    "card_invoice",
    "atm_withdrawal",
    "personal_spend",
    "wallet_topup",
    "wallet_unload",
]
OTHER_TYPES = sorted({*ExpenseType} - {*WALLET_TYPES})
OWN_WALLET = MappedAccount(id="c0000000-0000-4000-8000-000000000001", name="Pleo wallet EUR", code="1915")


def accounts_used(legs_: list[str]) -> set[str]:
    return {leg.split()[1] for leg in legs_}


@pytest.mark.parametrize("type_", WALLET_TYPES)
async def test_the_items_contra_account_wins_over_every_configured_wallet(type_: str) -> None:
    settings = settings_with(accounts=accounts_with(wallets=per_currency(DKK="1910")))
    plan = await planned(an_item(type=ExpenseType(type_), contra_account=OWN_WALLET), settings)
    assert "1915" in accounts_used(legs(plan))
    assert "1910" not in accounts_used(legs(plan))


@pytest.mark.parametrize("type_", OTHER_TYPES)
async def test_a_contra_account_changes_nothing_where_the_wallet_is_not_touched(type_: str) -> None:
    bare = await planned(an_item(type=ExpenseType(type_)), settings_with())
    with_contra = await planned(an_item(type=ExpenseType(type_), contra_account=OWN_WALLET), settings_with())
    assert legs(bare) == legs(with_contra)


async def test_without_contra_account_the_wallet_of_the_currency_comes_before_the_general_one() -> None:
    settings = settings_with(accounts=accounts_with(wallets=per_currency(SEK="1916", EUR="1915")))
    plan = await planned(an_item(a_line("10.00 EUR")), settings)
    assert legs(plan) == ["debit 6010 10.00 EUR", "credit 1915 10.00 EUR"]
    step = step_of(plan, "postings[1].account")
    assert (step.source, step.refused) == ("settings.accounts.wallets.EUR", ("contraAccount: empty",))


async def test_a_currency_without_a_wallet_of_its_own_uses_the_general_one() -> None:
    settings = settings_with(accounts=accounts_with(wallets=per_currency(EUR="1915")))
    plan = await planned(an_item(), settings)
    assert legs(plan) == ["debit 6010 125.00 DKK", "credit 1910 125.00 DKK"]
    step = step_of(plan, "postings[1].account")
    assert step.source == "settings.accounts.wallet"
    assert step.refused == ("contraAccount: empty", "settings.accounts.wallets.DKK: empty")


@pytest.mark.parametrize(
    "nothing",
    [
        MappedAccount(id="c0000000-0000-4000-8000-000000000001", name="Nameless"),
        MappedAccount(id=NO_CATEGORY_ID, name="None", code="1915"),
    ],
)
async def test_a_contra_account_without_a_number_is_passed_over(nothing: MappedAccount) -> None:
    plan = await planned(an_item(contra_account=nothing), settings_with())
    assert legs(plan)[-1] == "credit 1910 125.00 DKK"


async def test_a_top_up_comes_from_the_contra_account_of_its_currency() -> None:
    settings = settings_with(accounts=accounts_with(contras=per_currency(EUR="1935"), wallets=per_currency(EUR="1915")))
    topup = await planned(an_item(a_line("500.00 EUR"), type=ExpenseType.WALLET_TOPUP), settings)
    assert legs(topup) == ["credit 1935 500.00 EUR", "debit 1915 500.00 EUR"]
    in_krone = await planned(an_item(type=ExpenseType.WALLET_TOPUP), settings)
    assert legs(in_krone) == ["credit 1930 125.00 DKK", "debit 1910 125.00 DKK"]


async def test_a_reimbursement_outside_pleo_falls_back_on_the_contra_account() -> None:
    item = an_item(type=ExpenseType.EXTERNAL_REIMBURSEMENT)
    plan = await planned(item, settings_with(accounts=accounts_with(external_reimbursement="")))
    assert legs(plan) == ["debit 2890 125.00 DKK", "credit 1930 125.00 DKK"]


async def test_a_top_up_never_uses_the_account_of_reimbursements() -> None:
    plan = await planned(an_item(type=ExpenseType.WALLET_TOPUP), settings_with(accounts=accounts_with(contra="")))
    assert only_failure(plan).path == "settings.accounts.contra"


@pytest.mark.parametrize(
    ("type_", "missing", "setting"),
    [
        ("card_purchase", {"wallet": ""}, "settings.accounts.wallet"),
        ("out_of_pocket", {"out_of_pocket": ""}, "settings.accounts.out_of_pocket"),
        ("wallet_unload", {"contra": ""}, "settings.accounts.contra"),
        ("external_reimbursement", {"external_reimbursement": "", "contra": ""}, "settings.accounts.contra"),
        ("invoice", {"accounts_payable": ""}, "settings.accounts.accounts_payable"),
    ],
)
async def test_an_account_that_is_not_configured_fails_the_item_by_name(
    type_: str, missing: dict[str, Any], setting: str
) -> None:
    plan = await planned(an_item(type=ExpenseType(type_)), settings_with(accounts=accounts_with(**missing)))
    failure = only_failure(plan)
    assert failure.code is FailureCode.ACCOUNT_NOT_CONFIGURED
    assert failure.path == setting
    assert "DKK" in failure.message
    assert setting.removeprefix("settings.") in failure.remedy


async def test_both_sides_that_have_no_account_are_named_at_once() -> None:
    settings = settings_with(accounts=accounts_with(out_of_pocket="", wallet=""))
    plan = await planned(an_item(a_line(), a_line(), type=ExpenseType.ATM_WITHDRAWAL), settings)
    assert [failure.path for failure in plan.failures] == [
        "settings.accounts.out_of_pocket",
        "settings.accounts.wallet",
    ]


async def test_a_missing_counter_account_does_not_hide_an_unknown_category_account() -> None:
    line = a_line(account=MappedAccount(id=OFFICE.id, name="Gifts", code="9999"))
    plan = await planned(an_item(line), settings_with(accounts=accounts_with(wallet="")))
    assert codes(plan) == [FailureCode.ACCOUNT_NOT_CONFIGURED, FailureCode.ACCOUNT_UNKNOWN]


async def test_the_tax_accounts_of_the_code_win_over_the_configured_ones() -> None:
    tax = a_tax(type=TaxType.REVERSE, code="EU25", ingoing_account="2641", outgoing_account="2611")
    plan = await planned(an_item(a_line(tax=tax)), settings_with())
    assert {"2641", "2611"} < accounts_used(legs(plan))
    assert step_of(plan, "postings[1].account").source == "accountingEntryLines[0].tax.ingoingTaxAccount"
    assert step_of(plan, "postings[2].account").source == "accountingEntryLines[0].tax.outgoingTaxAccount"


async def test_a_missing_tax_account_names_the_field_and_the_setting() -> None:
    tax = a_tax(type=TaxType.REVERSE)
    settings = settings_with(accounts=accounts_with(input_tax="", output_tax=""))
    plan = await planned(an_item(a_line(tax=tax)), settings)
    assert codes(plan) == [FailureCode.TAX_ACCOUNT_MISSING] * 2
    assert [failure.path for failure in plan.failures] == [
        "accountingEntryLines[0].tax.ingoingTaxAccount",
        "accountingEntryLines[0].tax.outgoingTaxAccount",
    ]
    assert ["accounts.input_tax" in plan.failures[0].remedy, "accounts.output_tax" in plan.failures[1].remedy] == [
        True,
        True,
    ]


async def test_tax_of_nothing_needs_no_tax_account() -> None:
    settings = settings_with(accounts=accounts_with(input_tax="", output_tax=""))
    plan = await planned(an_item(a_line(tax=a_tax("0.00 DKK", type=TaxType.REVERSE))), settings)
    assert legs(plan) == ["debit 6010 125.00 DKK", "credit 1910 125.00 DKK"]


async def test_an_unreadable_currency_does_not_bring_up_accounts_of_another_one() -> None:
    unreadable = Failure(
        code=FailureCode.CURRENCY_UNKNOWN,
        path="amount.inWalletCurrency.currency",
        message='"KR" is no currency.',
        remedy="Check the currency.",
    )
    nothing = Money.zero(EUR)
    item = an_item(a_line(nothing), unreadable=(unreadable,))
    assert (await planned(item, settings_with(accounts=accounts_with(wallet="")))).failures == (unreadable,)


async def test_planning_asks_the_books_for_the_accounts_and_changes_nothing_in_them() -> None:
    books = BooksForPlanning()
    plan = await planned(an_item(), settings_with(), books)
    assert await books.find_by_reference(plan.documents[0].external_reference) is None


@pytest.mark.parametrize("type_", list(TaxType))
async def test_tax_that_would_reach_the_books_neither_as_code_nor_as_posting_fails_the_item(type_: TaxType) -> None:
    settings = settings_with(tax_style=TaxStyle.CODE_ON_LINE)
    failure = only_failure(await planned(an_item(a_line(tax=a_tax(type=type_, code=None))), settings))
    assert failure.code is FailureCode.TAX_CODE_UNKNOWN
    assert "25.00 DKK" in failure.message
    assert "own_line" in failure.remedy


async def test_tax_of_nothing_needs_no_code() -> None:
    settings = settings_with(tax_style=TaxStyle.CODE_ON_LINE)
    assert legs(await planned(an_item(a_line(tax=a_tax("0.00 DKK", code=None))), settings))
