"""Keeps the access token fresh: one renewal at a time, and nothing is used before it is kept.

Each renewal makes the refresh token void and gives another. So it is done by one caller in one process, and the new
pair is on the disk before anybody sees the new access token. https://developers.pleo.io/docs/authentication
"""

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import AbstractAsyncContextManager
from typing import Any, Final, Protocol, TypeVar

from bilag.adapters.pleo.connection import Connection
from bilag.adapters.pleo.oauth import GrantEnded, TokenEndpoint, Tokens
from bilag.ports.clock import Clock
from bilag.ports.errors import AddressRefused, BadAnswer, NeedsPerson, OutcomeUnknown, Throttled, TryLater, Unreachable
from bilag.ports.secret import Secret

LOG_IN: Final = "Run `bilag login`."
# Who lost an answer asks once more with the old refresh token, which servers take for a while; Pleo publishes no time.
LOST_ANSWER_GRACE_SECONDS: Final = 60.0
# After trouble nobody asks again so soon, however many calls are waiting.
PAUSE_SECONDS: Final = 5.0
# A token that Pleo refuses right after it gave it is not made better by another one.
FRESH_SECONDS: Final = 60.0

_LOG: Final = logging.getLogger("bilag.login")
Result = TypeVar("Result")


class TokenStore(Protocol):
    """Where the login is kept. What `save` returned from is on the disk."""

    def load(self) -> Secret | None:
        """What was saved last, by whichever process; None before the first login."""
        ...

    def save(self, text: Secret) -> None:
        """Keep it. Raises StoreFailed or TryLater, and the text is then not kept."""
        ...

    def turn(self) -> AbstractAsyncContextManager[None]:
        """Be the only one, of all processes, who renews. Raises TryLater when that takes too long."""
        ...


def standing_login(kept: Secret | None) -> Connection:
    """The login that was kept. Raises NeedsPerson when there is none, or Pleo has ended it."""
    if kept is None:
        raise NeedsPerson(f"Nobody has logged in to Pleo yet. {LOG_IN}")
    connection = Connection.decoded(kept)
    if connection.is_ended:
        raise NeedsPerson(f"Pleo has ended this login; a person has to log in again. {LOG_IN}")
    return connection


class TokenRenewal:
    """A TokenProvider (see auth) for a login that is kept in a store."""

    def __init__(self, endpoint: TokenEndpoint, store: TokenStore, clock: Clock) -> None:
        self._endpoint = endpoint
        self._store = store
        self._clock = clock
        self._turn = asyncio.Lock()
        self._known: Connection | None = None
        self._unsaved: Connection | None = None
        self._trouble_text = ""
        self._paused_until_seconds = float("-inf")

    async def __call__(self, refused: Secret | None) -> Secret:
        """The access token, renewed when it is due or `refused`; the refused one when no other can help.

        Raises NeedsPerson when a person has to log in, TryLater when Pleo or the disk can't be asked now.
        """
        if (known := self._usable(refused)) is not None:
            return known
        async with self._turn:
            if (known := self._usable(refused)) is not None:
                return known
            return await self._settled(refused)

    def _usable(self, refused: Secret | None) -> Secret | None:
        known = self._known
        if known is None or known.access == refused or known.is_due(self._clock.now()):
            return None
        return known.access

    async def _settled(self, refused: Secret | None) -> Secret:
        async with self._store.turn():
            self._known = current = self._stored()
            now = self._clock.now()
            is_refused = current.access == refused
            if not is_refused and not current.is_due(now):
                return current.access
            if is_refused and 0.0 <= (now - current.renewed_at).total_seconds() < FRESH_SECONDS:
                return current.access
            try:
                return await _to_its_end(self._renewed(current))
            except TryLater as trouble:
                if is_refused or not current.is_valid(now):
                    raise
                _LOG.warning("login not renewed yet, its token is still valid: %s", trouble)
                return current.access

    def _stored(self) -> Connection:
        """The login that stands. What could not be saved before is saved first: the disk has only void tokens."""
        kept = self._store.load()
        unsaved, self._unsaved = self._unsaved, None
        if unsaved is None:
            return standing_login(kept)
        connection = Connection.decoded(kept) if kept is not None else None
        if connection is None or connection.is_ended or connection.renewed_at <= unsaved.renewed_at:
            return self._save(unsaved)
        return connection

    async def _renewed(self, current: Connection) -> Secret:
        if self._clock.monotonic_seconds() < self._paused_until_seconds:
            raise TryLater(self._trouble_text)
        try:
            tokens = await self._asked(current.refresh)
        except GrantEnded as ended:
            self._known = None
            self._store.save(Connection.ended(self._clock.now()).encoded())
            raise NeedsPerson(f"Pleo has ended this login; a person has to log in again. {LOG_IN} ({ended})") from None
        except TryLater as trouble:
            self._pause(trouble)
            raise
        renewed = self._save(Connection.of(tokens, current.refresh, self._clock.now()))
        _LOG.info("login renewed expires_at=%s", renewed.expires_at)
        return renewed.access

    async def _asked(self, refresh: Secret) -> Tokens:
        """New tokens; an answer that was lost is asked for once more, and after that it is trouble that passes."""
        started_seconds = self._clock.monotonic_seconds()
        try:
            try:
                return await self._endpoint.refresh(refresh)
            except (OutcomeUnknown, BadAnswer) as lost:
                if self._clock.monotonic_seconds() - started_seconds > LOST_ANSWER_GRACE_SECONDS:
                    raise
                _LOG.warning("answer lost, asking once more with the old token: %s", lost)
            return await self._endpoint.refresh(refresh)
        except (OutcomeUnknown, BadAnswer) as lost:
            # Nothing of the call that waits for the token has been sent: it is safe to repeat.
            raise Unreachable(f"The login to Pleo can't be renewed now: {lost}") from None
        except AddressRefused as refused:
            raise NeedsPerson(f"pleo.oauth.token_url: {refused}") from refused

    def _save(self, connection: Connection) -> Connection:
        """On the disk first, and only then for use."""
        self._known, self._unsaved = None, connection
        self._store.save(connection.encoded())
        self._known, self._unsaved = connection, None
        return connection

    def _pause(self, trouble: TryLater) -> None:
        asked_seconds = trouble.retry_after_seconds if isinstance(trouble, Throttled) else None
        self._trouble_text = str(trouble)
        self._paused_until_seconds = self._clock.monotonic_seconds() + max(PAUSE_SECONDS, asked_seconds or 0.0)


async def _to_its_end(work: Coroutine[Any, Any, Result]) -> Result:
    """Let the work end although its caller is stopped: an answer under way holds the only valid refresh token.

    The time limits of its calls bound it.
    """
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        if not task.cancelled() and (trouble := task.exception()) is not None:
            _LOG.warning("while stopping: %s", trouble)
        raise
