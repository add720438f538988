import gzip

import pytest

from bilag.adapters.transport.aiohttp_transport import AiohttpTransport
from bilag.adapters.transport.destinations import ANY_HOST, Destinations
from bilag.adapters.transport.resolver import system_addresses
from bilag.adapters.transport.transport import Request
from bilag.ports.errors import AddressRefused, Unreachable
from bilag.ports.secret import Secret
from tests.adapters.transport.loopback import page, saying, serving
from tests.adapters.transport.sending import CANARY, MIB, a_request, a_transport, fetch, trouble_with


async def test_answer_comes_with_status_headers_and_body() -> None:
    answer = saying(page(b'{"type":"X"}', "404 Not Found", "Retry-After: 5\r\n"))
    async with serving(answer) as server, a_transport(server.origin()) as transport:
        response, body = await fetch(transport, a_request(server))

    assert response.status == 404
    assert response.headers["retry-after"] == "5"
    assert body == b'{"type":"X"}'


async def test_request_goes_out_as_it_was_written() -> None:
    async with serving(saying(page(b""))) as server, a_transport(server.origin()) as transport:
        request = Request(
            method="PUT",
            url=f"{server.origin()}/a%2Fb/c?after=A%3D%7E&sig=x%2By+z%2f",
            purpose="test call",
            headers={"Content-Type": "application/json;charset=UTF-8"},
            authorization=Secret("Basic abc"),
            body=b"[1]",
        )
        await fetch(transport, request)

    head = server.heads[0]
    assert head.startswith("PUT /a%2Fb/c?after=A%3D%7E&sig=x%2By+z%2f HTTP/1.1\r\n")
    assert "\r\nAuthorization: Basic abc\r\n" in head
    assert "\r\nContent-Type: application/json;charset=UTF-8\r\n" in head
    assert "\r\nContent-Length: 3\r\n" in head


async def test_credential_is_sent_only_when_given() -> None:
    async with serving(saying(page(b""))) as server, a_transport(server.origin()) as transport:
        await fetch(transport, Request(method="GET", url=server.origin(), purpose="test call"))

    assert "authorization" not in server.heads[0].lower()


async def test_cookie_is_never_sent_back() -> None:
    answer = saying(page(b"", headers="Set-Cookie: a=b\r\n"))
    async with serving(answer) as server, a_transport(server.origin()) as transport:
        for _ in range(2):
            await fetch(transport, a_request(server))

    assert len(server.heads) == 2
    assert "cookie" not in server.heads[1].lower()


async def test_proxy_setting_of_the_machine_is_not_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(saying(page(b"direct"))) as server, a_transport(server.origin()) as transport:
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
        _, body = await fetch(transport, a_request(server))

    assert body == b"direct"


async def test_compressed_answer_is_unfolded() -> None:
    answer = saying(page(gzip.compress(b"long " * 1000), headers="Content-Encoding: gzip\r\n"))
    async with serving(answer) as server, a_transport(server.origin()) as transport:
        _, body = await fetch(transport, a_request(server))

    assert body == b"long " * 1000


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirect_is_not_followed(status: int) -> None:
    async with serving(saying(page(b"inside"))) as inside:
        answer = saying(page(b"", f"{status} Moved", f"Location: {inside.origin()}/?{CANARY}\r\n"))

        assert isinstance(await trouble_with(answer), AddressRefused)

    assert inside.connections == 0


async def test_address_outside_the_list_is_refused_before_anything_is_sent() -> None:
    async with (
        serving(saying(page(b""))) as listed,
        serving(saying(page(b""))) as other,
        a_transport(listed.origin()) as transport,
    ):
        with pytest.raises(AddressRefused):
            await fetch(transport, a_request(other))

    assert other.connections == 0


async def test_name_is_resolved_once_and_the_checked_address_is_connected_to() -> None:
    asked: list[str] = []

    async def rebinding(host: str, port: int) -> tuple[str, ...]:
        asked.append(host)
        return ("127.0.0.1",) if len(asked) == 1 else ("10.0.0.1",)

    async with serving(saying(page(b"checked"))) as server:
        origin = server.origin("localhost")
        transport = AiohttpTransport(Destinations(origins=[origin]), resolve=rebinding)
        request = Request(method="GET", url=origin, purpose="test call")
        _, body = await fetch(transport, request)
        assert (body, asked) == (b"checked", ["localhost"])
        with pytest.raises(AddressRefused):
            await fetch(transport, request)
        await transport.close()

    assert server.connections == 1


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "10.0.0.1", "::1", "::ffff:127.0.0.1"])
async def test_public_name_that_leads_inside_is_refused_before_a_connection(address: str) -> None:
    async def leading_inside(host: str, port: int) -> tuple[str, ...]:
        return ("8.8.8.8", address)

    transport = AiohttpTransport(Destinations(public_hosts=[ANY_HOST]), resolve=leading_inside)

    with pytest.raises(AddressRefused):
        await fetch(transport, Request(method="GET", url="https://nip.example/x", purpose="test call"))
    await transport.close()


async def test_name_without_an_address_is_unreachable() -> None:
    async def knowing_nothing(host: str, port: int) -> tuple[str, ...]:
        raise OSError("no such name")

    transport = AiohttpTransport(Destinations(public_hosts=[ANY_HOST]), resolve=knowing_nothing)

    with pytest.raises(Unreachable):
        await fetch(transport, Request(method="GET", url="https://files.example/x", purpose="test call"))
    await transport.close()


async def test_bug_of_the_reader_is_not_taken_for_trouble() -> None:
    async def stumble(transport: AiohttpTransport, request: Request) -> None:
        async with transport.send(request):
            raise KeyError("ours")

    async with serving(saying(page(b"x" * 1000))) as server, a_transport(server.origin()) as transport:
        with pytest.raises(KeyError):
            await stumble(transport, a_request(server))


async def test_answer_left_unread_leaves_the_transport_usable() -> None:
    async with serving(saying(page(b"x" * MIB))) as server, a_transport(server.origin()) as transport:
        for _ in range(3):
            async with transport.send(a_request(server)) as response:
                assert response.status == 200


async def test_closed_transport_opens_again_when_it_is_used() -> None:
    async with serving(saying(page(b""))) as server, a_transport(server.origin()) as transport:
        await transport.close()
        response, _ = await fetch(transport, a_request(server))

    assert response.status == 200


async def test_system_resolver_is_the_default() -> None:
    async with serving(saying(page(b"home"))) as server:
        origin = server.origin("localhost")
        transport = AiohttpTransport(Destinations(origins=[origin]), resolve=system_addresses)
        _, body = await fetch(transport, Request(method="GET", url=origin, purpose="test call"))
        await transport.close()

    assert body == b"home"
