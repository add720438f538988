"""What the running task is about, for every log record that it writes."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderWay:
    """Ids of the job and the item, and of the span that they are watched in; empty without one."""

    job_id: str = ""
    entry_id: str = ""
    trace_id: str = ""
    span_id: str = ""


_NOTHING: Final = UnderWay()
_UNDER_WAY: Final[ContextVar[UnderWay]] = ContextVar("bilag_under_way", default=_NOTHING)


def now_under_way() -> UnderWay:
    """What this task is about. Tasks that it starts inherit it."""
    return _UNDER_WAY.get()


@contextmanager
def working_on(what: UnderWay) -> Iterator[None]:
    """Inside the block, the task is about this."""
    token = _UNDER_WAY.set(what)
    try:
        yield
    finally:
        _UNDER_WAY.reset(token)
