"""What asks the tables. Point reads answer many callers with one statement."""

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias, assert_never

from sqlalchemy import ColumnElement, Connection, Text, bindparam, func, select
from sqlalchemy.sql.selectable import ScalarSelect

from bilag.adapters.store.rows import job_of, key_of, outcome_of, posting_of, receipt_of
from bilag.adapters.store.schema import export_job, item_outcome, posting_journal, receipt_obligation
from bilag.domain.posting_record import ItemOutcome, Part, PostingKey, PostingRecord, ReceiptRecord
from bilag.ports.posting_journal import JobRecord, OutcomeChoice, OutcomeTally

# An entry of a company: company, entry.
EntryName: TypeAlias = tuple[str, str]
# A document that stands in the books: company, entry, external id.
BookedName: TypeAlias = tuple[str, str, str]

_POSTING: Final = posting_journal.c
_RECEIPT: Final = receipt_obligation.c
_OUTCOME: Final = item_outcome.c

# Sorts after every text that starts the same.
_LAST: Final = "\U0010ffff"

# All that is known of the entries: few rows each. Which of them are meant is sorted out afterwards.
_SELECT_POSTINGS: Final = (
    select(posting_journal)
    .where(_POSTING.entry_id.in_(bindparam("entries", expanding=True)))
    .order_by(_POSTING.generation)
)
_SELECT_RECEIPTS: Final = (
    select(receipt_obligation)
    .where(_RECEIPT.entry_id.in_(bindparam("entries", expanding=True)))
    .order_by(_RECEIPT.position)
)
_SELECT_REPORTED: Final = select(_OUTCOME.company_id, _OUTCOME.entry_id, _OUTCOME.external_id).where(
    _OUTCOME.entry_id.in_(bindparam("entries", expanding=True)), _OUTCOME.success_reported_at.is_not(None)
)
_SELECT_OUTCOMES: Final = (
    select(*(column for column in _OUTCOME if column.name != "plan_json"))
    .where(_OUTCOME.job_id == bindparam("job"))
    .order_by(_OUTCOME.position)
)
_SELECT_UNREPORTED: Final = (
    select(item_outcome)
    .where(_OUTCOME.job_id == bindparam("job"), _OUTCOME.reported_at.is_(None))
    .order_by(_OUTCOME.position)
)
_SELECT_NEWEST_OF_ENTRY: Final = (
    select(item_outcome)
    .where(_OUTCOME.entry_id.between(bindparam("beginning", type_=Text), bindparam("end", type_=Text)))
    .order_by((func.length(_OUTCOME.plan_json) > 0).desc(), _OUTCOME.position.desc())
    .limit(1)
)
_SELECT_JOB: Final = select(export_job).where(export_job.c.job_id == bindparam("job"))
_SELECT_JOBS: Final = select(export_job).order_by(export_job.c.first_seen_at.desc(), export_job.c.job_id.desc())


def latest(connection: Connection, names: Sequence[EntryName]) -> list[Mapping[Part, PostingRecord]]:
    """The record of the highest generation of every part, for each entry."""
    rows = connection.execute(_SELECT_POSTINGS, {"entries": [entry_id for _, entry_id in names]}).mappings()
    highest: dict[EntryName, dict[Part, PostingRecord]] = {}
    for row in rows:
        record = posting_of(row)
        highest.setdefault((record.key.company_id, record.key.entry_id), {})[record.key.part] = record
    return [highest.get(name, {}) for name in names]


def receipts(connection: Connection, keys: Sequence[PostingKey]) -> list[tuple[ReceiptRecord, ...]]:
    """The files of each document, in the order in which they were first stored."""
    found: dict[PostingKey, tuple[ReceiptRecord, ...]] = {}
    for row in connection.execute(_SELECT_RECEIPTS, {"entries": [key.entry_id for key in keys]}).mappings():
        key = key_of(row)
        found[key] = (*found.get(key, ()), receipt_of(row))
    return [found.get(key, ()) for key in keys]


def was_reported(connection: Connection, names: Sequence[BookedName]) -> list[bool]:
    """For each document, whether Pleo ever took it as its entry's success."""
    rows = connection.execute(_SELECT_REPORTED, {"entries": [entry_id for _, entry_id, _ in names]})
    taken = {(row.company_id, row.entry_id, row.external_id) for row in rows}
    return [name in taken for name in names]


def unreported(connection: Connection, job_id: str, limit: int) -> tuple[ItemOutcome, ...]:
    """Outcomes that Pleo has not taken, oldest first."""
    rows = connection.execute(_SELECT_UNREPORTED.limit(limit), {"job": job_id}).mappings()
    return tuple(outcome_of(row) for row in rows)


def tally(connection: Connection, job_id: str) -> OutcomeTally:
    """The counts of a job."""

    def count(*conditions: ColumnElement[bool]) -> ScalarSelect[int]:
        return (
            select(func.count())
            .select_from(item_outcome)
            .where(_OUTCOME.job_id == bindparam("job"), *conditions)
            .scalar_subquery()
        )

    counts = select(
        count().label("settled"),
        count(_OUTCOME.failures.is_not(None)).label("failed"),
        count(_OUTCOME.reported_at.is_(None)).label("unreported"),
    )
    row = connection.execute(counts, {"job": job_id}).one()
    return OutcomeTally(successful=row.settled - row.failed, failed=row.failed, unreported=row.unreported)


def job_record(connection: Connection, job_id: str) -> JobRecord | None:
    """The job with this id."""
    row = connection.execute(_SELECT_JOB, {"job": job_id}).mappings().one_or_none()
    return None if row is None else job_of(row)


def job_records(connection: Connection, limit: int) -> tuple[JobRecord, ...]:
    """The jobs seen last, newest first."""
    return tuple(job_of(row) for row in connection.execute(_SELECT_JOBS.limit(limit)).mappings())


def outcomes(
    connection: Connection, job_id: str, *, choice: OutcomeChoice, offset: int, limit: int
) -> tuple[ItemOutcome, ...]:
    """A page of a job's outcomes in their order, without their plans."""
    statement = _SELECT_OUTCOMES.where(*_chosen(choice))
    rows = connection.execute(statement.offset(offset).limit(limit), {"job": job_id}).mappings()
    return tuple(outcome_of(row) for row in rows)


def _chosen(choice: OutcomeChoice) -> tuple[ColumnElement[bool], ...]:
    match choice:
        case OutcomeChoice.ALL:
            return ()
        case OutcomeChoice.FAILED:
            return (_OUTCOME.failures.is_not(None),)
        case OutcomeChoice.WITH_WARNINGS:
            return (_OUTCOME.warnings.is_not(None),)
        case _:
            assert_never(choice)


def outcome_of_entry(connection: Connection, beginning: str) -> ItemOutcome | None:
    """The newest outcome of an entry whose id starts like this, one with a plan before one without."""
    row = (
        connection.execute(_SELECT_NEWEST_OF_ENTRY, {"beginning": beginning, "end": beginning + _LAST})
        .mappings()
        .one_or_none()
    )
    return None if row is None else outcome_of(row)
