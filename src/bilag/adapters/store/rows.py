"""Values to rows and back. The only place that knows both shapes."""

import zlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, TypeAlias

from sqlalchemy import RowMapping

from bilag.domain.failure import Failure, FailureCode
from bilag.domain.posting_record import ItemOutcome, Part, PostingKey, PostingRecord, ReceiptRecord, ReceiptState
from bilag.domain.transitions import PostingState
from bilag.ports.posting_journal import JobRecord

Row: TypeAlias = Mapping[str, Any]

# A window of 8 kB holds a whole plan. The default one of 32 kB costs five times as much to set up as to use.
_PLAN_WINDOW_BITS: Final = 13
_PLAN_MEMORY_LEVEL: Final = 6
_PLAN_LEVEL: Final = 1


def zoned(moment: datetime) -> datetime:
    """The instant, unchanged; a time without a zone is a bug of ours and must not reach the disk."""
    assert moment.utcoffset() is not None, f"{moment} has no time zone"
    return moment


def key_row(key: PostingKey) -> dict[str, object]:
    """The columns that name a document."""
    return {
        "company_id": key.company_id,
        "entry_id": key.entry_id,
        "part": str(key.part),
        "generation": key.generation,
    }


def key_of(row: RowMapping) -> PostingKey:
    """The document that a row is about."""
    return PostingKey(
        company_id=row["company_id"],
        entry_id=row["entry_id"],
        part=Part(row["part"]),
        generation=row["generation"],
    )


def posting_row(record: PostingRecord) -> Row:
    """The row of the posting journal."""
    return {
        **key_row(record.key),
        "external_reference": record.key.external_reference,
        "job_id": record.job_id,
        "state": str(record.state),
        "content_hash": record.content_hash,
        "changed_at": zoned(record.changed_at),
        "external_id": record.external_id,
        "external_url": record.external_url,
        "posting_date": record.posting_date,
        "note": record.note,
        "booked_in": record.booked_in,
        "first_sent_at": record.first_sent_at and zoned(record.first_sent_at),
    }


def posting_of(row: RowMapping) -> PostingRecord:
    """The record in a row of the posting journal."""
    return PostingRecord(
        key=key_of(row),
        job_id=row["job_id"],
        state=PostingState(row["state"]),
        content_hash=row["content_hash"],
        changed_at=row["changed_at"],
        external_id=row["external_id"],
        external_url=row["external_url"],
        posting_date=row["posting_date"],
        note=row["note"],
        booked_in=row["booked_in"],
        first_sent_at=row["first_sent_at"],
    )


def receipt_row(record: ReceiptRecord) -> Row:
    """The row of one file that a document owes or has."""
    return {
        **key_row(record.key),
        "sha256": record.sha256,
        "name": record.name,
        "state": str(record.state),
        "note": record.note,
    }


def receipt_of(row: RowMapping) -> ReceiptRecord:
    """The file in a row of receipts."""
    return ReceiptRecord(
        key=key_of(row), sha256=row["sha256"], name=row["name"], state=ReceiptState(row["state"]), note=row["note"]
    )


def job_row(job: JobRecord) -> Row:
    """The row of an Export Job."""
    return {
        "job_id": job.job_id,
        "company_id": job.company_id,
        "state": job.state,
        "number_of_items": job.number_of_items,
        "created_at": zoned(job.created_at),
        "first_seen_at": zoned(job.first_seen_at),
        "ended_at": job.ended_at and zoned(job.ended_at),
        "failure_reason": job.failure_reason,
        "failure_reason_type": job.failure_reason_type,
        "started_at": job.started_at and zoned(job.started_at),
        "pleo_calls": job.pleo_calls,
        "books_calls": job.books_calls,
    }


def job_of(row: RowMapping) -> JobRecord:
    """The Export Job in a row."""
    return JobRecord(**row)


def outcome_row(outcome: ItemOutcome) -> dict[str, object]:
    """The row of an item's outcome, unreported whatever the value says: only Pleo's answer makes it reported."""
    return {
        "job_id": outcome.job_id,
        "company_id": outcome.company_id,
        "entry_id": outcome.entry_id,
        "settled_at": zoned(outcome.settled_at),
        "label": outcome.label,
        "external_id": outcome.external_id,
        "external_url": outcome.external_url,
        "failures": [_failure_json(failure) for failure in outcome.failures] or None,
        "warnings": list(outcome.warnings) or None,
        "plan_json": _packed(outcome.plan_json) if outcome.plan_json else b"",
        "reported_at": None,
        "success_reported_at": None,
    }


def outcome_of(row: RowMapping) -> ItemOutcome:
    """The outcome in a row; a row read without its plan gives an outcome without one."""
    packed = row.get("plan_json", b"")
    return ItemOutcome(
        job_id=row["job_id"],
        company_id=row["company_id"],
        entry_id=row["entry_id"],
        settled_at=row["settled_at"],
        label=row["label"],
        external_id=row["external_id"],
        external_url=row["external_url"],
        failures=tuple(_failure_of(failure) for failure in row["failures"] or ()),
        warnings=tuple(row["warnings"] or ()),
        plan_json=zlib.decompress(packed) if packed else b"",
        reported=row["reported_at"] is not None,
    )


def _packed(plan_json: bytes) -> bytes:
    packer = zlib.compressobj(_PLAN_LEVEL, zlib.DEFLATED, _PLAN_WINDOW_BITS, _PLAN_MEMORY_LEVEL)
    return packer.compress(plan_json) + packer.flush()


def _failure_json(failure: Failure) -> Mapping[str, str]:
    return {
        "code": str(failure.code),
        "path": failure.path,
        "message": failure.message,
        "remedy": failure.remedy,
    }


def _failure_of(fields: Mapping[str, str]) -> Failure:
    return Failure(
        code=FailureCode(fields["code"]),
        path=fields["path"],
        message=fields["message"],
        remedy=fields["remedy"],
    )
