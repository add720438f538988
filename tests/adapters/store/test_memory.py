"""The journal in memory is honest: it answers as the one on disk, whatever is asked of both."""

import asyncio
import tempfile
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st

from bilag.adapters.store.memory import MemoryPostingJournal
from bilag.adapters.store.opening import open_posting_journal
from bilag.adapters.store.postgresql import open_leased_journal
from bilag.domain.posting_record import Part, ReceiptState
from bilag.domain.transitions import IllegalMove, PostingState
from bilag.ports.posting_journal import OutcomeChoice, PostingJournal
from bilag.ports.secret import Secret
from tests.adapters.store.postgresql_server import PostgresqlServer
from tests.adapters.store.records import (
    COMPANY,
    NO_CATEGORY,
    NOON,
    job,
    key,
    outcome,
    posting,
    receipt,
)

# What a run of calls may be: (call, number of the entry, number of the job, variant).
Call: TypeAlias = tuple[str, int, int, int]
CALLS = st.tuples(
    st.sampled_from(["record", "receipt", "job", "outcome", "report"]),
    st.integers(0, 3),
    st.integers(0, 1),
    st.integers(0, 4),
)


async def carry_out(journal: PostingJournal, call: Call) -> str:
    """What the journal said to the call."""
    name, entry, job_number, variant = call
    entry_id, job_id = f"entry-{entry}", f"job-{job_number}"
    try:
        match name:
            case "record":
                stored = posting(key(entry_id, generation=job_number), list(PostingState)[variant])
                await journal.record(replace(stored, booked_in=f"shared-{entry}"[: variant * 2]))
            case "receipt":
                await journal.record_receipts(
                    [receipt(f"file-{variant}", of=key(entry_id), state=list(ReceiptState)[job_number])]
                )
            case "job":
                await journal.record_job(job(job_id, first_seen_at=NOON + timedelta(minutes=variant)))
            case "outcome":
                warnings, plan_json = ("moved",) * (variant // 2), b"{}" * (variant % 3)
                failures = (NO_CATEGORY,) * (variant % 2)
                settled = outcome(entry_id, job_id=job_id, failures=failures, warnings=warnings, plan_json=plan_json)
                await journal.record_outcome(settled)
            case _:
                await journal.mark_reported(job_id, [f"entry-{number}" for number in range(entry)], NOON)
    except IllegalMove as refusal:
        return str(refusal)
    return "stored"


async def everything(journal: PostingJournal) -> list[object]:
    """All that can be asked about the entries and jobs of `carry_out`."""
    answers: list[object] = [await journal.job_records(10)]
    for job_id in ("job-0", "job-1"):
        answers += [await journal.job_record(job_id), await journal.tally(job_id)]
        answers += [await journal.unreported(job_id, 2)]
        answers += [
            await journal.outcomes(job_id, choice=choice, offset=offset, limit=2)
            for choice, offset in product(OutcomeChoice, (0, 1))
        ]
    for entry_id in ("entry-0", "entry-1", "entry-2", "entry-3"):
        answers += [
            (await journal.latest(COMPANY, entry_id)).get(Part.JOURNAL_ENTRY),
            await journal.receipts(key(entry_id)),
        ]
        answers += [
            await journal.was_reported(COMPANY, entry_id, outcome(entry_id).external_id),
            await journal.outcome_of_entry(entry_id),
        ]
    return [*answers, await journal.outcome_of_entry("entry-"), await journal.outcome_of_entry("")]


async def both(groups: list[list[Call]], disk: PostingJournal) -> None:
    memory = MemoryPostingJournal()
    for group in groups:
        said_by_memory = [await carry_out(memory, call) for call in group]
        said_by_disk = await asyncio.gather(*(carry_out(disk, call) for call in group))
        assert said_by_disk == said_by_memory
    assert await everything(disk) == await everything(memory)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(CALLS, max_size=8), max_size=8))
def test_journal_on_disk_answers_as_the_one_in_memory(groups: list[list[Call]]) -> None:
    async def compare(path: Path) -> None:
        disk = open_posting_journal(path)
        await both(groups, disk)
        await disk.close()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(compare(Path(folder) / "journal.db"))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.lists(CALLS, max_size=8), max_size=8))
def test_journal_in_postgresql_answers_as_the_one_in_memory(
    postgresql: PostgresqlServer, migrated: str, groups: list[list[Call]]
) -> None:
    async def compare(url: Secret) -> None:
        async with open_leased_journal(url, COMPANY) as (journal, _):
            await both(groups, journal)

    with postgresql.database("compared", migrated) as name:
        asyncio.run(compare(postgresql.url(name)))
