"""Who watches calls as they are made: named by the context, so that every transport below it is watched alike."""

from contextlib import AbstractAsyncContextManager
from contextvars import ContextVar
from typing import Final, Protocol

from bilag.adapters.transport.transport import Request, Response


class CallWatch(Protocol):
    """Sees each call of the tasks that inherit it. Must not fail and must not take long."""

    def around(
        self, call: AbstractAsyncContextManager[Response], request: Request, side: str
    ) -> AbstractAsyncContextManager[Response]:
        """The call, watched. `side` is the far side, "pleo" for example; its address is nobody's business."""
        ...


CALL_WATCH: Final[ContextVar[CallWatch | None]] = ContextVar("bilag_call_watch", default=None)
