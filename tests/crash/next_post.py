"""How long it takes from a kill to the next entry in the books when our journal is full of open intents.

As after a kill at the worst moment: the job is started, every document of it was sent as far as our journal knows, and
none is in the books. Each run is killed right after its first entry. One number is that of a whole
`python -m bilag run`, one that of a process that has everything imported.
"""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bilag.adapters.store.opening import open_posting_journal
from bilag.domain.posting_record import Part, PostingKey, PostingRecord
from bilag.domain.transitions import IllegalMove, PostingState
from tests.crash import workers
from tests.crash.company import Company, new_company
from tests.crash.cycles import RUN
from tests.crash.pleo import running_pleo

ROUNDS: Final = 5
_AT_ONCE: Final = 2_000
_WAIT_SECONDS_MAX: Final = 300.0


def measure(folder: Path, intents: int, seed: int) -> dict[str, Any]:
    """Seconds from the start to the next entry, cold and warm, one after the other."""
    with running_pleo(folder / "pleo") as pleo:
        company = new_company(pleo, folder / "company", intents, seed)
        _killed_at_first_post(company, lambda: _warm(company))
        asyncio.run(_fill(company))
        found = [
            (
                _killed_at_first_post(company, lambda: _cold(company)),
                _killed_at_first_post(company, lambda: _warm(company)),
            )
            for _ in range(ROUNDS)
        ]
    cold, warm = ([round(pair[place], 3) for pair in found] for place in (0, 1))
    return {"openIntents": intents, "cold": cold, "warm": warm, "loadAverage": round(os.getloadavg()[1], 1)}


async def _fill(company: Company) -> None:
    """Every entry of the company as sent, without an outcome."""
    journal, source = open_posting_journal(company.journal), company.source()
    now = datetime.now(UTC)
    intended = [_intent(company, source.entry_id(place), now) for place in range(company.items)]
    for start in range(0, len(intended), _AT_ONCE):
        await _record(journal.record, intended[start : start + _AT_ONCE])
    await journal.close()


async def _record(record: Callable[[PostingRecord], Any], intended: Sequence[PostingRecord]) -> None:
    for state in (PostingState.INTENDED, PostingState.SENT):
        records = (record(replace(one, state=state)) for one in intended)
        answers = await asyncio.gather(*records, return_exceptions=True)
        # What the killed run has recorded stays as it is.
        assert all(answer is None or isinstance(answer, IllegalMove) for answer in answers), answers


def _intent(company: Company, entry_id: str, now: datetime) -> PostingRecord:
    return PostingRecord(
        key=PostingKey(company_id=company.company_id, entry_id=entry_id, part=Part.JOURNAL_ENTRY, generation=1),
        job_id=company.jobs[0],
        state=PostingState.INTENDED,
        content_hash="0" * 64,
        changed_at=now,
    )


def _killed_at_first_post(company: Company, start: Callable[[], Callable[[], object]]) -> float:
    size, began = company.size_of_books(), time.monotonic()
    kill = start()
    assert workers.until(lambda: company.size_of_books() != size, _WAIT_SECONDS_MAX), "nothing was posted"
    seconds = time.monotonic() - began
    kill()
    return seconds


def _cold(company: Company) -> Callable[[], object]:
    process = subprocess.Popen(
        (sys.executable, "-m", "bilag", *RUN),
        cwd=company.folder,
        env=os.environ | company.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def kill() -> None:
        process.kill()
        process.wait()

    return kill


def _warm(company: Company) -> Callable[[], object]:
    return workers.start(company.folder, RUN, company.environment).kill
