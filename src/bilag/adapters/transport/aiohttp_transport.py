"""The transport over real sockets, with aiohttp. Nothing of aiohttp is visible outside this folder."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final

import aiohttp
from yarl import URL

from bilag.adapters.transport.call_watch import CALL_WATCH
from bilag.adapters.transport.destinations import Destinations
from bilag.adapters.transport.file_stream import opened_body
from bilag.adapters.transport.resolver import CheckedResolver, Resolve, system_addresses
from bilag.adapters.transport.tls import tls_context
from bilag.adapters.transport.transport import AnswerTooLarge, FileBody, Limits, Request, Response
from bilag.ports.errors import AddressRefused, BadAnswer, OutcomeUnknown, TimedOut, Trouble, Unreachable

# As much as one read of a socket gives at most: smaller chunks would be cut out of it, and copied.
CHUNK_BYTES: Final = 256 * 1024
CONNECTIONS_MAX: Final = 32
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
USER_AGENT: Final = "bilag"


class AiohttpTransport:
    """Connects to its destinations only, follows no redirect, keeps no cookie and honours no proxy setting.

    `side` names the far side to whoever watches: "pleo", "receipts", "login", or the accounting system.
    """

    side = "pleo"

    def __init__(
        self,
        destinations: Destinations,
        *,
        limits: Limits | None = None,
        tls: ssl.SSLContext | None = None,
        resolve: Resolve = system_addresses,
        connections_max: int = CONNECTIONS_MAX,
    ) -> None:
        self._destinations = destinations
        self._connections_max = connections_max
        self._limits = limits or Limits()
        self._tls = tls or tls_context()
        assert self._tls.verify_mode is ssl.CERT_REQUIRED
        assert self._tls.check_hostname
        self._resolve = resolve
        self._session: aiohttp.ClientSession | None = None

    def send(self, request: Request) -> AbstractAsyncContextManager[Response]:
        """Send the request; raises AddressRefused, Unreachable, TimedOut, OutcomeUnknown, BadAnswer.

        Raises OSError when the file of the body can't be opened; nothing was sent then.
        """
        watch = CALL_WATCH.get()
        call = self._call(request)
        return call if watch is None else watch.around(call, request, self.side)

    @asynccontextmanager
    async def _call(self, request: Request) -> AsyncIterator[Response]:
        url = self._destinations.checked(request.url)
        with opened_body(request.body) as data:
            answer = await self._answer(request, url, data)
            try:
                if answer.status in REDIRECTS:
                    raise AddressRefused(f"{_at(request, url)} sends us on to another address, which is not followed")
                headers = {name.lower(): value for name, value in answer.headers.items()}
                yield Response(status=answer.status, headers=headers, body=self._body(answer, request, url))
            finally:
                answer.release()
                await answer.wait_for_close()

    async def close(self) -> None:
        """Let go of every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _answer(
        self, request: Request, url: URL, data: bytes | AsyncIterator[bytes] | None
    ) -> aiohttp.ClientResponse:
        headers = {"Accept-Encoding": "gzip, deflate", "User-Agent": USER_AGENT, **request.headers}
        if request.authorization is not None:
            headers["Authorization"] = request.authorization.reveal()
        if isinstance(request.body, FileBody):
            headers["Content-Length"] = str(request.body.size_bytes)
        try:
            return await self._opened().request(request.method, url, headers=headers, data=data, allow_redirects=False)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            trouble = self._trouble(error, request, url)
        # Raised here, not in the handler: the library's exception knows the whole address and the headers, and
        # would travel along as the context.
        raise trouble

    async def _body(self, answer: aiohttp.ClientResponse, request: Request, url: URL) -> AsyncIterator[bytes]:
        """The chunks, counted after decompression, so that a small answer cannot unfold without end."""
        limits = self._limits
        loop = asyncio.get_running_loop()
        started_seconds = loop.time()
        received_bytes = 0
        if (answer.content_length or 0) > limits.body_bytes_max:
            raise AnswerTooLarge(f"{_at(request, url)} announces more than {limits.body_bytes_max} bytes")
        while True:
            chunk = await self._chunk(answer, request, url)
            if not chunk:
                return
            received_bytes += len(chunk)
            if received_bytes > limits.body_bytes_max:
                raise AnswerTooLarge(f"{_at(request, url)} sends more than {limits.body_bytes_max} bytes")
            elapsed_seconds = loop.time() - started_seconds
            is_slow = received_bytes < elapsed_seconds * limits.bytes_per_second_min
            if is_slow and elapsed_seconds > limits.slow_after_seconds:
                raise _lost(request, TimedOut(f"{_at(request, url)} sends its answer too slowly"))
            yield chunk

    async def _chunk(self, answer: aiohttp.ClientResponse, request: Request, url: URL) -> bytes:
        try:
            return await answer.content.read(CHUNK_BYTES)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            trouble = self._trouble(error, request, url)
        raise trouble

    def _trouble(self, error: Exception, request: Request, url: URL) -> Trouble:
        """What the library's exception means to the caller; before a connection stands nothing was sent."""
        at = _at(request, url)
        match error:
            case aiohttp.InvalidURL():
                return AddressRefused(f"{at} is not an address that can be connected to")
            case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientSSLError():
                return Unreachable(f"{at} cannot be connected to securely: {_tls_reason(error)}")
            case aiohttp.ConnectionTimeoutError():
                return Unreachable(f"{at} takes no connection in {self._limits.connect_seconds_max:g} seconds")
            case aiohttp.ClientConnectorError():
                return Unreachable(f"{at} takes no connection")
            case TimeoutError():
                return _lost(request, TimedOut(f"{at} did not answer in time"))
            case aiohttp.ClientResponseError():
                return _lost(request, BadAnswer(f"{at} does not answer in HTTP"))
            case _:
                return _lost(request, Unreachable(f"{at} broke the connection off"))

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            limits = self._limits
            connector = aiohttp.TCPConnector(
                ssl=self._tls,
                resolver=CheckedResolver(self._destinations, self._resolve),
                use_dns_cache=False,
                limit=self._connections_max,
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                timeout=aiohttp.ClientTimeout(
                    total=limits.total_seconds_max,
                    sock_connect=limits.connect_seconds_max,
                    sock_read=limits.read_seconds_max,
                ),
            )
        return self._session


def _at(request: Request, url: URL) -> str:
    """The purpose and the origin: a path or a query may itself be a secret."""
    return f"{request.purpose}: {url.scheme}://{url.raw_host}:{url.port}"


def _lost(request: Request, trouble: Trouble) -> Trouble:
    return trouble if request.repeatable else OutcomeUnknown(f"{trouble}; whether it took the request is not known")


def _tls_reason(error: Exception) -> str:
    cause = getattr(error, "certificate_error", None) or getattr(error, "os_error", None)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return cause.verify_message
    return "no common TLS version, or no TLS at all"
