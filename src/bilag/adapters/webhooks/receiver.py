"""The receiver: takes webhooks over HTTP, and answers how bilag is.

A webhook is acknowledged after its id is on disk. What it says is a hint only: whoever is woken asks Pleo.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, TypeAlias

import msgspec
from aiohttp import web

from bilag.adapters.webhooks.connections import bounded_server
from bilag.adapters.webhooks.received_ids import ReceivedIds
from bilag.adapters.webhooks.refused_tally import RefusedTally
from bilag.adapters.webhooks.signature import NotAuthentic, SignedHeaders
from bilag.adapters.webhooks.webhook_end import WebhookEnd, unnoted
from bilag.ports.errors import NeedsPerson, StoreFailed

WEBHOOK_PATH: Final = "/webhooks/pleo"
HEALTH_PATH: Final = "/healthz"
METRICS_PATH: Final = "/metrics"
# An announced job has half a kilobyte.
BODY_BYTES_MAX: Final = 64 * 1024
BODY_SECONDS_MAX: Final = 10.0
# When to come again after we could not take a webhook.
RETRY_AFTER_SECONDS: Final = 60

# Makes somebody look.
Bell: TypeAlias = Callable[[], None]

_CLOSING_SECONDS_MAX: Final = 2.0
_THIS_MACHINE: Final = frozenset({"127.0.0.1", "::1"})
# A proxy says with one of them that it asks for somebody else.
_FORWARDED: Final = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")
_log: Final = logging.getLogger("bilag.webhook")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """What happens to a webhook. `check` raises NotAuthentic, or gives the bell to ring: None when it is not for us.

    `health` is what the health page says, JSON-ready and without personal data. While `is_stopping`, webhooks are sent
    away, to come again later. `metrics` gives the metrics page, for this machine only; none without it. `noted` hears
    what became of each webhook.
    """

    check: Callable[[SignedHeaders, bytes], Bell | None]
    ids: ReceivedIds
    tally: RefusedTally
    health: Callable[[], Mapping[str, object]]
    is_stopping: Callable[[], bool]
    metrics: Callable[[], bytes] | None = None
    noted: Callable[[WebhookEnd], None] = unnoted


class WebhookReceiver:
    """Answers requests; nothing that a stranger sends makes it answer with 5xx."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """The answer to one request."""
        is_stopping = self._inbox.is_stopping()
        match request.path, request.method:
            case (path, "POST") if path == WEBHOOK_PATH:
                if is_stopping:
                    self._inbox.noted(WebhookEnd.SENT_AWAY)
                    return _later("stopping")
                return await self._take(request)
            case (path, "GET") if path == HEALTH_PATH:
                status = HTTPStatus.SERVICE_UNAVAILABLE if is_stopping else HTTPStatus.OK
                return _page(status, msgspec.json.encode(self._inbox.health()))
            case (path, "GET") if path == METRICS_PATH and self._inbox.metrics and _is_of_this_machine(request):
                return _page(HTTPStatus.OK, self._inbox.metrics(), "text/plain")
            case (path, _) if path in (WEBHOOK_PATH, HEALTH_PATH):
                allowed = "POST" if path == WEBHOOK_PATH else "GET"
                return _closing(HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": allowed})
            case _:
                return _closing(HTTPStatus.NOT_FOUND)

    async def _take(self, request: web.BaseRequest) -> web.StreamResponse:
        """A webhook: the cheap reasons to refuse it come first."""
        inbox = self._inbox
        try:
            headers = SignedHeaders(request.headers.items())
            body = await _body(request)
            bell = inbox.check(headers, body)
        except NotAuthentic as refused:
            inbox.noted(WebhookEnd.REFUSED)
            inbox.tally.add(str(refused))
            return _closing(HTTPStatus.UNAUTHORIZED)
        except _Unreadable as unreadable:
            inbox.noted(WebhookEnd.REFUSED)
            inbox.tally.add(unreadable.status.phrase.lower())
            return _closing(unreadable.status)
        if bell is None:
            inbox.noted(WebhookEnd.IGNORED)
            return web.Response(status=HTTPStatus.NO_CONTENT)
        return await self._remember(headers.webhook_id, bell)

    async def _remember(self, webhook_id: str, bell: Bell) -> web.StreamResponse:
        """Acknowledge once the id is on disk; a repeat wakes nobody."""
        try:
            is_new = await self._inbox.ids.remember(webhook_id)
        except StoreFailed as trouble:
            self._inbox.noted(WebhookEnd.SENT_AWAY)
            _log.warning("webhook %s is sent away: %s", webhook_id, trouble)
            return _later("no memory")
        self._inbox.noted(WebhookEnd.TAKEN if is_new else WebhookEnd.REPEATED)
        if is_new:
            bell()
        _log.info("webhook %s %s", webhook_id, "taken" if is_new else "came before")
        return web.Response(status=HTTPStatus.NO_CONTENT)


class _Unreadable(Exception):
    """The body does not arrive as it should."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


@asynccontextmanager
async def listening(receiver: WebhookReceiver, host: str, port: int) -> AsyncIterator[str]:
    """Answer on this address while the block runs; gives the web address. Raises NeedsPerson when it can't be had."""
    server = bounded_server(receiver.answer)
    runner = web.ServerRunner(server, shutdown_timeout=_CLOSING_SECONDS_MAX)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError as problem:
            raise NeedsPerson(
                f"serve.port: nothing can listen on {host} port {port}: {problem.strerror}. Choose another one."
            ) from problem
        yield f"http://{f'[{host}]' if ':' in host else host}:{site.port}"
    finally:
        await runner.cleanup()


async def _body(request: web.BaseRequest) -> bytes:
    """The bytes as they were sent, at most BODY_BYTES_MAX; raises _Unreadable."""
    if (request.content_length or 0) > BODY_BYTES_MAX:
        raise _Unreadable(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS_MAX):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > BODY_BYTES_MAX:
                    raise _Unreadable(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    except TimeoutError:
        raise _Unreadable(HTTPStatus.REQUEST_TIMEOUT) from None
    except (OSError, web.RequestPayloadError):
        raise _Unreadable(HTTPStatus.BAD_REQUEST) from None
    return bytes(body)


def _closing(status: HTTPStatus, headers: Mapping[str, str] | None = None) -> web.Response:
    """An answer after which the connection ends: whoever asks for what is not there gets no more of our time."""
    response = web.Response(status=status, headers=headers)
    response.force_close()
    return response


def _later(why: str) -> web.Response:
    _log.debug("a webhook is sent away: %s", why)
    return _closing(HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": str(RETRY_AFTER_SECONDS)})


def _is_of_this_machine(request: web.BaseRequest) -> bool:
    return request.remote in _THIS_MACHINE and not any(name in request.headers for name in _FORWARDED)


def _page(status: HTTPStatus, body: bytes, content_type: str = "application/json") -> web.Response:
    response = web.Response(status=status, body=body, content_type=content_type, charset="utf-8")
    response.force_close()
    return response
