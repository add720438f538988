"""Plan one Export Item: from Pleo's wording to the exact documents, without changing anything anywhere.

`bilag plan` prints what this returns and posting sends it: there is no second path.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final, TypeAlias

from bilag.domain.attachment import NoteFile
from bilag.domain.expense_type import BookkeepingMethod
from bilag.domain.export_item import ExportItem, MalformedItem
from bilag.domain.failure import Failure
from bilag.domain.payables import BooksVendor, VendorQuery
from bilag.domain.period import PostingDate
from bilag.domain.plan import ItemPlan, TraceStep
from bilag.domain.posting_record import Part
from bilag.domain.settings import ExportSettings
from bilag.lifecycle.assign_period import assign_period
from bilag.lifecycle.desk import Planner
from bilag.lifecycle.sketch import Frame, JournalSketch, PayableSketch, Sketch
from bilag.rules import (
    accounting_period,
    accounts_mapping,
    attachment_handling,
    bookkeeping_method,
    books_check,
    data_mapping,
    item_validation,
    posting_behaviour,
    vendor_matching,
)
from bilag.rules.expense_type_mapping import MappingRow
from bilag.rules.payable_accounts import map_payable_accounts
from bilag.rules.payables_mapping import Party, PayableRow, payable_row

# Nothing was ever booked for the item.
FIRST_BOOKING: Final[Mapping[Part, int]] = MappingProxyType({})

_Answers: TypeAlias = list[tuple[VendorQuery, tuple[BooksVendor, ...]]]


async def plan_item(
    item: ExportItem | MalformedItem,
    planner: Planner,
    generations: Mapping[Part, int] = FIRST_BOOKING,
    refused_periods: frozenset[str] = frozenset(),
) -> ItemPlan:
    """The item's documents and why, or every problem that keeps it out of the books.

    `generations` tells which booking of each part it is, 1 where it names none.
    """
    settings = planner.settings
    if isinstance(item, MalformedItem):
        return ItemPlan(entry_id=item.entry_id, method=None, failures=item.failures, settings_version=settings.version)
    search = _VendorSearch(item, planner)
    method = await _method(item, search)
    sketch = await _sketch(item, method.method, search)
    data = data_mapping.map_data(item, planner.books.capabilities.text)
    dated = await _date(item, planner, refused_periods)
    # Every rule is asked, also after one has objected, so that a person sees all problems at once.
    problems = (
        *item_validation.check_item(item, settings.company_id),
        *_receipt_problems(item, planner),
        *method.failures,
        *(sketch.failures if sketch else ()),
        *data.failures,
        *await _unknown_to_books(item, sketch.choices if sketch else (), planner),
        *((dated,) if isinstance(dated, Failure) else ()),
    )
    trace = (*method.trace, *(sketch.trace if sketch else ()))
    if problems:
        return ItemPlan(
            entry_id=item.entry_id,
            method=method.method,
            failures=tuple(dict.fromkeys(problems)),
            trace=trace,
            settings_version=settings.version,
        )
    assert sketch is not None
    assert isinstance(dated, PostingDate)
    frame = Frame(settings=settings, posting_date=dated, datapoints=data.datapoints, generations=generations)
    return _drawn_up(sketch, frame, method.method, data, trace)


def _drawn_up(
    sketch: Sketch,
    frame: Frame,
    method: BookkeepingMethod | None,
    data: data_mapping.DataMapping,
    trace: tuple[TraceStep, ...],
) -> ItemPlan:
    """The documents of an item that nothing objects to."""
    documents, why = sketch.documents(frame)
    behaviour = (accounting_period.explain_date(frame.posting_date), posting_behaviour.explain_mode(frame.settings))
    return ItemPlan(
        entry_id=sketch.item.entry_id,
        method=method,
        documents=documents,
        notes=data.notes,
        nothing_to_book="" if documents else sketch.nothing_to_book,
        trace=(*trace, *behaviour, *data.trace, *why),
        settings_version=frame.settings.version,
    )


def notes_of(item: ExportItem, planner: Planner) -> tuple[NoteFile, ...]:
    """The notes that go along with the item's document."""
    return data_mapping.map_data(item, planner.books.capabilities.text).notes


class _VendorSearch:
    """Asks the books for the vendor of one item, each question once: what decides the method also finds the vendor."""

    def __init__(self, item: ExportItem, planner: Planner) -> None:
        self.planner = planner
        self._item = item
        self._known: dict[VendorQuery, tuple[BooksVendor, ...]] = {}

    async def answers(self, party: Party, settings: ExportSettings) -> _Answers:
        """What the books say, key by key, until an answer decides."""
        answers = []
        for query in vendor_matching.vendor_queries(self._item, party, settings):
            if query not in self._known:
                self._known[query] = await self.planner.books.vendors(query)
            found = self._known[query]
            answers.append((query, found))
            if vendor_matching.decides(found):
                break
        return answers


async def _method(item: ExportItem, search: _VendorSearch) -> bookkeeping_method.MethodResolution:
    settings, vendor_found = search.planner.settings, False
    if bookkeeping_method.asks_vendor_search(item, settings):
        # The default vendor takes what is accounts payable already; it makes nothing so.
        answers = await search.answers(Party.SUPPLIER, replace(settings, default_vendor=""))
        vendor_found = any(vendor_matching.decides(found) for _, found in answers)
    return bookkeeping_method.resolve_method(
        item, settings, supported=search.planner.books.capabilities.methods, vendor_found=vendor_found
    )


async def _sketch(item: ExportItem, method: BookkeepingMethod | None, search: _VendorSearch) -> Sketch | None:
    """The accounts of the item; None when its type is unknown, which validation has already said."""
    row = item_validation.mapping_row(item)
    if row is None:
        return None
    payable = payable_row(item) if method is BookkeepingMethod.ACCOUNTS_PAYABLE else None
    if payable is None:
        mapping = accounts_mapping.map_accounts(item, row, search.planner.settings)
        return JournalSketch(item=item, row=row, mapping=mapping)
    return await _payable_sketch(item, row, payable, search)


async def _payable_sketch(
    item: ExportItem, row: MappingRow, payable: PayableRow, search: _VendorSearch
) -> PayableSketch:
    settings = search.planner.settings
    answers = await search.answers(payable.party, settings)
    match = vendor_matching.match_vendor(item, payable.party, answers)
    accounts = map_payable_accounts(item, row, payable, match.vendor, settings)
    return PayableSketch(item=item, row=row, payable=payable, match=match, accounts=accounts)


async def _unknown_to_books(
    item: ExportItem, choices: tuple[accounts_mapping.AccountChoice, ...], planner: Planner
) -> tuple[Failure, ...]:
    books = planner.books
    known = await books.accounts([choice.number for choice in choices])
    tax_codes = await books.unknown_tax_codes([t.code for line in item.lines if (t := line.tax) and t.code])
    dimensions = await books.unknown_dimensions([(t.group_code, t.code) for line in item.lines for t in line.tags])
    return (
        *books_check.check_accounts(choices, known, item.amount.wallet.currency),
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
