"""Wake: when a bilag that keeps running looks at Pleo again. Values in, values out: no clock, no dice.

A webhook is a hint that there is work, and polling is the net under it: webhooks can be lost.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, assert_never

# Two looks never follow each other more closely, however many webhooks come.
GAP_SECONDS: Final = 1.0
# A pause is this share shorter or longer, so that many installations do not all ask in the same second.
JITTER_SHARE: Final = 0.2
# While something is wrong: the first pause, which doubles, and what a webhook waits for at most.
TROUBLE_SECONDS_FIRST: Final = 5.0
TROUBLE_GAP_SECONDS_MAX: Final = 60.0
# While another worker has the company: when to ask again, in case that it dies.
HELD_SECONDS: Final = 30.0
# More in a row change nothing: by then every pause has reached its longest.
COUNTED_MAX: Final = 30


class Looked(StrEnum):
    """What a look at Pleo came to."""

    FOUND = "found"
    NOTHING = "nothing"
    TROUBLE = "trouble"
    HELD_ELSEWHERE = "held elsewhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often to look when nobody wakes us. The pause grows to `poll_seconds_max` while nothing is found."""

    poll_seconds: float
    poll_seconds_max: float

    def __post_init__(self) -> None:
        assert 0 < self.poll_seconds <= self.poll_seconds_max, self


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """What the looks so far came to, as far as it matters for the next one: each counts those in a row."""

    nothing_in_a_row: int = 0
    troubles_in_a_row: int = 0
    is_held_elsewhere: bool = False

    def after(self, looked: Looked) -> "Rhythm":
        """The rhythm after one more look."""
        match looked:
            case Looked.FOUND:
                return Rhythm()
            case Looked.NOTHING:
                return Rhythm(nothing_in_a_row=min(self.nothing_in_a_row + 1, COUNTED_MAX))
            case Looked.TROUBLE:
                return Rhythm(
                    nothing_in_a_row=self.nothing_in_a_row,
                    troubles_in_a_row=min(self.troubles_in_a_row + 1, COUNTED_MAX),
                )
            case Looked.HELD_ELSEWHERE:
                return Rhythm(is_held_elsewhere=True)
            case _:
                assert_never(looked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """How long to wait: a webhook ends the pause from `seconds_min` on, `seconds_max` ends it without one."""

    seconds_min: float
    seconds_max: float


def pause_after(rhythm: Rhythm, pace: Pace, *, jitter: float, asked_seconds: float = 0.0) -> Pause:
    """The pause before the next look.

    `jitter` lies between -1 and 1 and moves the pause by up to JITTER_SHARE; `asked_seconds` is what Pleo asked us to
    wait, which no webhook cuts short.
    """
    assert -1 <= jitter <= 1, jitter
    if rhythm.troubles_in_a_row:
        nominal = _doubled(TROUBLE_SECONDS_FIRST, rhythm.troubles_in_a_row - 1, pace.poll_seconds_max)
        gap = min(nominal * (1 - JITTER_SHARE), TROUBLE_GAP_SECONDS_MAX)
    elif rhythm.is_held_elsewhere:
        nominal = min(HELD_SECONDS, pace.poll_seconds_max)
        gap = GAP_SECONDS
    else:
        nominal = _doubled(pace.poll_seconds, max(0, rhythm.nothing_in_a_row - 1), pace.poll_seconds_max)
        gap = GAP_SECONDS
    seconds_max = max(nominal * (1 + JITTER_SHARE * jitter), asked_seconds)
    return Pause(seconds_min=min(max(gap, asked_seconds), seconds_max), seconds_max=seconds_max)


def _doubled(seconds: float, times: int, seconds_max: float) -> float:
    return min(seconds * 2.0**times, seconds_max)
