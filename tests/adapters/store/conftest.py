from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bilag.adapters.store.memory import MemoryPostingJournal
from bilag.adapters.store.opening import open_posting_journal
from bilag.ports.posting_journal import PostingJournal


@pytest.fixture(params=["memory", "disk"])
async def journal(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[PostingJournal]:
    opened: PostingJournal = (
        MemoryPostingJournal() if request.param == "memory" else open_posting_journal(tmp_path / "journal.db")
    )
    yield opened
    await opened.close()
