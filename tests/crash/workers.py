"""`bilag` as real processes that cost no start: forked from this one, which has imported everything already.

Each runs `bilag.cli.main.main` with arguments, folder, environment and outputs of its own, and ends by its exit code or
by a signal. Nothing may have started a thread in this process.
"""

import gc
import importlib
import os
import pkgutil
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import bilag.adapters
import bilag.cli
from bilag.cli.main import main

END_SECONDS_MAX: Final = 240.0
LOOK_AGAIN_SECONDS: Final = 0.003
OUTPUT: Final = "output.log"
_OTHERS: Final = ("sqlalchemy.dialects.sqlite.pysqlite", "sqlalchemy.dialects.postgresql.psycopg", "alembic.command")
_BUG: Final = 70


def import_everything() -> None:
    """What a run imports, so that a forked one need not."""
    for package in (bilag.cli, bilag.adapters):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in module.name and not module.name.endswith("_child"):
                importlib.import_module(module.name)
    for name in _OTHERS:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()


@dataclass(slots=True, kw_only=True)
class Worker:
    """One process; `code` is its exit code, or the negative number of the signal that ended it."""

    pid: int
    folder: Path
    started_at: float
    code: int | None = None

    def is_running(self) -> bool:
        """Looks, and remembers how it ended."""
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
        return self.code is None

    def send(self, number: signal.Signals) -> None:
        """A signal, unless it has ended."""
        if self.is_running():
            os.kill(self.pid, number)

    def kill(self) -> bool:
        """kill -9; False when it had ended by itself."""
        self.send(signal.SIGKILL)
        return self.ended() == -signal.SIGKILL

    def ended(self, seconds_max: float = END_SECONDS_MAX) -> int:
        """Wait for its end. Raises TimeoutError when it doesn't come."""
        if not until(lambda: not self.is_running(), seconds_max):
            self.send(signal.SIGKILL)
            raise TimeoutError(f"process {self.pid} in {self.folder} did not end: {self.output()[-2000:]}")
        assert self.code is not None
        return self.code

    def output(self) -> str:
        """What all processes in this folder said."""
        return (self.folder / OUTPUT).read_text(encoding="utf-8", errors="replace")


def start(folder: Path, arguments: Sequence[str], environment: Mapping[str, str]) -> Worker:
    """`bilag` with these arguments in this folder, under way."""
    pid = os.fork()
    if pid == 0:
        _be_bilag(folder, arguments, environment)
    return Worker(pid=pid, folder=folder, started_at=time.monotonic())


def until(has_come: Callable[[], bool], seconds_max: float, look_again_seconds: float = LOOK_AGAIN_SECONDS) -> bool:
    """Wait for something; False when it does not come in time."""
    deadline = time.monotonic() + seconds_max
    while not has_come():
        if time.monotonic() > deadline:
            return False
        time.sleep(look_again_seconds)
    return True


def _be_bilag(folder: Path, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
    code = _BUG
    try:
        os.chdir(folder)
        os.environ.update(environment)
        output = os.open(OUTPUT, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        main(arguments)
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
