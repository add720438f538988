"""What was to be reached, and whether the measured figures reach it."""

import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from benchmarks.workloads import Contender

_MB_PER_MIB: Final = 1.048576


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One goal. `measured` None means that nobody measured it; `at_least` tells which side of `wanted` is good."""

    goal: str
    wanted: float
    unit: str
    measured: float | None
    at_least: bool

    @property
    def is_met(self) -> bool:
        """Whether it is reached."""
        if self.measured is None:
            return False
        return self.measured >= self.wanted if self.at_least else self.measured <= self.wanted

    @property
    def verdict(self) -> str:
        """Yes, or by how much not."""
        if self.measured is None:
            return "not measured"
        if self.is_met:
            return "yes"
        far = self.wanted / max(self.measured, 1e-9) if self.at_least else self.measured / self.wanted
        return f"no, by a factor of {far:.3g}"


class Figures:
    """Medians over the rounds, of right runs only."""

    def __init__(self, results: dict[str, Any]) -> None:
        """The raw results of a run of the comparison."""
        self._rows = [row for row in results["rows"] if not row["wrong"]]
        self._restarts = [row for row in results["restarts"] if not row["wrong"]]
        self._webhooks = [row for row in results["webhooks"] if not row["wrong"]]

    def median(self, workload: str, contender: Contender, name: str) -> float | None:
        """Of one figure, or None when there is no such run."""
        return _median(row[name] for row in self._of(workload, contender))

    def ratio(self, workload: str, contender: Contender) -> float | None:
        """Items a second of bilag over the contender's: round by round where both ran, of the medians otherwise."""
        ours = {row["round"]: row["items_per_second"] for row in self._of(workload, Contender.BILAG)}
        theirs = {row["round"]: row["items_per_second"] for row in self._of(workload, contender)}
        if not ours or not theirs:
            return None
        if len(theirs) < len(ours):
            return float(statistics.median(ours.values()) / statistics.median(theirs.values()))
        return _median(ours[round_] / theirs[round_] for round_ in ours if round_ in theirs)

    def restart(self, items: int) -> float | None:
        """Seconds from birth to the next entry."""
        return _median(row["seconds"] for row in self._restarts if row["items"] == items)

    def webhooks(self) -> float | None:
        """Signed ones a second, over however many connections are best."""
        best: dict[int, list[float]] = {}
        for row in self._webhooks:
            if row["what"] == "signed":
                best.setdefault(row["connections"], []).append(row["webhooks_per_second"])
        return max((statistics.median(rates) for rates in best.values()), default=None)

    def files_mb_per_second(self, workload: str, contender: Contender) -> float | None:
        """Receipts fetched, checked and attached."""
        return _median(row["file_bytes"] / row["seconds"] / 1e6 for row in self._of(workload, contender))

    def _of(self, workload: str, contender: Contender) -> list[dict[str, Any]]:
        return [row for row in self._rows if row["workload"] == workload and row["contender"] == contender]


def judged(results: dict[str, Any]) -> tuple[Judged, ...]:
    """Every goal that this benchmark knows."""
    figures = Figures(results)
    return (*_speed(figures), *_peers(figures), *_cost(figures), *_calls(figures), *_others(figures))


def _at_least(goal: str, wanted: float, unit: str, measured: float | None) -> Judged:
    return Judged(goal=goal, wanted=wanted, unit=unit, measured=measured, at_least=True)


def _at_most(goal: str, wanted: float, unit: str, measured: float | None) -> Judged:
    return Judged(goal=goal, wanted=wanted, unit=unit, measured=measured, at_least=False)


def _speed(figures: Figures) -> Iterator[Judged]:
    limits = {"0-10": 0.60, "20-10": 0.95, "20-50": 0.95, "100-10": 0.95, "100-50": 0.95}
    for contender, what in (
        (Contender.LOOP, "the bare loop"),
        (Contender.LOOP_READ_BACK, "the loop with as many calls"),
    ):
        for place, wanted in limits.items():
            latency, _, connections = place.partition("-")
            goal = f"As fast as {what}: {latency} ms, {connections} at once"
            yield _at_least(goal, wanted, "of its rate", figures.ratio(f"thousand-{place}", contender))
        goal = f"As fast as {what}: 20 ms, 10 at once, commits 5 ms slower"
        yield _at_least(goal, 0.95, "of its rate", figures.ratio("slow-disk-5", contender))


def _peers(figures: Figures) -> Iterator[Judged]:
    for place, wanted in (("0-10", 3.0), ("20-10", 9.0), ("100-50", 45.0)):
        latency, _, connections = place.partition("-")
        goal = f"Faster than a script: {latency} ms, {connections} at once"
        yield _at_least(goal, wanted, "times", figures.ratio(f"thousand-{place}", Contender.REQUESTS))
    for contender, wanted in (
        (Contender.QUEUE_PUBLISHED, 10_000.0),
        (Contender.QUEUE_CHAIN, 500.0),
        (Contender.QUEUE_PARALLEL, 50.0),
    ):
        yield _at_least(f"Faster than a {contender}: 0 ms", wanted, "times", figures.ratio("thousand-0-10", contender))


def _cost(figures: Figures) -> Iterator[Judged]:
    name = "cpu_ms_per_item"
    small = figures.median("thousand-0-10", Contender.BILAG, name)
    yield _at_most("Processor time of an item, job of 1,000", 0.45, "ms", small)
    yield _at_most(
        "Processor time of an item, job of 100,000", 0.45, "ms", figures.median("large", Contender.BILAG, name)
    )
    with_file = figures.median("files-1", Contender.BILAG, name)
    plain = figures.median("thousand-20-10", Contender.BILAG, name)
    more = None if with_file is None or plain is None else with_file - plain
    yield _at_most("Processor time that a receipt of 1 MB adds", 4.0, "ms", more)
    yield _at_most("Job of 100,000 items", 60.0, "s", figures.median("large", Contender.BILAG, "seconds"))
    large, low = (_megabytes(figures, workload) for workload in ("large", "thousand-0-10"))
    yield _at_most("Memory of a job of 100,000 items", 120.0, "MB", large)
    growth = None if large is None or low is None else large - low
    yield _at_most("Memory that 99,000 more items add", 10.0, "MB", growth)


def _calls(figures: Figures) -> Iterator[Judged]:
    for title, workload in (("1,000", "thousand-0-10"), ("100,000", "large")):
        measured = figures.median(workload, Contender.BILAG, "pleo_calls_per_item")
        yield _at_most(f"Calls to Pleo for an item, job of {title}", 0.032, "calls", measured)
    measured = figures.median("thousand-0-10", Contender.BILAG, "books_calls_per_item")
    yield _at_most("Calls to the books for an item without receipts", 1.02, "calls", measured)


def _others(figures: Figures) -> Iterator[Judged]:
    yield _at_least("Webhooks remembered, one core", 5_000.0, "a second", figures.webhooks())
    yield _at_least(
        "Receipts of 1 MB through the disk",
        120.0,
        "MB a second",
        figures.files_mb_per_second("files-1", Contender.BILAG),
    )
    large, low = (_megabytes(figures, workload) for workload in ("files-30", "thousand-0-10"))
    added = None if large is None or low is None else large - low
    yield _at_most("Memory that 8 receipts of 30 MB at once add", 40.0, "MB", added)
    yield _at_most("From kill -9 to the next entry, job of 2,000", 1.0, "s", figures.restart(2_000))
    yield _at_most("From kill -9 to the next entry, job of 100,000", 1.0, "s", figures.restart(100_000))


def _megabytes(figures: Figures, workload: str) -> float | None:
    mib = figures.median(workload, Contender.BILAG, "peak_mib")
    return None if mib is None else mib * _MB_PER_MIB


def _median(values: Iterable[float]) -> float | None:
    listed = list(values)
    return statistics.median(listed) if listed else None
