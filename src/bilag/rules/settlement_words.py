"""Settlement in words: what stays open after it and why it was chosen, for the bookkeeper who reads the export."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias, assert_never

from bilag.domain.ledger import DocumentKind
from bilag.domain.money import Money
from bilag.domain.payables import PayableItem, Reopening, VendorDocument
from bilag.domain.plan import TraceStep
from bilag.rules.settlement_matching import Counterpart, MatchingKey, Meeting

# A reimbursement can meet hundreds of documents; a sentence names a few and counts the rest.
NAMED_MAX: Final = 5
REFUSED_MAX: Final = 20

Taken: TypeAlias = Mapping[str, Money]

_RULE: Final = "settlement"
_BECAUSE: Final = {
    MatchingKey.PAIRED: "it is the other document of the same expense",
    MatchingKey.RECONCILED_ENTRIES: "Pleo reconciled the two",
    MatchingKey.RECONCILIATION_ID: "both have the same reconciliation id",
    MatchingKey.INVOICE_NUMBER: "both have the same invoice number",
}
_SOURCE: Final = {
    MatchingKey.PAIRED: "accountingEntryId",
    MatchingKey.RECONCILED_ENTRIES: "additionalInformation.reconciledEntries",
    MatchingKey.RECONCILIATION_ID: "additionalInformation.reconciliationId",
    MatchingKey.INVOICE_NUMBER: "additionalInformation.invoiceInformation.invoiceNumber",
}


def settlement_warnings(met: Meeting, taken: Taken) -> Iterator[str]:
    """Every difference that stays open, as a sentence. A document that simply waits for another is none."""
    rest = _rest(met, taken)
    if met.document.is_payment:
        yield from _warnings_of_payment(met, taken, rest)
    else:
        yield from _warnings_of_bill(met, taken, rest)
    apart = [c.item for c in met.counterparts if met.obstacle(c.item) and not c.item.open_amount.is_zero]
    if apart and not rest.is_zero:
        others = _listed([f"{_name(item)} {met.obstacle(item)}" for item in apart])
        this = f"{_this(met.document)} in {met.document.currency} on account {met.document.payable_account}"
        yield f"Not settled, because currency or account differs: {this}, {others}."


def still_open(document: VendorDocument, own: PayableItem, others: Sequence[PayableItem]) -> tuple[str, ...]:
    """The warning of a document that stands, `own`, open beside others that belong to it; none when it is settled."""
    if own.open_amount.is_zero or not others:
        return ()
    left, names = abs(own.open_amount), _listed([_name(other) for other in others])
    late = f"{left} of {_this(document)} stay open beside {names}, since it reached the books after we had given it up"
    return (f"{late}: settle them in the books.",)


def explain_settlement(met: Meeting, taken: Taken, reopens: Sequence[Reopening]) -> Iterator[TraceStep]:
    """Why the document settles what it does, a step for each allocation and reopening, or what it waits for."""
    refused = tuple(_refused(met, taken))
    by_reference = {c.reference: c for c in met.counterparts}
    for reference, amount in taken.items():
        key = by_reference[reference].key
        yield TraceStep(
            subject=f"{met.document.kind}.settles",
            value=f"{_name(met.others[reference])}: {amount}",
            rule=_RULE,
            because=_BECAUSE[key],
            source=_SOURCE[key],
            refused=refused,
        )
        refused = ()
    for reopening in reopens:
        bill = met.others.get(reopening.bill)
        yield TraceStep(
            subject=f"{met.document.kind}.reopens",
            value=f"{_name(bill) if bill else reopening.bill}: {reopening.amount}",
            rule=_RULE,
            because=f"{_name(met.others[reopening.payment])}, which had settled it, came back",
            source=_SOURCE[by_reference[reopening.payment].key],
        )
    if not taken:
        yield _waits(met, refused)


def _warnings_of_payment(met: Meeting, taken: Taken, rest: Money) -> Iterator[str]:
    bills = [c for c in met.able if not c.item.is_payment]
    for bill in bills:
        left = _left(bill, taken)
        if bill.reference in taken and not left.is_zero:
            paid, name = taken[bill.reference], _name(bill.item)
            yield f"{_capital(_this(met.document))} pays {paid} of {name}; {left} stay open."
    if rest.is_zero:
        return
    if met.comes_in and not met.document.paired_with:
        why = "neither a payment that came back nor a credit note is found for it"
        yield f"{rest} of {_this(met.document)} stay open: {why}."
    elif bills and not _awaited(met):
        names = _listed([_name(bill.item) for bill in bills])
        yield f"{rest} of {_this(met.document)} stay open: it is more than what was open of {names}."


def _warnings_of_bill(met: Meeting, taken: Taken, rest: Money) -> Iterator[str]:
    payments = [c for c in met.able if c.reference in taken]
    if payments and not rest.is_zero:
        names, pay = _listed([_name(c.item) for c in payments]), "pays" if len(payments) == 1 else "pay"
        paid = Money.total(taken.values(), rest.currency)
        yield f"{_capital(names)} {pay} {paid} of {_this(met.document)}; {rest} stay open."
    for payment in payments:
        left = _left(payment, taken)
        if not left.is_zero and not _waits_for_more(payment.item):
            yield f"{left} of {_name(payment.item)} stay open: it is more than {_this(met.document)} asks for."


def _awaited(met: Meeting) -> bool:
    """Whether the payment names expenses that have not come yet."""
    here = {c.item.reconciliation_id for c in met.counterparts if not c.item.is_payment}
    return not here.issuperset(met.document.datapoints.reconciled_entries)


def _waits_for_more(payment: PayableItem) -> bool:
    """Whether a payment names more expenses than have come, this one included."""
    return len(payment.settled_with) + 1 < len(payment.reconciled_entries)


def _refused(met: Meeting, taken: Taken) -> Iterator[str]:
    """The counterparts that were not taken and why, up to a bound."""
    left_out = [c for c in met.counterparts if c.reference not in taken]
    used_up = _rest(met, taken).is_zero
    for one in left_out[:REFUSED_MAX]:
        comes_back = met.comes_in and one.item.is_payment
        if obstacle := met.obstacle(one.item):
            why = f"it is {obstacle}"
        elif one.item.open_amount.is_zero and not comes_back:
            why = "settled already"
        else:
            why = "nothing was left for it" if used_up else "came back already"
        yield f"{_name(one.item)}: {why}"
    if len(left_out) > REFUSED_MAX:
        yield f"{len(left_out) - REFUSED_MAX} more"


def _waits(met: Meeting, refused: tuple[str, ...]) -> TraceStep:
    document = met.document
    fields = (
        (MatchingKey.PAIRED, document.paired_with),
        (MatchingKey.RECONCILED_ENTRIES, document.datapoints.reconciled_entries),
        (MatchingKey.RECONCILIATION_ID, document.datapoints.reconciliation_id),
        (MatchingKey.INVOICE_NUMBER, document.invoice_number.strip()),
    )
    keys = fields[:1] if document.paired_with else fields[1:]
    return TraceStep(
        subject=f"{document.kind}.settles",
        value=_awaited_by(met),
        rule=_RULE,
        because="nothing open in the books shares a key, the currency and the account with it",
        source=", ".join(_SOURCE[key] for key, value in keys if value),
        refused=refused,
    )


def _awaited_by(met: Meeting) -> str:
    if met.comes_in:
        return "waits for the payment that came back, or its credit note"
    if met.document.is_payment:
        return "waits for its invoice"
    if met.document.payable_amount.minor < 0:
        return "waits for its money back"
    return "the books pay it by themselves" if met.document.vendor.settles_on_posting else "waits for its payment"


def _rest(met: Meeting, taken: Taken) -> Money:
    return abs(met.document.payable_amount) - Money.total(taken.values(), met.document.currency)


def _left(one: Counterpart, taken: Taken) -> Money:
    """What stays open of a counterpart of which only an open part was taken."""
    was_open = abs(one.item.open_amount)
    return was_open - taken[one.reference] if one.reference in taken else was_open


def _this(document: VendorDocument) -> str:
    return f"this {_kind(document.kind, document.payable_amount)}"


def _name(item: PayableItem) -> str:
    """What a bookkeeper finds the document by: the vendor's number of it and the books' own."""
    numbers = [number for number in (item.invoice_number.strip(), item.external_id) if number]
    return " ".join((_kind(item.kind, item.amount), *(numbers or [item.external_reference])))


def _kind(kind: DocumentKind, owed: Money) -> str:
    match kind:
        case DocumentKind.VENDOR_INVOICE:
            return "invoice"
        case DocumentKind.VENDOR_CREDIT_NOTE:
            return "credit note"
        case DocumentKind.VENDOR_PAYMENT:
            return "incoming payment" if owed.minor > 0 else "payment"
        case DocumentKind.JOURNAL_ENTRY:
            raise AssertionError("a journal entry owes no vendor")
        case _:
            assert_never(kind)


def _listed(names: Sequence[str]) -> str:
    if len(names) <= NAMED_MAX:
        return ", ".join(names)
    return f"{', '.join(names[:NAMED_MAX])} and {len(names) - NAMED_MAX} more"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
