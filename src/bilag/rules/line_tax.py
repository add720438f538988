"""The tax of one line: what is expense, what is tax, and whether Pleo's figures agree with each other.

Tax amounts are taken as given; the rate is information, since users may overwrite the amount. The line's amount is
what was paid. Inclusive and exclusive tax lie inside it; reverse charge comes on top, as two postings that cancel
out. https://developers.pleo.io/reference/export-api (Export Items v3, tax), Directive 2006/112/EC article 196
"""

from collections.abc import Iterator
from typing import assert_never

from bilag.domain.expense_type import TaxType
from bilag.domain.export_item import ExportLine, LineTax, Unrecognised
from bilag.domain.failure import Failure, FailureCode
from bilag.domain.money import Money


def tax_problems(line: ExportLine, index: int, *, applicable: bool) -> Iterator[Failure]:
    """Why the tax of the line can't be booked. `applicable` is false where no expense account is moved."""
    assert line.tax is not None
    path = f"accountingEntryLines[{index}].tax"
    if isinstance(line.tax.type, Unrecognised):
        yield Failure(
            code=FailureCode.TAX_TYPE_UNKNOWN,
            path=f"{path}.type",
            message=f'Line {index + 1} has the tax type "{line.tax.type.text}", which bilag does not know.',
            remedy="Choose a tax code of type inclusive, exclusive or reverse in Pleo, or update bilag.",
        )
    elif not applicable and not line.tax.amount.wallet.is_zero:
        yield Failure(
            code=FailureCode.TAX_NOT_APPLICABLE,
            path=f"{path}.amount.inWalletCurrency.value",
            message=f"Line {index + 1} carries tax of {line.tax.amount.wallet}, but moves no expense account.",
            remedy="Remove the tax code from this expense in Pleo, then export it again.",
        )
    elif not _same_currency(line, line.tax):
        yield Failure(
            code=FailureCode.CURRENCY_MIXED,
            path=f"{path}.amount.inWalletCurrency.currency",
            message=f"Amount, net amount and tax of line {index + 1} are not all in one currency.",
            remedy="Ask Pleo's support to correct this expense; one expense has one wallet currency.",
        )
    elif not _adds_up(line, line.tax.type, line.tax.amount.wallet):
        yield Failure(
            code=FailureCode.TAX_AMOUNTS_DIFFER,
            path=f"accountingEntryLines[{index}].netAmount.inWalletCurrency.value",
            message=(
                f"Line {index + 1} ({line.tax.type}): net {line.net_amount.wallet} and tax "
                f"{line.tax.amount.wallet} do not agree with the amount {line.amount.wallet}."
            ),
            remedy="Open the expense in Pleo, choose its tax code again, save it, and export it again.",
        )


def tax_inside(line: ExportLine) -> Money:
    """The part of the line's amount that is tax: zero for reverse charge and for lines without tax."""
    if line.tax is None or line.tax.type is TaxType.REVERSE:
        return Money.zero(line.amount.wallet.currency)
    return line.tax.amount.wallet


def _same_currency(line: ExportLine, tax: LineTax) -> bool:
    return line.amount.wallet.currency == line.net_amount.wallet.currency == tax.amount.wallet.currency


def _adds_up(line: ExportLine, tax_type: TaxType, tax: Money) -> bool:
    """Whether net, tax and amount agree, to the minor unit.

    Pleo's text lets the net amount of inclusive tax include the tax; both readings are accepted, since the booking
    follows from amount and tax alone (docs/decisions/0003-inferences.md, "net amount"). Tax runs the same way as
    its line: with the other sign it would be deducted where it is owed.
    """
    gross, net = line.amount.wallet, line.net_amount.wallet
    if _exceeds(tax, gross):
        return False
    match tax_type:
        case TaxType.INCLUSIVE:
            return gross in (net + tax, net)
        case TaxType.EXCLUSIVE:
            return gross == net + tax
        case TaxType.REVERSE:
            return gross == net
        case _:
            assert_never(tax_type)


def _exceeds(tax: Money, gross: Money) -> bool:
    """Whether the tax is larger than its line, or runs the other way."""
    return abs(tax.minor) > abs(gross.minor) or tax.minor * gross.minor < 0
