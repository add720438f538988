"""A server that stands still: the network acknowledges, nothing is answered."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg
import pytest

from bilag.adapters.store.lease import LeaseTimes
from bilag.adapters.store.postgresql import CONNECT_SECONDS_MAX, open_leased_journal
from bilag.ports.errors import StoreFailed
from bilag.ports.secret import Secret
from tests.adapters.store.postgresql_server import PostgresqlServer
from tests.adapters.store.records import COMPANY, key, posting

ANSWER_SECONDS_MAX: Final = 1.0
# Both threads of the journal, the lease's renewal, and giving the lease back, on a busy machine.
END_SECONDS_MAX: Final = 4 * (ANSWER_SECONDS_MAX + CONNECT_SECONDS_MAX) + 10
TIMES: Final = LeaseTimes(lease_seconds=60.0, renew_seconds=0.2, send_seconds=1.0)


@contextmanager
def standing_still(server: PostgresqlServer) -> Iterator[None]:
    """Every process of the server is stopped for as long as the block lasts."""
    processes = [*(pid for (pid,) in server.execute("SELECT pid FROM pg_stat_activity")), server.pid]
    for pid in processes:
        with suppress_gone():
            os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in processes:
            with suppress_gone():
                os.kill(pid, signal.SIGCONT)


@contextmanager
def suppress_gone() -> Iterator[None]:
    try:
        yield
    except ProcessLookupError:
        """It asked for this very list."""


async def test_server_that_stands_still_is_given_up_in_time_and_works_again_later(
    own_server: PostgresqlServer,
) -> None:
    own_server.execute("CREATE DATABASE shared")
    url = own_server.url("shared")
    with pytest.raises(StoreFailed, match=r"cannot be reached.*timeout expired"):
        await write_while_it_stands_still(own_server, url)
    own_server.execute("UPDATE company_lease SET expires_at = clock_timestamp()", "shared")
    async with open_leased_journal(url, COMPANY) as (journal, _):
        await journal.record(posting(key("after")))
        assert await journal.latest(COMPANY, "after")


async def write_while_it_stands_still(server: PostgresqlServer, url: Secret) -> None:
    opened = open_leased_journal(url, COMPANY, TIMES, answer_seconds_max=ANSWER_SECONDS_MAX)
    async with asyncio.timeout(END_SECONDS_MAX):
        journal, _ = await opened.__aenter__()
        await journal.record(posting(key("before")))
        with standing_still(server):
            answers = await asyncio.gather(
                *(journal.record(posting(key(f"entry-{number}"))) for number in range(5)),
                journal.latest(COMPANY, "before"),
                return_exceptions=True,
            )
            await opened.__aexit__(None, None, None)
    assert [type(answer) for answer in answers] == [StoreFailed] * 6
    raise answers[0] if isinstance(answers[0], StoreFailed) else AssertionError


def test_server_that_stands_still_lets_nobody_wait_for_a_connection(own_server: PostgresqlServer) -> None:
    with standing_still(own_server):
        began = time.monotonic()
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(own_server.url("postgres").reveal(), connect_timeout=CONNECT_SECONDS_MAX)
    assert time.monotonic() - began < 2 * CONNECT_SECONDS_MAX + 5
