"""Pleo's OAuth: authorization code with PKCE for a person, and the renewal of what came of it.

https://developers.pleo.io/docs/authentication, https://www.rfc-editor.org/rfc/rfc6749 (section 4.1 and 6),
https://www.rfc-editor.org/rfc/rfc7636 (PKCE, S256 only). Tokens are opaque: nothing looks into them.
"""

import secrets
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from http import HTTPStatus
from typing import Final
from urllib.parse import quote, urlencode

import msgspec

from bilag.adapters.pleo.auth import is_token
from bilag.adapters.transport.retry import RETRY_AFTER_SECONDS_MAX, retry_after_seconds
from bilag.adapters.transport.transport import Request, Transport
from bilag.ports.clock import Clock
from bilag.ports.errors import BadAnswer, NeedsPerson, OutcomeUnknown, Throttled, Trouble
from bilag.ports.secret import Secret

# RFC 7636 asks for 43 to 128 characters; 64 random bytes make 86.
VERIFIER_BYTES: Final = 64
STATE_BYTES: Final = 32
TOKEN_CHARACTERS_MAX: Final = 16 * 1024
EXPIRES_IN_SECONDS_MAX: Final = 10 * 365 * 24 * 3600
FORM_TYPE: Final = "application/x-www-form-urlencoded"
# https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1 and 5.2
KNOWN_ERRORS: Final = frozenset(
    {
        *("invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type"),
        *("invalid_scope", "access_denied", "unsupported_response_type", "server_error", "temporarily_unavailable"),
    }
)


class GrantEnded(NeedsPerson):
    """The code or the refresh token is no longer valid: a person has to log in again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthApp:
    """This integration, as Pleo knows it. `is_basic` sends the credentials in a header instead of the form."""

    client_id: str
    client_secret: Secret | None
    authorize_url: str
    token_url: str
    scopes: tuple[str, ...]
    is_basic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginRequest:
    """One attempt of a person to log in: the address to open, and what has to fit when they come back."""

    url: str = field(repr=False)
    redirect_uri: str
    state: Secret
    verifier: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What the token endpoint gives. `refresh` is None when the old refresh token stays valid."""

    access: Secret
    refresh: Secret | None
    expires_in_seconds: int | None


class _TokenAnswer(msgspec.Struct, frozen=True, kw_only=True):
    access_token: str
    token_type: str
    refresh_token: str | None = None
    expires_in: int | float | str | None = None


class _ErrorAnswer(msgspec.Struct, frozen=True, kw_only=True):
    error: str = ""


def login_request(app: OAuthApp, redirect_uri: str) -> LoginRequest:
    """A fresh attempt, with a state and a verifier that nobody can guess."""
    state, verifier = Secret(secrets.token_urlsafe(STATE_BYTES)), Secret(secrets.token_urlsafe(VERIFIER_BYTES))
    query = {
        "response_type": "code",
        "client_id": app.client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(app.scopes),
        "state": state.reveal(),
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
    }
    url = f"{app.authorize_url}?{urlencode(query, quote_via=quote)}"
    return LoginRequest(url=url, redirect_uri=redirect_uri, state=state, verifier=verifier)


def challenge_of(verifier: Secret) -> str:
    """What shows Pleo beforehand that we know the verifier: RFC 7636, section 4.2."""
    return urlsafe_b64encode(sha256(verifier.reveal().encode("ascii")).digest()).rstrip(b"=").decode()


class TokenEndpoint:
    """Asks for tokens. Everything but success is trouble of ports.errors, without any credential in its text.

    OutcomeUnknown and BadAnswer say that tokens may have been given and were lost on the way.
    """

    def __init__(self, transport: Transport, app: OAuthApp, clock: Clock) -> None:
        self._transport = transport
        self._app = app
        self._clock = clock

    async def exchange(self, code: Secret, login: LoginRequest) -> Tokens:
        """Tokens for the code that a person came back with."""
        form = {
            "grant_type": "authorization_code",
            "code": code.reveal(),
            "redirect_uri": login.redirect_uri,
            "code_verifier": login.verifier.reveal(),
        }
        return await self._tokens("log in to Pleo", form)

    async def refresh(self, token: Secret) -> Tokens:
        """A new pair for a refresh token, which is void afterwards."""
        return await self._tokens(
            "renew the login to Pleo", {"grant_type": "refresh_token", "refresh_token": token.reveal()}
        )

    async def close(self) -> None:
        """Let go of the transport."""
        await self._transport.close()

    async def _tokens(self, purpose: str, form: Mapping[str, str]) -> Tokens:
        async with self._transport.send(self._request(purpose, form)) as response:
            body = await response.read()
        if response.status == HTTPStatus.OK:
            return _tokens_in(body, purpose)
        pause_seconds = retry_after_seconds(response.headers, self._clock.now())
        raise _refusal(purpose, response.status, _error_in(body), pause_seconds)

    def _request(self, purpose: str, form: Mapping[str, str]) -> Request:
        app, authorization = self._app, None
        fields = {**form, "client_id": app.client_id}
        if app.client_secret is not None and app.is_basic:
            # Both are form-encoded before they are joined: RFC 6749, section 2.3.1.
            pair = f"{quote(app.client_id, safe='')}:{quote(app.client_secret.reveal(), safe='')}"
            authorization = Secret("Basic " + b64encode(pair.encode()).decode())
            del fields["client_id"]
        elif app.client_secret is not None:
            fields["client_secret"] = app.client_secret.reveal()
        return Request(
            method="POST",
            url=app.token_url,
            purpose=purpose,
            headers={"Accept": "application/json", "Content-Type": FORM_TYPE},
            authorization=authorization,
            body=urlencode(fields).encode(),
            repeatable=False,
        )


def _tokens_in(body: bytes, purpose: str) -> Tokens:
    """Raises BadAnswer; the answer is not shown, since it holds tokens."""
    answer = _decoded(body)
    if answer is None or not _is_sound(answer):
        raise BadAnswer(f"{purpose}: the answer holds no tokens that can be used")
    return Tokens(
        access=Secret(answer.access_token),
        refresh=Secret(answer.refresh_token) if answer.refresh_token else None,
        expires_in_seconds=_seconds(answer.expires_in),
    )


def _decoded(body: bytes) -> _TokenAnswer | None:
    try:
        return msgspec.json.decode(body, type=_TokenAnswer)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _is_sound(answer: _TokenAnswer) -> bool:
    tokens = (answer.access_token, answer.refresh_token or "none")
    return answer.token_type.casefold() == "bearer" and is_token(answer.access_token) and all(map(_is_text, tokens))


def _is_text(token: str) -> bool:
    """RFC 6749 allows a token the characters that are visible in ASCII."""
    return len(token) <= TOKEN_CHARACTERS_MAX and token.isascii() and token.isprintable()


def _seconds(expires_in: float | str | None) -> int | None:
    """The lifetime; None when it is not told, or is none."""
    try:
        seconds = int(float(expires_in)) if expires_in is not None else None
    except (ValueError, OverflowError):
        return None
    return seconds if seconds is not None and 0 < seconds <= EXPIRES_IN_SECONDS_MAX else None


def _error_in(body: bytes) -> str:
    """OAuth's own word for the refusal; empty for any other text, which might repeat what we sent."""
    try:
        error = msgspec.json.decode(body, type=_ErrorAnswer).error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    return error if error in KNOWN_ERRORS else ""


def _refusal(purpose: str, status: int, error: str, pause_seconds: float | None) -> Trouble:
    """What a refusal means: https://www.rfc-editor.org/rfc/rfc6749#section-5.2."""
    said = f"{purpose}: Pleo answered {status}" + (f" {error}" if error else "")
    if error == "invalid_grant":
        return GrantEnded(said)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Throttled(said, min(pause_seconds, RETRY_AFTER_SECONDS_MAX) if pause_seconds is not None else None)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        return OutcomeUnknown(said)
    if error in ("invalid_client", "unauthorized_client") or status == HTTPStatus.UNAUTHORIZED:
        return NeedsPerson(f"{said}. Check pleo.oauth.client_id, client_secret and client_authentication.")
    return NeedsPerson(f"{said}. Check token_url, scopes and redirect_port of pleo.oauth.")
