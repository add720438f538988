from itertools import product
from typing import NamedTuple

import pytest

from bilag.domain.expense_type import ExpenseSubtype, ExpenseType
from bilag.domain.export_item import ExportItem
from bilag.domain.failure import FailureCode
from bilag.rules.expense_type_mapping import EXPENSE_TYPE_MAPPING
from tests.builders import a_line, an_item, settings_with
from tests.rules.books_for_planning import planned
from tests.rules.plan_reading import codes, legs

EXPENSE, WALLET, POCKET, CONTRA, PAYROLL, PAYABLE = "6010", "1910", "2890", "1930", "1940", "2440"


class Row(NamedTuple):
    """What a positive amount debits and credits, and whether a negative one turns that or not.

    The money of a type that names its direction went that way whatever its sign; that of any other came back.
    """

    type: str
    subtype: str | None
    debit: str
    credit: str
    negative: str

    def item(self, *amounts: str) -> ExportItem:
        """An item of this type with one line per amount."""
        subtype = ExpenseSubtype(self.subtype) if self.subtype else None
        return an_item(*(a_line(amount) for amount in amounts), type=ExpenseType(self.type), subtype=subtype)


TABLE = [
    Row("card_purchase", None, EXPENSE, WALLET, "turns"),
    Row("card_invoice", None, EXPENSE, WALLET, "turns"),
    Row("fee", None, EXPENSE, WALLET, "turns"),
    Row("fee", "interest", EXPENSE, WALLET, "turns"),
    Row("cashback", None, WALLET, EXPENSE, "stays"),
    Row("refund", None, WALLET, EXPENSE, "stays"),
    Row("chargeback", None, WALLET, EXPENSE, "stays"),
    Row("out_of_pocket", None, EXPENSE, POCKET, "turns"),
    Row("mileage", None, EXPENSE, POCKET, "turns"),
    Row("per_diem", None, EXPENSE, POCKET, "turns"),
    Row("direct_reimbursement", None, POCKET, WALLET, "turns"),
    Row("direct_reimbursement", "reimbursement_to_employee", POCKET, WALLET, "stays"),
    Row("direct_reimbursement", "reimbursement_to_employee_refund", WALLET, POCKET, "stays"),
    Row("direct_reimbursement", "reimbursement_to_company", WALLET, POCKET, "stays"),
    Row("external_reimbursement", None, POCKET, PAYROLL, "turns"),
    Row("external_reimbursement", "reimbursement_to_employee", POCKET, PAYROLL, "stays"),
    Row("external_reimbursement", "reimbursement_to_employee_refund", PAYROLL, POCKET, "stays"),
    Row("external_reimbursement", "reimbursement_to_company", PAYROLL, POCKET, "stays"),
    Row("atm_withdrawal", None, POCKET, WALLET, "turns"),
    Row("personal_spend", None, POCKET, WALLET, "turns"),
    Row("invoice", None, EXPENSE, PAYABLE, "turns"),
    Row("invoice_payment", None, PAYABLE, WALLET, "turns"),
    Row("invoice_payment", "invoice_payment_sent", PAYABLE, WALLET, "stays"),
    Row("invoice_payment", "invoice_payment_returned", WALLET, PAYABLE, "stays"),
    Row("wallet_topup", None, WALLET, CONTRA, "turns"),
    Row("wallet_unload", None, CONTRA, WALLET, "stays"),
]
KNOWN = {(row.type, row.subtype) for row in TABLE}
STRANGERS = [pair for pair in product(ExpenseType, (None, *ExpenseSubtype)) if pair not in KNOWN]
each_row = pytest.mark.parametrize("row", TABLE, ids=[f"{row.type}-{row.subtype}" for row in TABLE])


@each_row
async def test_a_positive_amount_moves_the_accounts_of_its_row(row: Row) -> None:
    plan = await planned(row.item("125.00 DKK"), settings_with())
    assert sorted(legs(plan)) == [f"credit {row.credit} 125.00 DKK", f"debit {row.debit} 125.00 DKK"]


@each_row
async def test_a_negative_amount_turns_the_row_unless_the_type_names_the_direction(row: Row) -> None:
    plan = await planned(row.item("-125.00 DKK"), settings_with())
    debit, credit = (row.debit, row.credit) if row.negative == "stays" else (row.credit, row.debit)
    assert sorted(legs(plan)) == [f"credit {credit} 125.00 DKK", f"debit {debit} 125.00 DKK"]


@each_row
async def test_a_discount_line_takes_the_side_opposite_to_its_siblings_whatever_the_sign_of_the_whole(
    row: Row,
) -> None:
    in_one_sign = await planned(row.item("125.00 DKK", "-25.00 DKK"), settings_with())
    in_the_other = await planned(row.item("-125.00 DKK", "25.00 DKK"), settings_with())
    counter = legs(in_one_sign)[-1]
    assert counter.endswith("100.00 DKK")
    assert len({leg.split()[0] for leg in legs(in_one_sign)[:2]}) == 2
    assert (legs(in_one_sign) == legs(in_the_other)) is (row.negative == "stays")


def test_the_table_here_is_as_long_as_the_one_in_the_rules() -> None:
    assert set(EXPENSE_TYPE_MAPPING) == KNOWN
    assert len(TABLE) == len(KNOWN) == 26


@pytest.mark.parametrize(("type_", "subtype"), STRANGERS)
async def test_a_subtype_that_does_not_go_with_its_type_fails_the_item(
    type_: ExpenseType, subtype: ExpenseSubtype
) -> None:
    plan = await planned(an_item(type=type_, subtype=subtype), settings_with())
    assert FailureCode.ITEM_SUBTYPE_UNKNOWN in codes(plan)
    assert any(subtype in failure.message and type_ in failure.message for failure in plan.failures)


async def test_what_an_employee_withdrew_or_spent_privately_is_settled_by_what_they_are_owed() -> None:
    """Cash and personal spend are the employee's debt, out-of-pocket is ours: one account has to hold both."""
    accounts = {}
    for type_ in (ExpenseType.ATM_WITHDRAWAL, ExpenseType.PERSONAL_SPEND, ExpenseType.OUT_OF_POCKET):
        accounts[type_] = {leg.split()[1] for leg in legs(await planned(an_item(type=type_), settings_with()))}
    assert all(POCKET in used for used in accounts.values())
