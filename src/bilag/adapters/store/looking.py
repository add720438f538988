"""Looks at a posting journal without opening it for work: makes nothing, brings nothing up to date, takes no turn."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, NullPool, create_engine, inspect, text

from bilag.adapters.store.faults import told_plainly
from bilag.adapters.store.opening import check_file
from bilag.adapters.store.postgresql import check_server, database_address, engine_for
from bilag.adapters.store.schema import company_lease
from bilag.adapters.store.upgrade import Tables, tables_of
from bilag.ports.secret import Secret

_HOLDER: Final = text(
    "SELECT holder, EXTRACT(EPOCH FROM expires_at - clock_timestamp()) AS seconds"
    " FROM company_lease WHERE company_id = :company AND expires_at > clock_timestamp()"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenJournal:
    """What a look showed. `holder` has the company's lease for `seconds` more; empty when nobody has it."""

    database: str
    tables: Tables
    holder: str = ""
    seconds: int = 0


def look_at_file(path: Path) -> SeenJournal:
    """The journal in a file that is there. Raises NeedsPerson when it is not ours, StoreFailed when it is damaged."""
    path = path.absolute()
    with told_plainly(str(path)):
        if not check_file(path):
            return SeenJournal(database=str(path), tables=Tables(found=frozenset(), newest="", known=frozenset()))
        # Without a log beside it nobody writes; then not even SQLite's own side files are made.
        is_quiet = not path.with_name(f"{path.name}-wal").exists()
        address = f"{path.as_uri()}?{'immutable=1' if is_quiet else 'mode=ro'}"
        engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(address, uri=True), poolclass=NullPool)
        with closing(engine.connect()) as connection:
            return SeenJournal(database=str(path), tables=tables_of(connection))


async def look_at_server(url: Secret, company_id: str) -> SeenJournal:
    """The journal in PostgreSQL, and who exports the company. Raises NeedsPerson, StoreFailed."""
    return await asyncio.to_thread(_look_at_server, url, company_id)


def _look_at_server(url: Secret, company_id: str) -> SeenJournal:
    address = database_address(url)
    database, engine = str(address.database), engine_for(address)
    with told_plainly(database), engine.begin() as connection:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        check_server(connection, database)
        holder, seconds = _holder(connection, company_id)
        return SeenJournal(database=database, tables=tables_of(connection), holder=holder, seconds=seconds)


def _holder(connection: Connection, company_id: str) -> tuple[str, int]:
    if not inspect(connection).has_table(company_lease.name):
        return "", 0
    held = connection.execute(_HOLDER, {"company": company_id}).one_or_none()
    return ("", 0) if held is None else (held.holder, round(held.seconds))
