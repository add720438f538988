"""What both journals promise about postings, receipts and jobs, and to many callers at once."""

import asyncio
from dataclasses import replace
from datetime import UTC, timedelta, timezone
from itertools import product

import pytest

from bilag.adapters.store.moves import ReferenceTaken
from bilag.domain.posting_record import Part, ReceiptState
from bilag.domain.transitions import POSTING_MOVES, IllegalMove, PostingState
from bilag.ports.posting_journal import OutcomeTally, PostingJournal
from tests.adapters.store.records import (
    COMPANY,
    JOB,
    NO_CATEGORY,
    NOON,
    OTHER_COMPANY,
    job,
    key,
    outcome,
    posting,
    receipt,
)

CALLERS = 64


async def test_unknown_document_has_no_record(journal: PostingJournal) -> None:
    await journal.record(posting(key("entry-1")))
    assert (await journal.latest(COMPANY, "entry-2")).get(Part.JOURNAL_ENTRY) is None
    assert (await journal.latest(OTHER_COMPANY, "entry-1")).get(Part.JOURNAL_ENTRY) is None
    assert (await journal.latest(COMPANY, "entry-1")).get(Part.VENDOR_INVOICE) is None


async def test_posting_comes_back_as_it_was_stored(journal: PostingJournal) -> None:
    stored = posting(note="moved: blåbærgrød 🫐")
    await journal.record(stored)
    assert (await journal.latest(COMPANY, "entry-1")).get(Part.JOURNAL_ENTRY) == stored


async def test_absent_posting_date_stays_absent(journal: PostingJournal) -> None:
    stored = replace(posting(), posting_date=None)
    await journal.record(stored)
    assert (await journal.latest(COMPANY, "entry-1")).get(Part.JOURNAL_ENTRY) == stored


async def test_shared_document_is_remembered_until_the_document_stands_by_itself(journal: PostingJournal) -> None:
    shared = replace(posting(), booked_in="4b1f0c5e.job-1.je1")
    await journal.record(shared)
    assert (await journal.latest(COMPANY, "entry-1")).get(Part.JOURNAL_ENTRY) == shared
    await journal.record(posting())
    assert (await journal.latest(COMPANY, "entry-1")).get(Part.JOURNAL_ENTRY) == posting()


async def test_instant_told_in_another_zone_comes_back_in_utc(journal: PostingJournal) -> None:
    copenhagen = timezone(timedelta(hours=1))
    await journal.record(replace(posting(), changed_at=NOON.astimezone(copenhagen)))
    found = (await journal.latest(COMPANY, "entry-1")).get(Part.JOURNAL_ENTRY)
    assert found is not None
    assert found.changed_at == NOON
    assert found.changed_at.tzinfo is UTC


async def test_time_without_zone_is_a_bug(journal: PostingJournal) -> None:
    with pytest.raises(AssertionError, match="no time zone"):
        await journal.record(replace(posting(), changed_at=NOON.replace(tzinfo=None)))
    assert (await journal.latest(COMPANY, "entry-1")).get(Part.JOURNAL_ENTRY) is None


async def test_latest_is_the_highest_generation_whichever_was_stored_last(journal: PostingJournal) -> None:
    for generation in (1, 3, 2):
        await journal.record(posting(key(generation=generation)))
    found = (await journal.latest(COMPANY, "entry-1")).get(Part.JOURNAL_ENTRY)
    assert found == posting(key(generation=3))


@pytest.mark.parametrize(("state", "wanted"), list(product(PostingState, PostingState)))
async def test_posting_moves_only_as_the_table_says(
    journal: PostingJournal, state: PostingState, wanted: PostingState
) -> None:
    await journal.record(posting(state=state))
    if (state, wanted) in POSTING_MOVES:
        await journal.record(posting(state=wanted, note="after"))
        expected = posting(state=wanted, note="after")
    else:
        with pytest.raises(IllegalMove, match=key().external_reference):
            await journal.record(posting(state=wanted, note="after"))
        expected = posting(state=state)
    assert (await journal.latest(COMPANY, "entry-1")).get(Part.JOURNAL_ENTRY) == expected


async def test_records_given_together_are_moves_one_after_another(journal: PostingJournal) -> None:
    sent, other = posting(state=PostingState.SENT), posting(key("entry-2"))
    await journal.record(posting(), other, sent)
    assert (await journal.latest(COMPANY, "entry-1")).get(Part.JOURNAL_ENTRY) == sent
    assert (await journal.latest(COMPANY, "entry-2")).get(Part.JOURNAL_ENTRY) == other


async def test_records_given_together_are_stored_all_or_none(journal: PostingJournal) -> None:
    await journal.record(posting(key("entry-2"), PostingState.POSTED))
    with pytest.raises(IllegalMove, match="entry-2"):
        await journal.record(posting(), posting(state=PostingState.SENT), posting(key("entry-2"), PostingState.SENT))
    assert not await journal.latest(COMPANY, "entry-1")
    assert (await journal.latest(COMPANY, "entry-2"))[Part.JOURNAL_ENTRY].state is PostingState.POSTED


async def test_two_documents_never_share_a_reference(journal: PostingJournal) -> None:
    lookalike = COMPANY[:8] + OTHER_COMPANY[8:]
    await journal.record(posting(key(company_id=COMPANY)))
    with pytest.raises(ReferenceTaken, match=key().external_reference):
        await journal.record(posting(key(company_id=lookalike)))
    assert (await journal.latest(lookalike, "entry-1")).get(Part.JOURNAL_ENTRY) is None


async def test_receipts_come_back_in_the_order_of_their_first_storing(journal: PostingJournal) -> None:
    await journal.record_receipts([receipt("bb"), receipt("aa")])
    await journal.record_receipts([receipt("cc"), receipt("bb", state=ReceiptState.ATTACHED)])
    assert await journal.receipts(key()) == (receipt("bb", state=ReceiptState.ATTACHED), receipt("aa"), receipt("cc"))


async def test_receipts_belong_to_one_generation_of_one_document(journal: PostingJournal) -> None:
    second = key(generation=2)
    await journal.record_receipts([receipt("aa"), receipt("bb", of=second)])
    assert await journal.receipts(second) == (receipt("bb", of=second),)
    assert await journal.receipts(key("entry-2")) == ()


async def test_no_receipts_change_nothing(journal: PostingJournal) -> None:
    await journal.record_receipts([])
    assert await journal.receipts(key()) == ()


async def test_job_is_replaced_but_keeps_when_it_was_first_seen(journal: PostingJournal) -> None:
    later = NOON + timedelta(hours=1)
    await journal.record_job(job())
    ended = replace(
        job(first_seen_at=later, state="failed"),
        ended_at=later,
        failure_reason="The books are locked.",
        failure_reason_type="accounting_system_unreachable",
    )
    await journal.record_job(ended)
    assert await journal.job_record(JOB) == replace(ended, first_seen_at=NOON)


async def test_unknown_job_is_none(journal: PostingJournal) -> None:
    assert await journal.job_record(JOB) is None


async def test_jobs_come_newest_first_and_no_more_than_asked(journal: PostingJournal) -> None:
    for minute in (2, 3, 1):
        await journal.record_job(job(f"job-{minute}", first_seen_at=NOON + timedelta(minutes=minute)))
    assert [found.job_id for found in await journal.job_records(2)] == ["job-3", "job-2"]


async def test_closed_journal_takes_no_writes_and_closes_again(journal: PostingJournal) -> None:
    await journal.close()
    await journal.close()
    with pytest.raises(AssertionError, match="closed"):
        await journal.record(posting())


async def test_many_callers_each_read_what_they_just_wrote(journal: PostingJournal) -> None:
    async def post(entry_id: str) -> None:
        for state in (PostingState.INTENDED, PostingState.SENT, PostingState.POSTED):
            await journal.record(posting(key(entry_id), state))
            assert (await journal.latest(COMPANY, entry_id)).get(Part.JOURNAL_ENTRY) == posting(key(entry_id), state)
        await journal.record_outcome(outcome(entry_id))
        await journal.mark_reported(JOB, [entry_id], NOON)
        assert await journal.was_reported(COMPANY, entry_id, outcome(entry_id).external_id)

    await asyncio.gather(*(post(f"entry-{number}") for number in range(CALLERS)))
    assert await journal.tally(JOB) == OutcomeTally(successful=CALLERS)


async def test_refused_write_hinders_nobody_else(journal: PostingJournal) -> None:
    await journal.record(posting(key("entry-5"), PostingState.POSTED))
    answers = await asyncio.gather(
        *(journal.record(posting(key(f"entry-{number}"))) for number in range(CALLERS)), return_exceptions=True
    )
    assert [number for number, answer in enumerate(answers) if answer is not None] == [5]
    assert isinstance(answers[5], IllegalMove)
    stored = [(await journal.latest(COMPANY, f"entry-{number}")).get(Part.JOURNAL_ENTRY) for number in range(CALLERS)]
    assert None not in stored


async def test_writes_sent_off_together_take_effect_in_their_order(journal: PostingJournal) -> None:
    states = [PostingState.INTENDED, PostingState.SENT, PostingState.UNKNOWN, PostingState.POSTED]
    await asyncio.gather(
        *(journal.record(posting(state=state)) for state in states),
        journal.record_outcome(outcome(failures=(NO_CATEGORY,))),
        journal.mark_reported(JOB, ["entry-1"], NOON),
        journal.record_outcome(outcome("entry-2")),
        journal.record_outcome(outcome()),
        journal.record_receipts([receipt("aa")]),
        journal.record_receipts([receipt("aa", state=ReceiptState.ATTACHED)]),
    )
    found = (await journal.latest(COMPANY, "entry-1")).get(Part.JOURNAL_ENTRY)
    assert found is not None
    assert found.state is PostingState.POSTED
    assert await journal.unreported(JOB, 10) == (outcome("entry-2"), outcome())
    assert await journal.receipts(key()) == (receipt("aa", state=ReceiptState.ATTACHED),)
