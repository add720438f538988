"""One journal entry for the items of a job, where the settings ask for it; each item keeps its record and its outcome.

An external reference stands for one content for ever: whatever is sent with other items or other amounts than before
gets the next generation. So an item whose record names a shared entry is part of it whenever it is found.
"""

import asyncio
import logging
from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import replace

from bilag.domain.ledger import JournalEntry
from bilag.domain.posting_record import Part, PostingKey, PostingRecord
from bilag.domain.transitions import PostingState
from bilag.lifecycle.attach import owe
from bilag.lifecycle.book import Booked
from bilag.lifecycle.desk import Desk
from bilag.lifecycle.look_back import Standing, look_back, other_sharers, posted_record
from bilag.lifecycle.plan_json import content_hash
from bilag.lifecycle.post import outcome_unknown, post, read_back
from bilag.lifecycle.process_item import Prepared
from bilag.lifecycle.waiting_items import entry_to_share
from bilag.ports.accounting_system import PostAnswer, PostedDocument, Rejected
from bilag.ports.errors import StoreFailed, Trouble
from bilag.rules.job_entry import joined_entry, on_its_way

_log = logging.getLogger("bilag.item")


async def book_job_entry(members: Sequence[Prepared], job_id: str, desk: Desk) -> Booked | Rejected | None:
    """The one entry in the books that all members have a part in, or why none of them may be booked now.

    None when the books surely have no such entry, so that each is to be booked by itself: an only member, and those
    whose entry was refused, perhaps for one of them. One call at a time for a job. Raises trouble that concerns all.
    """
    if len(members) == 1:
        return None
    await _together(owe(member.key, member.receipts.files, desk) for member in members)
    doubt = _doubt(members, desk)
    found = await (_place(members, job_id, desk) if doubt is None else _same_again(members, doubt, desk))
    if found is None:
        return _elsewhere(doubt)
    key, entry, standing = found
    sent = [_sent(member, key, job_id, desk) for member in members]
    if doubt is None:
        await _record_sent(sent, None if standing else _intent(entry, key, job_id, desk), desk)
    else:
        # Their records say so since the first try, and go on saying that one may still arrive.
        sent = [replace(record, state=PostingState.UNKNOWN) for record in sent]
    try:
        answer = standing or await post(entry, key, job_id, desk, sent_before=doubt is not None)
    except StoreFailed:
        raise
    except Trouble:
        await _follow(sent, key, desk)
        raise
    if not isinstance(answer, PostedDocument):
        return await _not_taken(sent, key, answer, desk)
    await _record([posted_record(record, answer, desk) for record in sent], desk)
    for record in sent:
        shown = (record.key.entry_id, job_id, answer.external_id, answer.posting_date, len(sent))
        _log.info("item %s booked job=%s external_id=%s posting_date=%s sharing=%d", *shown)
    failures, warnings = await read_back(entry, answer, desk)
    if failures:
        return Rejected(failures=failures)
    return Booked(documents=(answer,), warnings=warnings, booked_in=key.external_reference)


async def _place(
    members: Sequence[Prepared], job_id: str, desk: Desk
) -> tuple[PostingKey, JournalEntry, PostedDocument | None]:
    """The entry under the reference of an earlier try with the same content, else under the next one."""
    standing = (await look_back(job_id, desk)).of(Part.JOURNAL_ENTRY)
    before = (await desk.journal.latest(standing.key.company_id, job_id)).get(Part.JOURNAL_ENTRY)
    entries, limits = [entry_to_share(member) for member in members], desk.books.capabilities.text
    entry = joined_entry(entries, standing.key.external_reference, job_id, limits)
    if before is None or before.key != standing.key or before.content_hash == content_hash(entry):
        return standing.key, entry, standing.posted
    key = replace(standing.key, generation=standing.key.generation + 1)
    return key, replace(entry, external_reference=key.external_reference), None


def _doubt(members: Sequence[Prepared], desk: Desk) -> Standing | None:
    """What says that members went into an entry that may still arrive; then all of them did, and no others."""
    now = desk.clock.now()
    return next((doubt for member in members if (doubt := member.history.on_its_way(now))), None)


async def _same_again(
    members: Sequence[Prepared], doubt: Standing, desk: Desk
) -> tuple[PostingKey, JournalEntry, PostedDocument | None] | None:
    """The very entry that was sent before, which books under its reference once; None when it can't be made again."""
    key = PostingKey.of_shared(doubt.booked_in, desk.settings.company_id)
    standing = (await look_back(key.entry_id, desk)).of(Part.JOURNAL_ENTRY)
    before = (await desk.journal.latest(key.company_id, key.entry_id)).get(Part.JOURNAL_ENTRY)
    entries = [entry_to_share(member) for member in members]
    entry = joined_entry(entries, key.external_reference, key.entry_id, desk.books.capabilities.text)
    if before is None or standing.key != key or before.content_hash != content_hash(entry):
        return None
    return key, entry, standing.posted


def _elsewhere(doubt: Standing | None) -> Rejected:
    assert doubt is not None
    assert doubt.sent_at is not None
    return Rejected(failures=(on_its_way(doubt.booked_in, doubt.sent_at),))


async def _record_sent(sent: Sequence[PostingRecord], intent: PostingRecord | None, desk: Desk) -> None:
    """The entry first of all, so that a reference which a member's record names never gets other content."""
    if intent is not None:
        await desk.journal.record(intent)
    await _record([replace(record, state=PostingState.INTENDED) for record in sent], desk)
    await _record(sent, desk)


async def _follow(sent: Sequence[PostingRecord], key: PostingKey, desk: Desk) -> PostingRecord:
    """Let the members' records say what the entry's own does, which is given back.

    Members of an entry that may still arrive stay unknown, whatever is answered to a repeat of it.
    """
    entry = (await desk.journal.latest(key.company_id, key.entry_id))[Part.JOURNAL_ENTRY]
    if sent[0].state is not PostingState.UNKNOWN:
        state = PostingState.REJECTED if entry.state is PostingState.REJECTED else PostingState.UNKNOWN
        await _record([replace(r, state=state, changed_at=entry.changed_at, note=entry.note) for r in sent], desk)
    return entry


async def _not_taken(sent: Sequence[PostingRecord], key: PostingKey, answer: PostAnswer, desk: Desk) -> Rejected | None:
    """Only an entry that was refused, and that does not stand all the same, leaves its members free."""
    record = await _follow(sent, key, desk)
    why = record.note
    if PostingState.UNKNOWN in (record.state, sent[0].state):
        return answer if isinstance(answer, Rejected) else Rejected(failures=(outcome_unknown(key, why),))
    stands = await desk.books.find_by_reference(key.external_reference)
    if stands is not None:
        return Rejected(failures=(other_sharers(key.external_reference, stands),))
    _log.warning("job %s shared entry refused, items=%d go one by one: %s", key.entry_id, len(sent), why)
    return None


def _intent(entry: JournalEntry, key: PostingKey, job_id: str, desk: Desk) -> PostingRecord:
    return PostingRecord(
        key=key,
        job_id=job_id,
        state=PostingState.INTENDED,
        content_hash=content_hash(entry),
        changed_at=desk.clock.now(),
    )


def _sent(member: Prepared, key: PostingKey, job_id: str, desk: Desk) -> PostingRecord:
    """The item's own record, which tells what it would have been by itself, and where it went instead."""
    intent = _intent(entry_to_share(member), member.key, job_id, desk)
    return replace(intent, state=PostingState.SENT, booked_in=key.external_reference)


async def _record(records: Sequence[PostingRecord], desk: Desk) -> None:
    await _together(desk.journal.record(record) for record in records)


async def _together(writes: Iterable[Awaitable[None]]) -> None:
    """All writes at once, so that they share commits; raises the first trouble when the last one is through."""
    for problem in await asyncio.gather(*writes, return_exceptions=True):
        if problem is not None:
            raise problem
