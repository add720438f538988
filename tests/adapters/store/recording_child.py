"""Records without end and prints each reference once it is stored. Runs as its own process, to be killed."""

import asyncio
import sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from bilag.adapters.store.opening import open_posting_journal
from bilag.domain.posting_record import Part, PostingKey, PostingRecord
from bilag.domain.transitions import PostingState

CALLERS = 16


async def main(path: Path) -> None:
    journal = open_posting_journal(path)
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
    asyncio.run(main(Path(sys.argv[1])))
