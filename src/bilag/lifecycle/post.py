"""Post once: the intent stored before the call, the outcome after it, a look before any second try.

No call to the books happens inside a transaction of ours.
"""

import logging
from dataclasses import replace
from typing import Final

from bilag.domain.capabilities import KeyClass
from bilag.domain.document import Document
from bilag.domain.failure import Failure, FailureCode
from bilag.domain.ledger import Side
from bilag.domain.posting_record import PostingKey, PostingRecord
from bilag.domain.transitions import PostingState
from bilag.lifecycle.desk import Desk
from bilag.lifecycle.look_back import posted_record
from bilag.lifecycle.plan_json import content_hash
from bilag.lifecycle.unsettled import after_earlier_sends, found_twice, to_send_again
from bilag.ports.accounting_system import (
    PeriodRefused,
    PostAnswer,
    PostedDocument,
    Rejected,
    SendCheck,
    SettlementRefused,
    unchecked,
)
from bilag.ports.errors import BadAnswer, FoundTwice, OutcomeUnknown, SentTooLate, Trouble
from bilag.ports.lease import LeaseLost
from bilag.rules.lost_answer import SEND_SECONDS_MAX

# A lost answer is looked up and, when the books surely lack the document, sent again under the same reference.
SENDS_MAX: Final = 3

_log = logging.getLogger("bilag.item")


async def post(
    document: Document, key: PostingKey, job_id: str, desk: Desk, *, sent_before: bool = False
) -> PostAnswer:
    """The document in the books, or why it is certainly not there. Raises trouble that concerns every item.

    `sent_before` says that an earlier send may still arrive: then a refusal of this one settles nothing.
    Raises NotSettledYet when it may be there, and neither sending it again nor looking now can tell.
    """
    async with desk.announced:
        return await _post(document, key, job_id, desk, sent_before=sent_before)


async def _post(document: Document, key: PostingKey, job_id: str, desk: Desk, *, sent_before: bool) -> PostAnswer:
    record = PostingRecord(
        key=key,
        job_id=job_id,
        state=PostingState.INTENDED,
        content_hash=content_hash(document),
        changed_at=desk.clock.now(),
    )
    record, why = await after_earlier_sends(record, desk, sent_before=sent_before)
    for attempt in range(1, SENDS_MAX + 1):
        check, sent = _in_time(desk), _sent(record, desk)
        await desk.journal.record(record, sent)
        try:
            async with desk.sending:
                answer = await desk.books.post(document, record.content_hash, check)
        except SentTooLate as late:
            not_sent = _refused(sent, str(late), desk, is_sure=not why)
            await desk.journal.record(not_sent)
            if attempt == SENDS_MAX:
                raise
            if why:  # what went out before this attempt may have grown too old to be repeated meanwhile
                record = to_send_again(not_sent, desk)
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
            # Whoever finds this intent knows by its note that it was sent before.
            record = to_send_again(replace(sent, note=why), desk)
        except Trouble as trouble:
            await desk.journal.record(_refused(sent, str(trouble), desk, is_sure=not why))
            raise
        else:
            return await _settled(sent, answer, desk, is_sure=not why)
    return Rejected(failures=(outcome_unknown(key, why),))


async def read_back(
    document: Document, posted: PostedDocument, desk: Desk
) -> tuple[tuple[Failure, ...], tuple[str, ...]]:
    """Failures and warnings from comparing the document as it stands in the books with what was sent.

    `posted` is what the books have just told of it: where they read it back themselves, it is not asked for again.
    """
    if desk.books.capabilities.post_reads_back:
        return _compared(document, posted, posted)
    try:
        stands = await desk.books.find_by_reference(document.external_reference)
    except FoundTwice as twice:
        return (found_twice(twice.external_reference, twice.external_ids),), ()
    except Trouble as trouble:
        return (), (f"{posted.external_id} is booked, but could not be read back: {trouble}.",)
    if stands is None:
        return (_conflict(f"{posted.external_id} was accepted but can't be found in the books"),), ()
    return _compared(document, posted, stands)


def _compared(
    document: Document, posted: PostedDocument, stands: PostedDocument
) -> tuple[tuple[Failure, ...], tuple[str, ...]]:
    if abs(stands.total) != document.total(Side.DEBIT):
        return (_conflict(f"{posted.external_id} stands over {stands.total}, not {document.total(Side.DEBIT)}"),), ()
    warnings = []
    if stands.posting_date != document.posting_date.date:
        warnings.append(f"The books moved the posting date from {document.posting_date.date} to {stands.posting_date}.")
    if stands.period and stands.period != document.posting_date.period:
        asked = document.posting_date.period
        warnings.append(f"The books keep it in the accounting period {stands.period}, although {asked} was asked for.")
    if stands.mode is not document.mode:
        warnings.append(f"The books keep the entry as {stands.mode}, although {document.mode} was asked for.")
    return (), tuple(warnings)


def _sent(record: PostingRecord, desk: Desk) -> PostingRecord:
    """The attempt, as it is noted before any byte of it goes out."""
    now = desk.clock.now()
    return replace(record, state=PostingState.SENT, changed_at=now, first_sent_at=record.first_sent_at or now)


def _in_time(desk: Desk) -> SendCheck:
    """Asked right before sending: a process that slept meanwhile must not send what others have given up.

    One clock stands still while the machine sleeps and the other one can be set back, so both are asked.
    """
    clock = desk.clock
    began, began_seconds = clock.now(), clock.monotonic_seconds()

    def check() -> None:
        passed_seconds = max((clock.now() - began).total_seconds(), clock.monotonic_seconds() - began_seconds)
        if passed_seconds > SEND_SECONDS_MAX:
            raise SentTooLate(f"not sent, because {passed_seconds:.0f} seconds have passed since it was to be sent")

    return unchecked if desk.books.capabilities.key_class is KeyClass.NATURAL_KEY else check


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
    except FoundTwice as twice:
        _log.error("item %s in doubt job=%s: %s", sent.key.entry_id, sent.job_id, twice)
        return Rejected(failures=(found_twice(twice.external_reference, twice.external_ids),))
    except Trouble:
        if desk.books.capabilities.key_class is KeyClass.LOOK_UP:
            return None  # it has to be looked at later anyway, and is not sent again before
        return Rejected(failures=(outcome_unknown(sent.key, why),))
    if posted is not None:
        await desk.journal.record(posted_record(unknown, posted, desk))
    return posted


def _refused(sent: PostingRecord, why: str, desk: Desk, *, is_sure: bool) -> PostingRecord:
    """The record of a send that was refused. An earlier send whose answer was lost may still arrive: then not sure."""
    state = PostingState.REJECTED if is_sure else PostingState.UNKNOWN
    first_sent_at = None if is_sure else sent.first_sent_at
    return replace(sent, state=state, changed_at=desk.clock.now(), note=why, first_sent_at=first_sent_at)


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
