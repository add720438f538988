"""Records to store, with whatever a test does not care about filled in."""

from datetime import UTC, date, datetime

from bilag.domain.failure import Failure, FailureCode
from bilag.domain.posting_record import ItemOutcome, Part, PostingKey, PostingRecord, ReceiptRecord, ReceiptState
from bilag.domain.transitions import PostingState
from bilag.ports.posting_journal import JobRecord

COMPANY = "7f6c4a0e-52fb-4f0f-9d0e-0d3c1b1f9a11"
OTHER_COMPANY = "1b2e9d54-aaaa-4f0f-9d0e-0d3c1b1f9a12"
JOB = "0d9c3c7e-0000-4000-8000-00000000000a"
OTHER_JOB = "0d9c3c7e-0000-4000-8000-00000000000b"
NOON = datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=UTC)
NO_CATEGORY = Failure(
    code=FailureCode.CATEGORY_MISSING,
    path="accountingEntryLines[0].account",
    message="The line has no category.",
    remedy="Choose a category in Pleo and export again.",
)


def key(entry_id: str = "entry-1", *, generation: int = 1, company_id: str = COMPANY) -> PostingKey:
    return PostingKey(company_id=company_id, entry_id=entry_id, part=Part.JOURNAL_ENTRY, generation=generation)


def posting(
    of: PostingKey | None = None, state: PostingState = PostingState.INTENDED, *, note: str = ""
) -> PostingRecord:
    return PostingRecord(
        key=of or key(),
        job_id=JOB,
        state=state,
        content_hash="ab" * 32,
        changed_at=NOON,
        external_id="4711",
        external_url="https://books.example/4711",
        posting_date=date(2026, 11, 30),
        note=note,
    )


def receipt(sha256: str, *, of: PostingKey | None = None, state: ReceiptState = ReceiptState.OWED) -> ReceiptRecord:
    return ReceiptRecord(key=of or key(), sha256=sha256, name=f"{sha256}.pdf", state=state, note="page 1 of 1")


def job(job_id: str = JOB, *, first_seen_at: datetime = NOON, state: str = "in_progress") -> JobRecord:
    return JobRecord(
        job_id=job_id,
        company_id=COMPANY,
        state=state,
        number_of_items=3,
        created_at=NOON,
        first_seen_at=first_seen_at,
    )


def outcome(
    entry_id: str = "entry-1",
    *,
    job_id: str = JOB,
    company_id: str = COMPANY,
    failures: tuple[Failure, ...] = (),
    warnings: tuple[str, ...] = ("The posting date moved to 1 December.",),
    plan_json: bytes = b"",
) -> ItemOutcome:
    return ItemOutcome(
        job_id=job_id,
        company_id=company_id,
        entry_id=entry_id,
        settled_at=NOON,
        label=f"Coffee {entry_id}",
        external_id="4711",
        external_url="https://books.example/4711",
        failures=failures,
        warnings=warnings,
        plan_json=plan_json,
    )
