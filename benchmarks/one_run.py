"""One measured run: a far side and a contender as two fresh processes, and a verdict on what stands afterwards."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from benchmarks.far_side import Scene
from benchmarks.processes import Cost, busy_seconds, cpu_seconds_of, watched
from benchmarks.terms import Terms
from benchmarks.workloads import PEERS, Contender, Part, Workload

ROOT: Final = Path(__file__).parents[1]
# The peers' libraries live apart from ours.
PEERS_PYTHON: Final = ROOT / ".venv-bench" / "bin" / "python"
SECONDS_MAX: Final = 1800.0
MEMORY_POINTS_MAX: Final = 120

_VARIANTS: Final = {
    Contender.LOOP_READ_BACK: "read_back",
    Contender.LOOP_COMMITS: "commit_each",
    Contender.QUEUE_PUBLISHED: "published",
    Contender.QUEUE_CHAIN: "chain",
    Contender.QUEUE_PARALLEL: "parallel",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One run, from ready to done. `start_seconds` are from the birth of the process to ready.

    `cpu_ms_per_item` leaves the start out and has ended children in it. `wrong` says what
    an auditor found; such a run counts for nothing. `strangers_cores` is how many cores worked for others meanwhile.
    """

    workload: str
    contender: str
    round: int
    items: int
    seconds: float = 0.0
    start_seconds: float = 0.0
    start_cpu_seconds: float = 0.0
    items_per_second: float = 0.0
    cpu_ms_per_item: float = 0.0
    far_side_cpu_ms_per_item: float = 0.0
    peak_mib: float = 0.0
    strangers_cores: float = 0.0
    pleo_calls_per_item: float = 0.0
    books_calls_per_item: float = 0.0
    calls: dict[str, int] = field(default_factory=dict)
    commits: int = 0
    file_bytes: int = 0
    checksum: str = ""
    wrong: str = ""
    memory: tuple[tuple[float, float], ...] = ()


class FarSide:
    """The simulated Pleo and the stub's books while they run; `found` is what they told at the end."""

    def __init__(self, scene: Scene) -> None:
        """Starts it, and comes back when it listens."""
        command = (sys.executable, "-m", "benchmarks.far_side", json.dumps(_fields(scene)))
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603  our own program
        assert self.process.stdout is not None
        self.where: dict[str, str] = json.loads(self.process.stdout.readline())
        self.found: dict[str, Any] = {}

    def finish(self) -> None:
        """Ask what became of it all, and let it end."""
        told, _ = self.process.communicate(b"", timeout=60)
        self.found = json.loads(told)

    def kill(self) -> None:
        """End it, whatever it is doing; one that has ended is left alone."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def _fields(scene: Scene) -> dict[str, object]:
    return {name: getattr(scene, name) for name in scene.__slots__}


@contextmanager
def far_side(scene: Scene) -> Iterator[FarSide]:
    """Both for as long as the block lasts."""
    side = FarSide(scene)
    try:
        yield side
    finally:
        side.kill()


def terms_for(where: dict[str, str], workload: Workload, contender: Contender, folder: str) -> Terms:
    """What the contender is told."""
    return Terms(
        **where,
        folder=folder,
        connections=workload.connections,
        commit_ms=workload.commit_ms,
        variant=_VARIANTS.get(contender, ""),
    )


def started(contender: Contender, terms: Terms) -> "subprocess.Popen[bytes]":
    """The contender's process."""
    python = str(PEERS_PYTHON) if contender in PEERS else sys.executable
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    match contender:
        case Contender.LOOP | Contender.LOOP_READ_BACK | Contender.LOOP_COMMITS:
            module = ["benchmarks.contender_loop"]
        case Contender.BILAG:
            module = ["benchmarks.contender_bilag"]
        case Contender.REQUESTS:
            module = ["benchmarks.contender_requests"]
        case Contender.QUEUE_PUBLISHED | Contender.QUEUE_CHAIN | Contender.QUEUE_PARALLEL:
            module = ["django", "export_job"]
            environment |= {
                "DJANGO_SETTINGS_MODULE": "benchmarks.queue_peer.settings",
                "QUEUE_VARIANT": terms.variant,
                "QUEUE_SOCKET_FOLDER": f"{terms.folder}/postgresql",
            }
    command = [python, "-m", *module, terms.as_argument()]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE)  # noqa: S603  our own programs


def measure(workload: Workload, part: Part, round_: int) -> Row:
    """The run's figures, or what was wrong with it."""
    scene = Scene(items=part.items, seed=round_, latency_ms=workload.latency_ms, file_bytes=workload.file_bytes)
    row = Row(workload=workload.key, contender=part.contender, round=round_, items=part.items)
    with tempfile.TemporaryDirectory(prefix="bilag-bench-") as folder, far_side(scene) as side:
        Path(folder).chmod(0o755)  # the peer's database runs as another user
        busy_before, far_before = busy_seconds(), cpu_seconds_of(side.process.pid)
        born_seconds = time.monotonic()
        process = started(part.contender, terms_for(side.where, workload, part.contender, folder))
        cost = watched(process, SECONDS_MAX)
        assert process.stdout is not None
        told = [json.loads(line) for line in process.stdout.read().splitlines() if line.startswith(b"{")]
        process.stdout.close()
        alive_seconds = time.monotonic() - born_seconds
        far_cpu = cpu_seconds_of(side.process.pid) - far_before
        strangers = busy_seconds() - busy_before - far_cpu - cost.cpu_seconds
        side.finish()
    row = replace(
        row,
        far_side_cpu_ms_per_item=round(1000 * far_cpu / part.items, 3),
        peak_mib=cost.peak_mib,
        strangers_cores=round(max(0.0, strangers / alive_seconds), 2),
        memory=_thinned(cost),
        wrong=verdict(side.found, part.items, cost.exit_code),
    )
    return _with_calls(_with_times(row, told, born_seconds, cost), side.found)


def verdict(found: dict[str, Any], items: int, exit_code: int = 0) -> str:
    """What is wrong with the books or with what Pleo was told; empty when everything is as it should be."""
    problems = []
    if exit_code:
        problems.append(f"the contender ended with {exit_code}")
    if found["entries"] != items or found["sources"] != items:
        problems.append(f"{found['entries']} entries of {found['sources']} expenses for {items} items")
    if found["checksum"] != found["expected_checksum"]:
        problems.append(f"the books' checksum is {found['checksum']}, not {found['expected_checksum']}")
    if found["reported_right"] != items:
        problems.append(f"{found['reported_right']} of {items} items were reported with the id of their entry")
    if found["job_status"] != "completed":
        problems.append(f"the job is {found['job_status']}")
    return "; ".join(problems)


def _with_times(row: Row, told: list[dict[str, Any]], born_seconds: float, cost: Cost) -> Row:
    moments = {line["moment"]: line for line in told}
    if not {"began", "done"} <= moments.keys():
        return replace(row, wrong=row.wrong or "the contender did not say when it was done")
    began, done = moments["began"]["at_seconds"], moments["done"]["at_seconds"]
    return replace(
        row,
        seconds=round(done - began, 3),
        start_seconds=round(began - born_seconds, 2),
        start_cpu_seconds=round(moments["began"]["cpu_seconds"], 2),
        cpu_ms_per_item=round(1000 * (cost.cpu_seconds - moments["began"]["cpu_seconds"]) / row.items, 3),
        items_per_second=round(row.items / (done - began), 2),
        commits=moments["done"].get("commits", 0),
    )


def _with_calls(row: Row, found: dict[str, Any]) -> Row:
    pleo, books = found["pleo_calls"], found["books_calls"]
    files = {name: count for name, count in pleo.items() if "/files/" in name or "/download" in name}
    return replace(
        row,
        pleo_calls_per_item=round((sum(pleo.values()) - sum(files.values())) / row.items, 4),
        books_calls_per_item=round(sum(books.values()) / row.items, 4),
        calls={**pleo, **{f"books {name}": count for name, count in books.items()}},
        file_bytes=found["file_bytes"],
        checksum=found["checksum"],
    )


def _thinned(cost: Cost) -> tuple[tuple[float, float], ...]:
    step = len(cost.memory) // MEMORY_POINTS_MAX + 1
    return cost.memory[::step]
