import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import pytest

from bilag.adapters.accounting.plaintext.group_commit import GroupCommit
from bilag.ports.errors import Trouble, Unreachable

BUG: Final = 1313


class Writer:
    """Doubles numbers, waits when told to, and remembers its groups."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.free = threading.Event()
        self.free.set()

    def write(self, requests: Sequence[int]) -> list[int | Trouble]:
        self.free.wait(timeout=10)
        self.groups.append(list(requests))
        if BUG in requests:
            raise RuntimeError("a bug")
        return [Unreachable("no") if number < 0 else 2 * number for number in requests]


@pytest.fixture
def writer() -> Writer:
    return Writer()


@pytest.fixture
async def commits(writer: Writer) -> AsyncIterator[GroupCommit[int, int]]:
    with ThreadPoolExecutor(max_workers=1) as executor:
        yield GroupCommit[int, int](executor, writer.write, group_max=8)


async def test_what_arrives_together_is_written_together(commits: GroupCommit[int, int], writer: Writer) -> None:
    assert await asyncio.gather(*map(commits.submit, range(6))) == [0, 2, 4, 6, 8, 10]
    assert writer.groups == [[0, 1, 2, 3, 4, 5]]


async def test_a_group_has_a_bound(commits: GroupCommit[int, int], writer: Writer) -> None:
    await asyncio.gather(*map(commits.submit, range(20)))
    assert [len(group) for group in writer.groups] == [8, 8, 4]


async def test_trouble_of_one_request_is_its_own(commits: GroupCommit[int, int]) -> None:
    answers = await asyncio.gather(*map(commits.submit, (1, -1, 2)), return_exceptions=True)
    assert [answers[0], answers[2]] == [2, 4]
    assert isinstance(answers[1], Unreachable)


async def test_a_bug_reaches_everybody_in_its_group_and_nobody_else(commits: GroupCommit[int, int]) -> None:
    answers = await asyncio.gather(*map(commits.submit, (12, BUG)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [RuntimeError, RuntimeError]
    assert await commits.submit(14) == 28


async def test_a_request_whose_caller_left_before_its_group_is_dropped(
    commits: GroupCommit[int, int], writer: Writer
) -> None:
    writer.free.clear()
    first = asyncio.create_task(commits.submit(1))
    await asyncio.sleep(0.01)
    second, third = asyncio.create_task(commits.submit(2)), asyncio.create_task(commits.submit(3))
    await asyncio.sleep(0)
    second.cancel()
    first.cancel()
    await asyncio.sleep(0)
    writer.free.set()
    assert await third == 6
    assert writer.groups == [[1], [3]]


async def test_draining_waits_for_every_answer(commits: GroupCommit[int, int]) -> None:
    tasks = [asyncio.create_task(commits.submit(number)) for number in range(30)]
    await asyncio.sleep(0)
    await commits.drain()
    await asyncio.sleep(0)
    assert all(task.done() for task in tasks)
    assert await asyncio.gather(*tasks) == [2 * number for number in range(30)]
