import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bilag.adapters.webhooks.received_ids import GROUP_SIZE_MAX, KEPT_SECONDS, ReceivedIds
from bilag.adapters.webhooks.signature import TOLERANCE_SECONDS
from bilag.ports.errors import StoreFailed
from tests.lifecycle.fake_clock import FakeClock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "webhooks.sqlite"


@pytest.fixture
async def ids(path: Path) -> AsyncIterator[ReceivedIds]:
    opened = ReceivedIds(path, FakeClock())
    yield opened
    await opened.close()


def rows(path: Path) -> int:
    with closing(sqlite3.connect(path)) as database:
        (count,) = database.execute("SELECT count(*) FROM received_webhooks").fetchone()
    return int(count)


async def test_id_is_new_once_and_on_disk_when_that_is_said(ids: ReceivedIds, path: Path) -> None:
    assert await ids.remember("msg_1")
    assert rows(path) == 1
    assert not await ids.remember("msg_1")


async def test_id_is_known_after_a_restart(path: Path) -> None:
    for expected in (True, False):
        ids = ReceivedIds(path, FakeClock())
        assert await ids.remember("msg_1") is expected
        await ids.close()


async def test_of_many_at_once_each_is_new_exactly_once(ids: ReceivedIds, path: Path) -> None:
    different = 2 * GROUP_SIZE_MAX
    answers = await asyncio.gather(*(ids.remember(f"msg_{number % different}") for number in range(2 * different)))
    assert sum(answers) == rows(path) == different


async def test_waiter_that_gives_up_leaves_the_others_their_answer(ids: ReceivedIds) -> None:
    waiting = [asyncio.ensure_future(ids.remember(f"msg_{number}")) for number in range(3)]
    await asyncio.sleep(0)
    waiting[1].cancel()
    assert [await waiting[0], await waiting[2]] == [True, True]


async def test_id_is_kept_far_longer_than_its_signature_is_good_and_not_for_ever(path: Path) -> None:
    clock = FakeClock()
    ids = ReceivedIds(path, clock)
    assert await ids.remember("msg_1")
    clock.advance(timedelta(days=2).total_seconds())
    assert timedelta(days=2).total_seconds() > 2 * TOLERANCE_SECONDS
    assert not await ids.remember("msg_1")
    clock.advance(KEPT_SECONDS)
    assert await ids.remember("msg_2"), "forgets what is old"
    assert await ids.remember("msg_1")
    await ids.close()


async def test_file_is_for_our_eyes_only(ids: ReceivedIds, path: Path) -> None:
    assert await ids.remember("msg_1")
    assert {file.stat().st_mode & 0o077 for file in (path, path.parent)} == {0}


async def test_locked_file_is_said_to_be_unusable_and_works_again_later(ids: ReceivedIds, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreFailed, match="locked"):
            await ids.remember("msg_1")
    assert await ids.remember("msg_1")


def test_file_that_is_no_database_is_named_with_what_to_do(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"x" * 5000)
    with pytest.raises(StoreFailed, match=r"webhooks\.sqlite .* remove it"):
        ReceivedIds(path, FakeClock())
