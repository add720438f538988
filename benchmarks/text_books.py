"""Measure whole Export Jobs into text books: simulator and engine as two real processes, every write durable.

    .venv/bin/python -m benchmarks.text_books

Writes benchmarks/text_books.json (raw) and text_books.md, which benchmarks/REPORT.md takes in. A run
whose books do not hold every item exactly once counts as failed, however fast it was.
"""

import json
import os
import platform
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from bilag.app.demo import tool

HERE = Path(__file__).parent
START_SECONDS_MAX = 30.0
POLL_SECONDS = 0.05
API_PORT, FILES_PORT = 18765, 18766


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """What one job is made of, and how often it is run."""

    name: str
    items: int
    receipts_percent: int
    rounds: int
    payables_percent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measured run. `cpu_ms_per_item` is the engine's own processor time, user and system."""

    workload: str
    items: int
    seconds: float
    items_per_second: float
    cpu_ms_per_item: float
    peak_mib: float
    booked: int
    references: int
    receipts: int
    bean_check: str
    load_average: float


WORKLOADS = (
    Workload(name="1,000 items", items=1_000, receipts_percent=0, rounds=3),
    Workload(name="100,000 items", items=100_000, receipts_percent=0, rounds=1),
    Workload(name="2,000 items, receipts on 60 %", items=2_000, receipts_percent=60, rounds=3),
    Workload(name="10,000 items, accounts payable", items=10_000, receipts_percent=0, rounds=1, payables_percent=100),
)


def main() -> None:
    """Run every workload, rounds interleaved, and write the report."""
    wanted = "".join(sys.argv[1:])
    chosen = [w for w in WORKLOADS if w.name.startswith(wanted)]
    rows = []
    for round_ in range(max(w.rounds for w in chosen)):
        for workload in chosen:
            if round_ < workload.rounds:
                row = measure(workload, seed=round_ + 1)
                print(json.dumps(asdict(row)), flush=True)  # noqa: T201  a benchmark reports as it goes
                rows.append(row)
    write(rows)


def measure(workload: Workload, seed: int) -> Row:
    """One job from a fresh start: new simulator, new books, new journal."""
    with tempfile.TemporaryDirectory(prefix="bilag-bench-") as folder:
        config = prepare(Path(folder), workload)
        simulator = start_simulator(workload, seed)
        try:
            seconds, cpu_seconds, peak_mib = run_engine(config)
        finally:
            simulator.send_signal(signal.SIGINT)
            simulator.wait(timeout=10)
        return judged(workload, Path(folder), seconds, cpu_seconds, peak_mib)


def prepare(folder: Path, workload: Workload) -> Path:
    """The demo's settings, without a rate budget that would hide the engine behind Pleo's quota.

    Employees are vendors only where payables are measured, so that the other rows are journal entries alone.
    """
    text = (HERE.parent / "src/bilag/app/demo.toml").read_text()
    if not workload.payables_percent:
        text = text.replace("employees_as_vendors = true", "employees_as_vendors = false")
    text = text.replace("8765", str(API_PORT)).replace("8766", str(FILES_PORT))
    text = text.replace(", blocked = true", "")
    text = text.replace(
        "[bookkeeping]", 'calls_per_minute = 1000000\n\n[bookkeeping]\nitems_at_once = 64\ndefault_vendor = "K1004"'
    )
    config = folder / "bilag.toml"
    config.write_text(text)
    return config


def start_simulator(workload: Workload, seed: int) -> subprocess.Popen[bytes]:
    """The simulator in a process of its own, once it answers."""
    command = [
        *(sys.executable, "-m", "bilag", "simulate", "--port", str(API_PORT), "--files-port", str(FILES_PORT)),
        *("--items", str(workload.items), "--seed", str(seed), "--receipts", str(workload.receipts_percent)),
        *("--payables", str(workload.payables_percent)),
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)  # noqa: S603  our own program
    assert process.stderr is not None
    started = time.monotonic()
    while b" expenses " not in process.stderr.readline():
        assert time.monotonic() - started < START_SECONDS_MAX, "the simulator did not start"
    return process


def run_engine(config: Path) -> tuple[float, float, float]:
    """Seconds, processor seconds and peak memory of `bilag run`."""
    started = time.monotonic()
    command = [sys.executable, "-m", "bilag", "run", "--json", "--config", str(config)]
    process = subprocess.Popen(command, env={**os.environ, "PLEO_API_KEY": "demo"}, stdout=subprocess.DEVNULL)  # noqa: S603  our own program
    peak_mib = 0.0
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        peak_mib = max(peak_mib, peak_mib_of(process.pid))
        time.sleep(POLL_SECONDS)
    seconds = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode in {0, 1}, status
    return seconds, usage.ru_utime + usage.ru_stime, peak_mib


def peak_mib_of(pid: int) -> float:
    """The process's own high-water mark; what wait4 tells also counts the size of whoever started it."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def judged(workload: Workload, folder: Path, seconds: float, cpu_seconds: float, peak_mib: float) -> Row:
    """The figures, once the books hold every item exactly once and beancount accepts them."""
    journal = "".join(path.read_text() for path in sorted((folder / "books").rglob("*.beancount")))
    references = re.findall(r'^  external_reference: "(.+)"$', journal, re.MULTILINE)
    transactions = re.findall(r"^\d{4}-\d{2}-\d{2} [*!] .*", journal, re.MULTILINE)
    checker = tool("bean-check")
    check = subprocess.run([checker, str(folder / "books/main.beancount")], check=False, capture_output=True)  # noqa: S603  an installed program
    accepted = "accepted" if check.returncode == 0 else check.stdout.decode()[-300:] + check.stderr.decode()[-300:]
    entries = {reference.split(".")[1] for reference in references}
    assert len(entries) == workload.items, f"{len(entries)} expenses in the books, of {workload.items}"
    assert len(transactions) == len(references) == len(set(references)), "an entry stands twice"
    assert accepted == "accepted", accepted
    return Row(
        workload=workload.name,
        items=workload.items,
        seconds=round(seconds, 2),
        items_per_second=round(workload.items / seconds, 1),
        cpu_ms_per_item=round(1000 * cpu_seconds / workload.items, 3),
        peak_mib=round(peak_mib, 1),
        booked=len(transactions),
        references=len(set(references)),
        receipts=sum(1 for path in (folder / "books/documents").rglob("*") if path.is_file()),
        bean_check=accepted,
        load_average=round(os.getloadavg()[0], 2),
    )


def write(rows: list[Row]) -> None:
    """Raw rows as JSON, medians as a page."""
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    now = datetime.now(UTC)
    raw = {"measured_at": now.isoformat(timespec="seconds"), "machine": machine, "rows": [asdict(row) for row in rows]}
    (HERE / "text_books.json").write_text(json.dumps(raw, indent=1) + "\n")
    lines = [
        "## Into text books",
        "",
        f"`python -m benchmarks.text_books` on {now:%Y-%m-%d}, {machine}.",
        "Simulator and engine are two processes on the same machine;",
        "the engine stores every intent and outcome durably (SQLite WAL, `synchronous=FULL`) and syncs the books.",
        "Times include the start of the program. Medians over the rounds; compare rows of one run only.",
        "",
        "| job | rounds | items/s | engine CPU ms/item | peak memory MiB | entries in the books | bean-check |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in dict.fromkeys(row.workload for row in rows):
        same = [row for row in rows if row.workload == name]
        lines.append(
            f"| {name} | {len(same)} | {statistics.median(r.items_per_second for r in same):,.0f} "
            f"| {statistics.median(r.cpu_ms_per_item for r in same):.2f} "
            f"| {statistics.median(r.peak_mib for r in same):.0f} "
            f"| {same[0].booked:,} for {same[0].items:,} items | {same[0].bean_check} |"
        )
    (HERE / "text_books.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
