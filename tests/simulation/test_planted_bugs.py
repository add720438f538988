from pathlib import Path
from typing import Final

import pytest

from tests.simulation.planted_bugs import PLANTED, Edit, PlantedBug
from tests.simulation.planting import DoesNotFit, hunt, planted_in

# Those that a few seeds give away; `python -m tests.simulation --planted` hunts all of them.
QUICK: Final = (
    "time-out treated as failed",
    "new reference per attempt",
    "errors array ignored",
    "job completed before the last outcomes are sent",
    "no turns among a vendor's documents",
)
QUICK_SEEDS_MAX: Final = 300


@pytest.mark.parametrize("name", QUICK)
def test_a_planted_bug_breaks_a_promise(name: str) -> None:
    (bug,) = (one for one in PLANTED if one.name == name)
    assert hunt(bug, QUICK_SEEDS_MAX).invariant


@pytest.mark.parametrize("bug", PLANTED, ids=lambda bug: bug.name)
def test_every_planted_bug_fits_the_sources(bug: PlantedBug, tmp_path: Path) -> None:
    copy = planted_in(bug, tmp_path) / "bilag"
    for edit in bug.edits:
        compile((copy / edit.file).read_text(encoding="utf-8"), edit.file, "exec")


def test_a_bug_that_no_longer_fits_is_told(tmp_path: Path) -> None:
    with pytest.raises(DoesNotFit, match=r"lifecycle/post\.py has 0 times"):
        planted_in(PlantedBug("stale", (Edit("lifecycle/post.py", "not there at all", ""),)), tmp_path)


def test_the_sources_as_they_are_break_none() -> None:
    assert not hunt(PlantedBug("none", ()), 40).invariant
