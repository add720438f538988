import asyncio
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from bilag.adapters.store.group_worker import GROUP_SIZE_MAX, GroupWorker


class Echo:
    """Answers each number with its double, a negative one with an error; remembers the groups; works when let."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.open = threading.Event()

    def work(self, numbers: Sequence[int]) -> list[int | Exception]:
        assert self.open.wait(timeout=10)
        self.groups.append(list(numbers))
        if 0 in numbers:
            raise ZeroDivisionError
        return [ValueError(number) if number < 0 else 2 * number for number in numbers]


@pytest.fixture
def thread() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


async def test_lone_ask_goes_at_once(thread: ThreadPoolExecutor) -> None:
    echo = Echo()
    echo.open.set()
    assert await asyncio.wait_for(GroupWorker(thread, echo.work).ask(21), timeout=5) == 42


async def test_what_queues_up_goes_together_in_order_and_in_bounded_groups(thread: ThreadPoolExecutor) -> None:
    echo = Echo()
    worker = GroupWorker(thread, echo.work)
    numbers = range(1, 2 * GROUP_SIZE_MAX + 2)
    asks = asyncio.gather(*(worker.ask(number) for number in numbers))
    await asyncio.sleep(0)
    echo.open.set()
    assert await asks == [2 * number for number in numbers]
    assert [number for group in echo.groups for number in group] == list(numbers)
    assert [len(group) for group in echo.groups] == [GROUP_SIZE_MAX, GROUP_SIZE_MAX, 1]


async def test_answered_callers_ask_again_in_one_group(thread: ThreadPoolExecutor) -> None:
    echo = Echo()
    echo.open.set()
    worker = GroupWorker(thread, echo.work)

    async def ask_thrice(number: int) -> None:
        for _ in range(3):
            await worker.ask(number)

    await asyncio.gather(*(ask_thrice(number) for number in range(1, 11)))
    assert [len(group) for group in echo.groups] == [10, 10, 10]


async def test_error_of_one_ask_reaches_its_caller_alone(thread: ThreadPoolExecutor) -> None:
    echo = Echo()
    echo.open.set()
    worker = GroupWorker(thread, echo.work)
    good, bad = await asyncio.gather(worker.ask(1), worker.ask(-1), return_exceptions=True)
    assert good == 2
    assert isinstance(bad, ValueError)


async def test_error_of_the_work_reaches_every_caller_and_the_next_group_goes_on(thread: ThreadPoolExecutor) -> None:
    echo = Echo()
    echo.open.set()
    worker = GroupWorker(thread, echo.work)
    answers = await asyncio.gather(worker.ask(1), worker.ask(0), return_exceptions=True)
    assert [type(answer) for answer in answers] == [ZeroDivisionError, ZeroDivisionError]
    assert await worker.ask(1) == 2


async def test_caller_who_gives_up_hinders_nobody(thread: ThreadPoolExecutor) -> None:
    echo = Echo()
    worker = GroupWorker(thread, echo.work)
    impatient, patient = asyncio.create_task(worker.ask(1)), asyncio.create_task(worker.ask(2))
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.sleep(0)
    echo.open.set()
    assert await patient == 4
    with pytest.raises(asyncio.CancelledError):
        await impatient


async def test_drain_waits_for_everybody(thread: ThreadPoolExecutor) -> None:
    echo = Echo()
    worker = GroupWorker(thread, echo.work)
    asks = [asyncio.create_task(worker.ask(number)) for number in range(1, GROUP_SIZE_MAX + 50)]
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_later(0.05, echo.open.set)
    await worker.drain()
    assert sum(len(group) for group in echo.groups) == len(asks)
    await asyncio.gather(*asks)
