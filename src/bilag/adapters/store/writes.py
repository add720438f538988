"""What changes the tables. Every function works inside the caller's transaction, on many rows at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final, TypeAlias

from sqlalchemy import ColumnElement, Connection, Insert, Table, bindparam, case, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from bilag.adapters.store.moves import ReferenceTaken, Standing, standing_after
from bilag.adapters.store.rows import Row, key_of
from bilag.adapters.store.schema import UtcDateTime, export_job, item_outcome, posting_journal, receipt_obligation
from bilag.adapters.store.troubles import store_troubles
from bilag.domain.item_troubles import ItemTroubles
from bilag.domain.posting_record import PostingRecord
from bilag.domain.transitions import IllegalMove, PostingState


@dataclass(frozen=True, slots=True)
class StorePostings:
    """Store the records of postings when every move is legal. `rows` are the last states of them."""

    records: tuple[PostingRecord, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class StoreReceipts:
    """Store the states of files."""

    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class StoreJob:
    """Store what is known of an Export Job."""

    row: Row


@dataclass(frozen=True, slots=True)
class StoreOutcome:
    """Store an item's outcome."""

    row: Row


@dataclass(frozen=True, slots=True)
class MarkReported:
    """Remember that Pleo took the outcomes of these items."""

    job_id: str
    entry_ids: tuple[str, ...]
    at: datetime


Columns: TypeAlias = ReadOnlyColumnCollection[str, Any]


@dataclass(frozen=True, slots=True)
class StoreTroubles:
    """Store how often an item met trouble of its own."""

    troubles: ItemTroubles


Write: TypeAlias = StorePostings | StoreReceipts | StoreJob | StoreOutcome | MarkReported | StoreTroubles
Refusal: TypeAlias = IllegalMove | ReferenceTaken


def apply_writes(connection: Connection, writes: Sequence[Write]) -> list[Refusal | None]:
    """Apply all the writes, each table's in their order; the answer says which ones were refused, and why.

    A refused write changes nothing and does not hinder the others. Raises what SQLAlchemy raises; then the
    transaction is to be rolled back.
    """
    postings = [write for write in writes if isinstance(write, StorePostings)]
    refusals = iter(_store_postings(connection, postings))
    receipts = [row for write in writes if isinstance(write, StoreReceipts) for row in write.rows]
    if receipts:
        connection.execute(_UPSERT_RECEIPT[connection.dialect.name], receipts)
    jobs = [write.row for write in writes if isinstance(write, StoreJob)]
    if jobs:
        connection.execute(_UPSERT_JOB[connection.dialect.name], jobs)
    troubles = [write.troubles for write in writes if isinstance(write, StoreTroubles)]
    if troubles:
        store_troubles(connection, troubles)
    _apply_to_outcomes(connection, (write for write in writes if isinstance(write, StoreOutcome | MarkReported)))
    return [next(refusals) if isinstance(write, StorePostings) else None for write in writes]


def _upsert(
    table: Table, names: Sequence[str], *, kept: frozenset[str] = frozenset(), rising: frozenset[str] = frozenset()
) -> Mapping[str, Insert]:
    """Insert, or replace the row with these names, as each kind of database says it.

    What is kept stays as it was, what is rising takes the higher figure.
    """
    replaced = [c.name for c in table.columns if c.name not in kept.union(names) and c.name != "position"]
    in_file, on_server = sqlite.insert(table), postgresql.insert(table)
    return {
        "sqlite": in_file.on_conflict_do_update(
            index_elements=list(names), set_={name: _next(table, in_file.excluded, name, rising) for name in replaced}
        ),
        "postgresql": on_server.on_conflict_do_update(
            index_elements=list(names), set_={name: _next(table, on_server.excluded, name, rising) for name in replaced}
        ),
    }


def _next(table: Table, new: Columns, name: str, rising: frozenset[str]) -> ColumnElement[Any]:
    stands = table.c[name]
    return case((stands > new[name], stands), else_=new[name]) if name in rising else new[name]


_KEY: Final = ("entry_id", "company_id", "part", "generation")
_UPSERT_POSTING: Final = _upsert(posting_journal, _KEY)
_UPSERT_RECEIPT: Final = _upsert(receipt_obligation, (*_KEY, "sha256"))
_UPSERT_JOB: Final = _upsert(
    export_job,
    ("job_id",),
    kept=frozenset({"first_seen_at"}),
    rising=frozenset({"pleo_calls", "books_calls"}),
)
_INSERT_OUTCOME: Final = insert(item_outcome)
_DELETE_OUTCOME: Final = delete(item_outcome).where(item_outcome.c.position == bindparam("old_position"))
_MARK_REPORTED: Final = (
    update(item_outcome)
    .where(item_outcome.c.job_id == bindparam("job"), item_outcome.c.entry_id == bindparam("entry"))
    .values(
        reported_at=bindparam("at", type_=UtcDateTime),
        success_reported_at=case(
            (item_outcome.c.failures.is_(None), bindparam("at", type_=UtcDateTime)),
            else_=item_outcome.c.success_reported_at,
        ),
    )
)
# Locks the rows where the database locks rows; SQLite's writer is alone anyway.
_SELECT_STANDING: Final = (
    select(
        *posting_journal.c["entry_id", "company_id", "part", "generation", "external_reference", "state"],
    )
    .where(posting_journal.c.external_reference.in_(bindparam("references", expanding=True)))
    .with_for_update()
)
_SELECT_EARLIER: Final = (
    select(*item_outcome.c["position", "job_id", "entry_id", "success_reported_at"])
    .where(
        item_outcome.c.entry_id.in_(bindparam("entries", expanding=True)),
        item_outcome.c.job_id.in_(bindparam("jobs", expanding=True)),
    )
    .with_for_update()
)


def _store_postings(connection: Connection, writes: Sequence[StorePostings]) -> list[Refusal | None]:
    if not writes:
        return []
    references = list({record.key.external_reference: None for write in writes for record in write.records})
    standings = {
        row["external_reference"]: Standing(key=key_of(row), state=PostingState(row["state"]))
        for row in connection.execute(_SELECT_STANDING, {"references": references}).mappings()
    }
    refusals: list[Refusal | None] = []
    rows: dict[str, Row] = {}
    for write in writes:
        moved: dict[str, Standing] = {}
        try:
            for record in write.records:
                reference = record.key.external_reference
                moved[reference] = standing_after(moved.get(reference) or standings.get(reference), record)
        except (IllegalMove, ReferenceTaken) as refusal:
            refusals.append(refusal)
        else:
            standings |= moved
            rows |= {row["external_reference"]: row for row in write.rows}
            refusals.append(None)
    if rows:
        connection.execute(_UPSERT_POSTING[connection.dialect.name], list(rows.values()))
    return refusals


def _apply_to_outcomes(connection: Connection, writes: Iterable[StoreOutcome | MarkReported]) -> None:
    """Run after run of one kind, because whether an outcome counts as reported depends on which came last."""
    for _, run in groupby(writes, key=type):
        same_kind = list(run)
        rows = [write.row for write in same_kind if isinstance(write, StoreOutcome)]
        if rows:
            _store_outcomes(connection, rows)
        marks = [
            {"job": write.job_id, "entry": entry_id, "at": write.at}
            for write in same_kind
            if isinstance(write, MarkReported)
            for entry_id in write.entry_ids
        ]
        if marks:
            connection.execute(_MARK_REPORTED, marks)


def _store_outcomes(connection: Connection, rows: Sequence[Row]) -> None:
    """A new outcome takes its place at the end of the order; what stood there before goes, except Pleo's yes."""
    newest: dict[tuple[str, str], Row] = {}
    for row in rows:
        item = (row["job_id"], row["entry_id"])
        newest.pop(item, None)
        newest[item] = row
    asked = {"entries": [entry_id for _, entry_id in newest], "jobs": list({job_id for job_id, _ in newest})}
    found = connection.execute(_SELECT_EARLIER, asked)
    earlier = [old for old in found if (old.job_id, old.entry_id) in newest]
    for old in earlier:
        item = (old.job_id, old.entry_id)
        newest[item] = {**newest[item], "success_reported_at": old.success_reported_at}
    if earlier:
        connection.execute(_DELETE_OUTCOME, [{"old_position": old.position} for old in earlier])
    connection.execute(_INSERT_OUTCOME, list(newest.values()))
