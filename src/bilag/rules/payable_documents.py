"""Documents of accounts payable: the invoice or credit note of an item, and its payment.

https://developers.pleo.io/docs/current/integration-design/exports (accounts payable)
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bilag.domain.export_item import ExportItem
from bilag.domain.failure import Failure, FailureCode
from bilag.domain.ledger import Datapoints, DocumentKind, PostingMode
from bilag.domain.payables import BooksVendor, VendorDocument
from bilag.domain.period import PostingDate
from bilag.domain.plan import TraceStep
from bilag.domain.settings import TaxStyle
from bilag.rules.expense_type_mapping import Direction, MappingRow
from bilag.rules.item_validation import mapping_row
from bilag.rules.legs import Leg, explain_legs, line_legs, posting_of, total_legs, towards
from bilag.rules.payable_accounts import PayableAccounts
from bilag.rules.payables_mapping import PayableRow, bill_row, payment_row


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorHead:
    """What the documents carry beside their postings. `references` has one for each kind that is drawn up."""

    references: Mapping[DocumentKind, str]
    posting_date: PostingDate
    mode: PostingMode
    datapoints: Datapoints
    vendor: BooksVendor


def payable_problems(item: ExportItem) -> tuple[Failure, ...]:
    """A failure where the lines cancel out, so that nobody is owed anything.

    What item validation says of the same amounts is not said twice.
    """
    row = mapping_row(item)
    moved = [line.amount.wallet for line in item.lines if not line.amount.wallet.is_zero]
    readable = all(failure.code is FailureCode.DATE_IMPOSSIBLE for failure in item.unreadable)
    told_already = row is None or row.direction is Direction.BY_TYPE or not readable or not moved
    if told_already or {m.currency for m in moved} != {item.amount.wallet.currency}:
        return ()
    if sum(m.minor for m in moved) or not item.amount.wallet.is_zero:
        return ()
    return (
        Failure(
            code=FailureCode.AMOUNT_DIRECTION_UNCLEAR,
            path="amount.inWalletCurrency.value",
            message="The lines of this expense cancel out, so the vendor is owed nothing and there is no invoice.",
            remedy="Set the bookkeeping method of this expense to journal in Pleo and export it again.",
        ),
    )


def document_kinds(
    item: ExportItem, row: MappingRow, payable: PayableRow, vendor: BooksVendor
) -> tuple[DocumentKind, ...]:
    """Which documents the item becomes, the bill before its payment.

    There is no outgoing payment where the books pay the vendor's invoices by themselves: ours would be a second one.
    """
    kinds = []
    total = item.amount.wallet
    owed = total.minor * towards(row, total) > 0
    if payable.bill:
        kinds.append(DocumentKind.VENDOR_INVOICE if owed else DocumentKind.VENDOR_CREDIT_NOTE)
    if payable.payment and not (owed and vendor.settles_on_posting):
        kinds.append(DocumentKind.VENDOR_PAYMENT)
    return tuple(kinds)


def draw_up_vendor_documents(  # noqa: PLR0917 -- in the order of the journal's, with the row of the payables table
    item: ExportItem,
    row: MappingRow,
    payable: PayableRow,
    accounts: PayableAccounts,
    tax_style: TaxStyle,
    head: VendorHead,
) -> tuple[tuple[VendorDocument, ...], tuple[TraceStep, ...]]:
    """The documents, and why each posting is what it is. Expects an item and accounts without failures."""
    kinds = document_kinds(item, row, payable, head.vendor)
    drawn, trace = [], [_explain_kinds(item, payable, kinds)]
    for kind in kinds:
        is_payment = kind is DocumentKind.VENDOR_PAYMENT
        legs = _payment_legs(item, row, accounts) if is_payment else _bill_legs(item, row, accounts, tax_style)
        paired_with = next((head.references[other] for other in kinds if other is not kind), "")
        drawn.append(_document(kind, legs, head, paired_with))
        trace += explain_legs(legs, payment_row(row) if is_payment else bill_row(row), prefix=f"{kind}.")
    return tuple(drawn), tuple(trace)


def _bill_legs(item: ExportItem, row: MappingRow, accounts: PayableAccounts, tax_style: TaxStyle) -> tuple[Leg, ...]:
    assert accounts.payable is not None
    lines = line_legs(item, bill_row(row), accounts.lines, tax_style)
    return (*lines, *total_legs(item, -towards(row, item.amount.wallet), accounts.payable))


def _payment_legs(item: ExportItem, row: MappingRow, accounts: PayableAccounts) -> tuple[Leg, ...]:
    assert accounts.payable is not None
    assert accounts.money is not None
    way = towards(row, item.amount.wallet)
    return (*total_legs(item, way, accounts.payable), *total_legs(item, -way, accounts.money))


def _document(kind: DocumentKind, legs: tuple[Leg, ...], head: VendorHead, paired_with: str) -> VendorDocument:
    return VendorDocument(
        external_reference=head.references[kind],
        posting_date=head.posting_date,
        mode=head.mode,
        currency=legs[0].amount.currency,
        postings=tuple(posting_of(leg, head.datapoints.description) for leg in legs),
        datapoints=head.datapoints,
        kind=kind,
        vendor=head.vendor,
        paired_with=paired_with,
    )


def _explain_kinds(item: ExportItem, payable: PayableRow, kinds: tuple[DocumentKind, ...]) -> TraceStep:
    brings = " and ".join(
        words for words, there in (("a debt", payable.bill), ("its payment", payable.payment)) if there
    )
    left_out = payable.payment and DocumentKind.VENDOR_PAYMENT not in kinds
    return TraceStep(
        subject="documents",
        value=", ".join(kinds) or "none",
        rule="payables mapping",
        because=f"the type {item.type} brings {brings}",
        source="type, subType",
        refused=("vendor_payment: the books pay invoices of this vendor by themselves",) if left_out else (),
    )
