"""Who we are to Pleo: an API key, or an OAuth access token that somebody else keeps fresh.

https://developers.pleo.io/docs/authentication
"""

import asyncio
import re
from base64 import b64encode
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from bilag.ports.errors import Unauthorised
from bilag.ports.secret import Secret

# Given None it returns the current token; given a token that Pleo refused it fetches and stores a new one.
# Returning the refused token again says that there is no other.
TokenProvider = Callable[[Secret | None], Awaitable[Secret]]

# https://www.rfc-editor.org/rfc/rfc6750#section-2.1
_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/-]+=*")


RECENT_TOKENS_MAX: Final = 4


def is_token(text: str) -> bool:
    """Whether the text can be sent as an access token."""
    return _TOKEN.fullmatch(text) is not None


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

    async def close(self) -> None:
        """Let go of what renews the credentials."""
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

    async def close(self) -> None:
        """Nothing is held."""


class BearerAuth:
    """An OAuth access token. A refused one is renewed once, by one caller, while the others wait."""

    def __init__(self, provider: TokenProvider, close: Callable[[], Awaitable[None]] | None = None) -> None:
        self._provider = provider
        self._close = close
        self._renewing = asyncio.Lock()
        self._recent: deque[Secret] = deque(maxlen=RECENT_TOKENS_MAX)

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
        """The text without the tokens last used: an answer may come when its token has just been renewed."""
        for header in self._recent:
            text = _masked(text, header)
        return text

    async def close(self) -> None:
        """Let go of what the provider was given to renew the token with."""
        if self._close is not None:
            await self._close()

    def _header(self, token: Secret) -> Secret:
        if not is_token(token.reveal()):
            raise Unauthorised("The Pleo access token is empty or holds characters that no token has.")
        header = Secret(f"Bearer {token.reveal()}")
        if header not in self._recent:
            self._recent.append(header)
        return header


def _masked(text: str, header: Secret) -> str:
    _, _, credentials = header.reveal().partition(" ")
    return Secret(credentials).mask_in(text)
