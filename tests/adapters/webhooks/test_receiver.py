import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, closing, suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bilag.adapters.webhooks import connections
from bilag.adapters.webhooks.key_ring import KeyRing
from bilag.adapters.webhooks.received_ids import ReceivedIds
from bilag.adapters.webhooks.receiver import (
    BODY_BYTES_MAX,
    HEALTH_PATH,
    WEBHOOK_PATH,
    Bell,
    Inbox,
    WebhookReceiver,
    listening,
)
from bilag.adapters.webhooks.refused_tally import RefusedTally
from bilag.adapters.webhooks.signature import SignedHeaders
from bilag.ports.errors import NeedsPerson
from bilag.ports.secret import Secret
from tests.adapters.webhooks.signing import a_body, a_key, signed
from tests.lifecycle.fake_clock import FakeClock


class Door:
    """A receiver on loopback and somebody who knocks."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "webhooks.sqlite"
        self.woken = 0
        self.is_stopping = False
        self.is_hint = True
        self.url = ""
        self.session: aiohttp.ClientSession

    def wake(self) -> None:
        self.woken += 1

    async def post(self, body: bytes | None = None, headers: dict[str, str] | None = None) -> aiohttp.ClientResponse:
        body = a_body() if body is None else body
        async with self.session.post(
            self.url + WEBHOOK_PATH, data=body, headers=signed(body) if headers is None else headers
        ) as answer:
            return answer

    async def raw(self, request: bytes) -> bytes:
        """What comes back on a connection of its own, until the other side ends it."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(request)
        answer = await asyncio.wait_for(reader.read(), 10)
        writer.close()
        return answer

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    opened, clock = Door(tmp_path), FakeClock()
    ids = ReceivedIds(opened.path, clock)
    keys = KeyRing(lambda: [Secret(a_key())], clock)

    def check(headers: SignedHeaders, body: bytes) -> Bell | None:
        keys.require_authentic(headers, body)
        return opened.wake if opened.is_hint else None

    inbox = Inbox(
        check=check,
        ids=ids,
        tally=RefusedTally(clock),
        health=lambda: {"status": "ok"},
        is_stopping=lambda: opened.is_stopping,
    )
    async with AsyncExitStack() as stack:
        opened.url = await stack.enter_async_context(listening(WebhookReceiver(inbox), "127.0.0.1", 0))
        opened.session = await stack.enter_async_context(aiohttp.ClientSession())
        yield opened
    await ids.close()


def ids_on_disk(door: Door) -> set[str]:
    with closing(sqlite3.connect(door.path)) as database:
        return {webhook_id for (webhook_id,) in database.execute("SELECT webhook_id FROM received_webhooks")}


async def test_authentic_webhook_is_on_disk_when_it_is_acknowledged_and_wakes_once(door: Door) -> None:
    answer = await door.post()
    assert (answer.status, ids_on_disk(door), door.woken) == (204, {"msg_1"}, 1)
    for _ in range(3):
        assert (await door.post()).status == 204
    assert door.woken == 1


async def test_many_at_once_with_repeats_wake_once_each(door: Door) -> None:
    answers = await asyncio.gather(
        *(door.post(headers=signed(webhook_id=f"msg_{number % 40}")) for number in range(80))
    )
    assert {answer.status for answer in answers} == {204}
    assert (door.woken, len(ids_on_disk(door))) == (40, 40)


async def test_event_that_is_not_for_us_is_acknowledged_and_ignored(door: Door) -> None:
    door.is_hint = False
    assert (await door.post()).status == 204
    assert (door.woken, ids_on_disk(door)) == (0, set())


@pytest.mark.parametrize(
    "headers",
    [
        {},
        signed(key=a_key(9)),
        signed(b"{}"),
        signed(age_seconds=400),
        signed(age_seconds=-4000),
        {**signed(), "webhook-signature": "v1,"},
    ],
    ids=["bare", "forged", "of another body", "replayed late", "from the future", "malformed"],
)
async def test_what_is_not_shown_to_be_pleos_is_refused(
    door: Door, headers: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    assert (await door.post(headers=headers)).status == 401
    assert (door.woken, ids_on_disk(door)) == (0, set())
    assert all(value not in caplog.text for value in headers.values() if value)


async def test_body_above_the_limit_is_refused_announced_or_not(door: Door) -> None:
    large = b'"' + b"x" * BODY_BYTES_MAX + b'"'
    assert (await door.post(large)).status == 413

    async def unannounced() -> AsyncIterator[bytes]:
        for start in range(0, len(large), 8192):
            yield large[start : start + 8192]

    async with door.session.post(door.url + WEBHOOK_PATH, data=unannounced(), headers=signed(large)) as answer:
        assert answer.status == 413
    fits = b'"' + b"x" * (BODY_BYTES_MAX - 2) + b'"'
    assert (await door.post(fits)).status == 204


async def test_packed_body_is_not_unpacked(door: Door) -> None:
    headers = {**signed(), "Content-Encoding": "deflate"}
    assert (await door.post(headers=headers)).status == 204, "the signature is over what was sent"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE"])
async def test_webhooks_come_by_post_only(door: Door, method: str) -> None:
    async with door.session.request(method, door.url + WEBHOOK_PATH) as answer:
        assert (answer.status, answer.headers["Allow"]) == (405, "POST")
    async with door.session.request(method, door.url + "/elsewhere") as answer:
        assert answer.status == 404


async def test_health_page_says_how_it_goes_and_takes_nothing(door: Door) -> None:
    async with door.session.get(door.url + HEALTH_PATH) as answer:
        assert (answer.status, await answer.json()) == (200, {"status": "ok"})
    async with door.session.post(door.url + HEALTH_PATH) as answer:
        assert answer.status == 405


async def test_webhooks_during_the_stop_are_sent_away_to_come_again(door: Door) -> None:
    door.is_stopping = True
    answer = await door.post()
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert (door.woken, ids_on_disk(door)) == (0, set())
    async with door.session.get(door.url + HEALTH_PATH) as health:
        assert health.status == 503


async def test_webhook_that_cannot_be_remembered_is_not_acknowledged(door: Door) -> None:
    with closing(sqlite3.connect(door.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        answer = await door.post()
    assert (answer.status, door.woken) == (503, 0)
    assert (await door.post()).status == 204
    assert door.woken == 1


@given(
    headers=st.lists(
        st.tuples(
            st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature", "Content-Length", "X-Any"]),
            st.binary(max_size=60).filter(lambda value: not set(value) & set(b"\r\n\0")),
        ),
        max_size=6,
    ),
    good=st.sampled_from([(), ("webhook-id", "webhook-timestamp", "webhook-signature")]),
    body=st.binary(max_size=60),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_the_headers_hold_the_answer_is_never_a_server_error(
    door: Door, headers: list[tuple[str, bytes]], good: tuple[str, ...], body: bytes
) -> None:
    lines = [f"{name}: {value}".encode() for name, value in signed().items() if name in good]
    lines += [b"%s: %s" % (name.encode(), value) for name, value in headers]
    if not any(name == "Content-Length" for name, _ in headers):
        lines.append(b"Content-Length: %d" % len(body))
    head = b"\r\n".join([f"POST {WEBHOOK_PATH} HTTP/1.1".encode(), b"Host: a", b"Connection: close", *lines])
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    writer.write(head + b"\r\n\r\n" + body)
    writer.write_eof()
    status = (await asyncio.wait_for(reader.read(), 10)).split(b" ", 2)[1:2]
    writer.close()
    assert status in ([b"401"], [b"400"], [b"413"], []), status
    assert door.woken == 0


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"POST /webhooks/pleo HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 9000 + b"\r\n\r\n",
        b"POST /webhooks/pleo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /webhooks/pleo HTTP/1.1\r\nHost: a\r\n" + b"A: b\r\n" * 200 + b"\r\n",
    ],
    ids=["TLS", "long header", "bad chunk", "many headers"],
)
async def test_what_is_no_http_is_refused_without_a_word_in_the_log(
    door: Door, request_bytes: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await door.raw(request_bytes)
    assert answer.split(b" ", 2)[1] in (b"400", b"401")
    assert "Error handling request" not in caplog.text


async def test_connections_above_the_bound_are_closed_at_once_and_the_others_go_on(door: Door) -> None:
    idle = [await asyncio.open_connection("127.0.0.1", door.port) for _ in range(connections.CONNECTIONS_MAX)]
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    with suppress(ConnectionError):
        assert not await asyncio.wait_for(reader.read(), 5)
    writer.close()
    idle[0][1].write(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
    assert (await idle[0][0].read()).startswith(b"HTTP/1.1 200")
    for _, one in idle:
        one.close()


async def test_port_that_is_taken_is_named_with_what_to_do(door: Door) -> None:
    receiver: Any = None
    with pytest.raises(NeedsPerson, match=rf"serve\.port: .* {door.port}"):
        async with listening(WebhookReceiver(receiver), "127.0.0.1", door.port):
            pass


@pytest.mark.slow
@pytest.mark.parametrize(
    "drip",
    [b"POST /webhooks/pleo HTTP/1.1\r\nHost: a\r\n", None],
    ids=["headers that never end", "a body that never comes"],
)
async def test_sender_who_keeps_us_waiting_is_let_go(door: Door, drip: bytes | None) -> None:
    headers = "".join(f"{name}: {value}\r\n" for name, value in signed().items())
    started = drip or f"POST {WEBHOOK_PATH} HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n{headers}\r\n".encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    writer.write(started)
    answer = await asyncio.wait_for(reader.read(), connections.HEADER_SECONDS_MAX + 5)
    writer.close()
    assert answer == b"" if drip else answer.split(b" ", 2)[1] == b"408"
