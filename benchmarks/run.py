"""The comparison: every contender exports the same jobs from the same simulated Pleo into the same stub.

    make bench                                      (three rounds)
    .venv/bin/python -m benchmarks.run --rounds 5
    .venv/bin/python -m benchmarks.run --rounds 1 --only thousand-20 --only webhooks

Runs are interleaved: each round goes once through all workloads and contenders. Writes benchmarks/results.json and
benchmarks/REPORT.md; with --only the results go to .benchmarks/ instead. Ends with 1 when a run was wrong: a run whose
books or reports are not right counts for nothing, however fast it was.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from benchmarks.one_run import PEERS_PYTHON, ROOT, measure
from benchmarks.report import report
from benchmarks.restart import SIZES, measure_restart
from benchmarks.workloads import PEERS, WORKLOADS

HERE: Final = Path(__file__).parent
PARTIAL: Final = ROOT / ".benchmarks"


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", action="append", default=[], help="a workload's key or how it begins; repeatable")
    parser.add_argument("--leave-out", action="append", default=[], help="likewise; repeatable")
    parser.add_argument("--without-peers", action="store_true", help="leave out what needs .venv-bench")
    given = parser.parse_args()
    assert given.without_peers or PEERS_PYTHON.exists(), "run `make .venv-bench/.installed`, or --without-peers"
    before = os.getloadavg()[0]
    wanted = Choice(tuple(given.only), tuple(given.leave_out), peers=not given.without_peers)
    found = _measured(given.rounds, wanted)
    results = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "rounds": given.rounds,
        "load_before": round(before, 2),
        "left_out": given.leave_out,
        **found,
    }
    folder = PARTIAL if given.only else HERE
    folder.mkdir(exist_ok=True)
    (folder / "results.json").write_text(_as_text(results))
    (folder / "REPORT.md").write_text(report(results))
    print(f"written: {folder / 'REPORT.md'}")  # noqa: T201  a command says what it did
    wrong = [row for row in (*found["rows"], *found["restarts"], *found["webhooks"]) if row["wrong"]]
    sys.exit(1 if wrong else 0)


@dataclass(frozen=True, slots=True)
class Choice:
    """What of it all shall be run."""

    only: tuple[str, ...]
    left_out: tuple[str, ...]
    peers: bool

    def has(self, key: str) -> bool:
        """Whether the workload is."""
        return key.startswith(self.only or "") and not (self.left_out and key.startswith(self.left_out))


def _measured(rounds: int, wanted: Choice) -> dict[str, list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []
    restarts: list[dict[str, Any]] = []
    webhooks: list[dict[str, Any]] = []
    for round_ in range(1, rounds + 1):
        rows += [
            _told(asdict(measure(workload, part, round_)))
            for workload in WORKLOADS
            for part in workload.parts
            if wanted.has(workload.key) and round_ <= part.rounds_max and (wanted.peers or part.contender not in PEERS)
        ]
        if wanted.has("restart"):
            sizes = SIZES if round_ == 1 else SIZES[:1]
            restarts += [_told(asdict(measure_restart(items, round_))) for items in sizes]
        if wanted.has("webhooks"):
            webhooks += [_told(row) for row in _webhooks()]
    return {"rows": rows, "restarts": restarts, "webhooks": webhooks}


def _webhooks() -> Iterator[dict[str, Any]]:
    """benchmarks.webhooks binds itself to a core, so it is a process of its own."""
    command = [sys.executable, "-m", "benchmarks.webhooks"]
    told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603  our own program
    for line in told.stdout.splitlines():
        row = json.loads(line)
        is_right = row.pop("right")
        yield {**row, "wrong": "" if is_right else "not every webhook was remembered once"}


def _told(row: dict[str, Any]) -> dict[str, Any]:
    shown = {name: value for name, value in row.items() if name not in {"memory", "calls"}}
    print(json.dumps(shown), flush=True)  # noqa: T201  a benchmark reports as it goes
    return row


def _as_text(results: dict[str, Any]) -> str:
    """One line for each row, so that a difference can be read."""
    lines = ["{"]
    for name, value in results.items():
        if isinstance(value, list):
            rows = ",\n  ".join(json.dumps(row) for row in value)
            lines.append(f' "{name}": [\n  {rows}\n ],' if value else f' "{name}": [],')
        else:
            lines.append(f' "{name}": {json.dumps(value)},')
    lines[-1] = lines[-1].rstrip(",")
    return "\n".join([*lines, "}", ""])


if __name__ == "__main__":
    main()
