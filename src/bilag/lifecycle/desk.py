"""What an Export Job is worked with: one company's settings and its ways to the outside."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bilag.domain.settings import ExportSettings
from bilag.ports.accounting_system import AccountingSystem
from bilag.ports.clock import Clock
from bilag.ports.export_api import ExportApi
from bilag.ports.lease import CompanyLease, UnsharedLease
from bilag.ports.posting_journal import PostingJournal
from bilag.ports.progress import Progress
from bilag.ports.receipts import ReceiptCombiner


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything that one company's export needs. `spool` is a folder for receipts on their way.

    `lease` is asked before every send (see while_leased).
    """

    planner: Planner
    pleo: ExportApi
    journal: PostingJournal
    combine: ReceiptCombiner
    progress: Progress
    spool: Path
    items_at_once_max: int = 16
    lease: CompanyLease = field(default_factory=UnsharedLease)
    vendor_turns: VendorTurns = field(default_factory=VendorTurns)

    @property
    def items_at_once(self) -> int:
        """How many items are under way together: no more than the accounting system takes at once."""
        return min(self.items_at_once_max, self.books.capabilities.posts_at_once)

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
