"""Old records lose what people wrote, on disk too, and keep what stops a second booking. Open ones keep everything."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bilag.adapters.store.journal import StoredPostingJournal
from bilag.adapters.store.opening import open_posting_journal
from bilag.adapters.store.postgresql import open_leased_journal
from bilag.adapters.store.retention import ROWS_AT_ONCE
from bilag.domain.posting_record import Part, ReceiptState
from bilag.domain.transitions import PostingState
from bilag.ports.posting_journal import OutcomeChoice
from bilag.ports.secret import Secret
from tests.adapters.store.records import COMPANY, JOB, NO_CATEGORY, NOON, job, key, outcome, posting, receipt

LATER = NOON + timedelta(days=1)
CANARY = "canary-of-a-person"
SHA = "cd" * 32
WAYS = (PostingState.INTENDED, PostingState.SENT)


async def store_expense(
    journal: StoredPostingJournal, entry_id: str, last: PostingState, receipts: ReceiptState
) -> None:
    """An expense with its texts, reported to Pleo."""
    for state in (*WAYS, last):
        await journal.record(posting(key(entry_id), state, note=CANARY))
    await journal.record_receipts([replace(receipt(SHA, of=key(entry_id), state=receipts), name=f"{CANARY}.pdf")])
    failed = replace(NO_CATEGORY, message=CANARY)
    failures = (failed,) if last is PostingState.REJECTED else ()
    told = replace(outcome(entry_id, failures=failures, warnings=(CANARY,)), label=CANARY, plan_json=CANARY.encode())
    await journal.record_outcome(told)
    await journal.mark_reported(JOB, [entry_id], NOON)


async def erase_all(journal: StoredPostingJournal) -> int:
    total = 0
    while some := await journal.erase(COMPANY, LATER):
        total += some
    return total


async def assert_erased_and_remembered(journal: StoredPostingJournal) -> None:
    record = (await journal.latest(COMPANY, "booked"))[Part.JOURNAL_ENTRY]
    assert record == posting(key("booked"), PostingState.POSTED, note="")
    assert await journal.was_reported(COMPANY, "booked", "4711")
    (kept,) = await journal.receipts(key("booked"))
    assert (kept.sha256, kept.state, kept.name) == (SHA, ReceiptState.ATTACHED, "erased")
    tally = await journal.tally(JOB)
    assert (tally.successful, tally.failed, tally.unreported) == (1, 1, 0)
    (failed,) = await journal.outcomes(JOB, choice=OutcomeChoice.FAILED, offset=0, limit=9)
    assert (failed.failures[0].code, failed.failures[0].message) == (NO_CATEGORY.code, "")
    kept_job = await journal.job_record(JOB)
    assert kept_job is not None
    assert (kept_job.failure_reason, kept_job.failure_reason_type) == ("", "validation_failure")


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.iterdir()}


async def fill(journal: StoredPostingJournal) -> None:
    ended = replace(job(state="failed"), ended_at=NOON, failure_reason=CANARY, failure_reason_type="validation_failure")
    await journal.record_job(ended)
    await store_expense(journal, "booked", PostingState.POSTED, ReceiptState.ATTACHED)
    await store_expense(journal, "refused", PostingState.REJECTED, ReceiptState.WAIVED)


async def test_old_texts_are_gone_from_the_file_and_ids_hashes_and_states_stay(tmp_path: Path) -> None:
    journal = open_posting_journal(tmp_path / "journal.db")
    await fill(journal)
    assert await erase_all(journal) > 0
    assert await erase_all(journal) == 0
    await assert_erased_and_remembered(journal)
    await journal.close()

    for path, raw in contents(tmp_path).items():
        assert CANARY.encode() not in raw, path


async def test_the_same_holds_in_postgresql(database: Secret) -> None:
    async with open_leased_journal(database, COMPANY) as (journal, _):
        await fill(journal)
        assert await erase_all(journal) > 0
        await assert_erased_and_remembered(journal)


@pytest.mark.parametrize("last", [PostingState.UNKNOWN, PostingState.POSTED])
async def test_what_is_not_at_its_end_keeps_its_texts(tmp_path: Path, last: PostingState) -> None:
    journal = open_posting_journal(tmp_path / "journal.db")
    await journal.record_job(replace(job(state="in_progress"), failure_reason=CANARY))
    for state in (*WAYS, last):
        await journal.record(posting(state=state, note=CANARY))
    await journal.record_receipts([replace(receipt(SHA), name=CANARY)])
    await journal.record_outcome(replace(outcome(), label=CANARY))
    await erase_all(journal)

    (waiting,) = await journal.unreported(JOB, 9)
    assert waiting.label == CANARY
    assert (await journal.receipts(key()))[0].name == CANARY
    record = (await journal.latest(COMPANY, "entry-1"))[Part.JOURNAL_ENTRY]
    assert record.note == (CANARY if last is PostingState.UNKNOWN else "")
    await journal.close()


async def test_what_is_younger_or_another_companys_stays(tmp_path: Path) -> None:
    journal = open_posting_journal(tmp_path / "journal.db")
    await fill(journal)
    assert await journal.erase(COMPANY, NOON) == 0
    assert await journal.erase("another-company", LATER) == 0
    await journal.close()


async def test_many_records_are_erased_some_at_a_time(tmp_path: Path) -> None:
    journal = open_posting_journal(tmp_path / "journal.db")
    ids = [f"entry-{number}" for number in range(ROWS_AT_ONCE + 7)]
    for entry_id in ids:
        await journal.record_outcome(outcome(entry_id))
    await journal.mark_reported(JOB, ids, NOON)

    assert [await journal.erase(COMPANY, LATER) for _ in range(3)] == [ROWS_AT_ONCE, 7, 0]
    await journal.close()
