"""The ledger of one example as a bookkeeper reads it: documents, both sides, what settles what, and what stays open."""

from collections.abc import Iterable, Iterator
from typing import Final

from bilag.domain.document import Document
from bilag.domain.export_item import ExportItem
from bilag.domain.ledger import DocumentKind, Posting
from bilag.domain.money import Money
from bilag.domain.payables import PayableStatement, VendorDocument
from bilag.domain.plan import TraceStep
from tests.golden.payables_case import CHART, PayablesRun

_ACCOUNT_WIDTH: Final = 34
_KINDS: Final = {
    DocumentKind.JOURNAL_ENTRY: "journal entry",
    DocumentKind.VENDOR_INVOICE: "invoice",
    DocumentKind.VENDOR_CREDIT_NOTE: "credit note",
    DocumentKind.VENDOR_PAYMENT: "payment",
}


def ledger_view(run: PayablesRun) -> str:
    """The whole text, with a line break at its end."""
    blocks = [list(_head(run))]
    blocks += [list(_document(document, run)) for document in run.plan.documents]
    blocks.append(list(_end(run)))
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _head(run: PayablesRun) -> Iterator[str]:
    for position, item in enumerate(run.earlier, start=1):
        yield f"earlier {position}: {_said(item)}"
    if run.earlier:
        yield f"open before: {'; '.join(_open(run.before, run)) or 'nothing'}"
    yield f"this expense: {_said(run.item)}"
    for step in run.plan.trace:
        if step.subject in {"method", "vendor"}:
            yield f"{step.subject}: {step.value.replace('_', ' ')}, because {step.because} ({step.source})"
            yield from (f"  not by {refused}" for refused in step.refused)


def _said(item: ExportItem) -> str:
    """What Pleo says of the expense."""
    kind = f"{item.type}/{item.subtype}" if item.subtype else str(item.type)
    wallet, supplier = item.amount.wallet, item.amount.supplier
    foreign = "" if supplier.currency == wallet.currency else f" ({supplier})"
    number = f", invoice {item.invoice.number}" if item.invoice else ""
    named = item.vendor.name if item.vendor else (item.supplier.name if item.supplier else None)
    whom = f", {named}" if named else ""
    settles = f", for {', '.join(item.reconciled_entries)}" if item.reconciled_entries else ""
    return f"{kind} {wallet}{foreign} on {item.date.date()}{whom}{number}, {item.reconciliation_id}{settles}"


def _document(document: Document, run: PayablesRun) -> Iterator[str]:
    owner = document.vendor if isinstance(document, VendorDocument) else None
    vendor = f" {owner.number} {owner.name}," if owner else ""
    date = document.posting_date
    moved = f" (moved from {date.original})" if date.moved_by else ""
    yield f"{_kind(document).upper()}{vendor} {date.date}{moved}, {document.mode}"
    data = document.datapoints
    if data.invoice:
        due = f", due {data.invoice.due_date}" if data.invoice.due_date else ""
        word = "for invoice" if document.kind is DocumentKind.VENDOR_PAYMENT else "number"
        yield f"  {word} {data.invoice.number.strip()}, dated {data.invoice.invoice_date}{due}"
    if data.service_period:
        yield f"  service period {data.service_period.start} to {data.service_period.end}"
    yield f"  text: {data.description}"
    yield from (_posting(posting) for posting in document.postings)
    if isinstance(document, VendorDocument):
        yield from _settlement(document, run)


def _posting(posting: Posting) -> str:
    account = f"{posting.account} {CHART.get(posting.account, '')}".strip()
    tax = f"{posting.tax_code or 'tax'} {posting.tax_amount}" if posting.tax_amount else posting.tax_code
    notes = (
        tax,
        *(f"{dimension.group}={dimension.code}" for dimension in posting.dimensions),
        f"originally {posting.original}" if posting.original else None,
    )
    noted = f"  [{', '.join(filter(None, notes))}]" if any(notes) else ""
    return f"  {posting.side:<6} {account:<{_ACCOUNT_WIDTH}} {posting.amount!s:>16}{noted}"


def _settlement(document: VendorDocument, run: PayablesRun) -> Iterator[str]:
    steps = [step for step in run.plan.trace if step.subject == f"{document.kind}.settles"]
    if document.settles:
        for allocation, step in zip(document.settles, steps, strict=True):
            name, whole = _name(allocation.reference, run), _amount_of(allocation.reference, run)
            yield f"  settles {name}: {allocation.amount} of {whole} ({step.because})"
    elif not document.paired_with:
        yield from (f"  {step.value}" for step in steps)
    for reopening in document.reopens:
        paid = f"which {_name(reopening.payment, run)} had settled"
        yield f"  opens again {_name(reopening.bill, run)}: {reopening.amount}, {paid}"
    yield from _passed_over(steps)


def _passed_over(steps: Iterable[TraceStep]) -> Iterator[str]:
    for step in steps:
        yield from (f"  passes over {refused}" for refused in step.refused)


def _end(run: PayablesRun) -> Iterator[str]:
    for failure in run.plan.failures:
        yield f"FAILS at {failure.path}: {failure.message}"
        yield f"  {failure.remedy}"
        yield f"  {failure.code}, told to Pleo as {failure.reason_type}"
    if run.plan.nothing_to_book:
        yield f"nothing to book: {run.plan.nothing_to_book}"
    yield from (f"warning: {warning}" for warning in run.warnings)
    yield f"open afterwards: {'; '.join(_open(run.after, run)) or 'nothing'}"


def _open(statement: PayableStatement, run: PayablesRun) -> Iterator[str]:
    """What is open; a minus where the vendor has it to our credit."""
    for item in statement.open_items:
        part = "" if item.open_amount == item.amount else f" of {item.amount}"
        due = f", due {item.due_date}" if item.due_date else ""
        yield f"{item.vendor.number} {_name(item.external_reference, run)} {item.open_amount}{part}{due}"


def _name(reference: str, run: PayablesRun) -> str:
    """The document as a person tells it from others: its kind, its number, and the expense that it comes from."""
    document = run.standing[reference]
    number = document.invoice_number if isinstance(document, VendorDocument) else ""
    items = {"this expense": run.item} | {f"earlier {i}": one for i, one in enumerate(run.earlier, start=1)}
    origin = next(origin for origin, item in items.items() if item.entry_id in reference)
    own = " by the books themselves" if reference.endswith(".paid-by-the-books") else ""
    return " ".join(filter(None, (_kind(document), number, f"of {origin}{own}")))


def _kind(document: Document) -> str:
    comes_in = isinstance(document, VendorDocument) and document.is_payment and document.payable_amount.minor > 0
    return "incoming payment" if comes_in else _KINDS[document.kind]


def _amount_of(reference: str, run: PayablesRun) -> Money:
    document = run.standing[reference]
    assert isinstance(document, VendorDocument)
    return abs(document.payable_amount)
