"""A PostgreSQL server for one run, in a folder of its own, with everything at its defaults but where it listens."""

import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

# Debian's place for the programs, one folder per version.
_PROGRAMS: Final = Path("/usr/lib/postgresql")
_START_SECONDS_MAX: Final = 30.0


def programs() -> Path | None:
    """Where the newest PostgreSQL is, or None."""
    return max(_PROGRAMS.glob("*/bin"), key=lambda path: int(path.parent.name), default=None)


@contextmanager
def running_database(folder: Path) -> Iterator[None]:
    """A server that takes connections through a socket in `folder`; PostgreSQL refuses to run as root."""
    found = programs()
    assert found is not None, f"no PostgreSQL in {_PROGRAMS}: apt-get install postgresql"
    folder.mkdir()
    user: dict[str, Any] = {}
    if os.getuid() == 0:
        servant = pwd.getpwnam("postgres")
        os.chown(folder, servant.pw_uid, servant.pw_gid)
        user = {"user": servant.pw_uid, "group": servant.pw_gid, "extra_groups": ()}
    data = folder / "data"
    initdb = (found / "initdb", "-D", data, "--auth=trust", "--username=bench", "--no-sync")
    subprocess.run(initdb, check=True, capture_output=True, cwd=folder, **user)  # noqa: S603  an installed program
    command = (found / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses=")
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, **user)  # noqa: S603  likewise
    try:
        _wait(found, folder)
        yield
    finally:
        server.terminate()
        server.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(found: Path, folder: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS_MAX
    while subprocess.run((found / "pg_isready", "-q", "-h", folder), check=False).returncode:  # noqa: S603  likewise
        assert time.monotonic() < deadline, (folder / "log").read_text()
        time.sleep(0.05)
