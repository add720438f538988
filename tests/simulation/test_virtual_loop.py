import asyncio

import pytest

from tests.simulation.virtual_loop import NothingLeftToHappen, VirtualClock, dice_of, run_virtually


async def order_of_turns() -> list[int]:
    """Who comes when, where everybody waits for the same lock, queue and group of tasks."""
    order: list[int] = []
    lock, queue = asyncio.Lock(), asyncio.Queue[int](maxsize=2)

    async def work(worker: int) -> None:
        await queue.get()
        async with lock:
            await asyncio.sleep(0)
            order.append(worker)

    async with asyncio.TaskGroup() as group:
        for worker in range(8):
            group.create_task(work(worker))
        for number in range(8):
            await queue.put(number)
    return order


def test_an_hour_passes_in_no_time() -> None:
    async def wait() -> float:
        await VirtualClock().sleep(3600.0)
        return VirtualClock().monotonic_seconds()

    assert run_virtually(1, wait()) == pytest.approx(3600.0)


def test_the_same_seed_gives_the_same_turns_and_others_give_others() -> None:
    turns = [run_virtually(seed, order_of_turns()) for seed in (1, 1, 2, 3, 4)]
    assert turns[0] == turns[1]
    assert len({tuple(order) for order in turns}) > 1
    assert all(sorted(order) == list(range(8)) for order in turns)


def test_a_deadlock_is_told_instead_of_waited_for() -> None:
    async def wait_for_nobody() -> None:
        await asyncio.get_running_loop().create_future()

    with pytest.raises(NothingLeftToHappen):
        run_virtually(1, wait_for_nobody())


def test_chance_of_one_purpose_knows_nothing_of_another() -> None:
    first, second = dice_of(1, "turns"), dice_of(1, "calls")
    assert [first.random() for _ in range(3)] != [second.random() for _ in range(3)]
    assert dice_of(1, "turns").random() == dice_of(1, "turns").random()
