"""Opens the posting journal in PostgreSQL, shared by workers on several machines, each of which leases its company."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError

from bilag.adapters.store.faults import told_plainly
from bilag.adapters.store.journal import StoredPostingJournal
from bilag.adapters.store.lease import LeaseTimes, StoredLease, left_companies, take_lease
from bilag.adapters.store.upgrade import upgrade
from bilag.ports.errors import NeedsPerson
from bilag.ports.secret import Secret

CONNECT_SECONDS_MAX: Final = 5
# A server that acknowledges nothing for so long is gone.
SILENCE_SECONDS_MAX: Final = 20
# A server that stands still acknowledges everything and answers nothing; one that works gives up by itself before.
ANSWER_SECONDS_MAX: Final = 40.0
# How long the server lets us wait. A worker that is stopped amid a write keeps the rows, and the lease with them, for
# the last of these at most.
_TIMEOUTS: Final = {"lock_timeout": 5, "statement_timeout": 30, "idle_in_transaction_session_timeout": 10}
# Any number, as long as nobody else's program in the same database takes it: "bilag" as ASCII.
_MIGRATION_LOCK: Final = int.from_bytes(b"bilag", "big")
_PLAIN: Final = frozenset({"postgresql", "postgres", "postgresql+psycopg"})
# https://www.postgresql.org/docs/current/libpq-ssl.html: the modes that encrypt, and know whom they talk to or not.
_ENCRYPTED: Final = frozenset({"require", "verify-ca", "verify-full"})
_THIS_MACHINE: Final = frozenset({"", "localhost", "127.0.0.1", "::1"})


@asynccontextmanager
async def open_leased_journal(
    url: Secret,
    company_id: str,
    times: LeaseTimes | None = None,
    *,
    answer_seconds_max: float = ANSWER_SECONDS_MAX,
) -> AsyncIterator[tuple[StoredPostingJournal, StoredLease]]:
    """The journal and the lease that its writes carry; the lease is given back in the end.

    Raises NeedsPerson when the database can't be used, HeldElsewhere while another worker has the company, StoreFailed.
    """
    address = database_address(url)
    engines = partial(engine_for, address, answer_seconds_max)
    await asyncio.to_thread(_prepare, address)
    lease = await asyncio.to_thread(take_lease, engines(commits_itself=True), company_id, times)
    lease.start()
    try:
        journal = await asyncio.to_thread(_journal, engines, lease)
        try:
            yield journal, lease
        finally:
            await journal.close()
    finally:
        await asyncio.to_thread(lease.release)


@asynccontextmanager
async def open_journal_to_look(url: Secret) -> AsyncIterator[StoredPostingJournal]:
    """The journal for questions alone: a write through it is a bug. Raises NeedsPerson, StoreFailed."""
    address = database_address(url)
    await asyncio.to_thread(_prepare, address)
    journal = await asyncio.to_thread(_journal, partial(engine_for, address), None)
    try:
        yield journal
    finally:
        await journal.close()


async def companies_left_behind(url: Secret) -> frozenset[str]:
    """Those whose worker died amid its work, a lease ago. Changes nothing. Raises NeedsPerson, StoreFailed."""
    return await asyncio.to_thread(left_companies, engine_for(database_address(url), commits_itself=True))


def database_address(url: Secret) -> URL:
    """Where the database is. Raises NeedsPerson, without any part of the address but the host, when it can't be used.

    A way over the network has to be encrypted, and says so itself.
    """
    try:
        address = make_url(url.reveal())
    except (ArgumentError, ValueError):
        raise NeedsPerson("state.database is no address such as postgresql://user@host/name") from None
    if address.drivername not in _PLAIN or not address.database:
        raise NeedsPerson("state.database is no address such as postgresql://user@host/name")
    hosts = {address.host or "", *_listed(address.query.get("host", ()))}
    elsewhere = sorted(host for host in hosts if host not in _THIS_MACHINE and not host.startswith("/"))
    if elsewhere and address.query.get("sslmode") not in _ENCRYPTED:
        raise NeedsPerson(
            f"state.database is on {elsewhere[0]}: end the address with ?sslmode=verify-full&sslrootcert=system, or"
            " with the file of its certificate authority, so that nobody reads along or poses as the database"
        )
    return address.set(drivername="postgresql+psycopg")


def _listed(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(value.split(",")) if isinstance(value, str) else value


def _prepare(address: URL) -> None:
    """Check the server's promises, and bring the tables up to date, one worker at a time."""
    engine = engine_for(address)
    try:
        with told_plainly(str(address.database)), engine.begin() as connection:
            check_server(connection, str(address.database))
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
            upgrade(connection, str(address.database))
    finally:
        engine.dispose()


def check_server(connection: Connection, database: str) -> None:
    """Raises NeedsPerson when the server can't keep what it is told."""
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
    if encoding != "UTF8":
        raise NeedsPerson(f"The database {database} keeps texts as {encoding}. Create one with ENCODING 'UTF8'.")
    for name in ("fsync", "synchronous_commit"):
        if connection.exec_driver_sql(f"SHOW {name}").scalar() == "off":
            raise NeedsPerson(
                f"The server of the database {database} has {name} off, and would forget after a loss of power what it"
                f" has promised to keep. Switch {name} on."
            )


def _journal(engines: Callable[..., Engine], lease: StoredLease | None) -> StoredPostingJournal:
    writing, reading = engines(), engines(commits_itself=True)
    database = str(writing.url.database)

    def refuse(_connection: Connection) -> None:
        raise AssertionError(f"{database} is written to without a lease")

    with told_plainly(database):
        return StoredPostingJournal(writing, reading, lease.check if lease else refuse)


def engine_for(address: URL, answer_seconds_max: float = ANSWER_SECONDS_MAX, *, commits_itself: bool = False) -> Engine:
    """A way to the database on which every wait is bounded. Raises NeedsPerson without the driver."""
    options = (str(address.query.get("options", "")), *(f"-c {name}={value}s" for name, value in _TIMEOUTS.items()))
    try:
        engine = create_engine(
            address,
            poolclass=NullPool,
            connect_args={
                "connect_timeout": CONNECT_SECONDS_MAX,
                "tcp_user_timeout": SILENCE_SECONDS_MAX * 1000,
                "keepalives_idle": SILENCE_SECONDS_MAX,
                "application_name": "bilag",
                "options": " ".join(options),
            },
            isolation_level="AUTOCOMMIT" if commits_itself else "READ COMMITTED",
        )
    except ModuleNotFoundError as missing:
        raise NeedsPerson("state.database needs PostgreSQL's driver: pip install 'bilag[postgresql]'") from missing
    _bound_answers(engine, answer_seconds_max)
    return engine


def _bound_answers(engine: Engine, seconds_max: float) -> None:
    """Give a connection up for good when an answer does not come: what still arrives answers nobody's question.

    Neither the server's limits nor the network's help against a server that stands still.
    """
    lost = engine.dialect.loaded_dbapi.OperationalError

    @event.listens_for(engine, "connect")
    def bound(connection: Any, _record: object) -> None:
        wait = connection.wait

        def wait_in_time(answer: object, **limits: float) -> object:
            try:
                return wait(answer, **{"timeout": seconds_max, **limits})
            except lost as problem:
                if problem.sqlstate is None:
                    connection.close()
                raise

        connection.wait = wait_in_time
