import asyncio
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bilag.adapters.store.journal import StoredPostingJournal
from bilag.adapters.store.opening import open_posting_journal
from bilag.domain.posting_record import Part
from bilag.ports.errors import StoreFailed
from bilag.ports.posting_journal import OutcomeTally
from tests.adapters.store.records import COMPANY, JOB, key, outcome, posting

CALLERS = 64


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[StoredPostingJournal]:
    opened = open_posting_journal(tmp_path / "journal.db", busy_seconds_max=0.05)
    yield opened
    await opened.close()


async def stored_entries(journal: StoredPostingJournal) -> set[int]:
    return {
        number
        for number in range(CALLERS)
        if (await journal.latest(COMPANY, f"entry-{number}")).get(Part.JOURNAL_ENTRY) is not None
    }


async def test_locked_database_is_told_to_every_caller_and_works_again_later(
    journal: StoredPostingJournal, tmp_path: Path
) -> None:
    stranger = sqlite3.connect(tmp_path / "journal.db", isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    answers = await asyncio.gather(
        *(journal.record(posting(key(f"entry-{number}"))) for number in range(CALLERS)), return_exceptions=True
    )
    assert all(isinstance(answer, StoreFailed) for answer in answers)
    assert "locked by another program" in str(answers[0])
    assert await stored_entries(journal) == set()
    stranger.close()
    await journal.record(posting(key("entry-7")))
    assert await stored_entries(journal) == {7}


async def test_locked_database_is_told_when_it_is_opened(tmp_path: Path) -> None:
    await open_posting_journal(tmp_path / "journal.db").close()
    stranger = sqlite3.connect(tmp_path / "journal.db", isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreFailed, match="locked by another program"):
        open_posting_journal(tmp_path / "journal.db", busy_seconds_max=0.05)
    stranger.close()


async def test_full_disk_is_told_and_keeps_what_was_acknowledged(journal: StoredPostingJournal) -> None:
    with journal._writer.begin():
        pages = journal._writer.exec_driver_sql("PRAGMA page_count").scalar_one()
        journal._writer.exec_driver_sql(f"PRAGMA max_page_count = {pages + 60}")
    answers = await asyncio.gather(
        *(journal.record_outcome(outcome(f"entry-{number}")) for number in range(1_000)), return_exceptions=True
    )
    acknowledged = answers.count(None)
    assert 0 < acknowledged < len(answers)
    assert "disk is full" in str(answers[-1])
    assert all(isinstance(answer, StoreFailed) for answer in answers if answer is not None)
    assert await journal.tally(JOB) == OutcomeTally(successful=acknowledged, unreported=acknowledged)


async def test_unstorable_text_fails_its_own_caller_alone(journal: StoredPostingJournal) -> None:
    lone_surrogate = "\ud83e"
    records = [posting(key(f"entry-{number}")) for number in range(CALLERS)]
    records[5] = replace(records[5], note=lone_surrogate)
    answers = await asyncio.gather(*(journal.record(record) for record in records), return_exceptions=True)
    assert [number for number, answer in enumerate(answers) if answer is not None] == [5]
    assert isinstance(answers[5], UnicodeEncodeError)
    assert await stored_entries(journal) == set(range(CALLERS)) - {5}
