"""What an Export Job is worked with: one company's settings and its ways to the outside."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bilag.domain.quota import CallsMade
from bilag.domain.settings import ExportSettings
from bilag.lifecycle.connection_breaker import Line
from bilag.ports.accounting_system import AccountingSystem
from bilag.ports.clock import Clock
from bilag.ports.export_api import ExportApi
from bilag.ports.lease import CompanyLease, UnsharedLease
from bilag.ports.posting_journal import PostingJournal
from bilag.ports.progress import Progress
from bilag.ports.receipts import ReceiptCombiner
from bilag.ports.watching import Unwatched, Watching


@dataclass(frozen=True, slots=True, kw_only=True)
class Planner:
    """What planning needs: settings, books to ask, and the day of the export. Changes nothing."""

    settings: ExportSettings
    books: AccountingSystem
    clock: Clock


class VendorTurns:
    """Who may choose what to settle for a vendor: one at a time, in the order of asking."""

    def __init__(self) -> None:
        self._locks: dict[str, asyncio.Lock] = {}
        self._asking: Counter[str] = Counter()

    @asynccontextmanager
    async def of(self, vendor_number: str) -> AsyncIterator[None]:
        """Wait for the vendor's turn and keep it. Vendors that nobody asks for take no room."""
        lock = self._locks.setdefault(vendor_number, asyncio.Lock())
        self._asking[vendor_number] += 1
        try:
            async with lock:
                yield
        finally:
            self._asking[vendor_number] -= 1
            if not self._asking[vendor_number]:
                del self._asking[vendor_number], self._locks[vendor_number]


class SendTurns:
    """How many documents go to the books at once, and how many more have their intent stored and wait to go.

    So a connection never waits for our disk, and nobody who has announced a send waits long for a connection.
    """

    def __init__(self) -> None:
        self._places: tuple[asyncio.Semaphore, asyncio.Semaphore] | None = None

    def announced(self, at_once: int) -> asyncio.Semaphore:
        """To be held from before the intent is stored until the answer is there."""
        return self._of(at_once)[0]

    def sending(self, at_once: int) -> asyncio.Semaphore:
        """To be held while the books work on it."""
        return self._of(at_once)[1]

    def _of(self, at_once: int) -> tuple[asyncio.Semaphore, asyncio.Semaphore]:
        if self._places is None:
            self._places = asyncio.Semaphore(4 * at_once), asyncio.Semaphore(at_once)
        return self._places


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything that one company's export needs. `spool` is a folder for receipts on their way.

    `lease` is asked before every send (see while_leased); `calls_made` counts what went out so far.
    """

    planner: Planner
    pleo: ExportApi
    journal: PostingJournal
    combine: ReceiptCombiner
    progress: Progress
    spool: Path
    items_at_once_max: int = 16
    lease: CompanyLease = field(default_factory=UnsharedLease)
    watching: Watching = field(default_factory=Unwatched)
    vendor_turns: VendorTurns = field(default_factory=VendorTurns)
    send_turns: SendTurns = field(default_factory=SendTurns)
    calls_made: Callable[[], CallsMade] = CallsMade
    books_line: Line = field(default_factory=Line)

    @property
    def items_at_once(self) -> int:
        """How many items are under way together; of these, the accounting system takes `posts_at_once` at once."""
        return self.items_at_once_max

    @property
    def announced(self) -> asyncio.Semaphore:
        """To be held from before a document's intent is stored until its answer is there."""
        return self.send_turns.announced(self.books.capabilities.posts_at_once)

    @property
    def sending(self) -> asyncio.Semaphore:
        """To be held while the books work on a document."""
        return self.send_turns.sending(self.books.capabilities.posts_at_once)

    @property
    def settings(self) -> ExportSettings:
        """The company's settings."""
        return self.planner.settings

    @property
    def books(self) -> AccountingSystem:
        """The accounting system."""
        return self.planner.books

    @property
    def clock(self) -> Clock:
        """Time."""
        return self.planner.clock
