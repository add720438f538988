"""Seeds of worlds with another class of accounting systems, and the bugs that they have to catch.

python -m tests.simulation.system_seeds --seeds 0:1000             every class, without bugs
python -m tests.simulation.system_seeds --planted                  every planted bug, until it is caught
"""

import argparse
import logging
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from tests.simulation.course import Outcome, simulate
from tests.simulation.planted_bugs import PlantedBug
from tests.simulation.planted_lookup import PLANTED
from tests.simulation.planting import ROOT, SECONDS_MAX, planted_in
from tests.simulation.systems import SYSTEMS

SEEDS_MAX: Final = 2000


def first_failing(system: str, seeds: range) -> Outcome | None:
    """The first of the seeds that breaks a promise."""
    logging.getLogger("bilag").setLevel(logging.CRITICAL + 1)
    outcomes = (simulate(seed, system=SYSTEMS[system]) for seed in seeds)
    return next((outcome for outcome in outcomes if outcome.violations), None)


def hunt(system: str, bug: PlantedBug, seeds_max: int = SEEDS_MAX) -> str:
    """What the first seed says that breaks a promise of the sources with the bug; empty when none does."""
    with tempfile.TemporaryDirectory(prefix="bilag-planted-") as name:
        folder = planted_in(bug, Path(name))
        command = [
            sys.executable,
            "-m",
            "tests.simulation.system_seeds",
            "--system",
            system,
            "--seeds",
            f"0:{seeds_max}",
        ]
        environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
        hunter = subprocess.run(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, timeout=SECONDS_MAX, check=False
        )
        assert hunter.returncode in (0, 1), hunter.stdout
        return hunter.stdout.strip() if hunter.returncode else ""


def _told(system: str, outcome: Outcome | None) -> str:
    if outcome is None:
        return f"{system}: every promise held"
    return f"{system}: seed {outcome.seed}: {outcome.violations[0]}"


def _hunted(system: str, bug: PlantedBug) -> int:
    found = hunt(system, bug)
    sys.stdout.write(f"{bug.name}: {found or 'NOT CAUGHT'}\n")
    sys.stdout.flush()
    return 0 if found else 1


def main() -> int:
    """0 when every promise held, or every planted bug was caught; 1 otherwise."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.system_seeds")
    parser.add_argument("--system", choices=sorted(SYSTEMS))
    parser.add_argument("--seeds", default="0:200")
    parser.add_argument("--planted", action="store_true")
    options = parser.parse_args()
    if options.planted:
        return max([_hunted(system, bug) for system, bug in PLANTED])
    start, _, stop = options.seeds.partition(":")
    failing = [
        (s, first_failing(s, range(int(start), int(stop)))) for s in ([options.system] if options.system else SYSTEMS)
    ]
    sys.stdout.write("".join(f"{_told(*one)}\n" for one in failing))
    return 1 if any(outcome for _, outcome in failing) else 0


if __name__ == "__main__":
    sys.exit(main())
