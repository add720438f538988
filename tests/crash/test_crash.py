"""The short form: a few kills and strikes on real processes, each in a process of its own, and bugs that they catch."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from tests.crash.planted import PLANTED, Planted, hunt
from tests.crash.pleo import ROOT
from tests.crash.report import kept_reports
from tests.crash.scenarios import SCENARIOS
from tests.simulation.planting import planted_in

pytestmark = pytest.mark.slow

SECONDS_MAX: Final = 240
CAN_NOT: Final = 5
HUNTS_MAX: Final = 6
SHORT: Final = (("kill", "sqlite", 2), ("kill", "postgresql", 2), ("books-disk-full", "sqlite", 1))


def ran(folder: Path, scenario: str, database: str, cycles: int) -> dict[str, Any]:
    report = folder / "report.json"
    ended = subprocess.run(
        (
            *(sys.executable, "-m", "tests.crash", "--scenario", scenario, "--database", database),
            *("--cycles", str(cycles), "--items", "200", "--report", str(report)),
        ),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    if ended.returncode == CAN_NOT:
        pytest.skip(ended.stdout.strip())
    assert ended.returncode == 0, ended.stdout + ended.stderr
    found: dict[str, Any] = json.loads(report.read_text("utf-8"))
    return found


@pytest.mark.parametrize(("scenario", "database", "cycles"), SHORT)
def test_real_processes_that_meet_trouble_lose_and_double_nothing(
    tmp_path: Path, scenario: str, database: str, cycles: int
) -> None:
    found = ran(tmp_path, scenario, database, cycles)

    assert found["cycles"] >= cycles
    assert found["items"] >= 200
    assert {name: found[name] for name in ("lost", "duplicated", "wrongStatus", "other")} == {
        "lost": 0,
        "duplicated": 0,
        "wrongStatus": 0,
        "other": 0,
    }


def test_a_bug_that_needs_a_kill_is_caught() -> None:
    """Kills strike at random moments, so that three of them may all miss the bug's, or hit it without a double."""
    planted = Planted(scenario="kill", database="sqlite", bug=PLANTED[0].bug, cycles=3, items=200)
    assert any(hunt(planted) for _ in range(HUNTS_MAX))


@pytest.mark.parametrize("planted", PLANTED, ids=lambda one: f"{one.scenario}-{one.database}-{one.bug.name}")
def test_every_planted_bug_fits_the_sources_and_its_scenario(planted: Planted, tmp_path: Path) -> None:
    assert planted.database in SCENARIOS[planted.scenario].databases
    copy = planted_in(planted.bug, tmp_path) / "bilag"
    for edit in planted.bug.edits:
        compile((copy / edit.file).read_text(encoding="utf-8"), edit.file, "exec")


def test_every_scenario_has_a_planted_bug_and_a_kept_report_that_found_nothing_wrong() -> None:
    assert {one.scenario for one in PLANTED} == set(SCENARIOS)
    reports = kept_reports()
    assert {report["scenario"] for report in reports} == set(SCENARIOS)
    for report in reports:
        assert not any(report[name] for name in ("lost", "duplicated", "wrongStatus", "other")), report
