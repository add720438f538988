"""A PostgreSQL server of the tests' own: a cluster in a temporary folder, reached through a socket in it."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import psycopg

from bilag.ports.secret import Secret

# Debian's place for the programs, one folder per version.
PROGRAMS: Final = Path("/usr/lib/postgresql")
START_SECONDS_MAX: Final = 30.0
END_SECONDS_MAX: Final = 30.0
_LOOK_AGAIN_SECONDS: Final = 0.02
# Neither sorts by bytes nor, for that, ends a list of words with the highest sign: what servers of people do.
_LOCALE: Final = ("--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US")


def why_not() -> str:
    """Why no server can be started here; empty when one can."""
    if _programs() is None:
        return f"no PostgreSQL 15 or newer in {PROGRAMS}: apt-get install postgresql"
    if os.getuid() == 0 and _servant() is None:
        return "PostgreSQL refuses to run as root, and there is no user postgres"
    return ""


def _programs() -> Path | None:
    found = [path for path in PROGRAMS.glob("*/bin") if (path / "initdb").exists() and int(path.parent.name) >= 15]
    return max(found, key=lambda path: int(path.parent.name), default=None)


def _servant() -> pwd.struct_passwd | None:
    return next((user for user in pwd.getpwall() if user.pw_name == "postgres"), None)


class PostgresqlServer:
    """A cluster under `folder`, which its user owns; started and stopped as often as a test likes."""

    def __init__(self, folder: Path) -> None:
        programs = _programs()
        assert programs is not None, why_not()
        self._programs = programs
        self._folder = folder
        self._data = folder / "data"
        self._process: subprocess.Popen[bytes] | None = None
        self._user: dict[str, Any] = {}
        servant = _servant()
        if os.getuid() == 0 and servant is not None:
            os.chown(folder, servant.pw_uid, servant.pw_gid)
            self._user = {"user": servant.pw_uid, "group": servant.pw_gid, "extra_groups": ()}
        options = ("--auth=trust", "--username=bilag", "--no-sync", *_LOCALE)
        subprocess.run(
            (programs / "initdb", "--pgdata", self._data, *options),
            check=True,
            capture_output=True,
            cwd=folder,
            **self._user,
        )

    def start(self) -> None:
        """Take connections, and keep what is promised: fsync stays on."""
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                (self._programs / "postgres", "-D", self._data, "-k", self._folder, "-c", "listen_addresses="),
                stdout=log,
                stderr=log,
                cwd=self._folder,
                **self._user,
            )
        deadline = time.monotonic() + START_SECONDS_MAX
        while True:
            try:
                self.execute("SELECT 1")
            except psycopg.OperationalError:
                assert self._process.poll() is None, (self._folder / "log").read_text()
                assert time.monotonic() < deadline, "PostgreSQL does not start"
                time.sleep(_LOOK_AGAIN_SECONDS)
            else:
                return

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop: SIGINT ends it in order, SIGQUIT at once, so that its next start recovers."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(END_SECONDS_MAX)
            self._process = None

    @property
    def pid(self) -> int:
        """The process that starts all others."""
        assert self._process is not None
        return self._process.pid

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Rows of one statement, committed by itself."""
        with psycopg.connect(self.url(database).reveal(), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def url(self, database: str) -> Secret:
        """The address of a database."""
        return Secret(f"postgresql://bilag@/{database}?host={quote(str(self._folder), safe='')}")

    @contextmanager
    def database(self, name: str, template: str = "template0", *options: str) -> Iterator[str]:
        """A database for as long as the block lasts."""
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" {" ".join(options)}')
        try:
            yield name
        finally:
            if self._process is not None:
                self.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def running_server() -> Iterator[PostgresqlServer]:
    """A server until the block ends, and no trace of it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="bilag-postgresql-"))
    try:
        server = PostgresqlServer(folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)
