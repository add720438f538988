import asyncio
import tracemalloc
import zlib

import pytest

from bilag.adapters.transport.transport import AnswerTooLarge
from bilag.ports.errors import BadAnswer, OutcomeUnknown, TimedOut, Unreachable
from tests.adapters.transport.loopback import Answer, hanging_up, page, saying, serving, silence
from tests.adapters.transport.sending import CANARY, MIB, a_request, a_transport, drain, fetch, trouble_with


async def test_answer_that_announces_too_much_is_not_read() -> None:
    answer = saying(b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n", b"x" * 1001)

    assert isinstance(await trouble_with(answer, body_bytes_max=1000), AnswerTooLarge)


async def test_answer_of_exactly_the_limit_is_taken() -> None:
    answer = saying(page(b"x" * 1000))
    async with serving(answer) as server, a_transport(server.origin(), body_bytes_max=1000) as transport:
        _, body = await fetch(transport, a_request(server))

    assert len(body) == 1000


async def test_endless_answer_is_cut_off_and_takes_little_memory() -> None:
    sent = 0

    async def endless(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(bytes(64 * 1024))
            sent += 64 * 1024
            await writer.drain()

    tracemalloc.start()
    async with serving(endless) as server, a_transport(server.origin(), body_bytes_max=64 * MIB) as transport:
        with pytest.raises(AnswerTooLarge):
            await drain(transport, a_request(server))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert sent < 80 * MIB
    assert peak < 8 * MIB


async def test_small_answer_that_unfolds_without_end_is_cut_off() -> None:
    packer = zlib.compressobj(wbits=31)
    bomb = b"".join(packer.compress(bytes(MIB)) for _ in range(200)) + packer.flush()
    answer = saying(page(bomb, headers="Content-Encoding: gzip\r\n"))
    assert len(bomb) < MIB

    tracemalloc.start()
    async with serving(answer) as server, a_transport(server.origin(), body_bytes_max=4 * MIB) as transport:
        with pytest.raises(AnswerTooLarge):
            await drain(transport, a_request(server))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 16 * MIB


async def test_silent_server_is_given_up() -> None:
    assert isinstance(await trouble_with(silence, read_seconds_max=0.1), TimedOut)
    assert isinstance(await trouble_with(silence, total_seconds_max=0.1), TimedOut)


async def test_server_that_drips_is_given_up() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
    answer = saying(head, *[b"x"] * 1000, pause_seconds=0.01)

    trouble = await trouble_with(answer, slow_after_seconds=0.1, bytes_per_second_min=10_000)

    assert isinstance(trouble, TimedOut)
    assert "too slowly" in str(trouble)


async def test_answer_that_stops_in_the_middle_is_given_up() -> None:
    answer = saying(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab", b"cde", pause_seconds=5)

    assert isinstance(await trouble_with(answer, read_seconds_max=0.1), TimedOut)


@pytest.mark.parametrize(
    "answer",
    [
        hanging_up,
        saying(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"),
        saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n"),
        saying(b"HTTP/1.1 20"),
    ],
)
async def test_dropped_connection_is_unreachable_for_a_question_and_unknown_for_a_write(answer: Answer) -> None:
    assert isinstance(await trouble_with(answer), Unreachable)
    assert isinstance(await trouble_with(answer, repeatable=False), OutcomeUnknown)


async def test_late_answer_to_a_write_is_unknown() -> None:
    assert isinstance(await trouble_with(silence, repeatable=False, read_seconds_max=0.1), OutcomeUnknown)


@pytest.mark.parametrize(
    "answer",
    [
        saying(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"),
        saying(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n"),
        saying(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X%d: y\r\n" % number for number in range(5000)) + b"\r\n"),
    ],
)
async def test_answer_that_is_no_http_is_a_bad_answer(answer: Answer) -> None:
    assert isinstance(await trouble_with(answer), BadAnswer)


async def test_nobody_listening_is_unreachable_even_for_a_write() -> None:
    async with serving(silence) as gone:
        pass
    async with a_transport(gone.origin()) as transport:
        for repeatable in (True, False):
            with pytest.raises(Unreachable, match="takes no connection") as raised:
                await fetch(transport, a_request(gone, repeatable=repeatable))
            assert CANARY not in str(raised.value)
            assert raised.value.__context__ is None
