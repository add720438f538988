"""What we ask of an accounting system. One post for every kind of document."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeAlias

from bilag.domain.attachment import NoteFile, StoredFile
from bilag.domain.books_account import BooksAccount
from bilag.domain.capabilities import Capabilities
from bilag.domain.document import Document
from bilag.domain.failure import Failure, JobFailure
from bilag.domain.ledger import PostingMode
from bilag.domain.money import Money
from bilag.domain.payables import (
    Allocation,
    BooksVendor,
    PayableItem,
    PayableKeys,
    PayableStatement,
    VendorQuery,
)
from bilag.domain.period import AccountingPeriod


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedDocument:
    """A document as it stands in the books, read from there: what our own figures are compared with.

    `settles` are the earlier documents that this one settled as it was posted. `period` is the accounting period that
    the books keep with it; empty where the posting date alone tells.
    """

    external_reference: str
    external_id: str
    external_url: str
    posting_date: date
    mode: PostingMode
    total: Money
    content_hash: str = ""
    settles: tuple[Allocation, ...] = ()
    period: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodRefused:
    """The books did not take the document because the period of its posting date is closed. Nothing was booked."""

    period: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementRefused:
    """The books did not take the document because what it settles is not open to that amount. Nothing was booked."""

    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """The books did not take the document, for certain, for these reasons."""

    failures: tuple[Failure, ...]


PostAnswer: TypeAlias = PostedDocument | PeriodRefused | SettlementRefused | Rejected

# Asked immediately before the bytes of a write go out, after every wait. Raises SentTooLate or LeaseLost instead of
# letting them go.
SendCheck: TypeAlias = Callable[[], None]


def unchecked() -> None:
    """The check of a write that may go out at any time."""


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

    async def vendors(self, query: VendorQuery) -> tuple[BooksVendor, ...]:
        """The vendors with this value of this key, blocked ones too; more than one where the key is not unique."""
        ...

    async def payable_items(self, keys: PayableKeys) -> tuple[PayableItem, ...]:
        """The vendor's documents that share a key, open or settled, oldest first; none where it keeps no payables."""
        ...

    async def payables(self) -> PayableStatement:
        """Everything that is open, and the balances of the payable accounts."""
        ...

    async def period_of(self, day: date) -> AccountingPeriod | None:
        """The period that the books would give this day, or None when they have none for it."""
        ...

    async def next_open_period(self, after: date) -> AccountingPeriod | None:
        """The first open period that starts after the day."""
        ...

    async def post(self, document: Document, content_hash: str, check: SendCheck = unchecked) -> PostAnswer:
        """Book the document once, with what it settles and reopens, as one step that holds or does not.

        A repeat of the same reference answers with what stands in the books, as far as the class of the system goes
        (see KeyClass); a key of the server's is made of the reference and the hash. A connector that lets a write
        wait asks `check` once more when the wait is over, right before the bytes go out.
        """
        ...

    async def find_by_reference(self, external_reference: str) -> PostedDocument | None:
        """The document as it stands in the books now, read from there. Raises FoundTwice when there are several."""
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
