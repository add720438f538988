"""A worker that is stopped in the middle, past its lease, and wakes up when another has done its work.

The books take everything as often as they are told to, so that only the lease and the journal keep what the sleeper
sends from being there twice. Leases are short here: 3 seconds, of which a send needs half a second.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Final

from tests.adapters.store import exporting_child
from tests.adapters.store.exporting_child import TRY_LATER, sends
from tests.crash import workers
from tests.crash.company import Company
from tests.crash.cycles import Figures
from tests.crash.judge import Verdict
from tests.crash.pleo import ROOT, Told

END_SECONDS_MAX: Final = 180.0


def stopped_past_its_lease(company: Company, rng: random.Random) -> Figures:
    """One worker stopped at a random send, another that takes over and ends, then the first again."""
    ledger = company.folder / "ledger"
    figures = Figures(companies=1, starts=2, cycles=1)
    began = time.monotonic()
    sleeper = _start(company, "one", ledger, f"stop:{rng.randrange(1, company.items)}")
    try:
        has_stopped = workers.until(lambda: _is_stopped(sleeper), END_SECONDS_MAX)
        assert has_stopped, "the worker was not stopped"
        code = _start(company, "other", ledger, "wait").wait(END_SECONDS_MAX)
        sent = len(sends(ledger))
        sleeper.send_signal(signal.SIGCONT)
        awake = sleeper.wait(END_SECONDS_MAX)
    finally:
        sleeper.kill()
        sleeper.wait()
    figures.cycle_seconds.append(time.monotonic() - began)
    figures.verdict = _judge(company, ledger)
    late = len(sends(ledger)) - sent
    figures.verdict.note("other", [f"the sleeper sent {late} more"] if late else [])
    ends = (code, awake)
    figures.verdict.note("other", [f"they ended with {ends}"] if ends != (0, TRY_LATER) else [])
    return figures


def _judge(company: Company, ledger: Path) -> Verdict:
    """Every expense that can be booked was sent once, and Pleo was told of each as it is."""
    verdict = Verdict(items=company.items, jobs=len(company.jobs))
    counts = Counter(sent["reference"].split(".")[1] for sent in sends(ledger))
    references = Counter(sent["reference"] for sent in sends(ledger))
    verdict.entries = len(references)
    told = company.pleo.told()
    last = {entry: one for job in company.jobs for entry, one in told.get(job, Told()).items.items()}
    verdict.note("duplicated", (name for name, count in references.items() if count > 1))
    for entry in company.expected():
        statuses = {status for status, _ in last.get(entry, ())}
        wanted = "successful" if entry in counts else "failed"
        verdict.note("lost", [entry] if not statuses else [])
        verdict.note("wrong_status", [f"{entry} was told as {statuses}"] if statuses and statuses != {wanted} else [])
    return verdict


def _start(company: Company, name: str, ledger: Path, happening: str) -> subprocess.Popen[bytes]:
    folder = company.settings_in(company.folder / name)
    settings = folder / "bilag.toml"
    # The books of that child know no vendors.
    text = settings.read_text("utf-8").replace("employees_as_vendors = true", "employees_as_vendors = false")
    settings.write_text(text, "utf-8")
    with (folder / "child.log").open("ab") as log:
        return subprocess.Popen(
            (sys.executable, str(exporting_child.__file__), str(settings), str(ledger), happening),
            cwd=folder,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join([*filter(None, [os.environ.get("PYTHONPATH")]), str(ROOT)]),
                **company.environment,
            },
            stdout=log,
            stderr=log,
        )


def _is_stopped(process: subprocess.Popen[bytes]) -> bool:
    stat = Path(f"/proc/{process.pid}/stat")
    return process.poll() is None and stat.read_text().rpartition(")")[2].split()[0] == "T"
