"""Retention: what people wrote is erased from old records, and what keeps anything from being booked twice stays.

Erased are plans, labels, the texts of failures and warnings, names and notes of receipts, reasons and notes. Ids,
states, hashes, references, codes and dates stay. What is not at its end is left alone: outcomes that Pleo has not
taken, documents that may or may not be booked, receipts that are owed, jobs that are open.
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    Connection,
    RowMapping,
    Select,
    Text,
    Update,
    and_,
    bindparam,
    exists,
    select,
    update,
)

from bilag.adapters.store.schema import UtcDateTime, export_job, item_outcome, posting_journal, receipt_obligation
from bilag.domain.posting_record import ReceiptState
from bilag.domain.transitions import PostingState

# Rows of one transaction, so that whoever else writes waits for a moment only.
ROWS_AT_ONCE: Final = 500
# Stands in the place of a text, and says that the row is done.
ERASED: Final = "erased"

_OUTCOME: Final = item_outcome.c
_RECEIPT: Final = receipt_obligation.c
_POSTING: Final = posting_journal.c
_JOB: Final = export_job.c
_KEY: Final = ("entry_id", "company_id", "part", "generation")
_BEFORE: Final = bindparam("before", type_=UtcDateTime)
_COMPANY: Final[BindParameter[str]] = bindparam("company", type_=Text)
_OLD_POSTING: Final = and_(
    _POSTING.changed_at < _BEFORE, _POSTING.state.in_([str(PostingState.POSTED), str(PostingState.REJECTED)])
)

_OLD_OUTCOMES: Final = (
    select(*item_outcome.c["position", "failures"])
    .where(
        _OUTCOME.company_id == _COMPANY,
        _OUTCOME.settled_at < _BEFORE,
        _OUTCOME.reported_at.is_not(None),
        _OUTCOME.label != ERASED,
    )
    .limit(ROWS_AT_ONCE)
    .with_for_update()
)
_ERASE_OUTCOME: Final = (
    update(item_outcome)
    .where(_OUTCOME.position == bindparam("old_position"))
    .values(label=ERASED, failures=bindparam("codes"), warnings=None, plan_json=b"")
)


def _erasing(column: Any, old: Select[Any], **erased: str) -> Update:
    return update(column.table).where(column.in_(old.limit(ROWS_AT_ONCE))).values(**erased)


_ERASINGS: Final = (
    _erasing(
        _RECEIPT.position,
        select(_RECEIPT.position).where(
            _RECEIPT.company_id == _COMPANY,
            _RECEIPT.state != str(ReceiptState.OWED),
            _RECEIPT.name != ERASED,
            exists().where(_OLD_POSTING, *(_RECEIPT[name] == _POSTING[name] for name in _KEY)),
        ),
        name=ERASED,
        note="",
    ),
    _erasing(
        _POSTING.external_reference,
        select(_POSTING.external_reference).where(_POSTING.company_id == _COMPANY, _OLD_POSTING, _POSTING.note != ""),
        note="",
    ),
    _erasing(
        _JOB.job_id,
        select(_JOB.job_id).where(_JOB.company_id == _COMPANY, _JOB.ended_at < _BEFORE, _JOB.failure_reason != ""),
        failure_reason="",
    ),
)


def erase(connection: Connection, company_id: str, before: datetime) -> int:
    """Erase what is older, ROWS_AT_ONCE of each table at most; how many rows were changed. Until none is, repeat."""
    if connection.dialect.name == "sqlite":
        # What is overwritten must not stay readable in the file.
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
    asked = {"company": company_id, "before": before}
    outcomes = connection.execute(_OLD_OUTCOMES, asked).mappings().all()
    if outcomes:
        connection.execute(_ERASE_OUTCOME, [_emptied(row) for row in outcomes])
    return len(outcomes) + sum(connection.execute(erasing, asked).rowcount for erasing in _ERASINGS)


def _emptied(row: RowMapping) -> dict[str, object]:
    """A failure keeps its code, so that a failed item stays one."""
    codes = [{"code": failure["code"], "path": "", "message": "", "remedy": ""} for failure in row["failures"] or ()]
    return {"old_position": row["position"], "codes": codes or None}
