"""Documents: the journal entry of an item, drawn up from its mapped accounts, data and date.

https://developers.pleo.io/docs/current/integration-design/exports (journal entry)
"""

from dataclasses import dataclass
from typing import assert_never

from bilag.domain.export_item import ExportItem
from bilag.domain.ledger import Datapoints, JournalEntry, PostingMode
from bilag.domain.period import PostingDate
from bilag.domain.plan import TraceStep
from bilag.domain.settings import JournalConstruction, TaxStyle
from bilag.rules.accounts_mapping import AccountsMapping
from bilag.rules.expense_type_mapping import MappingRow
from bilag.rules.legs import Leg, combined, explain_legs, line_legs, posting_of, total_legs, towards


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentHead:
    """What the entry carries beside its postings, and how many of them there are for lines that are alike."""

    reference: str
    posting_date: PostingDate
    mode: PostingMode
    datapoints: Datapoints
    construction: JournalConstruction = JournalConstruction.SPLIT


def draw_up_journal_entry(
    item: ExportItem, row: MappingRow, mapping: AccountsMapping, tax_style: TaxStyle, head: DocumentHead
) -> tuple[JournalEntry, tuple[TraceStep, ...]]:
    """The entry, and why each posting is what it is. Expects an item and a mapping without failures."""
    assert mapping.counter is not None
    lines = _constructed(line_legs(item, row, mapping.lines, tax_style), head.construction)
    legs = (*lines, *total_legs(item, -towards(row, item.amount.wallet), mapping.counter))
    entry = JournalEntry(
        external_reference=head.reference,
        posting_date=head.posting_date,
        mode=head.mode,
        currency=item.amount.wallet.currency,
        postings=tuple(posting_of(leg, head.datapoints.description) for leg in legs),
        datapoints=head.datapoints,
    )
    return entry, explain_legs(legs, row)


def _constructed(legs: tuple[Leg, ...], construction: JournalConstruction) -> tuple[Leg, ...]:
    match construction:
        case JournalConstruction.SPLIT | JournalConstruction.PER_JOB:
            return legs  # what a job adds up starts from every line
        case JournalConstruction.PER_ITEM:
            return combined(legs)
        case _:
            assert_never(construction)
