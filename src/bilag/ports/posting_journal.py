"""What we must not forget: intents and outcomes of postings, files owed, reports owed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bilag.domain.item_troubles import ItemTroubles
from bilag.domain.posting_record import ItemOutcome, Part, PostingKey, PostingRecord, ReceiptRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRecord:
    """What we remember of an Export Job. `state` is Pleo's status as we last knew it, or "started elsewhere".

    The calls are those of runs that came to the job's end or to a quota pause.
    """

    job_id: str
    company_id: str
    state: str
    number_of_items: int
    created_at: datetime
    first_seen_at: datetime
    ended_at: datetime | None = None
    failure_reason: str = ""
    failure_reason_type: str = ""
    started_at: datetime | None = None
    pleo_calls: int = 0
    books_calls: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeTally:
    """How many items of a job ended how, so far."""

    successful: int = 0
    failed: int = 0
    unreported: int = 0


class OutcomeChoice(StrEnum):
    """Which outcomes of a job to list."""

    ALL = "all"
    FAILED = "failed"
    WITH_WARNINGS = "with_warnings"


class PostingJournal(Protocol):
    """Durable memory. A method that returns has its change on disk; writes of many callers share one commit."""

    async def latest(self, company_id: str, entry_id: str) -> Mapping[Part, PostingRecord]:
        """The record of the highest generation of every document that the entry ever had, by its part."""
        ...

    async def record(self, *records: PostingRecord) -> None:
        """Store the records, one move after another, all or none; each replaces an earlier state of the same key.

        Raises IllegalMove against the table.
        """
        ...

    async def receipts(self, key: PostingKey) -> tuple[ReceiptRecord, ...]:
        """The files that a document owes or has."""
        ...

    async def record_receipts(self, records: Sequence[ReceiptRecord]) -> None:
        """Store the files' states."""
        ...

    async def record_job(self, job: JobRecord) -> None:
        """Store the job, replacing what was known of it, except when it was first seen; calls only rise."""
        ...

    async def record_outcome(self, outcome: ItemOutcome) -> None:
        """Store an item's outcome, unreported; replaces an earlier one of the same job and entry."""
        ...

    async def mark_reported(self, job_id: str, entry_ids: Sequence[str], at: datetime) -> None:
        """Remember when Pleo took these outcomes."""
        ...

    async def unreported(self, job_id: str, limit: int) -> tuple[ItemOutcome, ...]:
        """Outcomes of the job that Pleo has not taken, oldest first."""
        ...

    async def was_reported(self, company_id: str, entry_id: str, external_id: str) -> bool:
        """Whether Pleo ever took this document as the entry's success, in whichever job."""
        ...

    async def troubled(self, company_id: str) -> Mapping[str, ItemTroubles]:
        """The company's items with trouble of their own, by their entry."""
        ...

    async def record_troubles(self, troubles: ItemTroubles) -> None:
        """Store how often the item met trouble, replacing what was known; a count of 0 forgets it."""
        ...

    async def tally(self, job_id: str) -> OutcomeTally:
        """The counts of a job."""
        ...

    async def job_record(self, job_id: str) -> JobRecord | None:
        """The job with this id, or None."""
        ...

    async def job_records(self, limit: int) -> tuple[JobRecord, ...]:
        """The jobs seen last, newest first."""
        ...

    async def outcomes(self, job_id: str, *, choice: OutcomeChoice, offset: int, limit: int) -> tuple[ItemOutcome, ...]:
        """A page of a job's outcomes in the order of settling, without plan_json."""
        ...

    async def outcome_of_entry(self, beginning: str) -> ItemOutcome | None:
        """The newest outcome of an entry whose id starts like this, with plan_json; one with a plan comes first."""
        ...

    async def close(self) -> None:
        """Finish what was promised and let go."""
        ...
