"""Stops a process at any of its calls to the outside, or lets one such call fail."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeVar, cast

Port = TypeVar("Port")


class Stopped(BaseException):
    """The process is gone: nothing of ours catches this, and nothing it tries afterwards has an effect."""


class Breaker:
    """Counts the calls to the ports and breaks one of them, before its effect or after it.

    `error` None stops the whole process there; any other error is raised by that one call, and the process goes on.
    """

    def __init__(self, break_at: int = 0, *, has_effect: bool = False, error: Exception | None = None) -> None:
        self._break_at = break_at
        self._has_effect = has_effect
        self._error = error
        self._is_dead = False
        self.calls: list[str] = []

    def over(self, port: Port) -> Port:
        """The port, watched."""
        return cast("Port", _Watched(port, self))

    async def call(self, name: str, carry_out: Callable[[], Awaitable[Any]]) -> Any:
        """Carry the call out, unless it is the one to break or the process is gone."""
        if self._is_dead:
            raise Stopped
        await asyncio.sleep(0)  # others get their turn, as they do while a real call is under way
        self.calls.append(name)
        is_broken = len(self.calls) == self._break_at
        if is_broken and not self._has_effect:
            raise self._broken()
        answer = await carry_out()
        if is_broken:
            raise self._broken()
        if self._is_dead:
            raise Stopped
        return answer

    def _broken(self) -> BaseException:
        if self._error is not None:
            return self._error
        self._is_dead = True
        return Stopped()


class _Watched:
    """Hands every call on through the breaker; each entry of a listing counts as a call."""

    def __init__(self, port: object, breaker: Breaker) -> None:
        self._port = port
        self._breaker = breaker

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._port, name)
        if inspect.isasyncgenfunction(attribute):
            return lambda *values: self._listing(name, attribute(*values))
        if inspect.iscoroutinefunction(attribute):
            return lambda *values, **options: self._breaker.call(name, lambda: attribute(*values, **options))
        return attribute

    async def _listing(self, name: str, entries: AsyncIterator[Any]) -> AsyncIterator[Any]:
        while True:
            try:
                yield await self._breaker.call(name, lambda: anext(entries))
            except StopAsyncIteration:
                return
