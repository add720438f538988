"""One job against one vendor's quota, in virtual time: our real budget, transport and retries, a stub for the wire."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from http import HTTPStatus
from random import Random

from bilag.adapters.transport.metered_transport import MeteredTransport, asked_pause_seconds
from bilag.adapters.transport.rate_budget import RateBudget
from bilag.adapters.transport.retry import Retrier, RetryPolicy
from bilag.adapters.transport.transport import Request, Response, Transport
from bilag.domain.quota import MICROSECONDS, CallCost, QuotaProfile, QuotaWindow
from bilag.ports.errors import QuotaSpent, Throttled
from bilag.rules.quota_floor import JobCalls, calls_at_books, floor_us
from bilag.simulator.quota import QUOTAS, Quota, QuotaGate
from tests.simulation.virtual_loop import VirtualClock, run_virtually

WORKERS = 16
ANSWER_MILLISECONDS = 100
_ENTRIES = "x-entries"


class Knowledge(StrEnum):
    """What we believe of the quota: the truth, twice the truth, or nothing, which leaves waiting after refusals."""

    RIGHT = "right"
    TWICE = "twice"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One job. `files` of the items have one file each."""

    profile: QuotaProfile
    items: int
    files: int
    knowledge: Knowledge = Knowledge.RIGHT
    seed: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What came of it. `over_floor` is the time over the floor of the quota that was really in force."""

    vendor: str
    items: int
    files: int
    knowledge: str
    needed_calls: int
    calls: int
    refused: int
    refused_share: float
    pauses: int
    seconds: float
    floor_seconds: float
    over_floor: float
    own_count_exceeded: int


def measure(course: Course) -> Measured:
    """Run it to its end."""
    return run_virtually(course.seed, _Job(course).run())


class OwnCount:
    """Checks what leaves us against the declared windows, in plain lists of its own."""

    def __init__(self, profile: QuotaProfile) -> None:
        self.exceeded = 0
        self._windows = [(window, deque[tuple[float, int]](), [0]) for window in profile.windows]

    def note(self, moment: float, cost: CallCost) -> None:
        """A call leaves now."""
        for window, starts, total in self._windows:
            units = _units(window, cost)
            while starts and starts[0][0] <= moment - window.seconds:
                total[0] -= starts.popleft()[1]
            if units:
                starts.append((moment, units))
                total[0] += units
                self.exceeded += total[0] > window.limit


class _Wire:
    """The far side and the way to it: a tenth of the time there, a tenth back."""

    def __init__(self, gate: QuotaGate, own: OwnCount, dice: Random, answer_seconds: float) -> None:
        self._gate = gate
        self._own = own
        self._dice = dice
        self._answer_seconds = answer_seconds
        self._clock = VirtualClock()

    @asynccontextmanager
    async def send(self, request: Request) -> AsyncIterator[Response]:
        """What the vendor would answer."""
        cost = cost_of(request)
        self._own.note(self._clock.monotonic_seconds(), cost)
        seconds = self._answer_seconds * self._dice.uniform(0.5, 1.5)
        await self._clock.sleep(seconds * 0.1)
        entries = cost.entries if cost.is_batch else 0
        too_many = self._gate.enter("credential", self._clock.now(), entries=entries)
        if too_many is not None:
            await self._clock.sleep(seconds * 0.1)
            headers = {name.lower(): value for name, value in too_many.headers}
            yield Response(status=HTTPStatus.TOO_MANY_REQUESTS, headers=headers, body=_nothing())
            return
        try:
            await self._clock.sleep(seconds * 0.8)
        finally:
            self._gate.leave("credential")
        await self._clock.sleep(seconds * 0.1)
        yield Response(status=HTTPStatus.OK, headers={}, body=_nothing())

    async def close(self) -> None:
        """Nothing is held."""


class _Job:
    def __init__(self, course: Course) -> None:
        self._course = course
        self._clock = VirtualClock()
        self._dice = Random(f"{course.seed} wire")  # noqa: S311  a simulation, no secret
        self._gate = QuotaGate(quota_in_force(course))
        self._own = OwnCount(course.profile)
        self._pauses = 0

    async def run(self) -> Measured:
        profile = self._course.profile
        answer_seconds = (profile.answer_milliseconds or ANSWER_MILLISECONDS) / 1000
        transport: Transport = _Wire(self._gate, self._own, self._dice, answer_seconds)
        if self._course.knowledge is not Knowledge.NONE:
            transport = MeteredTransport(transport, RateBudget(self._clock, profile), self._clock, cost_of)
        retrier = Retrier(self._clock, RetryPolicy(throttles_max=1_000_000), self._dice)
        work = requests(self._course)
        workers = min(WORKERS, profile.at_once_max or WORKERS)
        await asyncio.gather(*(self._work_off(work, transport, retrier) for _ in range(workers)))
        return self._measured(self._clock.monotonic_seconds())

    async def _work_off(self, work: Iterator[Request], transport: Transport, retrier: Retrier) -> None:
        for request in work:
            while True:
                try:
                    await retrier.run(lambda asked=request: self._call(asked, transport))  # type: ignore[misc]  # a default binds it
                except QuotaSpent as spent:
                    self._pauses += 1
                    await self._clock.sleep(spent.retry_after_seconds or 0)
                else:
                    break

    async def _call(self, request: Request, transport: Transport) -> None:
        """As a connector does."""
        async with transport.send(request) as response:
            if response.status == HTTPStatus.TOO_MANY_REQUESTS:
                raise Throttled("too many calls", asked_pause_seconds(response.headers, self._clock.now()))

    def _measured(self, seconds: float) -> Measured:
        course, gate = self._course, self._gate
        needed = calls_at_books(course.items, course.files, course.profile)
        floor = floor_seconds(course, needed)
        return Measured(
            vendor=course.profile.name,
            items=course.items,
            files=course.files,
            knowledge=course.knowledge,
            needed_calls=needed.calls,
            calls=gate.arrived,
            refused=gate.refused,
            refused_share=round(gate.refused / gate.arrived, 5),
            pauses=self._pauses,
            seconds=round(seconds, 2),
            floor_seconds=round(floor, 2),
            over_floor=round(seconds / floor, 4),
            own_count_exceeded=self._own.exceeded,
        )


def requests(course: Course) -> Iterator[Request]:
    """Entries in batches as large as they may be, each followed by the files of its items."""
    files_left = course.files
    for first in range(0, course.items, course.profile.batch_entries_max):
        entries = min(course.profile.batch_entries_max, course.items - first)
        headers = {_ENTRIES: str(entries)} if course.profile.batch_entries_max > 1 else {}
        yield Request(method="POST", url="/entries", purpose="post", headers=headers)
        uploads = min(entries, files_left)
        files_left -= uploads
        for _ in range(uploads * course.profile.calls_per_file):
            yield Request(method="PUT", url="/files", purpose="attach")


def quota_in_force(course: Course) -> Quota:
    """What the far side really allows. Of Pleo we never use the 600 that it bears, so that half of ours is meant."""
    name = course.profile.name.lower().replace(" ", "-")
    if course.knowledge is not Knowledge.TWICE:
        return QUOTAS[name]
    return QUOTAS.get(f"{name}-half") or QUOTAS[name].halved()


def cost_of(request: Request) -> CallCost:
    """What the request is to the windows."""
    entries = request.headers.get(_ENTRIES)
    return CallCost() if entries is None else CallCost(entries=int(entries), is_batch=True)


def floor_seconds(course: Course, needed: JobCalls) -> float:
    """The floor of the quota in force, with our connections and the answer to the last call."""
    profile = course.profile
    answer = profile.answer_milliseconds or ANSWER_MILLISECONDS
    halves = course.knowledge is Knowledge.TWICE
    in_force = replace(
        profile,
        windows=tuple(replace(w, limit=max(1, w.limit // 2)) for w in profile.windows) if halves else profile.windows,
        at_once_max=quota_in_force(course).at_once or profile.at_once_max,
    )
    in_force = replace(in_force, answer_milliseconds=answer, at_once_max=min(WORKERS, in_force.at_once_max or WORKERS))
    return floor_us(in_force, needed) / MICROSECONDS + answer / 1000


def _units(window: QuotaWindow, cost: CallCost) -> int:
    match window.counted.value:
        case "calls":
            return 1
        case "batches":
            return int(cost.is_batch)
        case _:
            return cost.entries if cost.is_batch else 1


async def _nothing() -> AsyncIterator[bytes]:
    yield b""
