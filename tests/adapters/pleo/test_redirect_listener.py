import asyncio
import logging
import socket

import aiohttp
import pytest

from bilag.adapters.pleo.oauth import LoginRequest, login_request
from bilag.adapters.pleo.redirect_listener import CODE_CHARACTERS_MAX, RedirectListener, listening
from bilag.ports.errors import NeedsPerson
from bilag.ports.secret import Secret
from tests.adapters.pleo.oauth_server import OAuthServer

APP = OAuthServer(url="https://auth.example").app()


async def browse(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.text()


async def coming_back(listener: RedirectListener, login: LoginRequest, query: str) -> Secret:
    """The code, when the browser comes back with this query; STATE stands for the right state."""
    waiting = asyncio.create_task(listener.code(login, 30.0))
    await browse(f"{listener.uri}?{query.replace('STATE', login.state.reveal())}")
    return await waiting


async def test_code_comes_with_the_right_state_and_the_person_is_told_to_go_back() -> None:
    async with listening(0) as listener:
        login = login_request(APP, listener.uri)
        waiting = asyncio.create_task(listener.code(login, 30.0))
        status, text = await browse(f"{listener.uri}?code=canary%2Bcode&state={login.state.reveal()}")

        assert await waiting == Secret("canary+code")
    assert (status, text) == (200, "You can close this window and go back to the terminal.")


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("code=canary&state=guessed", "does not belong to this login"),
        ("code=canary", "does not belong to this login"),
        ("code=canary&state=STATE&state=STATE", "does not belong to this login"),
        ("code=canary&state=", "does not belong to this login"),
        ("error=access_denied&state=guessed", "does not belong to this login"),
        ("error=access_denied&state=STATE", "did not allow the login: access_denied"),
        ("error=canary&state=STATE", "did not allow the login: another error"),
        ("state=STATE", "no code"),
        ("code=&state=STATE", "no code"),
        ("code=canary&code=canary&state=STATE", "no code"),
        (f"code={'c' * (CODE_CHARACTERS_MAX + 1)}&state=STATE", "no code"),
    ],
)
async def test_anything_else_ends_the_login_with_its_reason(query: str, why: str) -> None:
    async with listening(0) as listener:
        with pytest.raises(NeedsPerson, match=why) as refused:
            await coming_back(listener, login_request(APP, listener.uri), query)

    assert "canary" not in str(refused.value)


async def test_first_request_decides_and_later_ones_are_turned_away() -> None:
    async with listening(0) as listener:
        login = login_request(APP, listener.uri)
        with pytest.raises(NeedsPerson):
            await coming_back(listener, login, "code=canary&state=guessed")

        assert (await browse(f"{listener.uri}?code=canary&state={login.state.reveal()}"))[0] == 410


async def test_what_a_browser_asks_for_besides_decides_nothing() -> None:
    async with listening(0) as listener:
        login = login_request(APP, listener.uri)
        assert (await browse(listener.uri.replace("/callback", "/favicon.ico")))[0] == 404

        assert await coming_back(listener, login, "code=canary&state=STATE") == Secret("canary")


async def test_nobody_comes_back() -> None:
    async with listening(0) as listener:
        login = login_request(APP, listener.uri)
        with pytest.raises(NeedsPerson, match="Nobody came back"):
            await listener.code(login, 0.01)


async def test_port_that_is_taken_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(NeedsPerson, match=rf"redirect_port: port {port} can't be used"):
            async with listening(port):
                raise AssertionError("it listens")


async def test_code_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with listening(0) as listener:
        login = login_request(APP, listener.uri)
        await coming_back(listener, login, "code=canary&state=STATE")

    assert "canary" not in caplog.text
    assert login.state.reveal() not in caplog.text
