"""When each company is looked at next: a heap, so that thousands that wait cost nothing."""

import heapq
from dataclasses import dataclass, field
from itertools import count

from bilag.lifecycle.wake import Pause


@dataclass(slots=True)
class _Entry:
    """A place in the table; `latest` is the moment when it comes, `earliest` when a webhook may bring it forward."""

    earliest: float
    latest: float
    number: int


@dataclass(slots=True)
class Timetable:
    """Moments in seconds of a clock that never runs backwards. A name stands in it once, or is away at its look."""

    _heap: list[tuple[float, int, str]] = field(default_factory=list)
    _entries: dict[str, _Entry] = field(default_factory=dict)
    _woken: set[str] = field(default_factory=set)
    _numbers: "count[int]" = field(default_factory=count)

    def put(self, name: str, now: float, pause: Pause) -> None:
        """Look at it after the pause; when it was woken while it was away, as soon as the pause lets."""
        earliest, latest = now + pause.seconds_min, now + pause.seconds_max
        if name in self._woken:
            self._woken.discard(name)
            latest = earliest
        self._set(name, earliest, latest)

    def wake(self, name: str) -> None:
        """Bring it forward; one that is away at its look comes again after it."""
        entry = self._entries.get(name)
        if entry is None:
            self._woken.add(name)
        elif entry.earliest < entry.latest:
            self._set(name, entry.earliest, entry.earliest)

    def take_due(self, now: float) -> str | None:
        """The one that is due for longest, and away from now on; None while nobody is due."""
        while self._heap and self._heap[0][0] <= now:
            _, number, name = heapq.heappop(self._heap)
            entry = self._entries.get(name)
            if entry is not None and entry.number == number:
                del self._entries[name]
                return name
        return None

    def seconds_to_next(self, now: float) -> float | None:
        """How long nobody is due; None when nobody waits."""
        while self._heap:
            latest, number, name = self._heap[0]
            entry = self._entries.get(name)
            if entry is not None and entry.number == number:
                return max(0.0, latest - now)
            heapq.heappop(self._heap)
        return None

    def _set(self, name: str, earliest: float, latest: float) -> None:
        number = next(self._numbers)
        self._entries[name] = _Entry(earliest, latest, number)
        heapq.heappush(self._heap, (latest, number, name))
