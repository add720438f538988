"""What databases say when they fail, in plain words, as two tables.

SQLite: https://www.sqlite.org/rescode.html (primary result codes).
PostgreSQL: https://www.postgresql.org/docs/current/errcodes-appendix.html (a whole code, or how it begins).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from bilag.ports.errors import StoreFailed

_PRIMARY_CODE_MASK: Final = 0xFF

_LOCKED: Final = "is locked by another program. Stop the other one, or wait until it is done"

_SQLITE: Final = {
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_FULL: "cannot grow: the disk is full. Free some space",
    sqlite3.SQLITE_IOERR: "cannot be read or written: the disk reports an error. Check the disk and its free space",
    sqlite3.SQLITE_NOMEM: "cannot be used: the machine is out of memory",
    sqlite3.SQLITE_READONLY: "may not be written. Check owner and rights of the file and its folder",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened. Check owner and rights of the file and its folder",
    sqlite3.SQLITE_PERM: "may not be used. Check owner and rights of the file and its folder",
    sqlite3.SQLITE_CORRUPT: "is damaged. Keep the file, and put back a copy of it from before",
    sqlite3.SQLITE_NOTADB: "is damaged. Keep the file, and put back a copy of it from before",
}


# A connection that breaks brings no code.
_UNREACHABLE: Final = "cannot be reached. Check the server, its address and the network"
_POSTGRESQL: Final = {
    "08": _UNREACHABLE,
    "25006": "may not be written: it is a standby or set to read only. Name the primary server",
    "25P03": "gave us up, since we were stopped amid a write",
    "28": "does not let us in. Check user, password and the server's rules for both",
    "3D000": "does not exist. Create it, empty, with ENCODING 'UTF8'",
    "40": _LOCKED,
    "42501": "may not be used by this user. Grant it the rights on the database and its tables",
    "53100": "cannot grow: the disk is full. Free some space",
    "53": "has no room for us: memory or connections are used up",
    "55P03": _LOCKED,
    "57014": "takes too long to answer. Check the server's load and its disk",
    "57P0": "is stopping or starting. Wait until the server is up",
    "58": "cannot be read or written: the disk reports an error. Check the server's disk",
    "XX001": "is damaged. Keep it, and put back a copy of it from before",
    "XX002": "is damaged. Keep it, and put back a copy of it from before",
}
_CODE_LENGTHS: Final = (5, 4, 2)


@contextmanager
def told_plainly(database: str) -> Iterator[None]:
    """Turn what the database says about itself into StoreFailed; anything else comes out as it was."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as problem:
        cause = problem.orig if isinstance(problem, DBAPIError) else problem
        words = _on_server(problem, cause) if hasattr(cause, "sqlstate") else _in_file(cause)
        if words is None:
            raise
        raise StoreFailed(f"The database {database} {words}. ({' '.join(str(cause).split())})") from problem


def _in_file(cause: object) -> str | None:
    code = getattr(cause, "sqlite_errorcode", None)
    return None if code is None else _SQLITE.get(code & _PRIMARY_CODE_MASK)


def _on_server(problem: Exception, cause: object) -> str | None:
    code = getattr(cause, "sqlstate", None)
    if code is None:
        is_broken = isinstance(problem, OperationalError | InterfaceError)
        return _UNREACHABLE if is_broken or getattr(problem, "connection_invalidated", False) else None
    return next((_POSTGRESQL[code[:length]] for length in _CODE_LENGTHS if code[:length] in _POSTGRESQL), None)
