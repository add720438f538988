"""Books in memory, with a chart, months that can be closed, and documents that stand once; no disk, no network."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from bilag.domain.attachment import AttachmentRules, FileFormat, NoteFile, StoredFile
from bilag.domain.books_account import BooksAccount
from bilag.domain.capabilities import Capabilities, KeyClass, TextLimits
from bilag.domain.document import Document
from bilag.domain.expense_type import BookkeepingMethod
from bilag.domain.export_item import ExportItem, MalformedItem
from bilag.domain.failure import Failure, FailureCode, JobFailure
from bilag.domain.known_vendor import KnownVendor, matching_vendors
from bilag.domain.ledger import Side
from bilag.domain.money import Currency
from bilag.domain.payables import (
    BooksVendor,
    PayableItem,
    PayableKeys,
    PayableStatement,
    VendorDocument,
    VendorQuery,
)
from bilag.domain.period import AccountingPeriod
from bilag.domain.plan import ItemPlan
from bilag.domain.settings import ExportSettings
from bilag.lifecycle.desk import Planner
from bilag.lifecycle.plan_item import plan_item
from bilag.ports.accounting_system import (
    PeriodRefused,
    PostAnswer,
    PostedDocument,
    Rejected,
    SendCheck,
    unchecked,
)

CHART: Final = {
    "1910": "Pleo wallet DKK",
    "1915": "Pleo wallet EUR",
    "1917": "Pleo wallet JPY",
    "1918": "Pleo wallet KWD",
    "1930": "Bank",
    "1935": "Bank EUR",
    "1940": "Payroll clearing",
    "2440": "Trade creditors",
    "2610": "Output tax",
    "2611": "Output tax abroad",
    "2640": "Input tax",
    "2641": "Input tax abroad",
    "2890": "Employees, out of pocket",
    "6010": "Office supplies",
    "6110": "Travel",
    "6340": "Card fees",
}

JOURNAL_BOOKS: Final = Capabilities(
    system="Test books",
    methods=frozenset({BookkeepingMethod.JOURNAL}),
    key_class=KeyClass.NATURAL_KEY,
    drafts=True,
    periods=True,
    attachments=AttachmentRules(formats=frozenset(FileFormat)),
)
PAYABLE_BOOKS: Final = replace(
    JOURNAL_BOOKS, methods=frozenset({BookkeepingMethod.JOURNAL, BookkeepingMethod.ACCOUNTS_PAYABLE})
)
TODAY: Final = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def month_of(day: date, *, closed: bool = False) -> AccountingPeriod:
    """The calendar month of the day, as a period: "2026-10"."""
    start = day.replace(day=1)
    last = date.max if (day.year, day.month) == (date.max.year, 12) else _next_month(start) - timedelta(days=1)
    return AccountingPeriod(name=f"{day.year:04}-{day.month:02}", start=start, end=last, closed=closed)


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


@dataclass(slots=True, kw_only=True)
class BooksForPlanning:
    """Monthly books. `closed` names months, `first` and `last` bound the days that have a period at all.

    `standing` are the vendor documents that planning shall meet, oldest first; what is posted does not join them.
    """

    can: Capabilities = JOURNAL_BOOKS
    chart: Mapping[str, BooksAccount] = field(
        default_factory=lambda: {number: BooksAccount(number=number, name=name) for number, name in CHART.items()}
    )
    closed: frozenset[str] = frozenset()
    first: date = date(2000, 1, 1)
    last: date = date(2100, 12, 31)
    tax_codes: frozenset[str] = frozenset({"K25", "EU25", "DE19", "NOTAX"})
    dimensions: frozenset[tuple[str, str]] = frozenset({("COSTCENTRE", "C-100"), ("PROJECT", "P-2604")})
    known_vendors: tuple[KnownVendor, ...] = ()
    standing: tuple[PayableItem, ...] = ()
    days_asked: list[date] = field(default_factory=list)
    _posted: dict[str, PostedDocument] = field(default_factory=dict)
    _files: dict[str, set[str]] = field(default_factory=dict)

    @property
    def capabilities(self) -> Capabilities:
        return self.can

    async def problems(self) -> tuple[JobFailure, ...]:
        return ()

    async def accounts(self, numbers: Sequence[str]) -> Mapping[str, BooksAccount]:
        return {number: self.chart[number] for number in numbers if number in self.chart}

    async def unknown_tax_codes(self, codes: Sequence[str]) -> frozenset[str]:
        return frozenset(codes) - self.tax_codes

    async def unknown_dimensions(self, keys: Sequence[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        return frozenset(keys) - self.dimensions

    async def vendors(self, query: VendorQuery) -> tuple[BooksVendor, ...]:
        return matching_vendors(self.known_vendors, query)

    async def payable_items(self, keys: PayableKeys) -> tuple[PayableItem, ...]:
        return tuple(item for item in self.standing if _shares(item, keys))

    async def payables(self) -> PayableStatement:
        open_items = tuple(item for item in self.standing if not item.open_amount.is_zero)
        return PayableStatement(open_items=open_items, balances=())

    async def period_of(self, day: date) -> AccountingPeriod | None:
        self.days_asked.append(day)
        return self._period(day)

    async def next_open_period(self, after: date) -> AccountingPeriod | None:
        month = month_of(after)
        while month.end < self.last:
            month = month_of(month.end + timedelta(days=1))
            period = self._period(month.start)
            if period is not None and not period.closed:
                return period
        return None

    async def post(self, document: Document, content_hash: str, check: SendCheck = unchecked) -> PostAnswer:
        check()
        reference = document.external_reference
        if reference in self._posted:
            stands = self._posted[reference]
            return stands if stands.content_hash == content_hash else Rejected(failures=(_conflict(reference),))
        period = self._period(document.posting_date.date)
        if period is None or period.closed:
            return PeriodRefused(period=document.posting_date.period)
        posted = PostedDocument(
            external_reference=reference,
            external_id=str(len(self._posted) + 1),
            external_url="",
            posting_date=document.posting_date.date,
            mode=document.mode,
            total=document.total(Side.DEBIT),
            content_hash=content_hash,
            settles=document.settles if isinstance(document, VendorDocument) else (),
        )
        self._posted[reference] = posted
        return posted

    async def find_by_reference(self, external_reference: str) -> PostedDocument | None:
        return self._posted.get(external_reference)

    async def attached(self, external_id: str) -> frozenset[str]:
        return frozenset(self._files.get(external_id, ()))

    async def attach(self, external_id: str, file: StoredFile) -> Failure | None:
        self._files.setdefault(external_id, set()).add(file.sha256)
        return None

    async def attach_note(self, external_id: str, note: NoteFile) -> Failure | None:
        self._files.setdefault(external_id, set()).add(hashlib.sha256(note.text.encode()).hexdigest())
        return None

    async def close(self) -> None:
        """Nothing is held that would have to be let go."""

    def _period(self, day: date) -> AccountingPeriod | None:
        if not self.first <= day <= self.last:
            return None
        return month_of(day, closed=month_of(day).name in self.closed)


class StoppedClock:
    """A clock that shows one instant for ever."""

    def __init__(self, instant: datetime = TODAY) -> None:
        self._instant = instant

    def now(self) -> datetime:
        return self._instant

    def monotonic_seconds(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        raise AssertionError(f"planning waits for nothing, least of all {seconds} seconds")


def books_with_text(**limits: int) -> BooksForPlanning:
    """Books that keep short texts: books_with_text(description_max=30)."""
    return BooksForPlanning(can=replace(JOURNAL_BOOKS, text=TextLimits(**limits)))


def chart_with(number: str, *, closed: bool = False, currency: str = "") -> dict[str, BooksAccount]:
    """The chart with one account closed, or kept in one currency."""
    kept_in = frozenset({Currency(currency)} if currency else ())
    chart = {other: BooksAccount(number=other, name=name) for other, name in CHART.items()}
    return {**chart, number: replace(chart[number], closed=closed, currencies=kept_in)}


async def planned(
    item: ExportItem | MalformedItem,
    settings: ExportSettings,
    books: BooksForPlanning | None = None,
    *,
    now: datetime = TODAY,
    refused_periods: frozenset[str] = frozenset(),
) -> ItemPlan:
    """The plan of the item, made by these settings and books."""
    planner = Planner(settings=settings, books=books or BooksForPlanning(), clock=StoppedClock(now))
    return await plan_item(item, planner, refused_periods=refused_periods)


def _shares(item: PayableItem, keys: PayableKeys) -> bool:
    named = keys.reconciliation_ids & {item.reconciliation_id, *item.reconciled_entries}
    same_invoice = bool(keys.invoice_number) and item.invoice_number.strip() == keys.invoice_number
    return item.vendor.number == keys.vendor_number and bool(
        named or same_invoice or item.external_reference in keys.references
    )


def _conflict(reference: str) -> Failure:
    return Failure(
        code=FailureCode.BOOKS_CONFLICT,
        path="",
        message=f"{reference} stands in the books with other content.",
        remedy="Compare the two.",
    )
