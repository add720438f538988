"""Builds the client over real connections."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Final

from bilag.adapters.pleo.auth import Auth
from bilag.adapters.pleo.calls import PleoCalls
from bilag.adapters.pleo.client import PleoExportApi
from bilag.adapters.pleo.downloads import DOWNLOAD_LIMITS, ReceiptDownloads
from bilag.adapters.pleo.oauth import OAuthApp, TokenEndpoint
from bilag.adapters.transport.aiohttp_transport import AiohttpTransport
from bilag.adapters.transport.destinations import ANY_HOST, Destinations, origin_of
from bilag.adapters.transport.rate_budget import RateBudget
from bilag.adapters.transport.retry import Retrier, RetryPolicy
from bilag.adapters.transport.tls import tls_context
from bilag.adapters.transport.transport import Limits, Request, Response, Transport
from bilag.domain.quota_profiles import PLEO_CALLS_PER_MINUTE_ADVISED, pleo_profile
from bilag.ports.clock import Clock
from bilag.ports.errors import AddressRefused

# https://developers.pleo.io/docs/base-urls
PRODUCTION_URL: Final = "https://external.pleo.io"
STAGING_URL: Final = "https://external.staging.pleo.io"

# An answer with tokens is small and comes at once; whoever is stopped meanwhile waits for it.
TOKEN_LIMITS: Final = Limits(read_seconds_max=20.0, total_seconds_max=30.0, body_bytes_max=256 * 1024)
DOWNLOAD_RETRIES: Final = RetryPolicy(attempts_max=4, deadline_seconds=120.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PleoAccess:
    """How to reach Pleo.

    `loopback_origins` ("http://127.0.0.1:8080") are the only places of this machine that are connected to, and
    the only ones without TLS; they are for the simulator. `file_hosts` bounds where receipts may be fetched:
    exact hosts, ".example.com" for everything below it, or any host with a public address.
    `connections` to this address are shared by companies, and closed by whoever shares them; the `budget` of a
    credential is shared by all that call with it. Without them, each client has its own.
    """

    auth: Auth
    base_url: str = PRODUCTION_URL
    loopback_origins: tuple[str, ...] = ()
    file_hosts: tuple[str, ...] = (ANY_HOST,)
    ca_file: Path | None = None
    calls_per_minute: int = PLEO_CALLS_PER_MINUTE_ADVISED
    connections: Transport | None = None
    budget: RateBudget | None = None


class _Borrowed:
    """A transport that somebody else closes."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def send(self, request: Request) -> AbstractAsyncContextManager[Response]:
        """As the transport does."""
        return self._transport.send(request)

    async def close(self) -> None:
        """Not ours to close."""


def open_export_api(access: PleoAccess, clock: Clock, dice: Random | None = None) -> PleoExportApi:
    """The client; close it after use.

    Raises AddressRefused for an address that may not be used, ValueError for an unusable `ca_file`.
    """
    calls = open_calls(access, clock, dice)
    files = AiohttpTransport(
        Destinations(origins=access.loopback_origins, public_hosts=access.file_hosts),
        limits=DOWNLOAD_LIMITS,
        tls=tls_context(access.ca_file),
    )
    files.side = "receipts"
    return PleoExportApi(calls, ReceiptDownloads(files, clock=clock, retrier=Retrier(clock, DOWNLOAD_RETRIES, dice)))


def open_questions(access: PleoAccess, connections: Transport, clock: Clock) -> PleoExportApi:
    """A client over somebody else's connections, cheap to make and not to be closed; it can't download receipts."""
    borrowed = _Borrowed(connections)
    calls = open_calls(replace(access, connections=borrowed), clock)
    return PleoExportApi(calls, ReceiptDownloads(borrowed, clock=clock, retrier=Retrier(clock, DOWNLOAD_RETRIES)))


def open_calls(access: PleoAccess, clock: Clock, dice: Random | None = None) -> PleoCalls:
    """Calls to Pleo; close them after use.

    Raises AddressRefused for an address that may not be used, ValueError for an unusable `ca_file`.
    """
    return PleoCalls(
        _Borrowed(access.connections) if access.connections else open_connections(access),
        access.auth,
        base_url=access.base_url,
        clock=clock,
        budget=access.budget or open_budget(access, clock),
        retrier=Retrier(clock, dice=dice),
    )


def open_budget(access: PleoAccess, clock: Clock) -> RateBudget:
    """The calls of one credential."""
    return RateBudget(clock, pleo_profile(access.calls_per_minute))


def open_connections(access: PleoAccess) -> AiohttpTransport:
    """Connections to Pleo's address alone; close it after use.

    Raises AddressRefused for an address that may not be used, ValueError for an unusable `ca_file`.
    """
    base = origin_of(access.base_url)
    loopback = {origin_of(text) for text in access.loopback_origins}
    if outside := [str(origin) for origin in loopback if not origin.is_loopback]:
        raise AddressRefused(f"{', '.join(outside)}: not an address of this machine")
    if base.is_loopback and base not in loopback:
        raise AddressRefused(f"{base}: an address of this machine is used only when it is listed as such")
    return AiohttpTransport(Destinations(origins=(access.base_url,)), tls=tls_context(access.ca_file))


def open_token_endpoint(app: OAuthApp, clock: Clock, ca_file: Path | None = None) -> TokenEndpoint:
    """Where tokens come from, over a transport that reaches nothing else; close it after use.

    Raises AddressRefused for an address that may not be used, ValueError for an unusable `ca_file`.
    """
    destinations = Destinations(origins=(str(origin_of(app.token_url)),))
    transport = AiohttpTransport(destinations, limits=TOKEN_LIMITS, tls=tls_context(ca_file))
    transport.side = "login"
    return TokenEndpoint(transport, app, clock)
