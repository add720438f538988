"""What a bookkeeper reads, word for word, where no golden example shows it."""

from dataclasses import replace

import pytest

from bilag.domain.capabilities import TextLimits
from bilag.domain.expense_type import TaxType
from bilag.domain.export_item import ExportItem, Unrecognised
from bilag.domain.failure import Failure, FailureCode
from bilag.lifecycle.fetch import missing_data, not_listed
from bilag.rules.data_mapping import map_data
from bilag.rules.line_tax import tax_problems
from bilag.rules.outcome import unexpected
from tests.builders import a_line, a_tax, an_item, pair

TAX = "accountingEntryLines[1].tax"


def tax_failure(item: ExportItem) -> Failure:
    (failure,) = tax_problems(item.lines[1], 1, applicable=True)
    return failure


def test_unknown_tax_type_is_quoted_with_the_line_as_people_count_it() -> None:
    tax = replace(a_tax(), type=Unrecognised(text="margin"))
    assert tax_failure(an_item(a_line(), a_line(tax=tax))) == Failure(
        code=FailureCode.TAX_TYPE_UNKNOWN,
        path=f"{TAX}.type",
        message='Line 2 has the tax type "margin", which bilag does not know.',
        remedy="Choose a tax code of type inclusive, exclusive or reverse in Pleo, or update bilag.",
    )


def test_tax_in_another_currency_than_its_line_names_the_line() -> None:
    line = a_line("125.00 DKK", tax=a_tax("25.00 EUR", type=TaxType.INCLUSIVE), net_amount=pair("100.00 DKK"))
    assert tax_failure(an_item(a_line(), line)) == Failure(
        code=FailureCode.CURRENCY_MIXED,
        path=f"{TAX}.amount.inWalletCurrency.currency",
        message="Amount, net amount and tax of line 2 are not all in one currency.",
        remedy="Ask Pleo's support to correct this expense; one expense has one wallet currency.",
    )


def test_tax_of_a_line_without_amount_is_no_tax_of_the_other_side() -> None:
    line = a_line("0.00 DKK", tax=a_tax("0.00 DKK", type=TaxType.INCLUSIVE), net_amount=pair("0.00 DKK"))
    assert list(tax_problems(line, 0, applicable=True)) == []


def test_reconciliation_id_that_fits_nowhere_tells_both_limits() -> None:
    item = replace(an_item(), reconciliation_id="r" * 36)
    mapping = map_data(item, TextLimits(reference_max=10, description_max=12))
    assert mapping.failures == (
        Failure(
            code=FailureCode.TEXT_TOO_LONG,
            path="additionalInformation.reconciliationId",
            message=(
                "The reconciliation id has 36 characters; the books keep 10 in a reference and 12 in a description."
            ),
            remedy="Choose a field of at least 50 characters for the reference in the accounting system.",
        ),
    )


def test_bug_of_ours_is_told_by_its_reference() -> None:
    assert unexpected("4f1c") == Failure(
        code=FailureCode.UNEXPECTED,
        path="",
        message="bilag met a bug of its own with this expense (reference 4f1c); nothing else was affected.",
        remedy="Send the reference to whoever runs bilag, who finds the details in its log.",
    )


@pytest.mark.parametrize(
    ("failure", "code", "message", "remedy"),
    [
        (
            missing_data("e-1"),
            FailureCode.ITEM_DATA_MISSING,
            "Pleo lists the expense e-1 in this job, but did not send its data.",
            "Export the expense again; when it happens again, tell Pleo's support.",
        ),
        (
            not_listed("e-1"),
            FailureCode.ITEM_NOT_LISTED,
            "Pleo sent data of the expense e-1, which the job does not list; not booked.",
            "Look the expense up in Pleo and export it in a new job; when it happens again, tell Pleo's support.",
        ),
        (
            not_listed(""),
            FailureCode.ITEM_NOT_LISTED,
            "Pleo sent data of the expense without id, which the job does not list; not booked.",
            "Look the expense up in Pleo and export it in a new job; when it happens again, tell Pleo's support.",
        ),
    ],
)
def test_lists_of_pleo_that_disagree_are_told_by_the_expense(
    failure: Failure, code: FailureCode, message: str, remedy: str
) -> None:
    assert failure == Failure(code=code, path="accountingEntryId", message=message, remedy=remedy)
