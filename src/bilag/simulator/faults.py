"""Trouble on request: a closed list of faults, and a plan that says which request meets which of them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

ANY = "*"


class FaultKind(StrEnum):
    """What can go wrong. The first block fits every request, then listings, then file downloads."""

    ANSWER = "answer"  # answers by itself: `status`, `headers`, `body`; nothing is changed
    DELAY = "delay"  # waits `seconds`, then answers as usual
    DROP_BEFORE = "drop_before"  # closes the connection, nothing was changed
    DROP_AFTER = "drop_after"  # makes the change, then closes the connection without an answer
    CUT_ANSWER = "cut_answer"  # makes the change, then closes the connection half-way through the answer
    TRUNCATED_BODY = "truncated_body"  # makes the change, then sends half the body as if it were whole

    STUCK_CURSOR = "stuck_cursor"  # the end cursor is the one that was sent, and there is always a next page
    REPEATED_ROW = "repeated_row"  # a page after a cursor begins with the last row of the page before

    FILE_WRONG_TYPE = "file_wrong_type"  # an HTML page in place of the file
    FILE_EMPTY = "file_empty"  # no bytes at all
    FILE_OVERSIZED = "file_oversized"  # `size_bytes` bytes, whatever was announced
    FILE_SLOW = "file_slow"  # the file in small pieces, `seconds` apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault with the figures that its kind needs."""

    kind: FaultKind
    status: int = 503
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    seconds: float = 0.0
    size_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRule:
    """Which requests meet a fault: those that match, from the `nth` on (1 is the first), `times` in a row.

    `path` is a pattern such as `/v3/export-jobs/*/items` or `/files/*`, where `*` stands for any text.
    """

    fault: Fault
    method: str = ANY
    path: str = ANY
    nth: int = 1
    times: int = 1

    def __post_init__(self) -> None:
        if self.nth < 1 or self.times < 1:
            raise ValueError(f"a fault rule counts from 1: nth is {self.nth}, times is {self.times}")

    def matches(self, method: str, path: str) -> bool:
        """Whether a request is one that this rule counts."""
        return self.method in {ANY, method} and fnmatchcase(path, self.path)


class FaultPlan:
    """The rules in force. Each rule counts its own requests; the first rule that is due wins."""

    def __init__(self, rules: Iterable[FaultRule] = ()) -> None:
        self._rules = list(rules)
        self._seen: Counter[int] = Counter()
        self._met: Counter[int] = Counter()

    def add(self, rule: FaultRule) -> None:
        """Put one more rule in force; it counts requests from now on."""
        self._rules.append(rule)

    def take(self, method: str, path: str) -> Fault | None:
        """The fault that this request meets; counts the request."""
        due = None
        for number, rule in enumerate(self._rules):
            if not rule.matches(method, path):
                continue
            self._seen[number] += 1
            if due is None and rule.nth <= self._seen[number] < rule.nth + rule.times:
                self._met[number] += 1
                due = rule.fault
        return due

    def unmet(self) -> tuple[FaultRule, ...]:
        """Rules whose fault no request has met yet, so that a test can tell that its plan took place."""
        return tuple(rule for number, rule in enumerate(self._rules) if not self._met[number])


def throttled(retry_after_seconds: int | None = None) -> Fault:
    """Too many requests: 429, with `Retry-After` when a wait is given."""
    headers = () if retry_after_seconds is None else (("Retry-After", str(retry_after_seconds)),)
    return Fault(kind=FaultKind.ANSWER, status=429, headers=(*headers, _JSON), body=b'{"type":"TOO_MANY_REQUESTS"}')


def unavailable() -> Fault:
    """Pleo is not there: 503."""
    return Fault(kind=FaultKind.ANSWER, status=503, headers=(_JSON,), body=b'{"type":"SERVICE_UNAVAILABLE"}')


def html_error_page(status: int = 502) -> Fault:
    """What a gateway answers when it does not reach the service behind it."""
    return Fault(
        kind=FaultKind.ANSWER,
        status=status,
        headers=(("Content-Type", "text/html; charset=utf-8"),),
        body=b"<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Bad gateway</h1></body></html>",
    )


def redirect(location: str) -> Fault:
    """A redirect, for instance of a download to an inside address."""
    return Fault(kind=FaultKind.ANSWER, status=302, headers=(("Location", location),))


_JSON = ("Content-Type", "application/json;charset=UTF-8")
