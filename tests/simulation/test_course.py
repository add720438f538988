import os
import subprocess
import sys
from collections import Counter
from typing import Final

import pytest

from tests.simulation.course import Outcome, simulate
from tests.simulation.faults import Fault
from tests.simulation.many_seeds import replay_command, run_seeds, told
from tests.simulation.planting import ROOT

SEEDS: Final = 2000
# So many parts that the workers of the tests share them evenly.
PARTS: Final = 20
REPLAYED: Final = 17


@pytest.mark.parametrize("part", range(PARTS))
def test_every_promise_holds_in_every_seed(part: int) -> None:
    size = SEEDS // PARTS
    tally = run_seeds(range(part * size, (part + 1) * size))
    assert not tally.failing, f"\n{told(tally.failing)}"
    assert tally.seeds == size
    assert tally.sums["crashes"] > size // 2, "the simulation has become too gentle"
    assert tally.sums["postings"] > size


def test_every_kind_of_fault_is_met_within_a_few_seeds() -> None:
    met: Counter[str] = Counter()
    for seed in range(200):
        met += simulate(seed).met
        if len(met) == len(Fault):
            return
    raise AssertionError(f"never met: {sorted(set(Fault) - set(met))}")


def test_a_seed_runs_the_same_way_in_every_process() -> None:
    """Chance belongs to the seed: neither hashing nor an earlier seed has a say."""
    here = simulate(REPLAYED)
    for hashing in ("0", "4711"):
        command = [sys.executable, "-m", "tests.simulation", "--seed", str(REPLAYED)]
        environment = os.environ | {"PYTHONHASHSEED": hashing}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        assert f"fingerprint {here.fingerprint} calls {here.calls} " in done.stdout


def test_other_seeds_run_other_ways() -> None:
    assert len({simulate(seed).fingerprint for seed in range(10)}) == 10


def test_a_trace_tells_every_call_and_does_not_change_the_course() -> None:
    silent, traced = simulate(REPLAYED), simulate(REPLAYED, keeps_lines=True)
    assert silent.fingerprint == traced.fingerprint
    assert len(traced.lines) == traced.calls > 0


def test_a_failing_seed_is_told_with_the_command_that_replays_it() -> None:
    outcome = Outcome(seed=7, fingerprint="", violations=())
    assert replay_command(7) in told([outcome])
