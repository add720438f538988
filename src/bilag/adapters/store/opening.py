"""Opens the posting journal in a file: makes or checks the file, brings its tables up to date, hands it out."""

import os
import sqlite3
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from bilag.adapters.store.faults import told_plainly
from bilag.adapters.store.journal import StoredPostingJournal
from bilag.adapters.store.upgrade import upgrade
from bilag.ports.errors import NeedsPerson

# How long a write waits while another process holds the database, for example a second `bilag`.
BUSY_SECONDS_MAX: Final = 5.0
# SQLite's header, https://www.sqlite.org/fileformat.html#the_database_header: magic text, then our mark ("bilg").
_MAGIC: Final = b"SQLite format 3\x00"
_APPLICATION_ID_OFFSET: Final = 68
_APPLICATION_ID: Final = int.from_bytes(b"bilg", "big")
_HEADER_BYTES: Final = 100


def open_posting_journal(path: Path, *, busy_seconds_max: float = BUSY_SECONDS_MAX) -> StoredPostingJournal:
    """The journal in this file, made with its folder when absent, for our eyes only; older tables are migrated.

    Raises NeedsPerson when the file cannot be used, belongs to another program or comes from a newer version,
    StoreFailed when it is locked, damaged or on a full disk. Blocks while it opens: call it before the work starts.
    """
    path = path.absolute()
    with told_plainly(str(path)):
        _make_or_check(path)
        writing = _engine(path, busy_seconds_max, writes=True)
        reading = _engine(path, busy_seconds_max, writes=False)
        with writing.begin() as connection:
            upgrade(connection, str(path))
        return StoredPostingJournal(writing, reading, _alone)


def _alone(_connection: Connection) -> None:
    """Whoever exports has the state folder to itself (see exclusive_use)."""


def _make_or_check(path: Path) -> None:
    """An empty file gets our mark before anything else, so that a crash between here and there is no riddle."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as problem:
        raise _unusable(path, problem) from problem
    if not check_file(path):
        _mark(path)


def check_file(path: Path) -> bool:
    """Whether anything is in the file yet. Raises NeedsPerson when that is not ours, or the file can't be read."""
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
    except OSError as problem:
        raise _unusable(path, problem) from problem
    if header:
        _check_ours(path, header)
    return bool(header)


def _unusable(path: Path, problem: OSError) -> NeedsPerson:
    return NeedsPerson(f"The database {path} cannot be opened: {problem.strerror}. Check the path and its rights.")


def _check_ours(path: Path, header: bytes) -> None:
    application_id = int.from_bytes(header[_APPLICATION_ID_OFFSET : _APPLICATION_ID_OFFSET + 4], "big")
    if not header.startswith(_MAGIC):
        raise NeedsPerson(f"The file {path} is not a database. Name another file; this one was not changed.")
    if application_id != _APPLICATION_ID:
        raise NeedsPerson(
            f"The database {path} belongs to another program. Name another file; this one was not changed."
        )


def _mark(path: Path) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
    finally:
        connection.close()


def _engine(path: Path, busy_seconds_max: float, *, writes: bool) -> Engine:
    """SQLite as we want it: durable at every commit, readers beside the writer, and no transaction but our own."""
    url = URL.create("sqlite", database=str(path))
    engine = create_engine(
        url, poolclass=NullPool, connect_args={"timeout": busy_seconds_max, "check_same_thread": False}
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        # None keeps the driver from opening transactions on its own.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        if not writes:
            cursor.execute("PRAGMA query_only = ON")
        cursor.close()

    if writes:
        # At once rather than at the first write, so that no other process can write between our look and our write.
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine
