"""Lets a request meet its fault, between the connection and the routes."""

import asyncio
from typing import assert_never

from aiohttp import web
from aiohttp.typedefs import Handler

from bilag.simulator.faults import Fault, FaultKind

MET_FAULT = web.RequestKey("met_fault", Fault)


async def answer_with(fault: Fault, request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer `request` as `fault` demands; the kinds that sit inside a listing or a file are left to the route."""
    match fault.kind:
        case FaultKind.ANSWER:
            return web.Response(status=fault.status, headers=list(fault.headers), body=fault.body)
        case FaultKind.DELAY:
            await asyncio.sleep(fault.seconds)
            return await handler(request)
        case FaultKind.DROP_BEFORE:
            return _hang_up(request)
        case FaultKind.DROP_AFTER:
            await handler(request)
            return _hang_up(request)
        case FaultKind.CUT_ANSWER:
            return await _cut(request, await handler(request))
        case FaultKind.TRUNCATED_BODY:
            return _truncated(await handler(request))
        case (
            FaultKind.STUCK_CURSOR
            | FaultKind.REPEATED_ROW
            | FaultKind.FILE_WRONG_TYPE
            | FaultKind.FILE_EMPTY
            | FaultKind.FILE_OVERSIZED
            | FaultKind.FILE_SLOW
        ):
            return await handler(request)
        case _:
            assert_never(fault.kind)


def _hang_up(request: web.Request) -> web.Response:
    """Close the connection without a word; the response returned is never sent."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _cut(request: web.Request, whole: web.StreamResponse) -> web.StreamResponse:
    """Break off half-way; an answer without a body has no half and is never sent."""
    body = _body(whole)
    if not body:
        return _hang_up(request)
    partial = web.StreamResponse(status=whole.status, headers={"Content-Type": whole.headers["Content-Type"]})
    partial.content_length = len(body)
    await partial.prepare(request)
    await partial.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return partial


def _truncated(whole: web.StreamResponse) -> web.StreamResponse:
    """Half the body as if it were whole; an answer without a body stays as it is."""
    body = _body(whole)
    if not body:
        return whole
    headers = {"Content-Type": whole.headers["Content-Type"]}
    return web.Response(status=whole.status, headers=headers, body=body[: len(body) // 2])


def _body(response: web.StreamResponse) -> bytes:
    """The bytes of an answer that a route built in one piece, as every route does unless a fault streams a file."""
    body = response.body if isinstance(response, web.Response) else None
    return body if isinstance(body, bytes) else b""
