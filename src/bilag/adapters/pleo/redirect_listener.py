"""Waits on 127.0.0.1 for the browser to come back from Pleo: one request, and only for a while.

https://www.rfc-editor.org/rfc/rfc8252#section-7.3 (loopback redirect), section 8.9 (state).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final

from aiohttp import web

from bilag.adapters.pleo.oauth import KNOWN_ERRORS, LoginRequest
from bilag.ports.errors import NeedsPerson
from bilag.ports.secret import Secret

HOST: Final = "127.0.0.1"
PATH: Final = "/callback"
CODE_CHARACTERS_MAX: Final = 4096
LOGIN_SECONDS_MAX: Final = 600.0

_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_DONE: Final = "You can close this window and go back to the terminal."


class RedirectListener:
    """`uri` is where the browser has to be sent."""

    def __init__(self) -> None:
        self.uri = ""
        self._came_back: asyncio.Future[web.Request] = asyncio.get_running_loop().create_future()

    async def code(self, login: LoginRequest, seconds_max: float = LOGIN_SECONDS_MAX) -> Secret:
        """The code that the person was given. Raises NeedsPerson when there is none, or it belongs to another login."""
        try:
            request = await asyncio.wait_for(self._came_back, seconds_max)
        except TimeoutError:
            raise NeedsPerson("Nobody came back from Pleo in time; run `bilag login` again") from None
        return _code_in(request, login)

    async def take(self, request: web.Request) -> web.Response:
        """Answer the browser; the first request decides, whatever it holds."""
        if self._came_back.done():
            return web.Response(status=HTTPStatus.GONE, text="This login is over.", headers=_HEADERS)
        self._came_back.set_result(request)
        return web.Response(text=_DONE, headers=_HEADERS)


@asynccontextmanager
async def listening(port: int) -> AsyncIterator[RedirectListener]:
    """Listen on the port of 127.0.0.1, 0 for any. Raises NeedsPerson when it is taken."""
    listener = RedirectListener()
    app = web.Application()
    app.router.add_get(PATH, listener.take, allow_head=False)
    # Without an access log: the address holds the code.
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, HOST, port)
        try:
            await site.start()
        except OSError as problem:
            raise NeedsPerson(
                f"pleo.oauth.redirect_port: port {port} can't be used: {problem.strerror}. Is another login under way?"
            ) from problem
        _, bound_port = runner.addresses[0]
        listener.uri = f"http://{HOST}:{bound_port}{PATH}"
        yield listener
    finally:
        await runner.cleanup()


def _code_in(request: web.Request, login: LoginRequest) -> Secret:
    query = request.query
    states, codes, errors = (query.getall(name, []) for name in ("state", "code", "error"))
    if len(states) != 1 or Secret(states[0]) != login.state:
        raise NeedsPerson("What came back does not belong to this login; run `bilag login` again")
    if errors:
        said = errors[0] if errors[0] in KNOWN_ERRORS else "another error"
        raise NeedsPerson(f"Pleo did not allow the login: {said}")
    if len(codes) != 1 or not 0 < len(codes[0]) <= CODE_CHARACTERS_MAX:
        raise NeedsPerson("Pleo sent no code; run `bilag login` again")
    return Secret(codes[0])
