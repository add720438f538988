import asyncio
import ssl
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from bilag.adapters.transport.aiohttp_transport import AiohttpTransport
from bilag.adapters.transport.destinations import Destinations
from bilag.adapters.transport.tls import tls_context
from bilag.adapters.transport.transport import Limits, Request
from bilag.ports.errors import Unreachable
from tests.adapters.transport.certificates import Authority
from tests.adapters.transport.loopback import page, saying, serving, silence

HERE = "IP:127.0.0.1"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.made_in(tmp_path_factory.mktemp("authority"))


async def body_from(server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, *, repeatable: bool = True) -> bytes:
    async with serving(saying(page(b"secure")), server_tls) as server:
        origin = server.origin(scheme="https")
        transport = AiohttpTransport(Destinations(origins=[origin]), tls=client_tls)
        try:
            request = Request(method="GET", url=origin, purpose="test call", repeatable=repeatable)
            async with transport.send(request) as response:
                return await response.read()
        finally:
            await transport.close()


async def test_certificate_of_our_own_authority_is_trusted(authority: Authority) -> None:
    assert await body_from(authority.server("good", HERE), tls_context(authority.file)) == b"secure"


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda ca: ca.server("stranger", "DNS:other.example"), "IP address mismatch"),
        (lambda ca: ca.server("expired", HERE, "-startdate 20200101000000Z -enddate 20200102000000Z"), "expired"),
        (lambda ca: ca.server("early", HERE, "-startdate 20990101000000Z -enddate 20990102000000Z"), "not yet valid"),
    ],
)
async def test_doubtful_server_is_not_talked_to(
    authority: Authority, make: Callable[[Authority], ssl.SSLContext], reason: str
) -> None:
    for repeatable in (True, False):
        with pytest.raises(Unreachable, match=reason) as raised:
            await body_from(make(authority), tls_context(authority.file), repeatable=repeatable)
        assert raised.value.__context__ is None


async def test_server_that_only_speaks_old_tls_is_not_talked_to(authority: Authority) -> None:
    outdated = authority.outdated_server("outdated", HERE)
    async with serving(saying(page(b"")), outdated) as server:
        await greet_carelessly(server.port)

    with pytest.raises(Unreachable):
        await body_from(outdated, tls_context(authority.file))


async def greet_carelessly(port: int) -> None:
    """Show that the server is sound apart from its age: a client that takes anything gets through."""
    careless = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    careless.check_hostname = False
    careless.verify_mode = ssl.CERT_NONE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        careless.minimum_version = ssl.TLSVersion.TLSv1
    careless.set_ciphers("ALL:@SECLEVEL=0")
    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=careless)
    assert writer.get_extra_info("ssl_object").version() in ("TLSv1", "TLSv1.1")
    writer.close()
    await writer.wait_closed()


async def test_server_without_tls_is_not_talked_to(authority: Authority) -> None:
    async with serving(saying(page(b"open", "400 Bad Request")), speaks_first=True) as server:
        origin = server.origin(scheme="https")
        transport = AiohttpTransport(Destinations(origins=[origin]), tls=tls_context(authority.file))
        with pytest.raises(Unreachable, match="no TLS at all"):
            async with transport.send(Request(method="GET", url=origin, purpose="test call")):
                pass
        await transport.close()


async def test_server_that_does_not_finish_the_handshake_is_given_up() -> None:
    async with serving(silence) as server:
        origin = server.origin(scheme="https")
        transport = AiohttpTransport(Destinations(origins=[origin]), limits=Limits(connect_seconds_max=0.1))
        with pytest.raises(Unreachable, match=r"takes no connection in 0\.1 seconds"):
            async with transport.send(Request(method="GET", url=origin, purpose="test call", repeatable=False)):
                pass
        await transport.close()


async def test_certificate_of_an_unknown_authority_is_not_trusted(authority: Authority) -> None:
    with pytest.raises(Unreachable, match="unable to get local issuer certificate"):
        await body_from(authority.server("unknown", HERE), tls_context())


async def test_self_signed_certificate_is_not_trusted(authority: Authority) -> None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(authority.file, authority.folder / "ca.key")

    with pytest.raises(Unreachable, match="self-signed"):
        await body_from(server, tls_context())


def test_verification_and_modern_tls_are_always_on(authority: Authority) -> None:
    for context in (tls_context(), tls_context(authority.file)):
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.check_hostname
        assert context.minimum_version is ssl.TLSVersion.TLSv1_2


def test_transport_takes_no_context_that_does_not_verify() -> None:
    careless = ssl.create_default_context()
    careless.check_hostname = False

    with pytest.raises(AssertionError):
        AiohttpTransport(Destinations(), tls=careless)


@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_unusable_authority_file_is_named(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "own-ca.pem"
    if content is not None:
        file.write_text(content)

    with pytest.raises(ValueError, match=r"own-ca\.pem"):
        tls_context(file)
