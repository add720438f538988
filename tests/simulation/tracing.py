"""What happened, call by call: a hash to compare courses by, and lines to read."""

import hashlib
from collections.abc import Iterable
from datetime import date
from enum import Enum
from pathlib import Path

# What tells one value of a kind from another, the most telling first; texts for people are left out.
_NAMES = ("external_reference", "entry_id", "job_id", "id", "sha256", "url", "number", "name", "value", "event")


class Trace:
    """Every call of every process in the order of its end. Lines are kept only when somebody wants to read them."""

    def __init__(self, *, keeps_lines: bool = False) -> None:
        self._hash = hashlib.sha256()
        self._keeps_lines = keeps_lines
        self.lines: list[str] = []
        self.calls = 0

    def add(self, seconds: float, who: str, what: str, answer: str) -> None:
        """One more thing happened."""
        line = f"{seconds:12.3f} {who:>4} {what} -> {answer}"
        self._hash.update(line.encode())
        self.calls += 1
        if self._keeps_lines:
            self.lines.append(line)

    @property
    def fingerprint(self) -> str:
        """The same for the same course, and for no other."""
        return self._hash.hexdigest()


def identity(value: object) -> str:
    """Which value it is, in a few characters that do not change from run to run."""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, str | int | float | date | None):
        return str(value)
    if isinstance(value, Path):
        return value.name
    if isinstance(value, frozenset):
        return "{" + ",".join(sorted(map(identity, value))) + "}"
    if isinstance(value, Iterable):
        return "[" + ",".join(map(identity, value)) + "]"
    if hasattr(value, "key"):
        return _with_state(identity(value.key), value)
    named = next((getattr(value, name) for name in _NAMES if getattr(value, name, "")), type(value).__name__)
    return _with_state(identity(named), value)


def kind_of(answer: object) -> str:
    """What kind of answer it is: a few answers by their identity, most by their type."""
    if answer is None or isinstance(answer, bool):
        return str(answer)
    if isinstance(answer, tuple | frozenset | dict):
        return f"{type(answer).__name__}{len(answer)}"
    if hasattr(answer, "external_id"):
        return f"{type(answer).__name__} {answer.external_id}"
    return type(answer).__name__


def _with_state(named: str, value: object) -> str:
    state = getattr(value, "state", None) or getattr(value, "status", None)
    return f"{named}:{identity(state)}" if state else named
