"""What we remember of a document's way into the books, and of an item's outcome."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import assert_never

from bilag.domain.failure import Failure
from bilag.domain.ledger import DocumentKind
from bilag.domain.transitions import PostingState


class Part(StrEnum):
    """Which document of an Export Item a record is about, in the short form used in references."""

    JOURNAL_ENTRY = "je"
    VENDOR_INVOICE = "vi"
    VENDOR_CREDIT_NOTE = "cn"
    VENDOR_PAYMENT = "vp"

    @staticmethod
    def of(kind: DocumentKind) -> "Part":
        """The part that a document of this kind is."""
        match kind:
            case DocumentKind.JOURNAL_ENTRY:
                return Part.JOURNAL_ENTRY
            case DocumentKind.VENDOR_INVOICE:
                return Part.VENDOR_INVOICE
            case DocumentKind.VENDOR_CREDIT_NOTE:
                return Part.VENDOR_CREDIT_NOTE
            case DocumentKind.VENDOR_PAYMENT:
                return Part.VENDOR_PAYMENT
            case _:
                assert_never(kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingKey:
    """What a document is the booking of. `generation` rises only for a booking that is meant to be a new one."""

    company_id: str
    entry_id: str
    part: Part
    generation: int

    @property
    def external_reference(self) -> str:
        """Our name of the document in the books: at most 51 characters, and searchable by the entry's id."""
        return f"{self.company_id[:8]}.{self.entry_id}.{self.part}{self.generation}"

    @staticmethod
    def of_shared(external_reference: str, company_id: str) -> "PostingKey":
        """The key behind the reference of an entry that items of the company share: the job's id is the entry's."""
        _, job_id, last = external_reference.split(".")
        generation = int(last.removeprefix(Part.JOURNAL_ENTRY))
        return PostingKey(company_id=company_id, entry_id=job_id, part=Part.JOURNAL_ENTRY, generation=generation)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingRecord:
    """One row of the posting journal. `content_hash` is SHA-256 over the document, in hexadecimal.

    `booked_in` is the external reference of a document that several Export Items share and this one is part of; empty
    for a document that stands by itself, under its own reference.

    A record that is SENT changed when the send began, and no byte of it went out before. `first_sent_at` is when the
    first of the sends began that may still take effect, or that a late look did not find where it is REJECTED; None
    when there is none, or in rows of an earlier version.
    """

    key: PostingKey
    job_id: str
    state: PostingState
    content_hash: str
    changed_at: datetime
    external_id: str = ""
    external_url: str = ""
    posting_date: date | None = None
    note: str = ""
    booked_in: str = ""
    first_sent_at: datetime | None = None


class ReceiptState(StrEnum):
    """Whether a document has its file; WAIVED means that it was booked without, as the settings allow.

    REPLACED means that the document has other files in its place: one made of several, or what Pleo shows now.
    """

    OWED = "owed"
    ATTACHED = "attached"
    WAIVED = "waived"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptRecord:
    """One file that a document owes or has."""

    key: PostingKey
    sha256: str
    name: str
    state: ReceiptState
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemOutcome:
    """How one Export Item ended. Failures make it failed; warnings do not.

    `plan_json` is the plan as `bilag plan --json` prints it, kept for `bilag explain`; empty for items that
    never came to one.
    """

    job_id: str
    company_id: str
    entry_id: str
    settled_at: datetime
    label: str
    external_id: str = ""
    external_url: str = ""
    failures: tuple[Failure, ...] = ()
    warnings: tuple[str, ...] = ()
    plan_json: bytes = b""
    reported: bool = False

    @property
    def successful(self) -> bool:
        """Whether the item stands in the books as it should."""
        return not self.failures
