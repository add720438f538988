"""Bugs that the scenarios must catch: each is made in a copy of our sources, which real processes then run."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.crash.pleo import ROOT
from tests.simulation.planted_bugs import PLANTED as OF_THE_SIMULATION
from tests.simulation.planted_bugs import Edit, PlantedBug
from tests.simulation.planting import planted_in

SECONDS_MAX: Final = 900
_KINDS: Final = ("lost", "duplicated", "wrongStatus", "other")


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A bug, and the scenario that has to catch it within so many cycles."""

    scenario: str
    database: str
    bug: PlantedBug
    cycles: int = 8
    items: int = 1_500


def hunt(planted: Planted) -> str:
    """What gave the bug away; empty when nothing did."""
    with tempfile.TemporaryDirectory(prefix="bilag-planted-") as name:
        folder, report = planted_in(planted.bug, Path(name)), Path(name) / "report.json"
        goal = ("--cycles", str(planted.cycles), "--items", str(planted.items), "--report", str(report))
        ended = subprocess.run(
            (sys.executable, "-m", "tests.crash", *_of(planted), *goal),
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
            check=False,
        )
        if ended.returncode == 0:
            return ""
        assert ended.returncode == 1, ended.stdout + ended.stderr
        found = json.loads(report.read_text("utf-8")) if report.exists() else {}
    counts = ", ".join(f"{found[kind]} {kind}" for kind in _KINDS if found.get(kind))
    return counts or (ended.stderr.strip().splitlines() or [""])[-1][:100]


def _of(planted: Planted) -> tuple[str, ...]:
    return ("--scenario", planted.scenario, "--database", planted.database)


def _named(name: str) -> PlantedBug:
    (found,) = (bug for bug in OF_THE_SIMULATION if bug.name == name)
    return found


def _bug(name: str, file: str, before: str, after: str) -> PlantedBug:
    return PlantedBug(name, (Edit(file, before, after),))


_NEW_REFERENCE: Final = _named("new reference per attempt")
_NEVER_LOST: Final = _bug(
    "lost lease is not noticed",
    "adapters/store/lease.py",
    "        if not self._why_lost:\n            self._why_lost = why\n",
    "        if not self._why_lost:\n",
)
_NO_RECEIPT: Final = _bug(
    "receipt that can't be fetched is passed over",
    "lifecycle/attach.py",
    "            failures.append(problem)\n        elif isinstance(found, StoredFile):\n",
    "            continue\n        elif isinstance(found, StoredFile):\n",
)
_FULL_IS_FINE: Final = _bug(
    "failed write to the books is passed over",
    "adapters/accounting/plaintext/disk.py",
    "            _cut_back(disk, descriptor, size, problem)\n",
    "            del problem\n",
)
_UNBOUNDED: Final = _bug(
    "no bound on the wait for an answer",
    "adapters/store/postgresql.py",
    'wait(answer, **{"timeout": seconds_max, **limits})',
    "wait(answer, **limits)",
)
_FREE_FOR_ALL: Final = _bug(
    "lease is taken while another has it",
    "adapters/store/lease.py",
    "    WHERE held.expires_at <= clock_timestamp()\n    RETURNING fence\n",
    "    RETURNING fence\n",
)

PLANTED: Final = (
    Planted(scenario="kill", database="sqlite", bug=_NEW_REFERENCE),
    Planted(scenario="kill", database="sqlite", bug=_named("interrupted job not taken up again")),
    Planted(scenario="kill", database="postgresql", bug=_NEW_REFERENCE),
    Planted(scenario="crowd", database="postgresql", bug=_FREE_FOR_ALL),
    Planted(scenario="sleeper", database="postgresql", bug=_NEVER_LOST, items=60, cycles=4),
    Planted(scenario="pleo-killed", database="sqlite", bug=_NO_RECEIPT, cycles=16),
    Planted(scenario="database-stopped", database="postgresql", bug=_NEW_REFERENCE),
    Planted(scenario="database-hangs", database="postgresql", bug=_UNBOUNDED, cycles=1),
    Planted(scenario="journal-disk-full", database="sqlite", bug=_NEW_REFERENCE),
    Planted(scenario="books-disk-full", database="sqlite", bug=_FULL_IS_FINE),
    Planted(scenario="database-disk-full", database="postgresql", bug=_NEW_REFERENCE),
)
