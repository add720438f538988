"""Many callers, one write: what arrives while the disk is busy goes into the next group together."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Generic, TypeAlias, TypeVar

from bilag.ports.errors import Trouble

Request = TypeVar("Request")
Answer = TypeVar("Answer")
Write: TypeAlias = Callable[[Sequence[Request]], Sequence[Answer | Trouble]]


class GroupCommit(Generic[Request, Answer]):
    """Hands requests to `write` in groups of at most `group_max`, one group at a time, in the executor's thread.

    `write` answers every request in its place, with trouble where there was trouble. A caller who stops waiting
    changes nothing for the others: its request is dropped while it waits, and carried out once its group is begun.
    """

    def __init__(self, executor: Executor, write: Write[Request, Answer], group_max: int) -> None:
        self._executor = executor
        self._write = write
        self._group_max = group_max
        self._waiting: deque[tuple[Request, asyncio.Future[Answer]]] = deque()
        self._busy = False
        self._pending: set[asyncio.Future[Answer]] = set()

    async def submit(self, request: Request) -> Answer:
        """The answer to the request, once its group is written. Raises the trouble of `write`."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((request, future))
        self._pending.add(future)
        future.add_done_callback(self._pending.discard)
        if not self._busy:
            self._busy = True
            # Callers that are ready in this same turn of the loop join the group.
            loop.call_soon(self._start, loop)
        return await future

    async def drain(self) -> None:
        """Return when every request has its answer."""
        while self._pending:
            await asyncio.wait(self._pending)

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        group: list[tuple[Request, asyncio.Future[Answer]]] = []
        while self._waiting and len(group) < self._group_max:
            request, future = self._waiting.popleft()
            if not future.done():
                group.append((request, future))
        if not group:
            self._busy = False
            return
        written = loop.run_in_executor(self._executor, self._write, [request for request, _ in group])
        written.add_done_callback(partial(self._settle, loop, [future for _, future in group]))

    def _settle(
        self,
        loop: asyncio.AbstractEventLoop,
        futures: Sequence[asyncio.Future[Answer]],
        written: asyncio.Future[Sequence[Answer | Trouble]],
    ) -> None:
        bug = written.exception()
        answers = [bug] * len(futures) if bug is not None else written.result()
        assert len(answers) == len(futures), "every request has its answer"
        for future, answer in zip(futures, answers, strict=True):
            if future.done():
                continue
            if isinstance(answer, BaseException):
                future.set_exception(answer)
            else:
                future.set_result(answer)
        # Those just answered who ask on at once join the next group, not the one after.
        loop.call_soon(self._start, loop)
