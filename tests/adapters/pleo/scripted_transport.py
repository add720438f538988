"""A transport in memory that answers from a script and keeps what it was sent."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from bilag.adapters.transport.transport import Request, Response
from bilag.ports.errors import Trouble

CHUNK_BYTES = 1000


@dataclass(frozen=True, kw_only=True)
class Canned:
    """An answer; `breaks_off` is the trouble after the body, if any."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    breaks_off: Trouble | None = None
    chunk_bytes: int = CHUNK_BYTES


class ScriptedTransport:
    """Gives the answers in their order; a trouble among them is raised."""

    def __init__(self, *script: Canned | Trouble) -> None:
        self.script = list(script)
        self.requests: list[Request] = []
        self.is_closed = False

    @asynccontextmanager
    async def send(self, request: Request) -> AsyncIterator[Response]:
        self.requests.append(request)
        assert self.script, f"nothing is left to answer {request.method} {request.url}"
        match self.script.pop(0):
            case Canned() as canned:
                yield Response(status=canned.status, headers=canned.headers, body=chunks(canned))
            case trouble:
                raise trouble

    async def close(self) -> None:
        self.is_closed = True


async def chunks(canned: Canned) -> AsyncIterator[bytes]:
    for start in range(0, len(canned.body), canned.chunk_bytes):
        yield canned.body[start : start + canned.chunk_bytes]
    if canned.breaks_off is not None:
        raise canned.breaks_off


def sent_json(request: Request) -> Any:
    """The JSON in the body of the request."""
    assert isinstance(request.body, bytes)
    return json.loads(request.body)
