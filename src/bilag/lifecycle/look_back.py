"""Look back before booking: what our journal and the books already know of an Export Item.

The generation of a booking rises only when the booked document was removed from the books, or when a re-export is
meant to book again (the setting post_again). Whatever may have been sent before is looked up before it is sent again.
"""

import logging
from dataclasses import dataclass, replace

from bilag.domain.posting_record import Part, PostingKey, PostingRecord
from bilag.domain.transitions import PostingState
from bilag.lifecycle.desk import Desk
from bilag.ports.accounting_system import PostedDocument

_log = logging.getLogger("bilag.item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The key to book under, and the document that already stands under it, if one does.

    `sent_hash` is the content hash of a standing document that Pleo has not been told of yet, else empty.
    """

    key: PostingKey
    posted: PostedDocument | None = None
    sent_hash: str = ""
    warnings: tuple[str, ...] = ()


async def look_back(entry_id: str, part: Part, desk: Desk) -> Standing:
    """What is already there for this part of the entry; settles an earlier try whose outcome was lost."""
    company_id = desk.settings.company_id
    record = await desk.journal.latest(company_id, entry_id, part)
    if record is None:
        return Standing(key=PostingKey(company_id=company_id, entry_id=entry_id, part=part, generation=1))
    if record.state is PostingState.REJECTED:
        return Standing(key=record.key)
    posted = await desk.books.find_by_reference(record.key.external_reference)
    if record.state is PostingState.POSTED:
        return await _booked_before(record, posted, desk)
    return await _settle(record, posted, desk)


async def _booked_before(record: PostingRecord, posted: PostedDocument | None, desk: Desk) -> Standing:
    if posted is None:
        _log.info("item %s removed from the books external_id=%s", record.key.entry_id, record.external_id)
        warning = f"The entry {record.external_id} was removed from the books, so the expense was booked again."
        return Standing(key=_next_generation(record.key), warnings=(warning,))
    # An earlier generation of the entry may have been reported; what counts is this very document.
    if not await desk.journal.was_reported(record.key.company_id, record.key.entry_id, record.external_id):
        return Standing(key=record.key, posted=posted, sent_hash=record.content_hash)
    if desk.settings.post_again:
        warning = f"Exported again, and booked once more beside {posted.external_id} as the settings ask."
        return Standing(key=_next_generation(record.key), warnings=(warning,))
    warning = f"Exported again: it stands in the books as {posted.external_id}, and nothing was booked."
    return Standing(key=record.key, posted=posted, warnings=(warning,))


async def _settle(record: PostingRecord, posted: PostedDocument | None, desk: Desk) -> Standing:
    """An intent without an outcome: found is posted, surely absent is free to be sent."""
    if record.state is PostingState.INTENDED and posted is None:
        return Standing(key=record.key)
    found = posted.external_id if posted else "nothing"
    _log.info("item %s sent before job=%s state=%s found=%s", record.key.entry_id, record.job_id, record.state, found)
    now = desk.clock.now()
    if record.state is PostingState.INTENDED:
        record = replace(record, state=PostingState.SENT, changed_at=now)
        await desk.journal.record(record)
    if posted is None:
        if record.state is PostingState.SENT:
            record = replace(record, state=PostingState.UNKNOWN, changed_at=now, note="no answer was seen")
            await desk.journal.record(record)
        return Standing(key=record.key)
    await desk.journal.record(posted_record(record, posted, desk))
    return Standing(key=record.key, posted=posted, sent_hash=record.content_hash)


def posted_record(record: PostingRecord, posted: PostedDocument, desk: Desk) -> PostingRecord:
    """The record once the document stands in the books."""
    return replace(
        record,
        state=PostingState.POSTED,
        changed_at=desk.clock.now(),
        external_id=posted.external_id,
        external_url=posted.external_url,
        posting_date=posted.posting_date,
    )


def _next_generation(key: PostingKey) -> PostingKey:
    return replace(key, generation=key.generation + 1)
