"""The driver's side of the simulated Pleo: starts it, kills it, gives it work, and reads what it was told."""

import json
import signal
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.crash.pleo_process import ASKED, COMPANIES, JOBS, TAKEN, lines_of

ROOT: Final = Path(__file__).parents[2]
_EVENTS: Final = "/v3/export-job-events"
_START_SECONDS_MAX: Final = 60


@dataclass(slots=True, kw_only=True)
class Told:
    """What Pleo was told of one job."""

    events: list[str] = field(default_factory=list)
    # By entry: every different pair of status and external id, and how often it came.
    items: dict[str, Counter[tuple[str, str]]] = field(default_factory=dict)
    refused: int = 0

    @property
    def repeated(self) -> int:
        """Outcomes that were told again, as after a lost answer they must be."""
        return sum(sum(counts.values()) - 1 for counts in self.items.values())


class Pleo:
    """One simulated Pleo; its address stays the same however often it is killed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.api_url = self.files_url = ""
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Listen, with everything that was taken before."""
        ports = [url.rpartition(":")[2] or "0" for url in (self.api_url, self.files_url)]
        command = (sys.executable, "-m", "tests.crash.pleo_process", str(self.folder), *ports)
        with (self.folder / "pleo.log").open("ab") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log)
        assert self._process.stdout is not None
        line = self._process.stdout.readline().decode().split()
        assert line, (self.folder / "pleo.log").read_text()
        self.api_url, self.files_url = line

    def kill(self) -> None:
        """kill -9."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None

    def pages_asked(self) -> int:
        """How many pages of items were asked for."""
        return (self.folder / ASKED).stat().st_size

    def add_company(self, **source: Any) -> None:
        """A company with its expenses, as `source_of` reads them."""
        self._ask(COMPANIES, source)

    def add_job(self, company: str, job: str, places: Sequence[int]) -> None:
        """A waiting job of the expenses at these places."""
        self._ask(JOBS, {"company": company, "job": job, "places": list(places)})

    def told(self) -> dict[str, Told]:
        """What was told, by job."""
        found: dict[str, Told] = {}
        for line in lines_of(self.folder / TAKEN):
            if line["path"] == _EVENTS:
                event = json.loads(line["body"])
                found.setdefault(event["jobId"], Told()).events.append(event["event"])
            elif line["method"] == "PUT":
                self._add(found.setdefault(line["path"].split("/")[3], Told()), line)
        return found

    def _add(self, told: Told, line: dict[str, Any]) -> None:
        refused = {error["accountingEntryId"] for error in json.loads(line["answer"])["errors"]}
        told.refused += len(refused)
        for item in json.loads(line["body"]):
            if item["accountingEntryId"] not in refused:
                outcome = (item["status"], item.get("externalId") or "")
                told.items.setdefault(item["accountingEntryId"], Counter())[outcome] += 1

    def _ask(self, path: str, given: dict[str, Any]) -> None:
        request = urllib.request.Request(self.api_url + path, json.dumps(given).encode(), method="POST")  # noqa: S310  our own server
        with urllib.request.urlopen(request, timeout=_START_SECONDS_MAX):  # noqa: S310  likewise
            pass


@contextmanager
def running_pleo(folder: Path) -> Iterator[Pleo]:
    """A Pleo until the block ends."""
    folder.mkdir(parents=True)
    pleo = Pleo(folder)
    pleo.start()
    try:
        yield pleo
    finally:
        pleo.kill()
