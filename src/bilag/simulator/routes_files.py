"""The file host: receipts behind links that carry their own right, like a store of pre-signed links."""

import asyncio
from xml.sax.saxutils import escape

from aiohttp import web

from bilag.simulator.expense import Receipt
from bilag.simulator.fault_injection import MET_FAULT
from bilag.simulator.faults import FaultKind
from bilag.simulator.files import FILES_PATH
from bilag.simulator.world import PleoWorld

DOWNLOAD_PATH = FILES_PATH + "/{token}/{name}"

_PIECE_BYTES = 64 * 1024
_SLOW_PIECES = 10
_WRONG_TYPE_PAGE = b"<!DOCTYPE html><html><body><h1>Sign in</h1></body></html>"


async def download(request: web.Request, world: PleoWorld) -> web.StreamResponse:
    """The file behind a link, or 403 for a link that is unknown or older than 24 hours."""
    receipt = world.linked_receipt(request.match_info["token"], request.match_info["name"])
    if receipt is None:
        return xml_error(403, "AccessDenied", "The link is unknown or has expired.")
    fault = request.get(MET_FAULT)
    match None if fault is None else fault.kind:
        case FaultKind.FILE_WRONG_TYPE:
            return web.Response(body=_WRONG_TYPE_PAGE, headers={"Content-Type": "text/html"})
        case FaultKind.FILE_EMPTY:
            return web.Response(body=b"", headers={"Content-Type": receipt.content_type})
        case FaultKind.FILE_OVERSIZED if fault is not None:
            return await _send_zeros(request, receipt.content_type, fault.size_bytes)
        case FaultKind.FILE_SLOW if fault is not None:
            return await _send_slowly(request, receipt, fault.seconds)
        case _:
            return web.Response(body=receipt.render(), headers={"Content-Type": receipt.content_type})


def xml_error(status: int, code: str, message: str) -> web.Response:
    """An error as stores of pre-signed links answer it."""
    error = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n{error}'
    return web.Response(status=status, body=text.encode(), headers={"Content-Type": "application/xml"})


async def _send_zeros(request: web.Request, content_type: str, size_bytes: int) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": content_type})
    response.content_length = size_bytes
    await response.prepare(request)
    for sent_bytes in range(0, size_bytes, _PIECE_BYTES):
        await response.write(bytes(min(_PIECE_BYTES, size_bytes - sent_bytes)))
    return response


async def _send_slowly(request: web.Request, receipt: Receipt, pause_seconds: float) -> web.StreamResponse:
    content = receipt.render()
    response = web.StreamResponse(headers={"Content-Type": receipt.content_type})
    response.content_length = len(content)
    await response.prepare(request)
    piece_bytes = max(1, -(-len(content) // _SLOW_PIECES))
    for start in range(0, len(content), piece_bytes):
        await asyncio.sleep(pause_seconds)
        await response.write(content[start : start + piece_bytes])
    return response
