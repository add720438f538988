"""The connections that webhooks come on: how many, and for how long one may keep us waiting."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import http_exceptions, web

CONNECTIONS_MAX: Final = 200
# For the headers of a request, from the connection or from the answer before; also how long an idle one is kept.
HEADER_SECONDS_MAX: Final = 15.0
# For what is still coming in of a request that has its answer.
LEFTOVER_SECONDS_MAX: Final = 2.0
HEADER_LINE_BYTES_MAX: Final = 4096
HEADERS_MAX: Final = 64

_log: Final = logging.getLogger("bilag.webhook.http")


class BoundedServer(web.Server):
    """A server that takes a bounded number of connections and closes those above it at once."""

    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        """Called with every new connection."""
        super().connection_made(handler, transport)
        if len(self.connections) > CONNECTIONS_MAX:
            transport.abort()


def bounded_server(answer: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]) -> web.Server:
    """The server around the handler. Bodies come as they were sent: what is signed is not unpacked first."""
    if not any(isinstance(known, _WithoutNoise) for known in _log.filters):
        _log.addFilter(_WithoutNoise())
    return BoundedServer(
        answer,
        access_log=None,
        logger=_log,
        keepalive_timeout=HEADER_SECONDS_MAX,
        lingering_time=LEFTOVER_SECONDS_MAX,
        max_line_size=HEADER_LINE_BYTES_MAX,
        max_field_size=HEADER_LINE_BYTES_MAX,
        max_headers=HEADERS_MAX,
        auto_decompress=False,
    )


class _WithoutNoise(logging.Filter):
    """Drops what the library says of senders who do not speak HTTP: it would quote them."""

    def filter(self, record: logging.LogRecord) -> bool:
        problem = record.exc_info[1] if record.exc_info else None
        return not isinstance(problem, http_exceptions.HttpProcessingError)
