"""Pleo's refusals, by status and type, in the words of ports.errors. The types are compared without case.

https://developers.pleo.io/reference/error-handling
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final

import msgspec

from bilag.adapters.pleo.foreign_text import one_line
from bilag.adapters.pleo.wire import MESSAGE_CHARACTERS_MAX, ExceptionInfo
from bilag.adapters.transport.retry import UnreachableUntil, retry_after_seconds
from bilag.ports.errors import (
    Forbidden,
    JobEnded,
    OutcomeUnknown,
    Refused,
    Throttled,
    Trouble,
    Unauthorised,
    Unreachable,
)

TYPE_CHARACTERS_MAX: Final = 100

# The job is gone or closed. A 404 of another type is none of these: a wrong base address answers 404, too.
JOB_ENDED: Final = frozenset(
    {
        (HTTPStatus.NOT_FOUND, "EXPORT_NOT_FOUND"),
        (HTTPStatus.UNPROCESSABLE_ENTITY, "EXPORT_JOB_STATUS_UNPROCESSABLE"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedCall:
    """An answer that is no success, as far as it matters for its meaning. `mask` hides our credentials."""

    purpose: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    repeatable: bool
    mask: Callable[[str], str]


def trouble_of(call: RefusedCall, now: datetime) -> Trouble:
    """What the refusal means to the caller. `now` is UTC and serves to read a Retry-After date."""
    info = _exception_info(call.body)
    type_ = one_line(call.mask(info.type or ""), TYPE_CHARACTERS_MAX).upper()
    text = _sentence(call, type_, one_line(call.mask(info.message or ""), MESSAGE_CHARACTERS_MAX))
    pause_seconds = retry_after_seconds(call.headers, now)
    match call.status:
        case HTTPStatus.UNAUTHORIZED:
            return Unauthorised(text)
        case HTTPStatus.FORBIDDEN:
            return Forbidden(text)
        case HTTPStatus.TOO_MANY_REQUESTS:
            return Throttled(text, pause_seconds)
        case status if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
            return _far_side_fault(text, pause_seconds, repeatable=call.repeatable)
        case status if (status, type_) in JOB_ENDED:
            return JobEnded(text, type=type_, status=status)
        case status:
            return Refused(text, type=type_, status=status)


def _far_side_fault(text: str, pause_seconds: float | None, *, repeatable: bool) -> Trouble:
    """A fault over there may have happened after the work was done."""
    if not repeatable:
        return OutcomeUnknown(f"{text}; whether it took the request is not known")
    return Unreachable(text) if pause_seconds is None else UnreachableUntil(text, pause_seconds)


def _exception_info(body: bytes) -> ExceptionInfo:
    """What the body says; nothing when it is empty, an HTML page, or anything else."""
    try:
        return msgspec.json.decode(body, type=ExceptionInfo)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ExceptionInfo()


def _sentence(call: RefusedCall, type_: str, message: str) -> str:
    said = ": ".join(part for part in (type_, message) if part)
    return f"{call.purpose}: Pleo answered {call.status}" + (f" {said}" if said else "")
