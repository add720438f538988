"""An entry as it stands in the books, with what a person or the books themselves made of it."""

from dataclasses import dataclass, field
from datetime import date

from bilag.adapters.accounting.memory.script import Alters
from bilag.domain.attachment import NoteFile, StoredFile
from bilag.domain.document import Document
from bilag.domain.ledger import PostingMode, Side
from bilag.domain.money import Money
from bilag.domain.payables import VendorDocument
from bilag.ports.accounting_system import PostedDocument


@dataclass(slots=True, kw_only=True)
class StandingEntry:
    """One entry. `document` is what was sent; date, mode and total are what stands.

    A file that was linked twice is here twice.
    """

    external_id: str
    document: Document
    content_hash: str
    posting_date: date
    mode: PostingMode
    total: Money
    period: str = ""
    files: list[StoredFile] = field(default_factory=list)
    notes: list[NoteFile] = field(default_factory=list)

    @property
    def external_reference(self) -> str:
        """The reference that it was posted under."""
        return self.document.external_reference

    def read_back(self) -> PostedDocument:
        """What a look-up answers."""
        return PostedDocument(
            external_reference=self.external_reference,
            external_id=self.external_id,
            external_url=f"memory:{self.external_id}",
            posting_date=self.posting_date,
            mode=self.mode,
            total=self.total,
            content_hash=self.content_hash,
            period=self.period,
            settles=self.document.settles if isinstance(self.document, VendorDocument) else (),
        )

    def alter(self, altered: Alters) -> None:
        """Keep other values than were sent."""
        self.posting_date = altered.posting_date or self.posting_date
        self.mode = altered.mode or self.mode
        self.total = altered.total or self.total
        self.period = altered.period or self.period


def entry_of(external_id: str, document: Document, content_hash: str) -> StandingEntry:
    """The document as an entry, exactly as sent."""
    return StandingEntry(
        external_id=external_id,
        document=document,
        content_hash=content_hash,
        posting_date=document.posting_date.date,
        mode=document.mode,
        total=document.total(Side.DEBIT),
    )
