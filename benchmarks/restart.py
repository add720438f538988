"""kill -9 in the middle of a job, and the time until the next process posts again."""

import json
import subprocess
import tempfile
import time
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final
from urllib.request import urlopen

from benchmarks.far_side import Scene
from benchmarks.one_run import FarSide, far_side, started, terms_for, verdict
from benchmarks.workloads import Contender, Workload

# The kill comes after so many entries, so that intents without an outcome and unreported outcomes are left behind.
KILLED_AFTER: Final = 700
SIZES: Final = (2_000, 100_000)
FINISHED_MAX: Final = 5_000
SECONDS_MAX: Final = 300.0
_LOOK_SECONDS: Final = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Restart:
    """`seconds` are from the birth of the second process to its first entry; `wrong` is as for every run."""

    items: int
    killed_after: int
    seconds: float
    start_seconds: float
    wrong: str


def measure_restart(items: int, seed: int) -> Restart:
    """One job, killed once; a small one is then worked off, of a large one only the beginning is waited for."""
    scene = Scene(items=items, seed=seed, latency_ms=0)
    workload = Workload(key="restart", title="", latency_ms=0, connections=10)
    with tempfile.TemporaryDirectory(prefix="bilag-bench-") as folder, far_side(scene) as side:
        terms = terms_for(side.where, workload, Contender.BILAG, folder)
        first = started(Contender.BILAG, terms)
        _wait_for(side, KILLED_AFTER, first)
        first.kill()
        first.communicate()
        before, born_seconds = _count(side), time.monotonic()
        second = started(Contender.BILAG, terms)
        _wait_for(side, before + 1, second)
        told = _told(second, finish=items <= FINISHED_MAX)
        side.finish()
    arrivals = side.found["arrivals"]
    first_seconds = arrivals[bisect_right(arrivals, born_seconds)]
    found = side.found
    doubled = "" if found["entries"] == found["sources"] else f"{found['entries'] - found['sources']} booked twice"
    return Restart(
        items=items,
        killed_after=before,
        seconds=round(first_seconds - born_seconds, 2),
        start_seconds=round(told - born_seconds, 2),
        wrong=verdict(found, items, second.returncode) if items <= FINISHED_MAX else doubled,
    )


def _told(process: "subprocess.Popen[bytes]", *, finish: bool) -> float:
    """When the process said that it was ready."""
    if not finish:
        process.kill()
    told, _ = process.communicate(timeout=SECONDS_MAX)
    began: float = json.loads(told.splitlines()[0])["at_seconds"]
    return began


def _count(side: FarSide) -> int:
    with urlopen(f"{side.where['books_url']}/count") as answer:  # noqa: S310  our own stub
        return int(answer.read())


def _wait_for(side: FarSide, entries: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + SECONDS_MAX
    while _count(side) < entries:
        assert process.poll() is None, f"the process ended before {entries} entries"
        assert time.monotonic() < deadline, f"{entries} entries did not come"
        time.sleep(_LOOK_SECONDS)
