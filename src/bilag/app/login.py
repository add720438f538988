"""`bilag login`: a person agrees in the browser, and the login is kept."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from bilag.adapters.pleo.connection import Connection
from bilag.adapters.pleo.oauth import GrantEnded, LoginRequest, TokenEndpoint, Tokens, login_request
from bilag.adapters.pleo.redirect_listener import LOGIN_SECONDS_MAX, listening
from bilag.adapters.secrets.store import kept_secrets
from bilag.app.credentials import oauth_app, open_endpoint, stored_login
from bilag.app.secrets import SECRETS_FILE
from bilag.app.system_clock import SYSTEM_CLOCK
from bilag.config.load import load_config
from bilag.ports.clock import Clock
from bilag.ports.errors import AddressRefused, BadAnswer, NeedsPerson, OutcomeUnknown, TryLater
from bilag.ports.secret import Secret

# Shows a person the address to open.
Show = Callable[[str], None]


async def log_in(
    config_path: Path,
    show: Show,
    environment: Mapping[str, str] = os.environ,
    *,
    clock: Clock = SYSTEM_CLOCK,
    seconds_max: float = LOGIN_SECONDS_MAX,
) -> str:
    """Let a person log in, keep the login encrypted, and return the id of the company that it is kept for.

    Raises ConfigInvalid, NeedsPerson, TryLater, StoreFailed. What was kept before stays when it fails.
    """
    config = load_config(config_path)
    if config.pleo.oauth is None:
        raise NeedsPerson("pleo.oauth: the table is missing; docs/configuration.md says what belongs there")
    app = oauth_app(config.pleo.oauth, environment)
    login = stored_login(config, environment, clock)
    # Before a person is sent to Pleo: a file that can't be read could not take the login either.
    kept_secrets(config.state.folder / SECRETS_FILE)
    endpoint = open_endpoint(config, app, clock)
    try:
        async with listening(config.pleo.oauth.redirect_port) as listener:
            attempt = login_request(app, listener.uri)
            show(attempt.url)
            tokens = await _tokens(endpoint, await listener.code(attempt, seconds_max), attempt)
    finally:
        await endpoint.close()
    if tokens.refresh is None:
        raise NeedsPerson("Pleo gave no refresh token: it has to let this integration renew its login")
    async with login.turn():
        login.save(Connection.of(tokens, tokens.refresh, clock.now()).encoded())
    return str(config.pleo.company_id)


async def _tokens(endpoint: TokenEndpoint, code: Secret, attempt: LoginRequest) -> Tokens:
    try:
        return await endpoint.exchange(code, attempt)
    except GrantEnded as ended:
        raise NeedsPerson(f"{ended}: the code is not, or no longer, valid. Run `bilag login` again.") from None
    except (OutcomeUnknown, BadAnswer) as lost:
        raise TryLater(f"{lost}. Run `bilag login` again") from None
    except AddressRefused as refused:
        raise NeedsPerson(f"pleo.oauth.token_url: {refused}") from refused
