import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bilag.adapters.accounting.memory.connector import MemoryBooks
from bilag.adapters.accounting.memory.set_up import CAPABILITIES
from bilag.adapters.store.memory import MemoryPostingJournal
from bilag.domain.document import Document
from bilag.domain.posting_record import PostingRecord
from bilag.domain.transitions import PostingState
from bilag.lifecycle.job import run_job
from bilag.ports.accounting_system import PostAnswer, SendCheck, unchecked
from tests.lifecycle.scene import SET_UP, Scene


class SlowBooks(MemoryBooks):
    """Books that take a while, and count how many documents they work on together."""

    at_once = 0
    at_once_max = 0

    async def post(self, document: Document, content_hash: str, check: SendCheck = unchecked) -> PostAnswer:
        self.at_once += 1
        self.at_once_max = max(self.at_once_max, self.at_once)
        for _ in range(20):
            await asyncio.sleep(0)
        self.at_once -= 1
        return await super().post(document, content_hash, check)


class CountingJournal(MemoryPostingJournal):
    """A journal that counts how many documents are sent, and have no answer yet."""

    def __init__(self) -> None:
        super().__init__()
        self.at_once_max = 0
        self._open: set[str] = set()

    async def record(self, *records: PostingRecord) -> None:
        await super().record(*records)
        for record in records:
            (self._open.add if record.state is PostingState.SENT else self._open.discard)(record.key.entry_id)
        self.at_once_max = max(self.at_once_max, len(self._open))


@pytest.mark.parametrize(("taken", "announced"), [(1, 4), (2, 8), (16, 10)])
async def test_books_get_no_more_documents_at_once_than_they_take_and_few_wait_with_an_intent_stored(
    tmp_path: Path, taken: int, announced: int
) -> None:
    scene = Scene(tmp_path, SET_UP)
    scene.items_at_once_max = 10
    books = SlowBooks(replace(SET_UP, capabilities=replace(CAPABILITIES, posts_at_once=taken)))
    journal = CountingJournal()
    job = scene.pleo.add_job(*(scene.item(number) for number in range(1, 31)))
    await run_job(job, scene.desk_over(books, scene.pleo, journal))
    assert len(books.entries) == 30
    assert (books.at_once_max, journal.at_once_max) == (min(taken, 10), announced)


def test_desk_works_with_the_planners_parts(scene: Scene) -> None:
    desk = scene.desk
    assert (desk.settings, desk.books, desk.clock) == (scene.settings, scene.books, scene.clock)
