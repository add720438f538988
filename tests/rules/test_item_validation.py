import pytest

from bilag.domain.expense_type import ExpenseSubtype, ExpenseType
from bilag.domain.export_item import NO_CATEGORY_ID, ExportItem, ExportLine, MappedAccount, Unrecognised
from bilag.domain.failure import Failure, FailureCode
from bilag.rules.item_validation import check_item
from tests.builders import COMPANY, OFFICE, a_line, a_tax, an_item, pair, settings_with
from tests.rules.books_for_planning import planned
from tests.rules.plan_reading import codes, only_failure


def unreadable(code: FailureCode, path: str) -> Failure:
    return Failure(code=code, path=path, message="It makes no sense.", remedy="Correct it in Pleo.")


def test_a_bookable_item_has_no_problems() -> None:
    assert check_item(an_item(), COMPANY) == ()


@pytest.mark.parametrize(
    ("item", "code", "path", "quoted"),
    [
        (an_item(type=Unrecognised("overdraft")), "item.type-unknown", "type", "overdraft"),
        (an_item(subtype=Unrecognised("cat_fee")), "item.subtype-unknown", "subType", "cat_fee"),
        (an_item(subtype=ExpenseSubtype.INTEREST), "item.subtype-unknown", "subType", "card_purchase"),
        (an_item(company_id="other-company"), "item.company-differs", "companyId", "other-company"),
        (an_item(reconciliation_id=" "), "item.malformed", "additionalInformation.reconciliationId", "found again"),
        (an_item(lines=()), "lines.missing", "accountingEntryLines", "no lines"),
        (an_item(amount=pair("124.99 DKK")), "lines.sum-differs", "amount.inWalletCurrency.value", "124.99 DKK"),
        (an_item(amount=pair("125.00 EUR")), "currency.mixed", "accountingEntryLines[0]", "EUR"),
        (an_item(a_line(), a_line("5.00 EUR")), "currency.mixed", "accountingEntryLines[1]", "EUR"),
        (an_item(a_line("0.00 DKK")), "amount.zero", "amount.inWalletCurrency.value", "nothing"),
        (an_item(a_line("0.00 DKK"), a_line("0.00 DKK")), "amount.zero", "amount.inWalletCurrency.value", "every line"),
    ],
)
async def test_an_item_that_cannot_be_booked_says_where_and_what(
    item: ExportItem, code: str, path: str, quoted: str
) -> None:
    failure = only_failure(await planned(item, settings_with()))
    assert failure.code == code
    assert failure.path.startswith(path)
    assert quoted in failure.message
    assert failure.remedy.endswith(".")


@pytest.mark.parametrize(
    "line",
    [
        a_line(account=None),
        a_line(account=MappedAccount(id=OFFICE.id, name="Office supplies")),
        a_line(account=MappedAccount(id=OFFICE.id, name="Office supplies", code="", identifier="")),
        a_line(account=MappedAccount(id=NO_CATEGORY_ID, name="No category", code="6010")),
    ],
)
async def test_a_line_without_a_category_account_fails_the_item(line: ExportLine) -> None:
    failure = only_failure(await planned(an_item(a_line(), line), settings_with()))
    assert failure.code is FailureCode.CATEGORY_MISSING
    assert failure.path == "accountingEntryLines[1].account"
    assert failure.message.startswith("Line 2 ")


@pytest.mark.parametrize(
    "type_", [ExpenseType.WALLET_TOPUP, ExpenseType.DIRECT_REIMBURSEMENT, ExpenseType.INVOICE_PAYMENT]
)
async def test_a_movement_between_balance_accounts_needs_no_category(type_: ExpenseType) -> None:
    assert (await planned(an_item(a_line(account=None), type=type_), settings_with())).documents


@pytest.mark.parametrize("type_", [ExpenseType.REFUND, ExpenseType.CASHBACK, ExpenseType.WALLET_UNLOAD])
async def test_lines_that_cancel_out_fail_where_only_the_sign_of_the_whole_tells_their_direction(
    type_: ExpenseType,
) -> None:
    plan = await planned(an_item(a_line("40.00 DKK"), a_line("-40.00 DKK"), type=type_), settings_with())
    failure = only_failure(plan)
    assert failure.code is FailureCode.AMOUNT_DIRECTION_UNCLEAR
    assert type_ in failure.message


async def test_lines_of_nothing_under_an_amount_do_not_add_up() -> None:
    plan = await planned(an_item(a_line("0.00 DKK"), amount=pair("1.00 DKK")), settings_with())
    assert codes(plan) == [FailureCode.LINES_SUM_DIFFERS]


async def test_rounding_in_the_suppliers_currency_is_no_problem() -> None:
    thirds = [a_line(pair("10.00 DKK", "1.34 EUR")) for _ in range(3)]
    assert (await planned(an_item(*thirds, amount=pair("30.00 DKK", "4.01 EUR")), settings_with())).documents


async def test_all_problems_of_an_item_are_told_in_one_pass() -> None:
    item = an_item(
        a_line(account=None),
        a_line(tax=a_tax(), net_amount=pair("1.00 DKK")),
        company_id="other-company",
        type=Unrecognised("overdraft"),
        subtype=Unrecognised("fee"),
        amount=pair("1.00 DKK"),
    )
    assert codes(await planned(item, settings_with())) == [
        FailureCode.ITEM_COMPANY_DIFFERS,
        FailureCode.ITEM_TYPE_UNKNOWN,
        FailureCode.ITEM_SUBTYPE_UNKNOWN,
        FailureCode.CATEGORY_MISSING,
        FailureCode.TAX_AMOUNTS_DIFFER,
        FailureCode.LINES_SUM_DIFFERS,
    ]


@pytest.mark.parametrize("code", [FailureCode.AMOUNT_INEXACT, FailureCode.CURRENCY_UNKNOWN])
async def test_an_unreadable_amount_is_told_alone_and_its_placeholder_never_added_up(code: FailureCode) -> None:
    problem = unreadable(code, "accountingEntryLines[0].lineAmount.inWalletCurrency.value")
    line = a_line("0.00 DKK", tax=a_tax(), net_amount=pair("100.00 DKK"))
    plan = await planned(an_item(line, amount=pair("125.00 DKK"), unreadable=(problem,)), settings_with())
    assert plan.failures == (problem,)


async def test_an_impossible_date_does_not_hide_amounts_that_differ() -> None:
    problem = unreadable(FailureCode.DATE_IMPOSSIBLE, "date")
    plan = await planned(an_item(amount=pair("1.00 DKK"), unreadable=(problem,)), settings_with())
    assert codes(plan) == [FailureCode.DATE_IMPOSSIBLE, FailureCode.LINES_SUM_DIFFERS]


async def test_an_unreadable_item_fails_even_when_everything_else_is_sound() -> None:
    problem = unreadable(FailureCode.DATE_IMPOSSIBLE, "servicePeriod.from")
    assert (await planned(an_item(unreadable=(problem,)), settings_with())).failures == (problem,)
