"""Books in memory as an accounting system. They keep every promise of the port but to survive the process."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import count
from typing import assert_never

from bilag.adapters.accounting.memory import refusals
from bilag.adapters.accounting.memory.entry import StandingEntry, entry_of
from bilag.adapters.accounting.memory.known_keys import KnownKeys
from bilag.adapters.accounting.memory.own_payment import own_payment, own_reference
from bilag.adapters.accounting.memory.payables import PayableRegister, statement_of
from bilag.adapters.accounting.memory.script import (
    Alters,
    Call,
    ClosesPeriod,
    Forgets,
    Happening,
    Incident,
    NotReady,
    Raises,
    Rejects,
    Script,
    lose_after,
    lose_before,
)
from bilag.adapters.accounting.memory.set_up import BooksSetUp
from bilag.domain.attachment import NoteFile, StoredFile
from bilag.domain.books_account import BooksAccount
from bilag.domain.capabilities import Capabilities, KeyClass
from bilag.domain.document import Document
from bilag.domain.failure import Failure, JobFailure
from bilag.domain.known_vendor import matching_vendors
from bilag.domain.ledger import DocumentKind
from bilag.domain.payables import (
    BooksVendor,
    PayableItem,
    PayableKeys,
    PayableStatement,
    VendorDocument,
    VendorQuery,
)
from bilag.domain.period import AccountingPeriod
from bilag.ports.accounting_system import (
    PeriodRefused,
    PostAnswer,
    PostedDocument,
    Rejected,
    SendCheck,
    SettlementRefused,
    unchecked,
)
from bilag.ports.clock import Clock
from bilag.ports.errors import FoundTwice


class MemoryBooks:
    """Keeps bilag.ports.accounting_system.AccountingSystem in memory. `trouble` is what shall go wrong, in order.

    The class of system that the set-up declares decides what a repeat meets; `clock` ages a server's keys.
    It links a file as often as it is told to, so that a caller who does not look first is found out.
    """

    def __init__(
        self, set_up: BooksSetUp | None = None, trouble: Sequence[Incident] = (), clock: Clock | None = None
    ) -> None:
        self._set_up = set_up or BooksSetUp()
        self._known_keys = KnownKeys(self._set_up.capabilities.key_lifetime_seconds, clock)
        self._periods = {period.name: period for period in self._set_up.periods}
        self._script = Script(tuple(trouble))
        self._entries: dict[str, StandingEntry] = {}
        self._ids: dict[str, StandingEntry] = {}
        self._payables = PayableRegister()
        self._numbers = count(1)
        self._closed = False

    @property
    def entries(self) -> tuple[StandingEntry, ...]:
        """Everything that stands in the books now, their own payments too, oldest first."""
        return tuple(self._entries.values())

    def plan(self, incident: Incident) -> None:
        """Let one more thing go wrong, after what is planned already."""
        self._script.add(incident)

    def remove(self, external_reference: str) -> None:
        """Take the entry out, as a person does, with the books' own payment; KeyError when it is not there."""
        self._take_out(external_reference)
        if own_reference(external_reference) in self._entries:
            self._take_out(own_reference(external_reference))

    def edit(self, external_reference: str, altered: Alters) -> None:
        """Change the entry, as a person does; raises KeyError when it is not there."""
        self._entries[self._name_of(external_reference)].alter(altered)

    def close_period(self, name: str) -> None:
        """Let the period take no more entries; raises KeyError for an unknown name."""
        self._periods[name] = replace(self._periods[name], closed=True)

    def open_period(self, name: str) -> None:
        """Let the period take entries again; raises KeyError for an unknown name."""
        self._periods[name] = replace(self._periods[name], closed=False)

    @property
    def capabilities(self) -> Capabilities:
        """What the set-up says."""
        return self._set_up.capabilities

    async def problems(self) -> tuple[JobFailure, ...]:
        """Nothing, unless the script says otherwise."""
        match self._meet(Call.PROBLEMS):
            case NotReady(problem):
                return (problem,)
            case _:
                return ()

    async def accounts(self, numbers: Sequence[str]) -> Mapping[str, BooksAccount]:
        """Those of the numbers that the chart has."""
        self._meet(Call.ACCOUNTS)
        return {account.number: account for account in self._set_up.chart if account.number in numbers}

    async def unknown_tax_codes(self, codes: Sequence[str]) -> frozenset[str]:
        """Those that the set-up does not list."""
        self._meet(Call.TAX_CODES)
        return frozenset(codes) - self._set_up.tax_codes

    async def unknown_dimensions(self, keys: Sequence[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        """Those that the set-up does not list."""
        self._meet(Call.DIMENSIONS)
        return frozenset(keys) - self._set_up.dimensions

    async def vendors(self, query: VendorQuery) -> tuple[BooksVendor, ...]:
        """The vendors of the set-up that match, in its order."""
        self._meet(Call.VENDORS)
        return matching_vendors(self._set_up.vendors, query)

    async def payable_items(self, keys: PayableKeys) -> tuple[PayableItem, ...]:
        """The vendor's documents that share a key, oldest first."""
        self._meet(Call.PAYABLE_ITEMS)
        return self._payables.items(keys)

    async def payables(self) -> PayableStatement:
        """What is open, and the balances of every account that a vendor document has moved."""
        self._meet(Call.PAYABLES)
        return statement_of(self._payables, self._entries.values())

    async def period_of(self, day: date) -> AccountingPeriod | None:
        """The period that covers the day."""
        self._meet(Call.PERIOD)
        return self._period_of(day)

    async def next_open_period(self, after: date) -> AccountingPeriod | None:
        """The first open period that starts after the day."""
        self._meet(Call.NEXT_PERIOD)
        later = [period for period in self._periods.values() if period.start > after and not period.closed]
        return min(later, key=lambda period: period.start, default=None)

    async def post(self, document: Document, content_hash: str, check: SendCheck = unchecked) -> PostAnswer:  # noqa: ARG002  it is called as the bytes arrive
        """Book the document; what a repeat meets is said by the class of system that the set-up declares."""
        happening = self._meet(Call.POST, document.external_reference)
        if isinstance(happening, Rejects):
            return Rejected(failures=(happening.failure,))
        lose_before(happening, "post")
        booked = self._book(document, content_hash)
        if isinstance(booked, StandingEntry) and isinstance(happening, Alters):
            booked.alter(happening)
        lose_after(happening, "post")
        return booked.read_back() if isinstance(booked, StandingEntry) else booked

    async def find_by_reference(self, external_reference: str) -> PostedDocument | None:
        """The entry as it stands now."""
        happening = self._meet(Call.FIND, external_reference)
        found = [entry for entry in self._under(external_reference) if not isinstance(happening, Forgets)]
        if len(found) > 1:
            raise FoundTwice(external_reference, tuple(entry.external_id for entry in found))
        return found[0].read_back() if found else None

    async def attached(self, external_id: str) -> frozenset[str]:
        """The hashes of the entry's files."""
        entry = self._ids.get(external_id)
        self._meet(Call.ATTACHED, entry.external_reference if entry else "")
        return frozenset(file.sha256 for file in entry.files) if entry else frozenset()

    async def attach(self, external_id: str, file: StoredFile) -> Failure | None:
        """Link the file once more."""
        entry = self._ids.get(external_id)
        if entry is None:
            return refusals.not_in_books(external_id)
        happening = self._meet(Call.ATTACH, entry.external_reference)
        if isinstance(happening, Rejects):
            return happening.failure
        lose_before(happening, "attach")
        failure = refusals.file_failure(file, self.capabilities.attachments, len(entry.files))
        if failure is None:
            entry.files.append(file)
        lose_after(happening, "attach")
        return failure

    async def attach_note(self, external_id: str, note: NoteFile) -> Failure | None:
        """Link the text; the same text again changes nothing."""
        entry = self._ids.get(external_id)
        if entry is None:
            return refusals.not_in_books(external_id)
        happening = self._meet(Call.ATTACH_NOTE, entry.external_reference)
        if isinstance(happening, Rejects):
            return happening.failure
        lose_before(happening, "attach_note")
        if note not in entry.notes:
            entry.notes.append(note)
        lose_after(happening, "attach_note")
        return None

    async def close(self) -> None:
        """Answer no more calls. Closing again changes nothing."""
        self._closed = True

    def _meet(self, call: Call, about: str = "") -> Happening | None:
        """What the script has for this call; what needs no more of the call happens here."""
        assert not self._closed, "the books are closed"
        happening = self._script.next(call, about)
        if isinstance(happening, Raises):
            raise happening.error
        if isinstance(happening, ClosesPeriod):
            self.close_period(happening.name)
        return happening

    def _book(
        self, document: Document, content_hash: str
    ) -> StandingEntry | PeriodRefused | SettlementRefused | Rejected:
        reference = document.external_reference
        standing = self._repeated(reference, content_hash)
        if standing is not None:
            same = standing.content_hash == content_hash
            return standing if same else Rejected(failures=(refusals.other_content(reference),))
        failures = refusals.document_failures(document, self._set_up)
        period = self._period_of(document.posting_date.date)
        if period is None:
            failures = (refusals.day_without_period(document), *failures)
        if failures or period is None:
            return Rejected(failures=failures)
        if period.closed:
            return PeriodRefused(period=period.name)
        refused = self._settlement_refused(document) if isinstance(document, VendorDocument) else None
        return refused or self._put_in(document, content_hash)

    def _repeated(self, reference: str, content_hash: str) -> StandingEntry | None:
        """What a repeat is answered with, by the class of system."""
        match self.capabilities.key_class:
            case KeyClass.NATURAL_KEY:
                return self._entries.get(reference)
            case KeyClass.SERVER_KEY:
                return self._known_keys.answer(reference, content_hash)
            case KeyClass.LOOK_UP:
                return None
            case _:
                assert_never(self.capabilities.key_class)

    def _under(self, reference: str) -> tuple[StandingEntry, ...]:
        """Everything that stands under the reference, oldest first: books without unique references can have more."""
        first = self._entries.get(reference)
        if first is not None and self.capabilities.key_class is KeyClass.NATURAL_KEY:
            return (first,)
        return tuple(entry for entry in self._entries.values() if entry.external_reference == reference)

    def _settlement_refused(self, document: VendorDocument) -> SettlementRefused | Rejected | None:
        if document.is_payment and document.vendor.number in self._set_up.pays_itself:
            for allocation in document.settles:
                other = self._payables.document(allocation.reference)
                if other is not None and other.kind is DocumentKind.VENDOR_INVOICE:
                    return Rejected(failures=(refusals.paid_by_the_books(allocation.reference),))
        refused = self._payables.refused(document)
        return SettlementRefused(reference=refused) if refused else None

    def _put_in(self, document: Document, content_hash: str) -> StandingEntry:
        entry = entry_of(str(next(self._numbers)), document, content_hash)
        is_another = entry.external_reference in self._entries
        name = f"{entry.external_reference}#{entry.external_id}" if is_another else entry.external_reference
        self._entries[name] = self._ids[entry.external_id] = entry
        self._known_keys.keep(entry)
        self._payables.add(entry)
        if isinstance(document, VendorDocument) and document.vendor.number in self._set_up.pays_itself:
            payment = own_payment(document)
            if payment is not None:
                self._put_in(payment, "")
        return entry

    def _take_out(self, reference: str) -> None:
        entry = self._entries.pop(self._name_of(reference))
        del self._ids[entry.external_id]
        self._payables.remove(reference)

    def _name_of(self, reference: str) -> str:
        """Under which name the first document of this reference is kept; the reference where there is none."""
        others = (name for name, entry in self._entries.items() if entry.external_reference == reference)
        return reference if reference in self._entries else next(others, reference)

    def _period_of(self, day: date) -> AccountingPeriod | None:
        return next((period for period in self._periods.values() if period.covers(day)), None)
