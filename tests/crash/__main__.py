"""Real processes that are killed, stopped and starved: one scenario, all of them, or the planted bugs.

A cycle costs no start of Python: the driver has imported everything, and forks a child that runs `bilag.cli.main`.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests.crash import workers
from tests.crash.cycles import Figures
from tests.crash.next_post import measure
from tests.crash.planted import PLANTED, hunt
from tests.crash.report import as_json
from tests.crash.scenarios import SCENARIOS, Goal, Scenario, run_scenario, why_not

# The long form: cycles and items of each scenario and database.
LONG = {"kill": (1_000, 300_000), "crowd": (200, 20_000), "sleeper": (20, 1_200), "database-hangs": (3, 4_500)}
LONG_OTHERS = (20, 7_500)
CAN_NOT = 5


def main() -> int:
    """0 when everything was as it should be or every planted bug was caught, 1 otherwise, 5 when it can't be run."""
    options = _options()
    if options.planted:
        return _planted(options.bug)
    workers.import_everything()
    if options.open_intents:
        return _next_post(options.open_intents, options.seed, options.report)
    if options.all:
        return _all(options.seed, options.reports)
    return _one(SCENARIOS[options.scenario], options.database, _goal(options), options.report)


def _one(scenario: Scenario, database: str, goal: Goal, report: Path | None) -> int:
    if reason := why_not(scenario, database):
        _say(f"skipped: {scenario.name} on {database}: {reason}")
        return CAN_NOT

    def tell(figures: Figures) -> None:
        found = as_json(scenario.name, database, goal.seed, figures)
        if report is not None:
            report.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        _say(json.dumps(found))

    folder = Path(tempfile.mkdtemp(prefix="bilag-crash-"))
    # The user of the database's server has to pass.
    folder.chmod(0o711)
    figures = run_scenario(scenario, database, goal, folder / "round", tell)
    if not figures.verdict.is_good:
        _say(f"the folders are left in {folder}")
        return 1
    folder.rmdir()
    return 0


def _all(seed: int, reports: Path | None) -> int:
    worst = 0
    for scenario in SCENARIOS.values():
        cycles, items = LONG.get(scenario.name, LONG_OTHERS)
        for database in scenario.databases:
            report = reports / f"{scenario.name}-{database}.json" if reports else None
            code = _one(scenario, database, Goal(cycles=cycles, items=items, seed=seed), report)
            worst = max(worst, code if code != CAN_NOT else 0)
    return worst


def _next_post(intents: int, seed: int, report: Path | None) -> int:
    with tempfile.TemporaryDirectory(prefix="bilag-crash-") as folder:
        found = json.dumps(measure(Path(folder), intents, seed), indent=1)
    if report is not None:
        report.write_text(f"{found}\n", encoding="utf-8")
    _say(found)
    return 0


def _planted(named: str) -> int:
    missed = 0
    for one in PLANTED:
        if named in one.bug.name:
            caught = hunt(one)
            missed += not caught
            _say(f"| {one.scenario} | {one.bug.name} | {caught or 'not caught'} |")
    return 1 if missed else 0


def _goal(options: argparse.Namespace) -> Goal:
    return Goal(cycles=options.cycles, items=options.items, seed=options.seed)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--scenario", choices=tuple(SCENARIOS), default="kill")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--cycles", type=int, default=20, help="go on for so many kills or strikes at least")
    parser.add_argument("--items", type=int, default=3_000, help="and for so many items")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--report", type=Path, help="write the figures here, as JSON")
    parser.add_argument("--all", action="store_true", help="every scenario in its long form")
    parser.add_argument("--reports", type=Path, help="with --all: the folder for the figures")
    parser.add_argument("--open-intents", type=int, default=0, help="measure a restart with so many of them")
    parser.add_argument("--planted", action="store_true", help="plant one bug after another and see it caught")
    parser.add_argument("--bug", default="", help="with --planted: only bugs with this in their names")
    return parser.parse_args()


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
