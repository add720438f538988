"""Post once: the intent stored before the call, the outcome after it, a look before any second try.

No call to the books happens inside a transaction of ours.
"""

import logging
from dataclasses import replace
from typing import Final

from bilag.domain.document import Document
from bilag.domain.failure import Failure, FailureCode
from bilag.domain.ledger import Side
from bilag.domain.posting_record import PostingKey, PostingRecord
from bilag.domain.transitions import PostingState
from bilag.lifecycle.desk import Desk
from bilag.lifecycle.look_back import posted_record
from bilag.lifecycle.plan_json import content_hash
from bilag.ports.accounting_system import PeriodRefused, PostAnswer, PostedDocument, Rejected, SettlementRefused
from bilag.ports.errors import BadAnswer, OutcomeUnknown, Trouble
from bilag.ports.lease import LeaseLost

# A lost answer is looked up and, when the books surely lack the document, sent again under the same reference.
SENDS_MAX: Final = 3

_log = logging.getLogger("bilag.item")


async def post(document: Document, key: PostingKey, job_id: str, desk: Desk) -> PostAnswer:
    """The document in the books, or why it is certainly not there. Raises trouble that concerns every item."""
    record = PostingRecord(
        key=key,
        job_id=job_id,
        state=PostingState.INTENDED,
        content_hash=content_hash(document),
        changed_at=desk.clock.now(),
    )
    why = ""
    for attempt in range(1, SENDS_MAX + 1):
        await desk.journal.record(record)
        sent = replace(record, state=PostingState.SENT, changed_at=desk.clock.now())
        await desk.journal.record(sent)
        try:
            answer = await desk.books.post(document, record.content_hash)
        except LeaseLost:
            # Nothing was sent. Whoever has the company now finds `sent` and looks the reference up.
            raise
        except (OutcomeUnknown, BadAnswer) as lost:
            # An answer that can't be understood tells no more of the document than one that never came.
            why = str(lost)
            _log.warning("item %s answer lost job=%s try=%d of=%d: %s", key.entry_id, job_id, attempt, SENDS_MAX, why)
            found = await _look(sent, why, desk)
            if found is not None:
                return found
        except Trouble as trouble:
            await desk.journal.record(_refused(sent, str(trouble), desk, is_sure=not why))
            raise
        else:
            return await _settled(sent, answer, desk, is_sure=not why)
    return Rejected(failures=(outcome_unknown(key, why),))


async def read_back(
    document: Document, posted: PostedDocument, desk: Desk
) -> tuple[tuple[Failure, ...], tuple[str, ...]]:
    """Failures and warnings from comparing the document as it stands in the books with what was sent."""
    try:
        stands = await desk.books.find_by_reference(document.external_reference)
    except Trouble as trouble:
        return (), (f"{posted.external_id} is booked, but could not be read back: {trouble}.",)
    if stands is None:
        return (_conflict(f"{posted.external_id} was accepted but can't be found in the books"),), ()
    if abs(stands.total) != document.total(Side.DEBIT):
        return (_conflict(f"{posted.external_id} stands over {stands.total}, not {document.total(Side.DEBIT)}"),), ()
    warnings = []
    if stands.posting_date != document.posting_date.date:
        warnings.append(f"The books moved the posting date from {document.posting_date.date} to {stands.posting_date}.")
    if stands.mode is not document.mode:
        warnings.append(f"The books keep the entry as {stands.mode}, although {document.mode} was asked for.")
    return (), tuple(warnings)


async def _settled(sent: PostingRecord, answer: PostAnswer, desk: Desk, *, is_sure: bool) -> PostAnswer:
    match answer:
        case PostedDocument():
            await desk.journal.record(posted_record(sent, answer, desk))
        case PeriodRefused():
            await desk.journal.record(_refused(sent, f"period {answer.period} is closed", desk, is_sure=is_sure))
        case SettlementRefused():
            why = f"{answer.reference} is not open to that amount"
            await desk.journal.record(_refused(sent, why, desk, is_sure=is_sure))
        case Rejected():
            why = "; ".join(f.message for f in answer.failures)
            await desk.journal.record(_refused(sent, why, desk, is_sure=is_sure))
    return answer


async def _look(sent: PostingRecord, why: str, desk: Desk) -> PostedDocument | Rejected | None:
    """Store that the outcome is unknown, then ask the books; None leaves the way free for another send.

    When the books can't be asked either, the record stays unknown and the next export of the entry looks again.
    """
    unknown = replace(sent, state=PostingState.UNKNOWN, changed_at=desk.clock.now(), note=why)
    await desk.journal.record(unknown)
    try:
        posted = await desk.books.find_by_reference(sent.key.external_reference)
    except Trouble:
        return Rejected(failures=(outcome_unknown(sent.key, why),))
    if posted is not None:
        await desk.journal.record(posted_record(unknown, posted, desk))
    return posted


def _refused(sent: PostingRecord, why: str, desk: Desk, *, is_sure: bool) -> PostingRecord:
    """The record of a send that was refused. An earlier send whose answer was lost may still arrive: then not sure."""
    state = PostingState.REJECTED if is_sure else PostingState.UNKNOWN
    return replace(sent, state=state, changed_at=desk.clock.now(), note=why)


def outcome_unknown(key: PostingKey, why: str) -> Failure:
    """The failure of an item whose document may or may not be in the books."""
    return Failure(
        code=FailureCode.BOOKS_OUTCOME_UNKNOWN,
        path="",
        message=f"The books gave no clear answer to {key.external_reference}, which may or may not be there: {why}.",
        remedy="Export the expense again: bilag looks the reference up first and books nothing twice.",
    )


def _conflict(what: str) -> Failure:
    return Failure(
        code=FailureCode.BOOKS_CONFLICT,
        path="",
        message=f"Read back after posting: {what}.",
        remedy="Compare the entry in the books with the expense in Pleo, and correct the entry.",
    )
