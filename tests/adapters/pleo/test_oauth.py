import json
from base64 import b64encode
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web

from bilag.adapters.pleo.oauth import GrantEnded, LoginRequest, TokenEndpoint, Tokens, challenge_of, login_request
from bilag.adapters.pleo.opening import open_token_endpoint
from bilag.ports.errors import (
    AddressRefused,
    BadAnswer,
    NeedsPerson,
    OutcomeUnknown,
    Throttled,
    Trouble,
    Unreachable,
)
from bilag.ports.secret import Secret
from tests.adapters.pleo.oauth_server import CLIENT_SECRET, OAuthServer, oauth_server
from tests.adapters.pleo.scripted_transport import Canned, ScriptedTransport
from tests.adapters.transport.fake_clock import FakeClock

REDIRECT = "http://127.0.0.1:8917/callback"
PAIR = {"access_token": "a", "refresh_token": "r", "token_type": "Bearer", "expires_in": 3600}


def came_back(server: OAuthServer, login: LoginRequest) -> Secret:
    return Secret(parse_qs(urlsplit(server.agree(login.url)).query)["code"][0])


async def answered(body: object, status: int = 200, headers: dict[str, str] | None = None) -> Tokens:
    """What the endpoint makes of an answer."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    transport = ScriptedTransport(Canned(status=status, body=raw, headers=headers or {}))
    return await TokenEndpoint(transport, OAuthServer(url="https://auth.example").app(), FakeClock()).refresh(
        Secret("canary-old")
    )


def test_challenge_is_the_one_of_the_standard() -> None:
    """https://www.rfc-editor.org/rfc/rfc7636#appendix-B."""
    verifier = Secret("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    assert challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_every_attempt_has_a_state_and_a_verifier_of_its_own() -> None:
    app = OAuthServer(url="https://auth.example").app()
    first, second = login_request(app, REDIRECT), login_request(app, REDIRECT)

    assert first.state != second.state
    assert first.verifier != second.verifier
    assert 43 <= len(first.verifier.reveal()) <= 128
    assert first.verifier.reveal() not in first.url
    query = parse_qs(urlsplit(first.url).query)
    assert query["code_challenge_method"] == ["S256"]
    assert query["scope"] == ["export-jobs:read export-items:read"]
    assert query["redirect_uri"] == [REDIRECT]


@pytest.mark.parametrize(("secret", "is_basic"), [(True, False), (True, True), (False, False)])
async def test_code_and_refresh_token_are_exchanged_for_tokens(secret: bool, is_basic: bool) -> None:  # noqa: FBT001  the cases of a table
    async with oauth_server() as server:
        app = server.app(secret=secret, is_basic=is_basic)
        endpoint = open_token_endpoint(app, FakeClock())
        login = login_request(app, REDIRECT)
        tokens = await endpoint.exchange(came_back(server, login), login)
        assert tokens.refresh is not None
        renewed = await endpoint.refresh(tokens.refresh)
        await endpoint.close()

    assert (renewed.access, renewed.expires_in_seconds) == (Secret("canary-access-2"), 3600)
    assert ["client_secret" in call for call in server.calls] == [secret and not is_basic] * 2
    assert ["client_id" in call for call in server.calls] == [not is_basic] * 2
    basic = "Basic " + b64encode(f"client-1:{CLIENT_SECRET}".encode()).decode()
    assert server.authorizations == [basic if is_basic else ""] * 2


async def test_code_without_its_verifier_is_worth_nothing() -> None:
    async with oauth_server() as server:
        endpoint = open_token_endpoint(server.app(), FakeClock())
        login, other = login_request(server.app(), REDIRECT), login_request(server.app(), REDIRECT)
        code = came_back(server, login)
        with pytest.raises(GrantEnded):
            await endpoint.exchange(code, other)
        await endpoint.close()


@pytest.mark.parametrize(
    ("status", "error", "trouble"),
    [
        (400, "invalid_grant", GrantEnded),
        (401, "invalid_grant", GrantEnded),
        (401, "invalid_client", NeedsPerson),
        (401, "", NeedsPerson),
        (400, "unauthorized_client", NeedsPerson),
        (400, "invalid_scope", NeedsPerson),
        (404, "", NeedsPerson),
        (408, "", OutcomeUnknown),
        (500, "server_error", OutcomeUnknown),
        (503, "", OutcomeUnknown),
        (429, "", Throttled),
    ],
)
async def test_refusal_means_what_the_standard_says(status: int, error: str, trouble: type[Trouble]) -> None:
    with pytest.raises(trouble) as raised:
        await answered({"error": error, "error_description": "canary-old"}, status, {"retry-after": "7"})

    assert type(raised.value) is trouble
    assert str(status) in str(raised.value)
    assert error in str(raised.value)
    assert "canary" not in str(raised.value)
    if isinstance(raised.value, Throttled):
        assert raised.value.retry_after_seconds == 7


async def test_what_was_sent_is_not_repeated_when_it_comes_back_as_an_error() -> None:
    with pytest.raises(NeedsPerson) as raised:
        await answered({"error": f"canary-old {CLIENT_SECRET}"}, 400)

    assert "canary" not in str(raised.value)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>canary</html>",
        b"\xff",
        b"[" * 100_000,
        [],
        {},
        PAIR | {"access_token": "canary with space"},
        PAIR | {"access_token": "canary\r\nX-Injected: yes"},
        PAIR | {"access_token": ""},
        PAIR | {"access_token": 7},
        PAIR | {"access_token": "c" * 20_000},
        PAIR | {"refresh_token": "canary\n"},
        PAIR | {"token_type": "mac"},
        {name: value for name, value in PAIR.items() if name != "token_type"},
    ],
)
async def test_answer_without_usable_tokens_is_not_shown(body: object) -> None:
    with pytest.raises(BadAnswer) as raised:
        await answered(body)

    assert "canary" not in str(raised.value)
    assert raised.value.__context__ is None


@pytest.mark.parametrize(
    ("expires_in", "seconds"),
    [(3600, 3600), ("3600", 3600), (59.9, 59), (None, None), (0, None), (-5, None), ("soon", None), (1e300, None)],
)
async def test_lifetime_that_is_none_is_not_believed(expires_in: object, seconds: int | None) -> None:
    assert (await answered(PAIR | {"expires_in": expires_in})).expires_in_seconds == seconds


async def test_answer_without_a_refresh_token_keeps_the_old_one_valid() -> None:
    assert (await answered({"access_token": "a", "token_type": "bearer"})).refresh is None


async def test_answer_that_is_lost_is_told_apart_from_a_call_that_never_left() -> None:
    async with oauth_server() as server:
        server.script = ["lose"]
        endpoint = open_token_endpoint(server.app(), FakeClock())
        with pytest.raises(OutcomeUnknown):
            await endpoint.refresh(Secret("canary-old"))
        await endpoint.close()
    gone = open_token_endpoint(server.app(), FakeClock())
    with pytest.raises(Unreachable):
        await gone.refresh(Secret("canary-old"))
    await gone.close()


async def test_redirect_is_not_followed_with_the_credentials() -> None:
    async with oauth_server() as server:
        server.script = [lambda: web.Response(status=307, headers={"Location": f"{server.url}/elsewhere"})]
        endpoint = open_token_endpoint(server.app(), FakeClock())
        with pytest.raises(AddressRefused):
            await endpoint.refresh(Secret("canary-old"))
        await endpoint.close()

    assert len(server.calls) == 1


async def test_tokens_are_not_shown() -> None:
    login = login_request(OAuthServer(url="https://auth.example").app(), REDIRECT)

    assert "'a'" not in repr(await answered(PAIR))
    assert login.verifier.reveal() not in repr(login)
    assert login.state.reveal() not in repr(login)
