import pytest

from bilag.domain.expense_type import ExpenseType, TaxType
from bilag.domain.export_item import Unrecognised
from bilag.domain.failure import FailureCode
from bilag.domain.settings import TaxStyle
from bilag.rules.line_tax import tax_inside
from tests.builders import a_line, a_tax, an_item, money, pair, settings_with
from tests.rules.books_for_planning import planned
from tests.rules.plan_reading import codes, legs, only_failure

INCLUSIVE, EXCLUSIVE, REVERSE = TaxType.INCLUSIVE, TaxType.EXCLUSIVE, TaxType.REVERSE
BOTH_STYLES = pytest.mark.parametrize("style", list(TaxStyle))


@BOTH_STYLES
@pytest.mark.parametrize(
    ("type_", "amount", "net", "tax"),
    [
        (INCLUSIVE, "125.00", "100.00", "25.00"),
        (INCLUSIVE, "125.00", "125.00", "25.00"),  # the net amount may include the tax
        (INCLUSIVE, "-125.00", "-100.00", "-25.00"),
        (INCLUSIVE, "125.00", "124.63", "0.37"),  # a rate is information, the amount leads
        (INCLUSIVE, "125.00", "0.00", "125.00"),  # import tax: the whole amount is tax
        (EXCLUSIVE, "125.00", "100.00", "25.00"),
        (EXCLUSIVE, "-125.00", "-100.00", "-25.00"),
        (REVERSE, "125.00", "125.00", "31.25"),
        (REVERSE, "-125.00", "-125.00", "-31.25"),
        (REVERSE, "125.00", "125.00", "0.00"),
    ],
)
async def test_figures_that_agree_are_booked(type_: TaxType, amount: str, net: str, tax: str, style: TaxStyle) -> None:
    line = a_line(f"{amount} DKK", tax=a_tax(f"{tax} DKK", type=type_), net_amount=pair(f"{net} DKK"))
    assert legs(await planned(an_item(line), settings_with(tax_style=style)))


@BOTH_STYLES
@pytest.mark.parametrize(
    ("type_", "amount", "net", "tax"),
    [
        (INCLUSIVE, "125.00", "100.00", "24.99"),
        (INCLUSIVE, "125.00", "99.99", "25.00"),
        (INCLUSIVE, "125.00", "125.00", "125.01"),
        (INCLUSIVE, "125.00", "125.00", "-25.00"),
        (INCLUSIVE, "125.00", "150.00", "-25.00"),
        (EXCLUSIVE, "125.00", "125.00", "25.00"),
        (EXCLUSIVE, "125.00", "100.00", "25.01"),
        (EXCLUSIVE, "125.00", "150.00", "-25.00"),
        (REVERSE, "125.00", "100.00", "25.00"),
        (REVERSE, "125.00", "125.01", "25.00"),
    ],
)
async def test_figures_that_differ_by_one_minor_unit_or_more_fail_the_item(
    type_: TaxType, amount: str, net: str, tax: str, style: TaxStyle
) -> None:
    line = a_line(f"{amount} DKK", tax=a_tax(f"{tax} DKK", type=type_), net_amount=pair(f"{net} DKK"))
    failure = only_failure(await planned(an_item(line), settings_with(tax_style=style)))
    assert failure.code is FailureCode.TAX_AMOUNTS_DIFFER
    for figure in (amount, net, tax):
        assert f"{figure} DKK" in failure.message


@pytest.mark.parametrize(("amount", "tax"), [("125.00", "-31.25"), ("-125.00", "31.25")])
async def test_reverse_charge_tax_that_runs_against_its_line_is_not_booked(amount: str, tax: str) -> None:
    """It would be deducted where it is owed, and nothing in net and amount would show it."""
    line = a_line(f"{amount} DKK", tax=a_tax(f"{tax} DKK", type=REVERSE))
    plan = await planned(an_item(line), settings_with())
    assert only_failure(plan).code is FailureCode.TAX_AMOUNTS_DIFFER


@pytest.mark.parametrize("broken", ["net", "tax"])
async def test_net_tax_and_amount_of_a_line_share_one_currency(broken: str) -> None:
    tax = a_tax("25.00 EUR" if broken == "tax" else "25.00 DKK")
    line = a_line("125.00 DKK", tax=tax, net_amount=pair("100.00 EUR" if broken == "net" else "100.00 DKK"))
    failure = only_failure(await planned(an_item(line), settings_with()))
    assert failure.code is FailureCode.CURRENCY_MIXED
    assert failure.path.startswith("accountingEntryLines[0].tax")


async def test_an_unknown_tax_type_fails_the_item_and_is_quoted() -> None:
    line = a_line(tax=a_tax(type=Unrecognised("margin_scheme")))
    failure = only_failure(await planned(an_item(line), settings_with()))
    assert failure.code is FailureCode.TAX_TYPE_UNKNOWN
    assert "margin_scheme" in failure.message


@BOTH_STYLES
@pytest.mark.parametrize("type_", [ExpenseType.WALLET_TOPUP, ExpenseType.DIRECT_REIMBURSEMENT])
async def test_tax_where_no_expense_is_booked_fails_the_item_with_that_reason_alone(
    type_: ExpenseType, style: TaxStyle
) -> None:
    settings = settings_with(tax_style=style)
    plan = await planned(an_item(a_line(tax=a_tax(code=None)), type=type_), settings)
    assert only_failure(plan).code is FailureCode.TAX_NOT_APPLICABLE


async def test_a_tax_code_of_nothing_stays_off_accounts_that_hold_no_expense() -> None:
    """A zero-rated code on a clearing account would put the movement into the tax return."""
    line = a_line(tax=a_tax("0.00 DKK", code="NOTAX"))
    plan = await planned(an_item(line, type=ExpenseType.WALLET_TOPUP), settings_with())
    assert [posting.tax_code for posting in plan.documents[0].postings] == [None, None]


async def test_every_line_with_wrong_figures_is_named() -> None:
    wrong = a_line(tax=a_tax(), net_amount=pair("1.00 DKK"))
    plan = await planned(an_item(wrong, a_line(), wrong), settings_with())
    assert codes(plan) == [FailureCode.TAX_AMOUNTS_DIFFER] * 2
    assert [failure.message.split(" ")[1] for failure in plan.failures] == ["1", "3"]


def test_only_inclusive_and_exclusive_tax_lie_inside_the_amount() -> None:
    assert tax_inside(a_line(tax=a_tax(type=INCLUSIVE))) == money("25.00 DKK")
    assert tax_inside(a_line(tax=a_tax(type=EXCLUSIVE))) == money("25.00 DKK")
    assert tax_inside(a_line(tax=a_tax(type=REVERSE))).is_zero
    assert tax_inside(a_line()).is_zero
