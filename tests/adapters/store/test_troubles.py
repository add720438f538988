from dataclasses import replace
from datetime import timedelta
from typing import Final

from bilag.domain.item_troubles import ItemTroubles
from bilag.domain.posting_record import Part
from bilag.domain.transitions import PostingState
from bilag.ports.posting_journal import PostingJournal
from tests.adapters.store.records import COMPANY, NOON, OTHER_COMPANY, key, posting

TROUBLES: Final = ItemTroubles(
    company_id=COMPANY, entry_id="entry-1", content_hash="ab" * 32, count=1, last_at=NOON, evidence="It crashed."
)


async def test_troubles_come_back_as_they_were_stored(journal: PostingJournal) -> None:
    await journal.record_troubles(TROUBLES)
    assert await journal.troubled(COMPANY) == {"entry-1": TROUBLES}


async def test_newer_troubles_take_the_place_of_older_ones(journal: PostingJournal) -> None:
    await journal.record_troubles(TROUBLES)
    await journal.record_troubles(replace(TROUBLES, count=2, evidence="Again."))
    (stored,) = (await journal.troubled(COMPANY)).values()
    assert (stored.count, stored.evidence) == (2, "Again.")


async def test_an_item_without_troubles_is_forgotten(journal: PostingJournal) -> None:
    await journal.record_troubles(TROUBLES)
    await journal.record_troubles(replace(TROUBLES, count=0))
    assert not await journal.troubled(COMPANY)


async def test_companies_do_not_see_each_others_items(journal: PostingJournal) -> None:
    await journal.record_troubles(TROUBLES)
    assert not await journal.troubled(OTHER_COMPANY)


async def test_the_first_of_the_sends_is_remembered(journal: PostingJournal) -> None:
    first = NOON - timedelta(hours=1)
    await journal.record(replace(posting(state=PostingState.UNKNOWN), first_sent_at=first))
    stored = (await journal.latest(COMPANY, key().entry_id))[Part.JOURNAL_ENTRY]
    assert stored.first_sent_at == first
    await journal.record(replace(posting(state=PostingState.REJECTED), first_sent_at=None))
    assert (await journal.latest(COMPANY, key().entry_id))[Part.JOURNAL_ENTRY].first_sent_at is None
