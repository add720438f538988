"""Item validation: complete and consistent enough to book? All problems of an item in one pass.

https://developers.pleo.io/docs/current/integration-design/exports (export items, data layer)
"""

from collections.abc import Iterator

from bilag.domain.export_item import ExportItem, ExportLine, Unrecognised
from bilag.domain.failure import Failure, FailureCode
from bilag.domain.ledger import AccountRole
from bilag.domain.money import Money
from bilag.rules.expense_type_mapping import Direction, MappingRow, row_for
from bilag.rules.line_tax import tax_problems


def check_item(item: ExportItem, company_id: str) -> tuple[Failure, ...]:
    """Every problem that the item shows by itself; empty when it can be booked as far as it alone tells."""
    return (
        *item.unreadable,
        *_company(item, company_id),
        *_type(item),
        *_reconciliation_id(item),
        *_lines(item),
    )


def mapping_row(item: ExportItem) -> MappingRow | None:
    """The item's row of the expense type mapping; None when its type or subtype is not known."""
    if isinstance(item.type, Unrecognised) or isinstance(item.subtype, Unrecognised):
        return None
    return row_for(item.type, item.subtype)


def _company(item: ExportItem, company_id: str) -> Iterator[Failure]:
    if item.company_id != company_id:
        yield Failure(
            code=FailureCode.ITEM_COMPANY_DIFFERS,
            path="companyId",
            message=f"The expense belongs to the company {item.company_id}, not to {company_id}.",
            remedy="Check which company this connection is set up for; nothing was booked.",
        )


def _type(item: ExportItem) -> Iterator[Failure]:
    if isinstance(item.type, Unrecognised):
        yield Failure(
            code=FailureCode.ITEM_TYPE_UNKNOWN,
            path="type",
            message=f'Pleo sends the expense type "{item.type.text}", which this version of bilag does not know.',
            remedy="Update bilag, or book this expense by hand and mark it so in Pleo.",
        )
    if isinstance(item.subtype, Unrecognised):
        yield _subtype(f'Pleo sends the subtype "{item.subtype.text}", which this version of bilag does not know.')
    elif not isinstance(item.type, Unrecognised) and row_for(item.type, item.subtype) is None:
        yield _subtype(f'The subtype "{item.subtype}" does not go with the expense type "{item.type}".')


def _subtype(message: str) -> Failure:
    return Failure(
        code=FailureCode.ITEM_SUBTYPE_UNKNOWN,
        path="subType",
        message=message,
        remedy="Update bilag, or book this expense by hand and mark it so in Pleo.",
    )


def _reconciliation_id(item: ExportItem) -> Iterator[Failure]:
    if not item.reconciliation_id.strip():
        yield Failure(
            code=FailureCode.ITEM_MALFORMED,
            path="additionalInformation.reconciliationId",
            message="The expense has no reconciliation id, so it could not be found again in the books.",
            remedy="Export the expense again; if it fails the same way, send this message to Pleo's support.",
        )


def _lines(item: ExportItem) -> Iterator[Failure]:
    if not item.lines:
        yield Failure(
            code=FailureCode.LINES_MISSING,
            path="accountingEntryLines",
            message="The expense has no lines, so there is nothing to book.",
            remedy="Open the expense in Pleo, choose a category, save it, and export it again.",
        )
        return
    row = mapping_row(item)
    for index, line in enumerate(item.lines):
        yield from _line(line, index, row)
    if any(failure.code is not FailureCode.DATE_IMPOSSIBLE for failure in item.unreadable):
        return  # an amount is a placeholder, which cannot add up
    for index, line in enumerate(item.lines):
        if line.tax is not None:
            yield from tax_problems(line, index, applicable=_takes_category(row))
    yield from _amounts(item, row)


def _takes_category(row: MappingRow | None) -> bool:
    return row is None or row.lines is AccountRole.EXPENSE


def _line(line: ExportLine, index: int, row: MappingRow | None) -> Iterator[Failure]:
    if _takes_category(row) and (line.account is None or line.account.number is None):
        named = f' "{line.account.name}"' if line.account and line.account.name else ""
        yield Failure(
            code=FailureCode.CATEGORY_MISSING,
            path=f"accountingEntryLines[{index}].account",
            message=f"Line {index + 1} has no account for its category{named}.",
            remedy="Choose a category with an account code for this line in Pleo, then export it again.",
        )


def _amounts(item: ExportItem, row: MappingRow | None) -> Iterator[Failure]:
    currency = item.amount.wallet.currency
    for index, line in enumerate(item.lines):
        if line.amount.wallet.currency != currency:
            yield Failure(
                code=FailureCode.CURRENCY_MIXED,
                path=f"accountingEntryLines[{index}].lineAmount.inWalletCurrency.currency",
                message=f"Line {index + 1} is in {line.amount.wallet.currency}, the expense in {currency}.",
                remedy="Ask Pleo's support to correct this expense; one expense has one wallet currency.",
            )
            return
    total = Money.total((line.amount.wallet for line in item.lines), currency)
    if total != item.amount.wallet:
        yield Failure(
            code=FailureCode.LINES_SUM_DIFFERS,
            path="amount.inWalletCurrency.value",
            message=f"The lines add up to {total}, the expense says {item.amount.wallet}.",
            remedy="Open the expense in Pleo, correct its split, save it, and export it again.",
        )
    elif all(line.amount.wallet.is_zero for line in item.lines):
        yield Failure(
            code=FailureCode.AMOUNT_ZERO,
            path="amount.inWalletCurrency.value",
            message="The expense is over nothing: every line is zero.",
            remedy="Delete the expense in Pleo, or mark it as not to be exported.",
        )
    elif total.is_zero and row is not None and row.direction is Direction.BY_TYPE:
        yield Failure(
            code=FailureCode.AMOUNT_DIRECTION_UNCLEAR,
            path="amount.inWalletCurrency.value",
            message=f'The lines of this "{item.type}" cancel out, so it can\'t be told which way the money went.',
            remedy="Split the expense in Pleo into one per direction, or book it by hand.",
        )
