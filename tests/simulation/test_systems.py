"""Worlds whose accounting systems are of the other classes, and the mistakes that they give away."""

from pathlib import Path

import pytest

from tests.simulation.planted_bugs import PlantedBug
from tests.simulation.planted_lookup import PLANTED
from tests.simulation.planting import planted_in
from tests.simulation.system_seeds import first_failing, hunt
from tests.simulation.systems import SYSTEMS

# `python -m tests.simulation.system_seeds` runs more, and hunts all of the bugs.
SEEDS: dict[str, int] = {"server_key": 150, "look_up": 150, "look_up_killed": 100, "look_up_doubled": 60}
# Those that a few seeds give away.
QUICK: dict[str, int] = {
    "no look-up": 10,
    "no wait before the look": 10,
    "no deadline check right before sending": 100,
    "two hits taken as one": 100,
    "key older than its lifetime trusted": 100,
}


@pytest.mark.parametrize("name", sorted(SYSTEMS))
def test_every_promise_holds_in_every_seed(name: str) -> None:
    failing = first_failing(name, range(SEEDS[name]))
    assert failing is None, (failing.seed, failing.violations)


@pytest.mark.parametrize(("system", "bug"), [(s, b) for s, b in PLANTED if b.name in QUICK], ids=str)
def test_a_planted_bug_breaks_a_promise(system: str, bug: PlantedBug) -> None:
    assert hunt(system, bug, QUICK[bug.name])


@pytest.mark.parametrize("bug", [bug for _, bug in PLANTED], ids=lambda bug: bug.name)
def test_every_planted_bug_fits_the_sources(bug: PlantedBug, tmp_path: Path) -> None:
    copy = planted_in(bug, tmp_path) / "bilag"
    for edit in bug.edits:
        compile((copy / edit.file).read_text(encoding="utf-8"), edit.file, "exec")
