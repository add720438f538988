"""Many callers, one thread, one go: what queues up while the thread works goes together in its next group."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Final, Generic, TypeVar

# More in one group gains little, and an error or a crash would touch more at once.
GROUP_SIZE_MAX: Final = 100

Ask = TypeVar("Ask")
Answer = TypeVar("Answer")


class GroupWorker(Generic[Ask, Answer]):
    """Carries asks, in the order in which they came, to `work` on a thread, at most GROUP_SIZE_MAX at a time.

    Nobody waits for a group to fill: a lone ask goes at once. `work` answers each ask, or gives the exception
    that its caller gets; an exception that `work` raises reaches every caller of the group. To be used from one
    event loop at a time. The queue is as long as there are callers waiting.
    """

    def __init__(self, thread: Executor, work: Callable[[Sequence[Ask]], Sequence[Answer | Exception]]) -> None:
        self._thread = thread
        self._work = work
        self._waiting: deque[tuple[Ask, asyncio.Future[Answer]]] = deque()
        self._group: Sequence[tuple[Ask, asyncio.Future[Answer]]] = ()
        self._start_is_due = False

    async def ask(self, ask: Ask) -> Answer:
        """The answer, once the group with this ask is through. A caller that gives up may still have its effect."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((ask, future))
        self._start_soon(loop)
        return await future

    async def drain(self) -> None:
        """Wait until everybody who asked has an answer."""
        while open_futures := [future for _, future in (*self._group, *self._waiting) if not future.done()]:
            await asyncio.wait(open_futures)

    def _start_soon(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start after the callers who can run now: those just answered join the next group, not the one after."""
        if not self._start_is_due and not self._group:
            self._start_is_due = True
            loop.call_soon(self._start, loop)

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        self._start_is_due = False
        size = min(len(self._waiting), GROUP_SIZE_MAX)
        self._group = [self._waiting.popleft() for _ in range(size)]
        if self._group:
            running = loop.run_in_executor(self._thread, self._work, [ask for ask, _ in self._group])
            running.add_done_callback(partial(self._settle, loop))

    def _settle(self, loop: asyncio.AbstractEventLoop, running: asyncio.Future[Sequence[Answer | Exception]]) -> None:
        group, self._group = self._group, ()
        problem = running.exception()
        answers = running.result() if problem is None else [problem] * len(group)
        for (_, future), answer in zip(group, answers, strict=True):
            if future.done():
                continue
            if isinstance(answer, BaseException):
                future.set_exception(answer)
            else:
                future.set_result(answer)
        self._start_soon(loop)
