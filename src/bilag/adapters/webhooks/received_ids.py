"""Which webhooks came already, on disk: a repeat is known as one, also after a crash.

The file holds nothing but ids and times. It is a memory, not a record: without it a repeated webhook makes bilag ask
Pleo once more, and nothing is booked twice.
"""

import asyncio
import os
import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import (
    URL,
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    NullPool,
    String,
    Table,
    create_engine,
    delete,
    event,
    func,
    insert,
    or_,
    select,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from bilag.adapters.webhooks.signature import ID_CHARACTERS_MAX
from bilag.ports.clock import Clock
from bilag.ports.errors import StoreFailed

# A signature is good for ten minutes at most, but whoever repeats a delivery signs it anew, for a day and more.
KEPT_SECONDS: Final = 3 * 24 * 3600
KEPT_IDS_MAX: Final = 1_000_000
# What commits together; more would make the first wait for the last.
GROUP_SIZE_MAX: Final = 500
_FORGET_EVERY_SECONDS: Final = 600
_BUSY_SECONDS_MAX: Final = 5.0

_metadata: Final = MetaData()
_received: Final = Table(
    "received_webhooks",
    _metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("webhook_id", String(ID_CHARACTERS_MAX), nullable=False, unique=True),
    Column("received_at", Integer, nullable=False, index=True),
)


class ReceivedIds:
    """The ids in one file, written by one thread, in groups. To be used from one event loop at a time."""

    def __init__(self, path: Path, clock: Clock) -> None:
        """Opens the file, made for our eyes only when absent. Raises StoreFailed."""
        self._path = path
        self._clock = clock
        self._waiting: list[tuple[str, asyncio.Future[bool]]] = []
        self._working: asyncio.Task[None] | None = None
        self._forgot_at_seconds: int | None = None
        self._thread = ThreadPoolExecutor(1, "webhook-ids")
        with _told_plainly(path):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            self._engine = _engine(path)
            self._connection = self._engine.connect()
            with self._connection.begin():
                _metadata.create_all(self._connection)

    async def remember(self, webhook_id: str) -> bool:
        """Whether the id is new; returns once it is on disk. Raises StoreFailed, and then it may not be."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[bool] = loop.create_future()
        self._waiting.append((webhook_id, future))
        if self._working is None:
            self._working = loop.create_task(self._work())
        return await future

    async def close(self) -> None:
        """Finish what was asked, and let go."""
        while self._working is not None:
            await asyncio.wait([self._working])
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, self._connection.close)
        self._thread.shutdown()
        self._engine.dispose()

    async def _work(self) -> None:
        """Group after group, as long as somebody waits; what comes during one commit goes with the next."""
        loop = asyncio.get_running_loop()
        while self._waiting:
            group, self._waiting = self._waiting[:GROUP_SIZE_MAX], self._waiting[GROUP_SIZE_MAX:]
            ids = [webhook_id for webhook_id, _ in group]
            now_seconds = int(self._clock.now().timestamp())
            committing = loop.run_in_executor(self._thread, self._commit, ids, now_seconds)
            await asyncio.wait([committing])
            problem = committing.exception()
            answers: Sequence[bool | BaseException]
            answers = committing.result() if problem is None else [problem] * len(group)
            for (_, future), answer in zip(group, answers, strict=True):
                _settle(future, answer)
        self._working = None

    def _commit(self, ids: Sequence[str], now_seconds: int) -> list[bool]:
        """One transaction for all; an id that stands twice among them is new once."""
        known: set[str] = set()
        with _told_plainly(self._path), self._connection.begin():
            query = select(_received.c.webhook_id).where(_received.c.webhook_id.in_(ids))
            known.update(self._connection.scalars(query))
            new = [webhook_id for webhook_id in dict.fromkeys(ids) if webhook_id not in known]
            if new:
                rows = [{"webhook_id": webhook_id, "received_at": now_seconds} for webhook_id in new]
                self._connection.execute(insert(_received), rows)
            self._forget_old(now_seconds)
        answers = []
        for webhook_id in ids:
            answers.append(webhook_id not in known)
            known.add(webhook_id)
        return answers

    def _forget_old(self, now_seconds: int) -> None:
        if self._forgot_at_seconds is not None and now_seconds - self._forgot_at_seconds < _FORGET_EVERY_SECONDS:
            return
        newest = select(func.max(_received.c.number)).scalar_subquery()
        is_old = _received.c.received_at < now_seconds - KEPT_SECONDS
        self._connection.execute(delete(_received).where(or_(is_old, _received.c.number <= newest - KEPT_IDS_MAX)))
        self._forgot_at_seconds = now_seconds


def _settle(future: asyncio.Future[bool], answer: bool | BaseException) -> None:  # noqa: FBT001  it is the answer
    if future.done():
        return  # whoever asked has given up meanwhile
    if isinstance(answer, BaseException):
        future.set_exception(answer)
    else:
        future.set_result(answer)


def _engine(path: Path) -> Engine:
    """SQLite, durable at every commit, with no transaction but ours."""
    url = URL.create("sqlite", database=str(path))
    arguments = {"timeout": _BUSY_SECONDS_MAX, "check_same_thread": False}
    engine = create_engine(url, poolclass=NullPool, connect_args=arguments)

    @event.listens_for(engine, "connect")
    def set_up(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # keeps the driver from opening transactions on its own
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


@contextmanager
def _told_plainly(path: Path) -> Iterator[None]:
    try:
        yield
    except (DBAPIError, sqlite3.Error, OSError) as problem:
        cause = problem.orig if isinstance(problem, DBAPIError) else problem
        raise StoreFailed(
            f"The memory of webhooks {path} cannot be used: {cause}. Check the disk and the rights. If the file is "
            "damaged, remove it while bilag stands still: Pleo is then asked once more for what came already"
        ) from problem
