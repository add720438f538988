"""Unsettled: documents that were sent, that the books do not show, and that may still arrive there."""

import logging
from dataclasses import replace
from datetime import datetime

from bilag.domain.capabilities import KeyClass
from bilag.domain.failure import Failure, FailureCode
from bilag.domain.posting_record import Part, PostingRecord
from bilag.domain.transitions import PostingState
from bilag.lifecycle.desk import Desk
from bilag.ports.errors import OutcomeUnknown, Trouble
from bilag.rules.lost_answer import is_unsettled, repeat_is_harmless, settled_from

_log = logging.getLogger("bilag.item")


class NotSettledYet(OutcomeUnknown):
    """A document was sent, and a look does not tell for good before `until`: then look, and send nothing before.

    `lost_now` says that its answer was lost just now, and not in an earlier run.
    """

    def __init__(self, external_reference: str, until: datetime, *, lost_now: bool = False) -> None:
        super().__init__(f"{external_reference} may still arrive in the books")
        self.external_reference = external_reference
        self.until = until
        self.lost_now = lost_now


async def is_settled(record: PostingRecord, asked_at: datetime, desk: Desk) -> bool:
    """Whether a look at `asked_at`, which found nothing, tells for good that the document is not there.

    False where a repeat is harmless, so that nobody has to wait; raises NotSettledYet where it is not.
    """
    key_class = desk.books.capabilities.key_class
    if key_class is KeyClass.NATURAL_KEY or not is_unsettled(record):
        return False
    due = await _due(record, asked_at, desk)
    if asked_at >= due:
        return True
    if key_class is KeyClass.SERVER_KEY and not record.booked_in:
        return False  # whoever posts has the content, and knows whether the server's key answers for it
    raise NotSettledYet(_name(record), due)


async def note_absent(record: PostingRecord, asked_at: datetime, desk: Desk) -> None:
    """Remember that a look has settled it: nothing of it will arrive any more."""
    is_intent = record.state is PostingState.INTENDED
    absent = replace(
        record,
        state=PostingState.INTENDED if is_intent else PostingState.REJECTED,
        changed_at=desk.clock.now(),
        note=f"looked up at {asked_at.isoformat(timespec='seconds')}: not there",
        first_sent_at=None if is_intent else record.first_sent_at or record.changed_at,
    )
    await desk.journal.record(absent)
    _log.info("item %s not in the books job=%s reference=%s", record.key.entry_id, record.job_id, _name(record))


async def after_earlier_sends(intent: PostingRecord, desk: Desk, *, sent_before: bool) -> tuple[PostingRecord, str]:
    """The intent beside what may still arrive of earlier sends, and why it may. Raises NotSettledYet.

    Where a repeat is harmless, nobody looks for them without knowing of some.
    """
    if desk.books.capabilities.key_class is KeyClass.NATURAL_KEY and not sent_before:
        return intent, ""
    earlier = (await desk.journal.latest(intent.key.company_id, intent.key.entry_id)).get(intent.key.part)
    if earlier is None or earlier.key != intent.key or earlier.booked_in or not is_unsettled(earlier):
        return intent, ""
    _assert_harmless(earlier, intent.content_hash, desk, lost_now=False)
    return replace(intent, first_sent_at=earlier.first_sent_at), earlier.note or "no answer was seen"


def to_send_again(sent: PostingRecord, desk: Desk) -> PostingRecord:
    """The intent of one more send, where a look did not find what was sent. Raises NotSettledYet."""
    _assert_harmless(sent, sent.content_hash, desk, lost_now=True)
    return replace(sent, state=PostingState.INTENDED, changed_at=desk.clock.now())


def add_doubt(trouble: Trouble, record: PostingRecord) -> None:
    """Let the trouble of a look say what it was to find out."""
    if is_unsettled(record):
        trouble.add_note(f"In doubt: {_name(record)} was sent before, and may be in the books.")


def in_doubt(reference: str, until: datetime) -> Failure:
    """The failure of an item that a job can't wait for: whether it is booked shows later, and the next export says."""
    at = until.strftime("%Y-%m-%d %H:%M UTC")
    return Failure(
        code=FailureCode.BOOKS_OUTCOME_UNKNOWN,
        path="",
        message=f"In doubt: the books gave no clear answer to {reference}, which may or may not be there.",
        remedy=f"Export the expense again after {at}: bilag looks it up first, loses nothing and books nothing twice.",
    )


def found_twice(reference: str, external_ids: tuple[str, ...]) -> Failure:
    """The failure of an item that stands in the books more than once: only a person can tell which one is right."""
    return Failure(
        code=FailureCode.BOOKS_FOUND_TWICE,
        path="",
        message=f"In doubt: {reference} stands in the books more than once, as {', '.join(external_ids)}.",
        remedy="Remove all of them from the books but one, then export the expense again: bilag reports the one left.",
    )


def _assert_harmless(sent: PostingRecord, hash_to_send: str, desk: Desk, *, lost_now: bool) -> None:
    can = desk.books.capabilities
    if not repeat_is_harmless(sent, hash_to_send, can, desk.clock.now()):
        raise NotSettledYet(sent.key.external_reference, settled_from(sent, can), lost_now=lost_now)


async def _due(record: PostingRecord, asked_at: datetime, desk: Desk) -> datetime:
    """From when on a look tells for good; what shares a document was sent when that document was."""
    sent = record
    if record.booked_in:
        shared = (await desk.journal.latest(record.key.company_id, record.job_id)).get(Part.JOURNAL_ENTRY)
        if shared is not None and shared.key.external_reference == record.booked_in:
            if not is_unsettled(shared):
                return asked_at
            sent = shared
    return settled_from(sent, desk.books.capabilities)


def _name(record: PostingRecord) -> str:
    return record.booked_in or record.key.external_reference
