import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bilag.app.turns import OPEN_PER_PLACE, PAUSED_SECONDS_MAX, SLICE_SECONDS, Turn, Turns, Urgency
from tests.lifecycle.fake_clock import FakeClock


class Floor:
    """Places, and who is at work in which order."""

    def __init__(self, places: int) -> None:
        self.clock = FakeClock()
        self.turns = Turns(places, self.clock)
        self.begun: list[str] = []
        self.leave: dict[str, asyncio.Event] = {}
        self.turn: dict[str, Turn] = {}
        self.tasks: list[asyncio.Task[None]] = []

    async def come(self, name: str, urgency: Urgency = Urgency.JOB_WAITS) -> asyncio.Task[None]:
        self.leave[name] = asyncio.Event()
        task = asyncio.create_task(self._work(name, urgency))
        self.tasks.append(task)
        await settle()
        return task

    async def go(self, name: str) -> None:
        self.leave[name].set()
        await settle()

    async def _work(self, name: str, urgency: Urgency) -> None:
        async with self.turns.turn(urgency) as turn:
            self.begun.append(name)
            self.turn[name] = turn
            await self.leave[name].wait()


@asynccontextmanager
async def floor(places: int) -> AsyncIterator[Floor]:
    opened = Floor(places)
    yield opened
    for task in opened.tasks:
        task.cancel()
    await asyncio.gather(*opened.tasks, return_exceptions=True)


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_no_more_than_the_places_are_at_work_and_the_rest_come_in_order() -> None:
    async with floor(2) as at:
        for name in "abcd":
            await at.come(name)
        assert at.begun == ["a", "b"]
        await at.go("b")
        assert at.begun == ["a", "b", "c"]
        await at.go("a")
        assert at.begun == ["a", "b", "c", "d"]


async def test_whoever_only_wants_to_be_sure_comes_after_waiting_jobs() -> None:
    async with floor(1) as at:
        await at.come("first")
        await at.come("sure", Urgency.TO_BE_SURE)
        await at.come("job")
        await at.go("first")
        assert at.begun == ["first", "job"]
        await at.go("job")
        assert at.begun == ["first", "job", "sure"]


async def test_long_job_makes_room_after_its_slice_and_goes_on_when_the_small_one_is_through() -> None:
    async with floor(1) as at:
        await at.come("long")
        await at.come("small")
        await at.turn["long"].make_room()
        assert at.begun == ["long"], "its slice is not over"
        at.clock.advance(SLICE_SECONDS)
        resting = asyncio.create_task(at.turn["long"].make_room())
        await settle()
        assert at.begun == ["long", "small"]
        assert not resting.done()
        await at.go("small")
        assert resting.done()
        assert at.turn["long"].has_place


async def test_long_job_goes_on_without_a_pause_while_nobody_waits() -> None:
    async with floor(1) as at:
        await at.come("long")
        await at.come("sure", Urgency.TO_BE_SURE)
        at.clock.advance(10 * SLICE_SECONDS)
        await asyncio.wait_for(at.turn["long"].make_room(), 5)
        assert at.begun == ["long"]


async def test_paused_job_goes_on_before_new_ones_once_it_has_waited_for_long() -> None:
    async with floor(1) as at:
        await at.come("long")
        for name in "abc":
            await at.come(name)
        at.clock.advance(SLICE_SECONDS)
        resting = asyncio.create_task(at.turn["long"].make_room())
        await settle()
        await at.go("a")
        assert not resting.done()
        at.clock.advance(PAUSED_SECONDS_MAX)
        await at.go("b")
        assert resting.done()
        assert "c" not in at.begun


async def test_number_of_open_jobs_is_bounded() -> None:
    async with floor(1) as at:
        await at.come("0")
        resting = []
        for number in range(1, OPEN_PER_PLACE + 3):
            await at.come(str(number))
            at.clock.advance(SLICE_SECONDS)
            newest = at.begun[-1]
            resting.append(asyncio.create_task(at.turn[newest].make_room()))
            await settle()
        assert len(at.begun) == OPEN_PER_PLACE
        for task in resting:
            task.cancel()
        await asyncio.gather(*resting, return_exceptions=True)


async def test_one_that_is_cancelled_while_it_waits_leaves_its_place_in_the_line() -> None:
    async with floor(1) as at:
        await at.come("a")
        waiting = await at.come("b")
        await at.come("c")
        waiting.cancel()
        await at.go("a")
        assert at.begun == ["a", "c"]


async def test_one_that_is_cancelled_as_it_gets_a_place_gives_it_back() -> None:
    async with floor(1) as at:
        await at.come("a")
        waiting = await at.come("b")
        await at.come("c")
        at.leave["a"].set()
        for _ in range(3):  # the place is handed on, and its new owner has not woken up yet
            waiting.cancel()
            await asyncio.sleep(0)
        await settle()
        assert at.begun == ["a", "c"]


async def test_one_that_is_cancelled_while_it_rests_holds_no_place() -> None:
    async with floor(1) as at:
        long = await at.come("long")
        await at.come("small")
        at.clock.advance(SLICE_SECONDS)
        resting = asyncio.create_task(at.turn["long"].make_room())
        await settle()
        resting.cancel()
        long.cancel()
        await settle()
        await at.come("next")
        assert at.begun == ["long", "small"]
        await at.go("small")
        assert at.begun == ["long", "small", "next"]


async def test_at_the_end_nobody_waits_for_a_place() -> None:
    async with floor(1) as at:
        await at.come("long")
        await at.come("small")
        at.clock.advance(SLICE_SECONDS)
        resting = asyncio.create_task(at.turn["long"].make_room())
        await at.come("other")
        await at.come("sure", Urgency.TO_BE_SURE)
        at.turns.end()
        await settle()
        assert resting.done()
        assert set(at.begun) == {"long", "small", "other", "sure"}
        await at.come("late")
        assert "late" in at.begun
