"""What an Export Job is worked with: one company's settings and its ways to the outside."""

from dataclasses import dataclass
from pathlib import Path

from bilag.domain.settings import ExportSettings
from bilag.ports.accounting_system import AccountingSystem
from bilag.ports.clock import Clock
from bilag.ports.export_api import ExportApi
from bilag.ports.posting_journal import PostingJournal
from bilag.ports.progress import Progress
from bilag.ports.receipts import ReceiptCombiner


@dataclass(frozen=True, slots=True, kw_only=True)
class Planner:
    """What planning needs: settings, books to ask, and the day of the export. Changes nothing."""

    settings: ExportSettings
    books: AccountingSystem
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything that one company's export needs. `spool` is a folder for receipts on their way."""

    planner: Planner
    pleo: ExportApi
    journal: PostingJournal
    combine: ReceiptCombiner
    progress: Progress
    spool: Path
    items_at_once_max: int = 16

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
