"""What can go wrong at a call, and how likely it is in one seed: most seeds know only some kinds of trouble."""

import random
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from bilag.ports.errors import BadAnswer, StoreFailed, Throttled, TimedOut, Trouble, Unauthorised, Unreachable
from tests.simulation.virtual_loop import dice_of


class Fault(StrEnum):
    """Everything that the simulation lets happen at a single call."""

    CRASH_BEFORE = "crash before the effect"
    CRASH_AFTER = "crash after the effect"
    ANSWER_LOST = "effect, answer lost"
    ANSWER_GARBLED = "effect, answer not understood"
    REQUEST_LOST = "no effect, answer lost"
    ARRIVES_LATE = "effect after we gave up"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed out"
    THROTTLED = "throttled"
    UNAUTHORISED = "unauthorised"
    BAD_ANSWER = "bad answer to a question"
    OUTAGE = "outage of one side"
    NOT_READY = "books not ready"
    REFUSED = "refused"
    OUTCOME_REFUSED = "single outcomes refused"
    JOB_ENDED = "job ended by Pleo"
    LINK_EXPIRED = "receipt link expired"
    FILE_FAILED = "receipt unusable"
    PERIOD_CLOSES = "period closes"
    ALTERED = "books alter the date"
    STORE_FAILED = "journal not written"
    PAUSED = "worker stands still"
    PAUSED_AT_SEND = "worker stands still right before it sends"
    PAGES_SHIFT = "pages shift while they are read"


CRASHES: Final = (Fault.CRASH_BEFORE, Fault.CRASH_AFTER)
_DOWN: Final = (Fault.UNREACHABLE, Fault.THROTTLED, Fault.UNAUTHORISED, Fault.OUTAGE)
_ASKING: Final = (*_DOWN, Fault.TIMED_OUT, Fault.BAD_ANSWER)
_WRITING: Final = (*_DOWN, Fault.ANSWER_LOST, Fault.REQUEST_LOST)

BOOKS_WRITES: Final = frozenset({"post", "attach", "attach_note"})
PLEO_WRITES: Final = frozenset({"send_event", "update_items"})
JOURNAL_WRITES: Final = frozenset({"record", "record_receipts", "record_job", "record_outcome", "mark_reported"})

_AT_BOOKS: Final = {
    "problems": (*_ASKING, Fault.NOT_READY),
    "post": (
        *_WRITING,
        Fault.ANSWER_GARBLED,
        Fault.ARRIVES_LATE,
        Fault.REFUSED,
        Fault.PERIOD_CLOSES,
        Fault.ALTERED,
        Fault.PAUSED_AT_SEND,
    ),
    "attach": (*_WRITING, Fault.REFUSED),
    "attach_note": (*_WRITING, Fault.REFUSED),
}
_AT_PLEO: Final = {
    "send_event": (*_WRITING, Fault.REFUSED, Fault.JOB_ENDED),
    "update_items": (*_DOWN, Fault.ANSWER_LOST, Fault.OUTCOME_REFUSED, Fault.JOB_ENDED),
    "job_items": (*_ASKING, Fault.PAGES_SHIFT),
    "export_items": (*_ASKING, Fault.PAGES_SHIFT),
    "download": (*_ASKING, Fault.LINK_EXPIRED, Fault.FILE_FAILED),
}
# How often a kind happens where it happens at all; single calls are many, so small odds make busy courses.
_CHOICES: Final = (0.0, 0.0, 0.002, 0.01, 0.04)
_CRASH_CHOICES: Final = (0.0, 0.001, 0.004, 0.015)
# What only a worker of several can meet: who is alone has nobody to lose the company to.
PAUSES: Final = frozenset({Fault.PAUSED, Fault.PAUSED_AT_SEND})
_RARE: Final = frozenset({Fault.OUTAGE, Fault.UNAUTHORISED, Fault.STORE_FAILED, Fault.BAD_ANSWER})
_FREQUENT: Final = frozenset(
    {
        *(Fault.ANSWER_LOST, Fault.REQUEST_LOST, Fault.ARRIVES_LATE, Fault.OUTCOME_REFUSED, Fault.ANSWER_GARBLED),
        *(Fault.LINK_EXPIRED, Fault.FILE_FAILED, Fault.REFUSED, Fault.NOT_READY, Fault.ALTERED, Fault.PERIOD_CLOSES),
        *(Fault.JOB_ENDED, Fault.PAUSED_AT_SEND),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of a process to the outside; `target` is who answers it."""

    port: str
    name: str
    values: tuple[Any, ...] = ()
    target: Any = None

    @property
    def is_write(self) -> bool:
        """Whether it changes something outside of our own memory."""
        return self.name in BOOKS_WRITES or self.name in PLEO_WRITES


class Odds:
    """How likely each kind of trouble is in one seed."""

    def __init__(self, seed: int, *, without: frozenset[Fault] = frozenset()) -> None:
        dice = dice_of(seed, "odds")
        drawn = {fault: _drawn(fault, dice) for fault in Fault}
        self.of: dict[Fault, float] = {f: 0.0 if f in without else odds for f, odds in drawn.items()}
        self._tables: dict[tuple[str, str], tuple[tuple[Fault, float], ...]] = {}

    def draw(self, call: Call, dice: random.Random) -> Fault | None:
        """What happens to this call; None when it goes well."""
        left = dice.random()
        for fault, odds in self._table(call):
            left -= odds
            if left < 0:
                return fault
        return None

    def _table(self, call: Call) -> tuple[tuple[Fault, float], ...]:
        where = (call.port, call.name)
        if where not in self._tables:
            faults = (*CRASHES, Fault.PAUSED, *_possible(call))
            self._tables[where] = tuple((fault, self.of[fault]) for fault in faults if self.of[fault])
        return self._tables[where]


def _drawn(fault: Fault, dice: random.Random) -> float:
    if fault in CRASHES:
        return dice.choice(_CRASH_CHOICES)
    drawn = dice.choice(_CHOICES)
    if fault in _RARE:
        return drawn * 0.1
    return drawn * 4 if fault in _FREQUENT else drawn


def _possible(call: Call) -> tuple[Fault, ...]:
    """What the contract of the port knows."""
    if call.port == "journal":
        return (Fault.STORE_FAILED,)
    return (_AT_BOOKS if call.port == "books" else _AT_PLEO).get(call.name, _ASKING)


def trouble_of(fault: Fault) -> Trouble:
    """What the caller sees of a fault without effect."""
    match fault:
        case Fault.TIMED_OUT:
            return TimedOut("no answer in time")
        case Fault.THROTTLED:
            return Throttled("too many calls", 30.0)
        case Fault.UNAUTHORISED:
            return Unauthorised("the credentials have expired")
        case Fault.BAD_ANSWER:
            return BadAnswer("an answer that can't be understood")
        case Fault.STORE_FAILED:
            return StoreFailed("the disk is full")
        case _:
            return Unreachable("nobody answers")
