"""A golden example of accounts payable: an Export Item, what was exported before it, and what the books say after.

`settings.json` and `books.json` name only what differs from the plain company of tests/builders.py and the plain
books below; `earlier.json` lists the Export Items that came before, in their order.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from bilag.adapters.accounting.memory.connector import MemoryBooks
from bilag.adapters.accounting.memory.set_up import CAPABILITIES, BooksSetUp, calendar_months
from bilag.adapters.pleo.saved_items import decode_items_document
from bilag.domain.books_account import BooksAccount
from bilag.domain.document import Document
from bilag.domain.expense_type import BookkeepingMethod
from bilag.domain.export_item import ExportItem
from bilag.domain.known_vendor import KnownVendor
from bilag.domain.payables import PayableStatement
from bilag.domain.plan import ItemPlan
from bilag.domain.settings import ExportSettings
from bilag.lifecycle.desk import Planner
from bilag.lifecycle.plan_item import plan_item
from bilag.lifecycle.plan_json import content_hash
from bilag.lifecycle.settle import Settled, settled, with_settlements
from bilag.ports.accounting_system import PostedDocument
from bilag.rules.accounting_period import moved_warning
from tests.golden.case_files import UnknownField, fields_in, item_in, settings_in, vendors_of
from tests.rules import books_for_planning
from tests.rules.books_for_planning import StoppedClock

FOLDER: Final = Path(__file__).parent / "payables"
CHART: Final = books_for_planning.CHART | {"2441": "Trade creditors abroad", "2891": "Owed to employees"}
VENDORS: Final = (
    KnownVendor(number="V1001", name="Papirhuset", external_id="ext-1001", tax_registration_number="DK12345678"),
    KnownVendor(number="V1002", name="Byghuset", account="70002", blocked=True),
    KnownVendor(number="V1003", name="Kassevogn", settles_on_posting=True),
    KnownVendor(number="V1004", name="Berlin Papier", account="70004", payable_account="2441"),
    KnownVendor(number="E007", name="Astrid Holm", employee_code="M007", payable_account="2891"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PayablesRun:
    """What came of an example: the plan, what is posted after it, and what the books have open before and after.

    `standing` are the documents in the books at the end, by external reference.
    """

    item: ExportItem
    earlier: tuple[ExportItem, ...]
    plan: ItemPlan
    posted: tuple[Settled, ...]
    before: PayableStatement
    after: PayableStatement
    standing: Mapping[str, Document]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What Pleo is told beside the success."""
        moved = [warning for one in self.posted for warning in moved_warning(one.document.posting_date)]
        return (*dict.fromkeys(moved), *(warning for one in self.posted for warning in one.warnings))


@dataclass(frozen=True, slots=True)
class PayablesCase:
    """One folder."""

    folder: Path

    @property
    def ledger_file(self) -> Path:
        """The ledger as a bookkeeper reads it; every example has one."""
        return self.folder / "expected.txt"

    @property
    def plan_file(self) -> Path:
        """The whole plan as JSON; compared where it is there."""
        return self.folder / "expected.json"

    def item(self) -> ExportItem:
        """The item, which has the published shape."""
        item = item_in(self.folder)
        assert isinstance(item, ExportItem)
        return item

    def earlier(self) -> tuple[ExportItem, ...]:
        """What was exported before, in this order."""
        path = self.folder / "earlier.json"
        fetched = decode_items_document(path.read_bytes()) if path.exists() else ()
        items = tuple(one.item for one in fetched if isinstance(one.item, ExportItem))
        assert len(items) == len(fetched), f"{path} holds a malformed item"
        return items

    def settings(self) -> ExportSettings:
        """The plain company's settings with what differs; raises UnknownField."""
        return settings_in(self.folder)

    def set_up(self) -> BooksSetUp:
        """The plain books with what differs; raises UnknownField."""
        set_up = BooksSetUp(
            chart=tuple(BooksAccount(number=number, name=name) for number, name in CHART.items()),
            periods=(*calendar_months(2026), *calendar_months(2027)),
            tax_codes=frozenset({"K25", "EU25", "DE19"}),
            dimensions=frozenset({("COSTCENTRE", "C-100"), ("PROJECT", "P-2604")}),
            vendors=VENDORS,
        )
        for name, value in self._books().items():
            set_up = _differing(set_up, name, value)
        return set_up

    async def run(self) -> PayablesRun:
        """Book what came before, plan the item, and book that."""
        books, item, earlier = MemoryBooks(self.set_up()), self.item(), self.earlier()
        planner = Planner(settings=self.settings(), books=books, clock=StoppedClock())
        for one in earlier:
            await _booked(await plan_item(one, planner), planner)
        for period in self._books().get("closed", ()):
            books.close_period(period)
        before, plan = await books.payables(), await plan_item(item, planner)
        plan = await with_settlements(plan, planner)
        return PayablesRun(
            item=item,
            earlier=earlier,
            plan=plan,
            posted=() if plan.failures else await _booked(await plan_item(item, planner), planner),
            before=before,
            after=await books.payables(),
            standing={entry.external_reference: entry.document for entry in books.entries},
        )

    def _books(self) -> dict[str, Any]:
        return fields_in(self.folder / "books.json")


def payables_cases() -> list[PayablesCase]:
    """Every golden example, by name."""
    return [PayablesCase(folder) for folder in sorted(FOLDER.iterdir())]


async def _booked(plan: ItemPlan, planner: Planner) -> tuple[Settled, ...]:
    """Every document of the plan in the books, each with what it settles by then."""
    assert not plan.failures, plan.failures
    done = []
    for document in plan.documents:
        found = await settled(document, planner)
        answer = await planner.books.post(found.document, content_hash(document))
        assert isinstance(answer, PostedDocument), answer
        done.append(found)
    return tuple(done)


def _differing(set_up: BooksSetUp, name: str, value: Any) -> BooksSetUp:
    match name:
        case "closed":
            return set_up  # after what came before is booked
        case "vendors":
            changed = {vendor.number: vendor for vendor in (*set_up.vendors, *vendors_of(value))}
            return replace(set_up, vendors=tuple(changed.values()))
        case "without_accounts":
            return replace(set_up, chart=tuple(a for a in set_up.chart if a.number not in value))
        case "closed_accounts":
            chart = tuple(replace(a, closed=a.number in value) for a in set_up.chart)
            return replace(set_up, chart=chart)
        case "methods":
            methods = frozenset(BookkeepingMethod(method) for method in value)
            return replace(set_up, capabilities=replace(CAPABILITIES, methods=methods))
        case "last":
            last = date.fromisoformat(value)
            return replace(set_up, periods=tuple(p for p in set_up.periods if p.start <= last))
        case _:
            raise UnknownField(f"books.json: {name}")
