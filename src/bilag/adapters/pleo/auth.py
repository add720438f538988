"""Who we are to Pleo: an API key, or an OAuth access token that somebody else keeps fresh.

https://developers.pleo.io/docs/authentication
"""

import asyncio
import re
from base64 import b64encode
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from bilag.ports.errors import Unauthorised
from bilag.ports.secret import Secret

# Given None it returns the current token; given a token that Pleo refused it fetches and stores a new one.
# Returning the refused token again says that there is no other.
TokenProvider = Callable[[Secret | None], Awaitable[Secret]]

# https://www.rfc-editor.org/rfc/rfc6750#section-2.1
_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/-]+=*")


class Auth(Protocol):
    """Supplies the Authorization header."""

    async def authorization(self) -> Secret:
        """The header's value; raises Unauthorised when there is none to be had."""
        ...

    async def renew(self, refused: Secret) -> bool:
        """Try to get other credentials than the header value that was refused; whether there are any now."""
        ...

    def mask_in(self, text: str) -> str:
        """A text of Pleo's with our credentials masked, in case that it repeats them."""
        ...


class ApiKeyAuth:
    """An API key: HTTP Basic with the key as user name and no password."""

    def __init__(self, key: Secret) -> None:
        if not key.reveal().strip():
            raise Unauthorised("The Pleo API key is empty.")
        self._key = Secret(key.reveal().strip())
        self._header = Secret("Basic " + b64encode(f"{self._key.reveal()}:".encode()).decode())

    async def authorization(self) -> Secret:
        """The same header every time."""
        return self._header

    async def renew(self, refused: Secret) -> bool:
        """Never: a refused key needs a person."""
        assert refused == self._header
        return False

    def mask_in(self, text: str) -> str:
        """The text without the key, plain or encoded."""
        return _masked(self._key.mask_in(text), self._header)


class BearerAuth:
    """An OAuth access token. A refused one is renewed once, by one caller, while the others wait."""

    def __init__(self, provider: TokenProvider) -> None:
        self._provider = provider
        self._renewing = asyncio.Lock()
        self._last = Secret("")

    async def authorization(self) -> Secret:
        """The header with the current token."""
        return self._header(await self._provider(None))

    async def renew(self, refused: Secret) -> bool:
        """Ask the provider for another token, unless another caller has got one meanwhile."""
        async with self._renewing:
            current = await self._provider(None)
            if self._header(current) != refused:
                return True
            return self._header(await self._provider(current)) != refused

    def mask_in(self, text: str) -> str:
        """The text without the token last used."""
        return _masked(text, self._last)

    def _header(self, token: Secret) -> Secret:
        if not _TOKEN.fullmatch(token.reveal()):
            raise Unauthorised("The Pleo access token is empty or holds characters that no token has.")
        self._last = Secret(f"Bearer {token.reveal()}")
        return self._last


def _masked(text: str, header: Secret) -> str:
    _, _, credentials = header.reveal().partition(" ")
    return Secret(credentials).mask_in(text)
