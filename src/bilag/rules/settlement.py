"""Settlement: what a vendor document pays, is paid by, or opens again as it arrives in the books.

Pleo says what is reconciled with what, but an invoice and its payment come from different jobs in either order.
https://developers.pleo.io/docs/current/integration-design/exports (accounts payable)

Payments that came back go first, then bills. So what stays open of invoices, payments and returns that all share
a key does not depend on their order. A credit note under the same key is the exception: a payment that comes in before
it has been taken for a return by then, since nothing tells the two apart.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bilag.domain.money import Money
from bilag.domain.payables import Allocation, PayableItem, PayableKeys, Reopening, VendorDocument
from bilag.domain.plan import TraceStep
from bilag.rules.settlement_matching import Counterpart, Meeting, meeting
from bilag.rules.settlement_words import explain_settlement, settlement_warnings


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementChoice:
    """What a document settles and opens again, why, and what a bookkeeper should know of what stays open."""

    settles: tuple[Allocation, ...] = ()
    reopens: tuple[Reopening, ...] = ()
    warnings: tuple[str, ...] = ()
    trace: tuple[TraceStep, ...] = ()


def payable_keys(document: VendorDocument) -> PayableKeys:
    """What to ask the books for: the pair alone where there is one, else everything that shares a key."""
    if document.paired_with:
        return PayableKeys(vendor_number=document.vendor.number, references=frozenset({document.paired_with}))
    data = document.datapoints
    return PayableKeys(
        vendor_number=document.vendor.number,
        invoice_number=document.invoice_number.strip(),
        reconciliation_ids=frozenset(filter(None, (data.reconciliation_id, *data.reconciled_entries))),
    )


def as_payable_item(document: VendorDocument) -> PayableItem:
    """The document as it would stand in the books if it were posted now and nothing stood against it."""
    return PayableItem(
        external_reference=document.external_reference,
        external_id="",
        kind=document.kind,
        vendor=document.vendor,
        account=document.payable_account,
        posting_date=document.posting_date.date,
        amount=document.payable_amount,
        open_amount=document.payable_amount,
        invoice_number=document.invoice_number,
        due_date=document.due_date,
        reconciliation_id=document.datapoints.reconciliation_id,
        reconciled_entries=document.datapoints.reconciled_entries,
        paired_with=document.paired_with,
    )


def choose_settlement(document: VendorDocument, candidates: Sequence[PayableItem]) -> SettlementChoice:
    """What the document settles among the candidates, which come oldest first.

    An allocation to a payment that came back may be more than its open amount: by as much as `reopens` gives back.
    """
    met = meeting(document, candidates)
    settling = _Settling(met)
    settling.run()
    taken, reopens = settling.taken(), settling.reopens()
    return SettlementChoice(
        settles=tuple(Allocation(reference=reference, amount=amount) for reference, amount in taken.items()),
        reopens=reopens,
        warnings=tuple(settlement_warnings(met, taken)),
        trace=tuple(explain_settlement(met, taken, reopens)),
    )


class _Settling:
    """One arriving document: what it takes of each counterpart, and what is left of it, in minor units."""

    def __init__(self, met: Meeting) -> None:
        self._met = met
        self._amount = abs(met.document.payable_amount)
        self._rest = self._amount.minor
        self._taken: dict[str, int] = defaultdict(int)
        self._reopened: dict[tuple[str, str], int] = defaultdict(int)

    def run(self) -> None:
        """Take what there is to take."""
        bills = [c for c in self._met.able if not c.item.is_payment]
        payments = [c for c in self._met.able if c.item.is_payment]
        if not self._met.document.is_payment:
            self._take_open(payments)
        elif not self._met.comes_in:
            self._take_open(self._same_amount_first(payments))
            self._take_open(bills)
        else:
            self._take_open(bills)
            returned = self._same_amount_first(reversed(payments))
            self._take_open(returned)
            self._take_back(returned)

    def taken(self) -> Mapping[str, Money]:
        """What it took of whom, by reference, in the order of taking."""
        return {reference: self._money(minor) for reference, minor in self._taken.items()}

    def reopens(self) -> tuple[Reopening, ...]:
        """What it opens again."""
        return tuple(
            Reopening(payment=payment, bill=bill, amount=self._money(minor))
            for (payment, bill), minor in self._reopened.items()
        )

    def _same_amount_first(self, payments: Iterable[Counterpart]) -> Sequence[Counterpart]:
        return sorted(payments, key=lambda c: (c.key.rank, abs(c.item.amount) != self._amount))

    def _take_open(self, counterparts: Iterable[Counterpart]) -> None:
        for one in counterparts:
            self._take(one, abs(one.item.open_amount))

    def _take_back(self, payments: Iterable[Counterpart]) -> None:
        """Undo what the payments have settled: bills that share a key with the return first, then the latest."""
        for one in payments:
            bills = [a for a in reversed(one.item.settled_with) if not self._met.is_payment(a.reference)]
            for allocation in sorted(bills, key=lambda a: a.reference not in self._met.sharing):
                part = self._take(one, allocation.amount)
                if part:
                    self._reopened[one.reference, allocation.reference] += part

    def _take(self, one: Counterpart, available: Money) -> int:
        part = min(available.minor, self._rest)
        if part:
            self._taken[one.reference] += part
            self._rest -= part
        return part

    def _money(self, minor: int) -> Money:
        return Money(minor, self._met.document.currency)
