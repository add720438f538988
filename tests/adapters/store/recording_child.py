"""Records without end and prints each number once it is stored. Runs as its own process, to be killed.

Its argument is a file, or the address of a database.
"""

import asyncio
import sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from bilag.adapters.store.opening import open_posting_journal
from bilag.adapters.store.postgresql import open_leased_journal
from bilag.domain.posting_record import Part, PostingKey, PostingRecord
from bilag.domain.transitions import PostingState
from bilag.ports.posting_journal import PostingJournal
from bilag.ports.secret import Secret

CALLERS = 16


async def main(place: str) -> None:
    if place.startswith("postgresql:"):
        async with open_leased_journal(Secret(place), "company") as (journal, _):
            await record_without_end(journal)
    else:
        await record_without_end(open_posting_journal(Path(place)))


async def record_without_end(journal: PostingJournal) -> None:
    numbers = count()

    async def record_on_and_on() -> None:
        for number in numbers:
            key = PostingKey(company_id="company", entry_id=str(number), part=Part.JOURNAL_ENTRY, generation=1)
            record = PostingRecord(
                key=key, job_id="job", state=PostingState.INTENDED, content_hash="", changed_at=datetime.now(UTC)
            )
            await journal.record(record)
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()

    await asyncio.gather(*(record_on_and_on() for _ in range(CALLERS)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
