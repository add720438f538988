"""The simulation from the command line: many seeds, one seed as a trace, or the planted bugs."""

import argparse
import json
import sys
from pathlib import Path

from tests.simulation.course import simulate
from tests.simulation.many_seeds import replay_command, run_seeds, told
from tests.simulation.planted_bugs import PLANTED
from tests.simulation.planting import SEEDS_MAX, hunt_all, hunt_here


def main() -> int:
    """0 when every promise held, or every planted bug was caught; 1 otherwise."""
    options = _options()
    if options.seed is not None:
        return _one_seed(options.seed, trace=options.trace)
    if options.hunt:
        return _say(str(hunt_here(options.seeds)), 0)
    if options.planted:
        return _planted(options.bug, options.jobs)
    return _many(options.seeds, options.jobs, options.report)


def _many(seeds: range, jobs: int, report: Path | None) -> int:
    tally = run_seeds(seeds, jobs)
    found = tally.as_json(seeds)
    if report is not None:
        report.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    _say(json.dumps({name: value for name, value in found.items() if name != "violations"}, indent=2), 0)
    return _say(told(tally.failing) or f"{tally.seeds} seeds, every promise held", 1 if tally.failing else 0)


def _one_seed(seed: int, *, trace: bool) -> int:
    outcome = simulate(seed, keeps_lines=trace)
    _say("\n".join(outcome.lines), 0)
    _say(f"seed {seed} fingerprint {outcome.fingerprint} calls {outcome.calls} crashes {outcome.crashes}", 0)
    for violation in outcome.violations:
        _say(f"violated: {violation}", 0)
    return _say("every promise held" if not outcome.violations else replay_command(seed), len(outcome.violations[:1]))


def _planted(bug: str, jobs: int) -> int:
    missed, bugs = 0, [one for one in PLANTED if bug in one.name]
    for one, caught in zip(bugs, hunt_all(bugs, jobs), strict=True):
        missed += not caught.invariant
        _say(f"| {one.name} | {caught.seeds or f'not in {SEEDS_MAX}'} | {caught.invariant} |", 0)
    return _say(f"{missed} planted bugs were not caught", 1) if missed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=_range, default=range(2000), metavar="FROM:TO")
    parser.add_argument("--jobs", type=int, default=1, help="processes to run at once")
    parser.add_argument("--report", type=Path, help="write the figures here, as JSON")
    parser.add_argument("--seed", type=int, help="run this one seed")
    parser.add_argument("--trace", action="store_true", help="with --seed: print every call")
    parser.add_argument("--planted", action="store_true", help="plant one bug after another and count the seeds")
    parser.add_argument("--bug", default="", help="with --planted: only bugs with this in their names")
    parser.add_argument("--hunt", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def _range(text: str) -> range:
    start, _, stop = text.partition(":")
    return range(int(start), int(stop))


def _say(text: str, code: int) -> int:
    if text:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    return code


if __name__ == "__main__":
    sys.exit(main())
