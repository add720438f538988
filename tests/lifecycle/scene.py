"""A company at work: its books, Pleo and posting journal in memory, and a desk between them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from bilag.adapters.accounting.memory.connector import MemoryBooks
from bilag.adapters.accounting.memory.set_up import CAPABILITIES, BooksSetUp, calendar_months
from bilag.adapters.store.memory import MemoryPostingJournal
from bilag.domain.attachment import AttachmentRules, FileFormat, StoredFile
from bilag.domain.books_account import BooksAccount
from bilag.domain.capabilities import TextLimits
from bilag.domain.export_item import ExportItem, ItemFile
from bilag.domain.export_job import ExportJob, JobReport
from bilag.domain.failure import Failure
from bilag.domain.posting_record import ItemOutcome, Part, PostingKey
from bilag.domain.settings import ExportSettings
from bilag.lifecycle.case import Case
from bilag.lifecycle.desk import Desk, Planner
from bilag.lifecycle.run_pending import EndedJob, run_pending
from bilag.ports.accounting_system import AccountingSystem
from bilag.ports.export_api import ExportApi, FetchedItem
from bilag.ports.posting_journal import PostingJournal
from tests.builders import COMPANY, an_item, settings_with
from tests.lifecycle.fake_clock import FakeClock
from tests.lifecycle.pleo_in_memory import JOB, PleoInMemory
from tests.lifecycle.receipt_files import joined

SET_UP: Final = BooksSetUp(
    chart=tuple(
        BooksAccount(number=number, name=name)
        for number, name in (
            ("1910", "Pleo wallet"),
            ("2890", "Employees, out of pocket"),
            ("6010", "Office supplies"),
            ("6110", "Travel"),
        )
    ),
    periods=(*calendar_months(2026), *calendar_months(2027)),
)
ONE_FILE: Final = AttachmentRules(formats=frozenset(FileFormat), files_max=1)


class RecordedProgress:
    """What was told of the jobs, in order."""

    def __init__(self) -> None:
        self.started: list[tuple[str, int]] = []
        self.settled: list[ItemOutcome] = []
        self.ended: list[tuple[str, JobReport]] = []

    def job_started(self, job: ExportJob, items: int) -> None:
        self.started.append((job.id, items))

    def item_settled(self, outcome: ItemOutcome) -> None:
        self.settled.append(outcome)

    def job_ended(self, job: ExportJob, report: JobReport) -> None:
        self.ended.append((job.id, report))


class Scene:
    """Everything that survives a stop of the process, and the desk of the process that runs now."""

    def __init__(self, spool: Path, set_up: BooksSetUp = SET_UP, **settings: Any) -> None:
        self.spool = spool
        self.clock = FakeClock()
        self.books = MemoryBooks(set_up)
        self.pleo = PleoInMemory(self.clock)
        self.journal = MemoryPostingJournal()
        self.progress = RecordedProgress()
        self.settings: ExportSettings = settings_with(**settings)
        self.items_at_once_max = 1

    @property
    def planner(self) -> Planner:
        return Planner(settings=self.settings, books=self.books, clock=self.clock)

    @property
    def desk(self) -> Desk:
        """A desk over the books, Pleo and the journal as they are."""
        return self.desk_over(self.books, self.pleo, self.journal)

    def desk_over(self, books: AccountingSystem, pleo: ExportApi, journal: PostingJournal) -> Desk:
        """A desk over other ways to the same outside."""
        return Desk(
            planner=replace(self.planner, books=books),
            pleo=pleo,
            journal=journal,
            combine=combined,
            progress=self.progress,
            spool=self.spool,
            items_at_once_max=self.items_at_once_max,
        )

    async def run(self, *, take_over: bool = False) -> tuple[EndedJob, ...]:
        """Work off what waits."""
        return await run_pending(self.desk, take_over=take_over)

    def with_settings(self, **differences: Any) -> None:
        """Change the company's settings."""
        self.settings = replace(self.settings, **differences)

    def item(self, number: int = 1, *, receipts: int = 0, **differences: Any) -> ExportItem:
        """An expense with its own ids and receipts, whose contents Pleo has."""
        files = tuple(self._receipt(number, position) for position in range(receipts))
        own = {"entry_id": entry_id(number), "reconciliation_id": f"rec-{number}", "files": files}
        return an_item(*differences.get("lines", ()), **own | differences)

    def case(self, item: ExportItem) -> Case:
        """The item under way."""
        return Case(item=item, fetched=FetchedItem(item=item, page="0"), job_id=JOB, desk=self.desk)

    @property
    def booked(self) -> list[str]:
        """The external references in the books, oldest first."""
        return [entry.external_reference for entry in self.books.entries]

    def _receipt(self, number: int, position: int) -> ItemFile:
        url = f"https://files.example/{number}/{position}"
        self.pleo.files[url] = f"receipt {position} of expense {number}".encode()
        return ItemFile(url=url, position=position)


def entry_id(number: int) -> str:
    """The accounting entry id of expense `number`."""
    return f"8d2c9b34-1f9e-4c1c-8a57-{number:012}"


def journal_key(item: ExportItem, generation: int = 1) -> PostingKey:
    """The key of the item's journal entry."""
    return PostingKey(company_id=COMPANY, entry_id=item.entry_id, part=Part.JOURNAL_ENTRY, generation=generation)


def reference(number: int, generation: int = 1) -> str:
    """The external reference of the expense's journal entry."""
    return f"4b1f0c5e.{entry_id(number)}.je{generation}"


def books_taking(rules: AttachmentRules | None) -> BooksSetUp:
    """Books that take other attachments, or none."""
    return replace(SET_UP, capabilities=replace(CAPABILITIES, attachments=rules))


def books_keeping(text: TextLimits) -> BooksSetUp:
    """Books that keep short texts."""
    return replace(SET_UP, capabilities=replace(CAPABILITIES, text=text))


async def combined(
    files: Sequence[StoredFile], rules: AttachmentRules, folder: Path, name: str
) -> StoredFile | Failure:
    """One file with the contents of all, one after the other."""
    return joined(files, folder, name)
