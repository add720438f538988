"""What we ask of an accounting system. One post for every kind of document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from bilag.domain.attachment import NoteFile, StoredFile
from bilag.domain.books_account import BooksAccount
from bilag.domain.capabilities import Capabilities
from bilag.domain.export_item import Supplier
from bilag.domain.failure import Failure, JobFailure
from bilag.domain.ledger import Document, PostingMode
from bilag.domain.money import Money
from bilag.domain.period import AccountingPeriod


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedDocument:
    """A document as it stands in the books, read from there: what our own figures are compared with."""

    external_reference: str
    external_id: str
    external_url: str
    posting_date: date
    mode: PostingMode
    total: Money
    content_hash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodRefused:
    """The books did not take the document because the period of its posting date is closed. Nothing was booked."""

    period: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """The books did not take the document, for certain, for these reasons."""

    failures: tuple[Failure, ...]


class AccountingSystem(Protocol):
    """A connector. Methods raise the trouble of ports.errors; OutcomeUnknown comes from writes only."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""
        ...

    async def problems(self) -> tuple[JobFailure, ...]:
        """What keeps it from taking entries now: unreachable, locked, rights or set-up. Changes nothing."""
        ...

    async def accounts(self, numbers: Sequence[str]) -> Mapping[str, BooksAccount]:
        """Those of the account numbers that the books know."""
        ...

    async def unknown_tax_codes(self, codes: Sequence[str]) -> frozenset[str]:
        """Those of the tax codes that the books do not know."""
        ...

    async def unknown_dimensions(self, keys: Sequence[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        """Those of the (group, code) pairs that the books do not know."""
        ...

    async def has_vendor(self, supplier: Supplier) -> bool:
        """Whether a vendor matches by supplier code, then account, then tax identifier."""
        ...

    async def period_of(self, day: date) -> AccountingPeriod | None:
        """The period that the books would give this day, or None when they have none for it."""
        ...

    async def next_open_period(self, after: date) -> AccountingPeriod | None:
        """The first open period that starts after the day."""
        ...

    async def post(self, document: Document, content_hash: str) -> PostedDocument | PeriodRefused | Rejected:
        """Book the document once. A repeat of the same reference answers with what stands in the books."""
        ...

    async def find_by_reference(self, external_reference: str) -> PostedDocument | None:
        """The document as it stands in the books now, read from there."""
        ...

    async def attached(self, external_id: str) -> frozenset[str]:
        """SHA-256 of the files that the document already has, in hexadecimal."""
        ...

    async def attach(self, external_id: str, file: StoredFile) -> Failure | None:
        """Link the file to the document; a failure says why the books do not take it."""
        ...

    async def attach_note(self, external_id: str, note: NoteFile) -> Failure | None:
        """Link a text to the document; repeating it changes nothing."""
        ...

    async def close(self) -> None:
        """Let go of everything."""
        ...
