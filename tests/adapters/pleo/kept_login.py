"""A login that is kept in memory, and the machine around it: crashes, full disks, another process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from bilag.adapters.pleo.connection import Connection
from bilag.adapters.pleo.opening import open_token_endpoint
from bilag.adapters.pleo.renewal import TokenRenewal
from bilag.ports.errors import StoreFailed
from bilag.ports.secret import Secret
from tests.adapters.pleo.oauth_server import OAuthServer, oauth_server
from tests.adapters.transport.fake_clock import FakeClock

FIRST = Secret("canary-refresh-0")


class Crash(BaseException):
    """The process is gone."""


class MemoryStore:
    """Keeps one text. `fails` holds what the next saves raise instead of saving."""

    def __init__(self) -> None:
        self.text: Secret | None = None
        self.fails: list[BaseException] = []
        self.saves = 0
        self._lock = asyncio.Lock()

    def load(self) -> Secret | None:
        return self.text

    def save(self, text: Secret) -> None:
        if self.fails:
            raise self.fails.pop(0)
        self.saves += 1
        self.text = text

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        async with self._lock:
            yield

    @property
    def kept(self) -> Connection:
        assert self.text is not None
        return Connection.decoded(self.text)


class Company:
    """A login that was made `age_seconds` ago, and processes that use it."""

    def __init__(self, server: OAuthServer, *, age_seconds: int = 7200) -> None:
        self.server, self.clock, self.store = server, FakeClock(), MemoryStore()
        made_at = self.clock.now() - timedelta(seconds=age_seconds)
        server.valid_refresh.add(FIRST.reveal())
        self.first = Connection(
            access=Secret("canary-access-0"),
            refresh=FIRST,
            renewed_at=made_at,
            expires_at=made_at + timedelta(seconds=3600),
        )
        self.store.save(self.first.encoded())
        self._endpoint = open_token_endpoint(server.app(), self.clock)

    def process(self) -> TokenRenewal:
        """A process that has just started."""
        return TokenRenewal(self._endpoint, self.store, self.clock)

    async def close(self) -> None:
        await self._endpoint.close()


@asynccontextmanager
async def a_company(*, age_seconds: int = 7200) -> AsyncIterator[Company]:
    async with oauth_server() as server:
        company = Company(server, age_seconds=age_seconds)
        try:
            yield company
        finally:
            await company.close()


FULL_DISK = StoreFailed("secrets.json can't be written: No space left on device")
