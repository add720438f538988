"""One process of ours among its ports: every call takes time, may meet a fault, and may be the last one."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from bilag.ports.errors import Trouble
from tests.simulation.faults import CRASHES, JOURNAL_WRITES, PAUSES, Call, Fault, trouble_of
from tests.simulation.leases import RENEW_SECONDS, WorkerLease
from tests.simulation.strange_answers import CarryOut, strange_answer
from tests.simulation.surroundings import Surroundings
from tests.simulation.tracing import identity, kind_of

# A process that calls the outside more often than this goes round in circles.
CALLS_MAX: Final = 20_000
_OUTAGE_SECONDS_MAX: Final = 120.0
# What had left us, or was past asking for the lease, when another worker took the company: no lock can call it back.
_ON_THE_WIRE: Final = (Fault.PAUSED_AT_SEND, Fault.ARRIVES_LATE)
# Shorter than a lease and longer.
_PAUSES_SECONDS: Final = (5.0, 40.0, 100.0, 200.0, 900.0)

Port = TypeVar("Port")


class Stopped(BaseException):
    """The process is gone: nothing of ours catches this, and nothing it tries afterwards has an effect."""


class GoesRoundInCircles(AssertionError):
    """A process never came to an end."""


class Process:
    """The calls of one run. Without `is_disturbed` everything goes well.

    A worker of several has a lease, which our journal asks at every write, and may stand still.
    """

    def __init__(
        self, surroundings: Surroundings, *, is_disturbed: bool, spool: Path, lease: WorkerLease | None = None
    ) -> None:
        surroundings.processes += 1
        self._around = surroundings
        self._dice = surroundings.dice
        self._is_disturbed = is_disturbed
        self._name = f"p{surroundings.processes}"
        self._calls = 0
        self._outage_until: dict[str, float] = {}
        self._paused_until = 0.0
        self._spool = spool
        self._lease = lease
        self._shifted: set[str] = set()
        self.is_dead = False

    def over(self, name: str, port: Port) -> Port:
        """The port as this process reaches it."""
        return cast("Port", _Watched(name, port, self))

    async def call(self, call: Call, carry_out: Callable[..., Awaitable[Any]]) -> Any:
        """The answer, or what happens instead."""
        if self.is_dead:
            raise Stopped
        await self._travel(call, carry_out)
        fault = self._fault(call)
        if fault is not None:
            self._around.met[fault] += 1
        try:
            answer = await self._answer(call, self._while_newest(call, carry_out, fault), fault)
            await self._stand_still()
        except (Trouble, Stopped) as trouble:
            self._note(call, f"{type(trouble).__name__}{f' ({fault})' if fault else ''}")
            raise
        self._note(call, f"{kind_of(answer)}{f' ({fault})' if fault else ''}")
        return answer

    async def _travel(self, call: Call, carry_out: Callable[..., Awaitable[Any]]) -> None:
        """A request is on its way; who stops waiting for it can't call it back."""
        try:
            await asyncio.sleep(0 if call.port == "journal" else self._dice.random() * self._around.latency_seconds)
        except asyncio.CancelledError:
            await self._arrives_anyway(call, carry_out)
            raise
        if self.is_dead:
            await self._arrives_anyway(call, carry_out)
            raise Stopped

    async def _arrives_anyway(self, call: Call, carry_out: Callable[..., Awaitable[Any]]) -> None:
        if not call.is_write or self._dice.random() < 0.5:
            return
        try:
            self._note(call, f"{kind_of(await carry_out(*call.values))} (nobody listens)")
        except Trouble as trouble:
            self._note(call, f"{type(trouble).__name__} (nobody listens)")

    def _fault(self, call: Call) -> Fault | None:
        self._calls += 1
        if self._calls > CALLS_MAX:
            raise GoesRoundInCircles(f"{CALLS_MAX} calls in one process, the last one {call.name}")
        if not self._is_disturbed:
            return None
        now = asyncio.get_running_loop().time()
        if now < self._outage_until.get(call.port, 0.0):
            return Fault.UNREACHABLE
        fault = self._around.odds.draw(call, self._dice)
        if fault is Fault.OUTAGE:
            self._outage_until[call.port] = now + self._dice.random() * _OUTAGE_SECONDS_MAX
        if fault in PAUSES and self._lease is None:
            return None
        if fault is Fault.PAGES_SHIFT and call.name in self._shifted:
            return None  # once in a reading: lists that never stand still can't be read by anybody
        return fault

    def _while_newest(self, call: Call, carry_out: CarryOut, fault: Fault | None) -> CarryOut:
        """What the database and the judge ask as the call takes effect."""
        lease = self._lease
        if lease is None:
            return carry_out

        async def asked(*values: Any) -> Any:
            if call.port == "journal" and call.name in JOURNAL_WRITES:
                lease.assert_newest()
            if call.is_write and fault not in _ON_THE_WIRE and not lease.is_newest:
                self._around.sent_without_lease.append(f"{self._name} {call.name}")
            return await carry_out(*values)

        return asked

    async def _stand_still(self) -> None:
        """Nobody in a process that is paused goes on, whoever's call it was."""
        left = self._paused_until - asyncio.get_running_loop().time()
        if left > 0 and not self.is_dead:
            await asyncio.sleep(left)

    def _pause(self) -> None:
        self._paused_until = asyncio.get_running_loop().time() + self._dice.choice(_PAUSES_SECONDS)

    async def keep_lease(self) -> None:
        """Renew until cancelled, as the thread of the real one does."""
        assert self._lease is not None
        while not self.is_dead:
            await asyncio.sleep(RENEW_SECONDS)
            await self._stand_still()
            if not self.is_dead:
                self._lease.renew()

    async def _answer(self, call: Call, carry_out: Callable[..., Awaitable[Any]], fault: Fault | None) -> Any:
        if fault in PAUSES:
            self._pause()
        if fault is Fault.PAUSED_AT_SEND:
            self._around.late_references.add(call.values[0].external_reference)
            await self._stand_still()
        if fault is None or fault in PAUSES:
            return await carry_out(*call.values)
        if fault is Fault.PAGES_SHIFT:
            self._shifted.add(call.name)
            call.target.shift_pages(call.values[0], call.name, self._dice)
            return await carry_out()
        if fault in CRASHES:
            if fault is Fault.CRASH_AFTER:
                await carry_out(*call.values)
            self._die()
            raise Stopped
        if fault is Fault.STORE_FAILED:
            if self._dice.random() < 0.5:
                await carry_out(*call.values)
            raise trouble_of(fault)
        return await strange_answer(call, carry_out, fault, self._around)

    def _die(self) -> None:
        """Whoever is killed clears nothing away: the spool is out of reach until the process is unwound."""
        self.is_dead = True
        self._spool.rename(self._spool.with_suffix(".kept"))

    def bury(self) -> None:
        """The next process finds the files that this one left behind."""
        if self.is_dead:
            self._spool.with_suffix(".kept").rename(self._spool)

    def _note(self, call: Call, answer: str) -> None:
        seconds = asyncio.get_running_loop().time()
        what = f"{call.port}.{call.name}({', '.join(map(identity, call.values))})"
        self._around.trace.add(seconds, self._name, what, answer)


class _Watched:
    """Hands every call on through the process; each entry of a listing counts as a call."""

    def __init__(self, name: str, port: object, process: Process) -> None:
        self._name = name
        self._port = port
        self._process = process

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._port, name)
        if inspect.isasyncgenfunction(attribute):
            return lambda *values: self._listing(name, attribute(*values), values)
        if inspect.iscoroutinefunction(attribute):

            async def through(*values: Any, **options: Any) -> Any:
                call = Call(port=self._name, name=name, values=values, target=self._port)
                return await self._process.call(call, lambda *sent: attribute(*sent, **options))

            self.__dict__[name] = through
            return through
        return attribute

    async def _listing(self, name: str, entries: AsyncIterator[Any], values: tuple[Any, ...]) -> AsyncIterator[Any]:
        call = Call(port=self._name, name=name, values=values, target=self._port)
        while True:
            try:
                yield await self._process.call(call, lambda *_: anext(entries))
            except StopAsyncIteration:
                return
