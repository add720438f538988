"""Whether the books take what a document settles: every allocation open to its amount, every reopening there."""

from collections import Counter
from collections.abc import Mapping

from bilag.adapters.accounting.plaintext.account_book import PayableKey
from bilag.adapters.accounting.plaintext.amounts import Unreadable
from bilag.adapters.accounting.plaintext.books import Books
from bilag.adapters.accounting.plaintext.dialect import StandingEntry
from bilag.adapters.accounting.plaintext.payables_register import PayablesRegister, payable_amount
from bilag.adapters.accounting.plaintext.text_escape import holdable
from bilag.domain.document import Document
from bilag.domain.money import Money
from bilag.domain.payables import Reopening, VendorDocument
from bilag.ports.accounting_system import SettlementRefused


class Claims:
    """What the documents of one write take from those that stand, since none of them is in the register yet.

    The register is built for the first vendor document. Raises OSError.
    """

    def __init__(self, books: Books) -> None:
        self._books = books
        self._settled: Counter[str] = Counter()
        self._reopened: Counter[frozenset[str]] = Counter()

    def refused(self, document: Document) -> SettlementRefused | None:
        """The first document that this one may not settle, or not reopen."""
        if not isinstance(document, VendorDocument) or not (document.settles or document.reopens):
            return None
        register = self._books.register(self._books.folder)
        for reopening in document.reopens:
            if reference := self._not_reopened(register, document, reopening):
                return SettlementRefused(reference=reference)
        wanted: Counter[str] = Counter()
        for allocation in document.settles:
            reference = allocation.reference
            wanted[reference] += allocation.amount.minor
            sum_wanted = Money(wanted[reference], allocation.amount.currency)
            if not self._is_open(register, document, reference, sum_wanted):
                return SettlementRefused(reference=reference)
        return None

    def take(self, document: Document) -> None:
        """The document will be written."""
        if isinstance(document, VendorDocument):
            for allocation in document.settles:
                self._settled[allocation.reference] += allocation.amount.minor
            for reopening in document.reopens:
                self._reopened[_ends(reopening)] += reopening.amount.minor

    def _not_reopened(self, register: PayablesRegister, document: VendorDocument, reopening: Reopening) -> str:
        """The end of the reopening that keeps it from being undone, or empty text."""
        for reference in (reopening.payment, reopening.bill):
            standing = register.standing(holdable(reference))
            if (
                standing is None
                or standing.vendor_number != document.vendor.number
                or standing.amount.currency != reopening.amount.currency
            ):
                return reference
        settled = register.between(holdable(reopening.payment), holdable(reopening.bill))
        wanted = sum(one.amount.minor for one in document.reopens if _ends(one) == _ends(reopening))
        return "" if settled - self._reopened[_ends(reopening)] >= wanted else reopening.bill

    def _is_open(self, register: PayablesRegister, document: VendorDocument, reference: str, wanted: Money) -> bool:
        standing = register.standing(holdable(reference))
        if (
            standing is None
            or standing.vendor_number != document.vendor.number
            or standing.amount.currency != document.currency
            or wanted.currency != document.currency
            or (standing.amount.minor > 0) == (document.payable_amount.minor > 0)
        ):
            return False
        # A returned payment settles the payment that it has just opened again.
        own = sum(one.amount.minor for one in document.reopens if reference in {one.payment, one.bill})
        left = abs(standing.open_amount.minor) - self._settled[reference]
        return left + own >= wanted.minor


def vendor_difference(standing: StandingEntry, document: Document, accounts: Mapping[str, PayableKey]) -> str:
    """How the written vendor document differs from what was meant, or empty text. Raises Unreadable."""
    vendor = standing.vendor
    if not isinstance(document, VendorDocument):
        return "" if vendor is None else "it reads as a vendor document"
    if vendor is None:
        raise Unreadable("it does not read as a vendor document")
    said = (vendor.kind, vendor.vendor_number, vendor.paired_with, payable_amount(standing, accounts))
    meant = (
        document.kind,
        document.vendor.number,
        holdable(document.paired_with),
        (document.payable_account, document.payable_amount),
    )
    allocations = [(holdable(one.reference), one.amount) for one in document.settles]
    reopenings = [(holdable(one.payment), holdable(one.bill), one.amount) for one in document.reopens]
    said_of_others = (
        [(one.reference, one.amount) for one in vendor.settles],
        [(one.payment, one.bill, one.amount) for one in vendor.reopens],
    )
    if said != meant:
        return f"{said} instead of {meant}"
    return "" if said_of_others == (allocations, reopenings) else f"{said_of_others} settled or reopened"


def _ends(reopening: Reopening) -> frozenset[str]:
    return frozenset({reopening.payment, reopening.bill})
