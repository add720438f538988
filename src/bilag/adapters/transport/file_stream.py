"""A file as the body of a request: read piece by piece while it is sent."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import BinaryIO, Final

from bilag.adapters.transport.transport import FileBody

# Each piece is a hop to a thread: small ones cost processor time, large ones memory for every upload under way.
PIECE_BYTES: Final = 256 * 1024


@contextmanager
def opened_body(body: bytes | FileBody) -> Iterator[bytes | AsyncIterator[bytes] | None]:
    """What to send, None when there is nothing; raises OSError when the file can't be opened, with nothing sent."""
    if isinstance(body, bytes):
        yield body or None
        return
    with body.path.open("rb") as file:
        yield _pieces(file, body.size_bytes)


async def _pieces(file: BinaryIO, size_bytes: int) -> AsyncIterator[bytes]:
    """Raises OSError when the file ends early: the size is announced by then, and the far side would wait for more."""
    left_bytes = size_bytes
    while left_bytes:
        piece = await asyncio.to_thread(file.read, min(left_bytes, PIECE_BYTES))
        if not piece:
            raise OSError("the file ends before its size")
        left_bytes -= len(piece)
        yield piece
