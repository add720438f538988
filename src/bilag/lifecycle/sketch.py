"""The two ways of booking an Export Item, each as far as it can be told before its date and its data are settled."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from bilag.domain.document import Document
from bilag.domain.export_item import ExportItem
from bilag.domain.failure import Failure
from bilag.domain.ledger import Datapoints, DocumentKind
from bilag.domain.period import PostingDate
from bilag.domain.plan import TraceStep
from bilag.domain.posting_record import Part, PostingKey
from bilag.domain.settings import ExportSettings
from bilag.rules import documents, payable_documents
from bilag.rules.accounts_mapping import AccountChoice, AccountsMapping
from bilag.rules.expense_type_mapping import MappingRow
from bilag.rules.payable_accounts import PayableAccounts
from bilag.rules.payables_mapping import PayableRow
from bilag.rules.vendor_matching import VendorMatch

Drawn: TypeAlias = tuple[tuple[Document, ...], tuple[TraceStep, ...]]

SETTLED_BY_THE_BOOKS: Final = (
    "The books pay invoices of this vendor by themselves as they are posted, so this payment was not booked again."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What every document of the item carries. `generations` tells which booking of a part it is, 1 by default."""

    settings: ExportSettings
    posting_date: PostingDate
    datapoints: Datapoints
    generations: Mapping[Part, int]

    def reference(self, kind: DocumentKind, entry_id: str) -> str:
        """Our name of the item's document of this kind."""
        part = Part.of(kind)
        return PostingKey(
            company_id=self.settings.company_id,
            entry_id=entry_id,
            part=part,
            generation=self.generations.get(part, 1),
        ).external_reference


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalSketch:
    """An item as a journal entry."""

    item: ExportItem
    row: MappingRow
    mapping: AccountsMapping

    nothing_to_book = ""

    @property
    def failures(self) -> tuple[Failure, ...]:
        """What is wrong with the accounts."""
        return self.mapping.failures

    @property
    def choices(self) -> tuple[AccountChoice, ...]:
        """Every account that it moves."""
        return self.mapping.choices()

    @property
    def trace(self) -> tuple[TraceStep, ...]:
        """Nothing yet: the postings tell their accounts themselves."""
        return ()

    def documents(self, frame: Frame) -> Drawn:
        """The one entry."""
        head = documents.DocumentHead(
            reference=frame.reference(DocumentKind.JOURNAL_ENTRY, self.item.entry_id),
            posting_date=frame.posting_date,
            mode=frame.settings.posting_mode,
            datapoints=frame.datapoints,
            construction=frame.settings.journal_construction,
        )
        entry, trace = documents.draw_up_journal_entry(
            self.item, self.row, self.mapping, frame.settings.tax_style, head
        )
        return (entry,), trace


@dataclass(frozen=True, slots=True, kw_only=True)
class PayableSketch:
    """An item as documents of a vendor."""

    item: ExportItem
    row: MappingRow
    payable: PayableRow
    match: VendorMatch
    accounts: PayableAccounts

    nothing_to_book = SETTLED_BY_THE_BOOKS

    @property
    def failures(self) -> tuple[Failure, ...]:
        """What is wrong with vendor, accounts and amount."""
        problems = payable_documents.payable_problems(self.item)
        return (*self.match.failures, *self.accounts.failures, *problems)

    @property
    def choices(self) -> tuple[AccountChoice, ...]:
        """Every account that they move."""
        return self.accounts.choices()

    @property
    def trace(self) -> tuple[TraceStep, ...]:
        """Why this vendor."""
        return self.match.trace

    def documents(self, frame: Frame) -> Drawn:
        """Invoice or credit note, then payment, as far as the item brings them."""
        vendor = self.match.vendor
        assert vendor is not None
        kinds = payable_documents.document_kinds(self.item, self.row, self.payable, vendor)
        head = payable_documents.VendorHead(
            references={kind: frame.reference(kind, self.item.entry_id) for kind in kinds},
            posting_date=frame.posting_date,
            mode=frame.settings.posting_mode,
            datapoints=frame.datapoints,
            vendor=vendor,
        )
        return payable_documents.draw_up_vendor_documents(
            self.item, self.row, self.payable, self.accounts, frame.settings.tax_style, head
        )


Sketch: TypeAlias = JournalSketch | PayableSketch
