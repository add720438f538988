"""Later looks: items whose document may still arrive in the books, put aside until a look tells for good.

Others go on meanwhile. How many wait, how long and how often is bounded: what is not waited for fails as in doubt, and
the next job with it looks first.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bilag.domain.failure import Failure
from bilag.lifecycle.unsettled import NotSettledYet, in_doubt
from bilag.ports.clock import Clock
from bilag.ports.export_api import FetchedItem

# Each of them is in memory with its data; so many lost answers say more of the books than of the items.
ASIDE_MAX: Final = 500
# The user sees nothing of a job before its end, and the next job of the company waits for it.
WAIT_SECONDS_MAX: Final = 1800.0
# A lost answer is looked up and sent again, so often in one job.
LOOKS_MAX: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class LookLater:
    """Why an item has to wait, and until when."""

    external_reference: str
    until: datetime

    @staticmethod
    def of(unsettled: NotSettledYet) -> "LookLater":
        """The same as a value."""
        return LookLater(external_reference=unsettled.external_reference, until=unsettled.until)

    @property
    def failure(self) -> Failure:
        """What Pleo is told of an item that is not waited for."""
        return in_doubt(self.external_reference, self.until)


class LaterLooks:
    """The items of one job that are put aside."""

    def __init__(self, clock: Clock) -> None:
        """Nobody waits yet."""
        self._clock = clock
        self._aside: dict[str, tuple[FetchedItem, LookLater]] = {}
        self._looks: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._aside)

    def add(self, fetched: FetchedItem, look: LookLater) -> bool:
        """Put the item aside; False when it is not to be waited for."""
        entry_id = fetched.item.entry_id
        self._looks[entry_id] += 1
        is_too_late = self._seconds_to(look) > WAIT_SECONDS_MAX
        if is_too_late or len(self._aside) >= ASIDE_MAX or self._looks[entry_id] > LOOKS_MAX:
            return False
        self._aside[entry_id] = (fetched, look)
        return True

    def take_due(self) -> tuple[FetchedItem, ...]:
        """Those whose time has come, who are no longer aside."""
        due = [entry_id for entry_id, (_, look) in self._aside.items() if self._seconds_to(look) <= 0]
        return tuple(self._aside.pop(entry_id)[0] for entry_id in due)

    def take_after(self, seconds: float) -> tuple[tuple[FetchedItem, LookLater], ...]:
        """Those whose time does not come within so many seconds, who are no longer aside."""
        late = [entry_id for entry_id, (_, look) in self._aside.items() if self._seconds_to(look) > seconds]
        return tuple(self._aside.pop(entry_id) for entry_id in late)

    @property
    def seconds_to_first(self) -> float:
        """How long until the first look is due. Expects somebody to be aside."""
        return max(0.0, min(self._seconds_to(look) for _, look in self._aside.values()))

    def _seconds_to(self, look: LookLater) -> float:
        return (look.until - self._clock.now()).total_seconds()
