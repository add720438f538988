"""Sending to a small server and looking at what comes of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bilag.adapters.transport.aiohttp_transport import AiohttpTransport
from bilag.adapters.transport.destinations import Destinations
from bilag.adapters.transport.transport import Limits, Request, Response
from bilag.ports.errors import Trouble
from bilag.ports.secret import Secret
from tests.adapters.transport.loopback import Answer, LoopbackServer, serving

CANARY = "canary-4711"
MIB = 1024 * 1024


@asynccontextmanager
async def a_transport(origin: str, **limits: float) -> AsyncIterator[AiohttpTransport]:
    transport = AiohttpTransport(Destinations(origins=[origin]), limits=Limits(**limits))  # type: ignore[arg-type]  # whole numbers are floats, too
    try:
        yield transport
    finally:
        await transport.close()


def a_request(server: LoopbackServer, path: str = "/", *, repeatable: bool = True) -> Request:
    return Request(
        method="GET" if repeatable else "POST",
        url=f"{server.origin()}{path}?signature={CANARY}",
        purpose="test call",
        authorization=Secret(f"Bearer {CANARY}"),
        repeatable=repeatable,
    )


async def fetch(transport: AiohttpTransport, request: Request) -> tuple[Response, bytes]:
    """The answer and its body."""
    async with transport.send(request) as response:
        return response, await response.read()


async def drain(transport: AiohttpTransport, request: Request) -> int:
    """Read the body without keeping it; how many bytes it had."""
    async with transport.send(request) as response:
        return sum([len(chunk) async for chunk in response.body])


async def trouble_with(answer: Answer, *, repeatable: bool = True, **limits: float) -> Trouble:
    """The trouble that the answer makes, checked for secrets in it and in whatever hangs on it."""
    async with serving(answer) as server, a_transport(server.origin(), **limits) as transport:
        with pytest.raises(Trouble) as raised:
            await fetch(transport, a_request(server, repeatable=repeatable))
    assert CANARY not in repr(raised.value)
    assert CANARY not in str(raised.value)
    assert raised.value.__context__ is None
    assert raised.value.__cause__ is None
    assert "test call" in str(raised.value)
    return raised.value
