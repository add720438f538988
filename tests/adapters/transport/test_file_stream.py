import asyncio
import hashlib
import os
from pathlib import Path

import pytest

from bilag.adapters.transport.file_stream import PIECE_BYTES, opened_body
from bilag.adapters.transport.transport import FileBody, Request
from bilag.ports.errors import OutcomeUnknown, Unreachable
from tests.adapters.transport.loopback import LoopbackServer, page, saying, serving
from tests.adapters.transport.sending import a_transport, fetch

SECONDS_MAX = 20
LARGE_BYTES = 3 * PIECE_BYTES + 17


def a_file(folder: Path, size_bytes: int) -> FileBody:
    path = folder / "receipt.pdf"
    path.write_bytes(os.urandom(size_bytes))
    return FileBody(path=path, size_bytes=size_bytes)


def an_upload(server: LoopbackServer, body: FileBody, *, method: str = "POST", repeatable: bool = False) -> Request:
    return Request(method=method, url=server.origin(), purpose="attach file", body=body, repeatable=repeatable)


def digest(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()


class Taking:
    """Reads a body of so many bytes, and answers with its hash."""

    def __init__(self, size_bytes: int) -> None:
        self.size_bytes = size_bytes

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(page(digest(await reader.readexactly(self.size_bytes)), headers="Connection: close\r\n"))
        await writer.drain()


@pytest.mark.parametrize("size_bytes", [0, 1, PIECE_BYTES, LARGE_BYTES])
async def test_file_arrives_whole_with_its_size_announced(tmp_path: Path, size_bytes: int) -> None:
    body = a_file(tmp_path, size_bytes)
    async with serving(Taking(size_bytes)) as server, a_transport(server.origin()) as transport:
        _, answered = await fetch(transport, an_upload(server, body))

    assert answered == digest(body.path.read_bytes())
    assert f"content-length: {size_bytes}\r\n" in server.heads[0].lower()
    assert "transfer-encoding" not in server.heads[0].lower()


async def test_no_more_than_a_piece_of_the_file_is_read_at_once(tmp_path: Path) -> None:
    with opened_body(a_file(tmp_path, LARGE_BYTES)) as data:
        assert data is not None
        assert not isinstance(data, bytes)
        pieces = [len(piece) async for piece in data]

    assert pieces == [PIECE_BYTES, PIECE_BYTES, PIECE_BYTES, 17]


async def test_each_sending_opens_the_file_anew(tmp_path: Path) -> None:
    body = a_file(tmp_path, LARGE_BYTES)
    async with serving(Taking(LARGE_BYTES)) as server, a_transport(server.origin()) as transport:
        request = an_upload(server, body)
        answers = [(await fetch(transport, request))[1] for _ in range(2)]

    assert answers == [digest(body.path.read_bytes())] * 2


async def test_what_the_file_grows_by_is_not_sent(tmp_path: Path) -> None:
    body = a_file(tmp_path, LARGE_BYTES)
    content = body.path.read_bytes()
    body.path.write_bytes(content + b"more")
    async with serving(Taking(LARGE_BYTES)) as server, a_transport(server.origin()) as transport:
        _, answered = await fetch(transport, an_upload(server, body))

    assert answered == digest(content)


async def test_nothing_is_sent_of_a_file_that_is_gone(tmp_path: Path) -> None:
    gone = FileBody(path=tmp_path / "gone.pdf", size_bytes=10)
    async with serving(saying(page(b""))) as server, a_transport(server.origin()) as transport:
        with pytest.raises(FileNotFoundError):
            await fetch(transport, an_upload(server, gone))

    assert server.connections == 0


@pytest.mark.parametrize(("repeatable", "trouble"), [(False, OutcomeUnknown), (True, Unreachable)])
async def test_file_that_ends_before_its_size_is_given_up_at_once(
    tmp_path: Path, *, repeatable: bool, trouble: type[Exception]
) -> None:
    body = a_file(tmp_path, LARGE_BYTES)
    body.path.write_bytes(body.path.read_bytes()[:-1])
    async with serving(Taking(LARGE_BYTES)) as server, a_transport(server.origin()) as transport:
        with pytest.raises(trouble):
            await asyncio.wait_for(
                fetch(transport, an_upload(server, body, repeatable=repeatable)), timeout=SECONDS_MAX
            )


@pytest.mark.parametrize("headers", ["", "Connection: close\r\n"])
async def test_refusal_before_the_end_of_the_file_is_the_answer(tmp_path: Path, headers: str) -> None:
    body = a_file(tmp_path, 64 * PIECE_BYTES)  # far more than fits between us and a server that does not read
    is_over = asyncio.Event()

    async def refuse(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(page(b"too large", "413 Content Too Large", headers))
        await is_over.wait()

    async with serving(refuse) as server, a_transport(server.origin()) as transport:
        for sending in (1, 2):
            response, answered = await asyncio.wait_for(fetch(transport, an_upload(server, body)), timeout=SECONDS_MAX)
            assert (response.status, answered) == (413, b"too large")
            assert server.connections == sending, "a connection with half a file on it is not used again"
        is_over.set()


async def test_what_was_sent_in_part_is_not_sent_on_over_another_connection(tmp_path: Path) -> None:
    """The library itself asks again when a connection that was kept alive breaks off under a PUT."""
    body = a_file(tmp_path, LARGE_BYTES)
    received: list[bytes] = []

    async def once_then_break_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.append(await reader.readexactly(LARGE_BYTES))
        writer.write(page(b"taken"))
        await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(PIECE_BYTES)

    async with serving(once_then_break_off) as server, a_transport(server.origin()) as transport:
        request = an_upload(server, body, method="PUT", repeatable=True)
        await fetch(transport, request)
        with pytest.raises(Unreachable):
            await fetch(transport, request)

    assert received == [body.path.read_bytes()]
    assert server.connections == 1
