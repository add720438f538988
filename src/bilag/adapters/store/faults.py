"""SQLite's result codes in plain words, as one table. https://www.sqlite.org/rescode.html (primary result codes)."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError

from bilag.ports.errors import StoreFailed

_PRIMARY_CODE_MASK: Final = 0xFF

_TEXTS: Final = {
    sqlite3.SQLITE_BUSY: "is locked by another program. Stop the other one, or wait until it is done",
    sqlite3.SQLITE_LOCKED: "is locked by another program. Stop the other one, or wait until it is done",
    sqlite3.SQLITE_FULL: "cannot grow: the disk is full. Free some space",
    sqlite3.SQLITE_IOERR: "cannot be read or written: the disk reports an error. Check the disk and its free space",
    sqlite3.SQLITE_NOMEM: "cannot be used: the machine is out of memory",
    sqlite3.SQLITE_READONLY: "may not be written. Check owner and rights of the file and its folder",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened. Check owner and rights of the file and its folder",
    sqlite3.SQLITE_PERM: "may not be used. Check owner and rights of the file and its folder",
    sqlite3.SQLITE_CORRUPT: "is damaged. Keep the file, and put back a copy of it from before",
    sqlite3.SQLITE_NOTADB: "is damaged. Keep the file, and put back a copy of it from before",
}


@contextmanager
def told_plainly(database: str) -> Iterator[None]:
    """Turn what SQLite says about the database file into StoreFailed; anything else comes out as it was."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as problem:
        cause = problem.orig if isinstance(problem, DBAPIError) else problem
        code = getattr(cause, "sqlite_errorcode", None)
        if code is None or code & _PRIMARY_CODE_MASK not in _TEXTS:
            raise
        raise StoreFailed(f"The database {database} {_TEXTS[code & _PRIMARY_CODE_MASK]}. ({cause})") from problem
