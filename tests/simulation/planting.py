"""Plants a bug in a copy of our sources and counts the seeds until a promise breaks."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.simulation.course import Outcome
from tests.simulation.many_seeds import run_seeds
from tests.simulation.planted_bugs import PlantedBug

ROOT: Final = Path(__file__).parents[2]
SOURCES: Final = ROOT / "src" / "bilag"
SEEDS_MAX: Final = 2000
SECONDS_MAX: Final = 900
_MARK: Final = "caught:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caught:
    """After how many seeds which promise broke; an empty `invariant` says that none did."""

    seeds: int
    invariant: str

    def __str__(self) -> str:
        return f"{_MARK}{self.seeds}:{self.invariant}"


class DoesNotFit(AssertionError):
    """The source has changed: the bug has to be written anew."""


def planted_in(bug: PlantedBug, folder: Path) -> Path:
    """A copy of our sources with the bug in it, to be put before the others on the path of imports."""
    shutil.copytree(SOURCES, folder / "bilag", ignore=shutil.ignore_patterns("__pycache__"))
    for edit in bug.edits:
        path = folder / "bilag" / edit.file
        text = path.read_text(encoding="utf-8")
        if text.count(edit.before) != 1:
            raise DoesNotFit(f"{bug.name}: {edit.file} has {text.count(edit.before)} times: {edit.before}")
        path.write_text(text.replace(edit.before, edit.after), encoding="utf-8")
    return folder


def hunt(bug: PlantedBug, seeds_max: int = SEEDS_MAX) -> Caught:
    """Seed after seed in a process of its own that imports the copy."""
    with tempfile.TemporaryDirectory(prefix="bilag-planted-") as name:
        folder = planted_in(bug, Path(name))
        command = [sys.executable, "-m", "tests.simulation", "--hunt", "--seeds", f"0:{seeds_max}"]
        environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
        hunter = subprocess.run(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, timeout=SECONDS_MAX, check=True
        )
    return _answer(hunter.stdout)


def hunt_all(bugs: Sequence[PlantedBug], jobs: int) -> Iterator[Caught]:
    """One hunt after another, so many at once, in the order of the bugs."""
    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(hunt, bugs)


def hunt_here(seeds: range) -> Caught:
    """The first seed of these that breaks a promise, in this very process."""
    tally = run_seeds(seeds, stops_at_first=True)
    if not tally.failing:
        return Caught(seeds=0, invariant="")
    first: Outcome = tally.failing[0]
    return Caught(seeds=tally.seeds + seeds.start, invariant=first.violations[0].invariant)


def _answer(out: str) -> Caught:
    line = next((line for line in out.splitlines() if line.startswith(_MARK)), "")
    assert line, f"the hunt ended without an answer: {out}"
    seeds, _, invariant = line.removeprefix(_MARK).partition(":")
    return Caught(seeds=int(seeds), invariant=invariant)
