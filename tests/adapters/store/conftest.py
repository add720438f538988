import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path
from typing import Final

import pytest

from bilag.adapters.store.memory import MemoryPostingJournal
from bilag.adapters.store.opening import open_posting_journal
from bilag.adapters.store.postgresql import open_journal_to_look, open_leased_journal
from bilag.ports.posting_journal import PostingJournal
from bilag.ports.secret import Secret
from tests.adapters.store.postgresql_server import PostgresqlServer, running_server, why_not
from tests.adapters.store.records import COMPANY

_NUMBERS: Final = count(1)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    """A server for all tests of the session."""
    if reason := why_not():
        pytest.skip(reason)
    with running_server() as server:
        yield server


@pytest.fixture
def own_server() -> Iterator[PostgresqlServer]:
    """A server for a test that stops it."""
    if reason := why_not():
        pytest.skip(reason)
    with running_server() as server:
        yield server


@pytest.fixture
def empty_database(postgresql: PostgresqlServer) -> Iterator[str]:
    """The name of a database without tables."""
    with postgresql.database(f"empty_{next(_NUMBERS)}") as name:
        yield name


@pytest.fixture(scope="session")
def migrated(postgresql: PostgresqlServer) -> Iterator[str]:
    """The name of a database with all tables and without rows, to make others after."""

    async def open_once(url: Secret) -> None:
        async with open_journal_to_look(url):
            pass

    with postgresql.database("migrated") as name, ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(asyncio.run, open_once(postgresql.url(name))).result()
        yield name


@pytest.fixture
def database(postgresql: PostgresqlServer, migrated: str) -> Iterator[Secret]:
    """The address of a database with empty tables."""
    with postgresql.database(f"test_{next(_NUMBERS)}", migrated) as name:
        yield postgresql.url(name)


@pytest.fixture(params=["memory", "file", "postgresql"])
async def journal(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[PostingJournal]:
    async with AsyncExitStack() as stack:
        match request.param:
            case "memory":
                opened: PostingJournal = MemoryPostingJournal()
            case "file":
                opened = open_posting_journal(tmp_path / "journal.db")
            case _:
                url = request.getfixturevalue("database")
                opened, _ = await stack.enter_async_context(open_leased_journal(url, COMPANY))
        yield opened
        await opened.close()
