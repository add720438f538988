"""Look back before booking: what our journal and the books already know of an Export Item.

The generation of a booking rises only when the booked document was removed from the books, or when a re-export is
meant to book again (the setting post_again). Whatever may have been sent before is looked up before it is sent again.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import assert_never

from bilag.domain.failure import Failure, FailureCode
from bilag.domain.posting_record import Part, PostingKey, PostingRecord
from bilag.domain.transitions import PostingState
from bilag.lifecycle.desk import Desk
from bilag.lifecycle.unsettled import NotSettledYet, add_doubt, found_twice, is_settled, note_absent
from bilag.ports.accounting_system import PostedDocument
from bilag.ports.errors import FoundTwice, Trouble
from bilag.rules.job_entry import given_up, may_still_arrive
from bilag.rules.lost_answer import is_unsettled

_log = logging.getLogger("bilag.item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The key to book a document under, and the document that already stands under it, if one does.

    `sent_hash` is the content hash of a standing document that Pleo has not been told of yet, else empty. `booked_in`
    is the external reference that it stands under where it is shared with other items, else empty. `sent_at` is when a
    document that does not stand was sent without a known outcome: under `booked_in` where that is not empty.
    """

    key: PostingKey
    posted: PostedDocument | None = None
    sent_hash: str = ""
    booked_in: str = ""
    sent_at: datetime | None = None
    warnings: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All documents that an Export Item ever had, the one that Pleo is told of first."""

    company_id: str
    entry_id: str
    standings: Mapping[Part, Standing] = field(default_factory=dict)

    def of(self, part: Part) -> Standing:
        """What stands, or the key of a first booking."""
        first = PostingKey(company_id=self.company_id, entry_id=self.entry_id, part=part, generation=1)
        return self.standings.get(part) or Standing(key=first)

    @property
    def generations(self) -> Mapping[Part, int]:
        """The generation to book each part under; parts that are not there are booked for the first time."""
        return {part: standing.key.generation for part, standing in self.standings.items()}

    @property
    def posted(self) -> tuple[Standing, ...]:
        """What stands in the books."""
        return tuple(standing for standing in self.standings.values() if standing.posted is not None)

    @property
    def booked_in(self) -> str:
        """The external reference of the document that it shares with other items; empty without one."""
        return next((standing.booked_in for standing in self.posted if standing.booked_in), "")

    def on_its_way(self, now: datetime) -> Standing | None:
        """What says that the item went into a shared entry which does not stand, and which may still arrive."""
        shared = (s for s in self.standings.values() if s.posted is None and s.booked_in and s.sent_at)
        return next((s for s in shared if s.sent_at and may_still_arrive(s.sent_at, now)), None)

    def given_up(self, booked_in: str) -> tuple[str, ...]:
        """The warning of an item that stands in `booked_in` now, empty for by itself, and not where it was sent."""
        shared = {s.booked_in for s in self.standings.values() if s.posted is None and s.sent_at} - {"", booked_in}
        return tuple(given_up(reference) for reference in sorted(shared))

    @property
    def is_told(self) -> bool:
        """Whether everything that was ever booked stands, and Pleo knows."""
        return bool(self.standings) and all(s.posted is not None and not s.sent_hash for s in self.standings.values())

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is worth saying of earlier bookings."""
        warnings = tuple(dict.fromkeys(warning for s in self.standings.values() for warning in s.warnings))
        if not self.is_told:
            return warnings
        stands = ", ".join(s.posted.external_id for s in self.posted if s.posted)
        return (f"Exported again: it stands in the books as {stands}, and nothing was booked.", *warnings)

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Why nothing more may be booked before a person has looked."""
        return tuple(failure for s in self.standings.values() for failure in s.failures)


async def look_back(entry_id: str, desk: Desk) -> History:
    """What is already there for the entry; settles an earlier try whose outcome was lost."""
    company_id = desk.settings.company_id
    records = await desk.journal.latest(company_id, entry_id)
    told = await _is_told(records, desk)
    last_round = await _last_round(records, desk)
    standings = {}
    for part in Part:
        if part in records:
            record = records[part]
            # Booked again as a whole: what a stop left behind of the round before is not what is meant now.
            left_behind = record.key.generation < last_round
            standings[part] = await _standing(record, desk, is_told=told or left_behind)
    return History(company_id=company_id, entry_id=entry_id, standings=standings)


async def _last_round(records: Mapping[Part, PostingRecord], desk: Desk) -> int:
    """The generation of the last booking again as a whole; 1 where there was none.

    A document that was booked again because it was removed has no earlier one beside it, and starts no round.
    """
    if not desk.settings.post_again or len(records) == 1:
        return 1
    latest = max(records.values(), key=lambda record: record.key.generation, default=None)
    if latest is None or latest.key.generation == 1:
        return 1
    before = replace(latest.key, generation=latest.key.generation - 1)
    stands = await desk.books.find_by_reference(before.external_reference)
    return latest.key.generation if stands is not None else 1


async def _is_told(records: Mapping[Part, PostingRecord], desk: Desk) -> bool:
    """Whether Pleo ever took one of these very documents, not an earlier generation of it, as the entry's success."""
    for record in records.values():
        if record.state is PostingState.POSTED:
            key = record.key
            if await desk.journal.was_reported(key.company_id, key.entry_id, record.external_id):
                return True
    return False


async def _standing(record: PostingRecord, desk: Desk, *, is_told: bool) -> Standing:
    """What stands of the record. Raises NotSettledYet, and trouble of the books."""
    if record.state is PostingState.REJECTED and not record.booked_in:
        return Standing(key=record.key, sent_at=record.first_sent_at)
    try:
        return await _looked_up(record, desk, is_told=is_told)
    except FoundTwice as twice:
        _log.error("item %s in doubt job=%s: %s", record.key.entry_id, record.job_id, twice)
        failure = found_twice(twice.external_reference, twice.external_ids)
        return Standing(key=record.key, failures=(failure,))
    except NotSettledYet:
        raise
    except Trouble as trouble:
        add_doubt(trouble, record)
        raise


async def _looked_up(record: PostingRecord, desk: Desk, *, is_told: bool) -> Standing:
    asked_at = desk.clock.now()
    posted = await desk.books.find_by_reference(record.booked_in or record.key.external_reference)
    match record.state:
        case PostingState.POSTED:
            return _booked_before(record, posted, desk, is_told=is_told)
        case PostingState.REJECTED:
            failures = () if posted is None else (other_sharers(record.booked_in, posted),)
            return Standing(key=record.key, failures=failures)
        case PostingState.INTENDED | PostingState.SENT | PostingState.UNKNOWN:
            if posted is None and await is_settled(record, asked_at, desk):
                await note_absent(record, asked_at, desk)
                return Standing(key=record.key, sent_at=None if record.booked_in else record.changed_at)
            return await _settle(record, posted, desk)
        case _:
            assert_never(record.state)


def _booked_before(record: PostingRecord, posted: PostedDocument | None, desk: Desk, *, is_told: bool) -> Standing:
    if posted is None:
        _log.info("item %s removed from the books external_id=%s", record.key.entry_id, record.external_id)
        warning = f"The entry {record.external_id} was removed from the books, so the expense was booked again."
        return Standing(key=_next_generation(record.key), warnings=(warning,))
    if not is_told:
        return _stands(record, posted)
    if desk.settings.post_again:
        warning = f"Exported again, and booked once more beside {posted.external_id} as the settings ask."
        return Standing(key=_next_generation(record.key), warnings=(warning,))
    return replace(_stands(record, posted), sent_hash="")


def removed_before(key: PostingKey, settled_by: str) -> Standing:
    """For a document whose answer was lost, and that stood: another has settled it, and it is not there any more."""
    _log.info("item %s removed from the books before its answer was known, generation=%d", key.entry_id, key.generation)
    warning = f"{key.external_reference}, which {settled_by} settled, was removed from the books; it was booked again."
    return Standing(key=_next_generation(key), warnings=(warning,))


async def _settle(record: PostingRecord, posted: PostedDocument | None, desk: Desk) -> Standing:
    """An intent without an outcome: found is posted, surely absent is free to be sent under its own reference."""
    if record.state is PostingState.INTENDED and posted is None:
        return Standing(key=record.key)
    found = posted.external_id if posted else "nothing"
    _log.info("item %s sent before job=%s state=%s found=%s", record.key.entry_id, record.job_id, record.state, found)
    now = desk.clock.now()
    if record.state is PostingState.INTENDED:
        record = replace(record, state=PostingState.SENT, changed_at=now)
        await desk.journal.record(record)
    if posted is None and record.booked_in and not await _has_left(record, desk):
        await desk.journal.record(replace(record, state=PostingState.REJECTED, changed_at=now, note="never sent"))
        return Standing(key=record.key)
    if posted is None:
        sent_at = record.changed_at
        if record.state is PostingState.SENT:
            record = replace(record, state=PostingState.UNKNOWN, changed_at=now, note="no answer was seen")
            await desk.journal.record(record)
        return Standing(key=record.key, booked_in=record.booked_in, sent_at=sent_at)
    await desk.journal.record(posted_record(record, posted, desk))
    return _stands(record, posted)


async def _has_left(record: PostingRecord, desk: Desk) -> bool:
    """Whether the shared entry that an item was sent with may be on its way, by the entry's own record."""
    if record.state is PostingState.UNKNOWN:
        return True
    key = PostingKey.of_shared(record.booked_in, record.key.company_id)
    entry = (await desk.journal.latest(key.company_id, key.entry_id)).get(key.part)
    return entry is None or entry.key != key or is_unsettled(entry)


def _stands(record: PostingRecord, posted: PostedDocument) -> Standing:
    return Standing(key=record.key, posted=posted, sent_hash=record.content_hash, booked_in=record.booked_in)


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


def other_sharers(reference: str, posted: PostedDocument) -> Failure:
    """The books refused a document that an item was to have a part in, and yet have one under its reference."""
    return Failure(
        code=FailureCode.BOOKS_CONFLICT,
        path="",
        message=(
            f"The books have {posted.external_id} under {reference} already, made from other content, so that "
            "nobody can tell whether this expense is part of it."
        ),
        remedy="Compare that entry with the Export Job. Remove it, if the expenses shall be booked anew.",
    )
