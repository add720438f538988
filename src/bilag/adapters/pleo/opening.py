"""Builds the client over real connections."""

from dataclasses import dataclass
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
from bilag.adapters.transport.transport import Limits
from bilag.ports.clock import Clock
from bilag.ports.errors import AddressRefused

# https://developers.pleo.io/docs/base-urls
PRODUCTION_URL: Final = "https://external.pleo.io"
STAGING_URL: Final = "https://external.staging.pleo.io"

# Pleo stops at 600 calls a minute and asks integrations to stay at 500; with the burst no minute sees more than 550.
CALLS_PER_MINUTE: Final = 500
CALLS_AT_ONCE: Final = 50
# An answer with tokens is small and comes at once; whoever is stopped meanwhile waits for it.
TOKEN_LIMITS: Final = Limits(read_seconds_max=20.0, total_seconds_max=30.0, body_bytes_max=256 * 1024)
DOWNLOAD_RETRIES: Final = RetryPolicy(attempts_max=4, deadline_seconds=120.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PleoAccess:
    """How to reach Pleo.

    `loopback_origins` ("http://127.0.0.1:8080") are the only places of this machine that are connected to, and
    the only ones without TLS; they are for the simulator. `file_hosts` bounds where receipts may be fetched:
    exact hosts, ".example.com" for everything below it, or any host with a public address.
    """

    auth: Auth
    base_url: str = PRODUCTION_URL
    loopback_origins: tuple[str, ...] = ()
    file_hosts: tuple[str, ...] = (ANY_HOST,)
    ca_file: Path | None = None
    calls_per_minute: int = CALLS_PER_MINUTE


def open_export_api(access: PleoAccess, clock: Clock, dice: Random | None = None) -> PleoExportApi:
    """The client; close it after use.

    Raises AddressRefused for an address that may not be used, ValueError for an unusable `ca_file`.
    """
    base = origin_of(access.base_url)
    loopback = {origin_of(text) for text in access.loopback_origins}
    if outside := [str(origin) for origin in loopback if not origin.is_loopback]:
        raise AddressRefused(f"{', '.join(outside)}: not an address of this machine")
    if base.is_loopback and base not in loopback:
        raise AddressRefused(f"{base}: an address of this machine is used only when it is listed as such")
    tls = tls_context(access.ca_file)
    api = AiohttpTransport(Destinations(origins=(access.base_url,)), tls=tls)
    files = AiohttpTransport(
        Destinations(origins=access.loopback_origins, public_hosts=access.file_hosts), limits=DOWNLOAD_LIMITS, tls=tls
    )
    calls = PleoCalls(
        api,
        access.auth,
        base_url=access.base_url,
        clock=clock,
        budget=RateBudget(clock, calls_per_minute=access.calls_per_minute, burst=CALLS_AT_ONCE),
        retrier=Retrier(clock, dice=dice),
    )
    return PleoExportApi(calls, ReceiptDownloads(files, clock=clock, retrier=Retrier(clock, DOWNLOAD_RETRIES, dice)))


def open_token_endpoint(app: OAuthApp, clock: Clock, ca_file: Path | None = None) -> TokenEndpoint:
    """Where tokens come from, over a transport that reaches nothing else; close it after use.

    Raises AddressRefused for an address that may not be used, ValueError for an unusable `ca_file`.
    """
    destinations = Destinations(origins=(str(origin_of(app.token_url)),))
    return TokenEndpoint(AiohttpTransport(destinations, limits=TOKEN_LIMITS, tls=tls_context(ca_file)), app, clock)
