"""What can be taken away from a running bilag, and given back."""

import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, Protocol

from tests.adapters.store.postgresql_server import PostgresqlServer
from tests.crash.pleo import Pleo

# Of a disk, what it holds before it is filled: the books and the journal of one company.
DISK_BYTES: Final = 64 * 1024 * 1024
_BLOCK: Final = 64 * 1024
# What is left on a full disk, at most, so that it is not always the first write that fails.
_SPARE_BYTES_MAX: Final = 2 * 1024 * 1024
_AWAY_SECONDS_MAX: Final = 2.0


class Trouble(Protocol):
    """Begins while a bilag works. `ends_it` says that no run can outlive it; its own end comes with `undo`."""

    ends_it: bool

    def begin(self, rng: random.Random) -> None:
        """Take it away."""
        ...

    def undo(self) -> None:
        """Give it back."""
        ...


class PleoKilled:
    """kill -9 of the simulated Pleo, which comes back a little later."""

    ends_it = False

    def __init__(self, pleo: Pleo) -> None:
        self._pleo = pleo

    def begin(self, rng: random.Random) -> None:
        self._pleo.kill()
        time.sleep(rng.uniform(0, _AWAY_SECONDS_MAX))

    def undo(self) -> None:
        self._pleo.start()


class DatabaseStopped:
    """The server ends at once, amid whatever it does, and recovers at its next start."""

    ends_it = True

    def __init__(self, server: PostgresqlServer) -> None:
        self._server = server

    def begin(self, rng: random.Random) -> None:  # noqa: ARG002  the protocol's
        self._server.stop(signal.SIGQUIT)

    def undo(self) -> None:
        self._server.start()


class DatabaseHangs:
    """Every process of the server stands still; the system goes on to take connections for it."""

    ends_it = True

    def __init__(self, server: PostgresqlServer) -> None:
        self._server = server
        self._processes: list[int] = []

    def begin(self, rng: random.Random) -> None:  # noqa: ARG002  the protocol's
        rows = self._server.execute("SELECT pid FROM pg_stat_activity")
        self._processes = [self._server.pid, *(pid for (pid,) in rows)]
        self._send(signal.SIGSTOP)

    def undo(self) -> None:
        self._send(signal.SIGCONT)

    def _send(self, number: signal.Signals) -> None:
        for process in self._processes:
            with suppress(ProcessLookupError):
                os.kill(process, number)


class DiskFull:
    """A disk of its own under a folder, with a file that takes all the space."""

    ends_it = True

    def __init__(self, folder: Path) -> None:
        self._filler = folder / "filler"

    def begin(self, rng: random.Random) -> None:
        spare = rng.randrange(_SPARE_BYTES_MAX)
        file = os.open(self._filler, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            with suppress(OSError):
                while os.write(file, bytes(_BLOCK)):
                    pass
            os.ftruncate(file, max(0, os.fstat(file).st_size - spare))
        finally:
            os.close(file)

    def undo(self) -> None:
        self._filler.unlink()


class DatabaseDiskFull:
    """The same for the disk of the server, which may give up over it."""

    ends_it = True

    def __init__(self, server: PostgresqlServer, folder: Path) -> None:
        self._server = server
        self._disk = DiskFull(folder)

    def begin(self, rng: random.Random) -> None:
        self._disk.begin(rng)

    def undo(self) -> None:
        self._disk.undo()
        self._server.stop(signal.SIGQUIT)
        self._server.start()


def why_no_disk() -> str:
    """Why no small disk can be had here; empty when one can."""
    with tempfile.TemporaryDirectory(prefix="bilag-crash-disk-") as folder:
        try:
            with small_disk(Path(folder)):
                return ""
        except subprocess.CalledProcessError as refused:
            return f"no small disk without the right to mount one: {refused.stderr.decode().strip()}"


@contextmanager
def small_disk(folder: Path, size: int = DISK_BYTES) -> Iterator[Path]:
    """A disk of a fixed size under this folder."""
    folder.mkdir(parents=True, exist_ok=True)
    command = (shutil.which("mount") or "mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "bilag-crash", folder)
    subprocess.run(command, check=True, capture_output=True)
    try:
        yield folder
    finally:
        subprocess.run(("umount", "-l", folder), check=True, capture_output=True)
