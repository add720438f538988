"""A PostgreSQL server of our own, with a database for each company's journal."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.adapters.store.postgresql_server import PostgresqlServer, running_server
from tests.crash.workers import Worker

_END: Final = (
    "UPDATE company_lease SET expires_at = clock_timestamp() WHERE holder LIKE '%, process {}, %'"
    " AND expires_at > clock_timestamp()"
)


class Databases:
    """Makes databases, and lets the leases of killed workers run out at once rather than after 120 seconds."""

    def __init__(self, server: PostgresqlServer) -> None:
        self.server = server
        self._newest = ""

    def new(self, number: int) -> str:
        """The address of an empty database; the one before it goes."""
        if self._newest:
            self.server.execute(f"DROP DATABASE {self._newest} WITH (FORCE)")
        self._newest = f"journal_{number}"
        self.server.execute(f"CREATE DATABASE {self._newest}")
        return self.server.url(self._newest).reveal()

    def end_lease(self, worker: Worker) -> None:
        """As if the time of a killed worker's lease had passed."""
        if self.server.execute("SELECT to_regclass('company_lease')", self._newest) != [(None,)]:
            self.server.execute(_END.format(worker.pid), self._newest)


@contextmanager
def running_databases(disk: Path | None = None) -> Iterator[Databases]:
    """A server until the block ends, with its cluster on this disk where one is given."""
    if disk is None:
        with running_server() as server:
            yield Databases(server)
        return
    server = PostgresqlServer(disk)
    server.start()
    try:
        yield Databases(server)
    finally:
        server.stop(signal.SIGQUIT)
