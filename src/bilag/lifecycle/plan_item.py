"""Plan one Export Item: from Pleo's wording to the exact document, without changing anything anywhere.

`bilag plan` prints what this returns and posting sends it: there is no second path.
"""

from dataclasses import dataclass

from bilag.domain.attachment import NoteFile
from bilag.domain.export_item import ExportItem, MalformedItem
from bilag.domain.failure import Failure
from bilag.domain.period import PostingDate
from bilag.domain.plan import ItemPlan
from bilag.domain.posting_record import Part, PostingKey
from bilag.domain.settings import ExportSettings
from bilag.lifecycle.assign_period import assign_period
from bilag.lifecycle.desk import Planner
from bilag.rules import (
    accounting_period,
    accounts_mapping,
    attachment_handling,
    bookkeeping_method,
    books_check,
    data_mapping,
    documents,
    item_validation,
    posting_behaviour,
)
from bilag.rules.expense_type_mapping import MappingRow


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gathered:
    """What every rule says of one item, and all that they object to."""

    method: bookkeeping_method.MethodResolution
    row: MappingRow | None
    mapping: accounts_mapping.AccountsMapping
    data: data_mapping.DataMapping
    dated: PostingDate | None
    problems: tuple[Failure, ...]


async def plan_item(
    item: ExportItem | MalformedItem,
    planner: Planner,
    generation: int = 1,
    refused_periods: frozenset[str] = frozenset(),
) -> ItemPlan:
    """The item's documents and why, or every problem that keeps it out of the books."""
    version = planner.settings.version
    if isinstance(item, MalformedItem):
        return ItemPlan(entry_id=item.entry_id, method=None, failures=item.failures, settings_version=version)
    gathered = await _gather(item, planner, refused_periods)
    if gathered.problems:
        return ItemPlan(
            entry_id=item.entry_id,
            method=gathered.method.method,
            failures=gathered.problems,
            trace=gathered.method.trace,
            settings_version=version,
        )
    return _drawn_up(item, gathered, planner.settings, generation)


async def _gather(item: ExportItem, planner: Planner, refused_periods: frozenset[str]) -> _Gathered:
    """Ask every rule, also after one has objected, so that a person sees all problems at once."""
    settings = planner.settings
    method = await _method(item, planner)
    row = item_validation.mapping_row(item)
    mapping = accounts_mapping.map_accounts(item, row, settings) if row else accounts_mapping.AccountsMapping()
    data = data_mapping.map_data(item, planner.books.capabilities.text)
    dated = await _date(item, planner, refused_periods)
    problems = (
        *item_validation.check_item(item, settings.company_id),
        *_receipt_problems(item, planner),
        *method.failures,
        *mapping.failures,
        *data.failures,
        *await _unknown_to_books(item, mapping, planner),
        *((dated,) if isinstance(dated, Failure) else ()),
    )
    return _Gathered(
        method=method,
        row=row,
        mapping=mapping,
        data=data,
        dated=dated if isinstance(dated, PostingDate) else None,
        problems=tuple(dict.fromkeys(problems)),
    )


def _drawn_up(item: ExportItem, gathered: _Gathered, settings: ExportSettings, generation: int) -> ItemPlan:
    """The documents of an item that nothing objects to."""
    assert gathered.row is not None
    assert gathered.dated is not None
    head = documents.DocumentHead(
        reference=journal_key(item, settings.company_id, generation).external_reference,
        posting_date=gathered.dated,
        mode=settings.posting_mode,
        datapoints=gathered.data.datapoints,
    )
    entry, trace = documents.draw_up_journal_entry(item, gathered.row, gathered.mapping, settings.tax_style, head)
    why = (accounting_period.explain_date(gathered.dated), posting_behaviour.explain_mode(settings))
    return ItemPlan(
        entry_id=item.entry_id,
        method=gathered.method.method,
        documents=(entry,),
        notes=gathered.data.notes,
        trace=(*gathered.method.trace, *why, *gathered.data.trace, *trace),
        settings_version=settings.version,
    )


def journal_key(item: ExportItem, company_id: str, generation: int) -> PostingKey:
    """The key of the item's journal entry."""
    return PostingKey(company_id=company_id, entry_id=item.entry_id, part=Part.JOURNAL_ENTRY, generation=generation)


def notes_of(item: ExportItem, planner: Planner) -> tuple[NoteFile, ...]:
    """The notes that go along with the item's document."""
    return data_mapping.map_data(item, planner.books.capabilities.text).notes


async def _method(item: ExportItem, planner: Planner) -> bookkeeping_method.MethodResolution:
    settings, books = planner.settings, planner.books
    vendor_found = False
    if item.supplier is not None and bookkeeping_method.asks_vendor_search(item, settings):
        vendor_found = await books.has_vendor(item.supplier)
    return bookkeeping_method.resolve_method(
        item, settings, supported=books.capabilities.methods, vendor_found=vendor_found
    )


async def _unknown_to_books(
    item: ExportItem, mapping: accounts_mapping.AccountsMapping, planner: Planner
) -> tuple[Failure, ...]:
    books = planner.books
    known = await books.accounts([choice.number for choice in mapping.choices()])
    tax_codes = await books.unknown_tax_codes([t.code for line in item.lines if (t := line.tax) and t.code])
    dimensions = await books.unknown_dimensions([(t.group_code, t.code) for line in item.lines for t in line.tags])
    return (
        *books_check.check_accounts(mapping, known, item.amount.wallet.currency),
        *books_check.check_codes(item, tax_codes, dimensions),
        *books_check.check_dimension_count(item, books.capabilities.dimensions_max),
    )


async def _date(item: ExportItem, planner: Planner, refused: frozenset[str]) -> PostingDate | Failure | None:
    """None when the item's own date could not be read, which it has already said."""
    if any(failure.path == "date" for failure in item.unreadable):
        return None
    day = accounting_period.expense_date(item, planner.settings)
    return await assign_period(day, planner, refused)


def _receipt_problems(item: ExportItem, planner: Planner) -> tuple[Failure, ...]:
    rules = planner.books.capabilities.attachments
    if rules is None or planner.settings.book_without_receipts:
        return ()
    found = [attachment_handling.announced_problem(file, rules) for file in item.files]
    found.append(attachment_handling.too_many(len(item.files)))
    return tuple(failure for failure in found if failure is not None)
