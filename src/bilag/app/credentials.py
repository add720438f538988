"""Who we are to Pleo: an API key, an access token, or a login that is renewed by itself."""

from collections.abc import Mapping

from bilag.adapters.pleo.auth import ApiKeyAuth, Auth, BearerAuth
from bilag.adapters.pleo.oauth import OAuthApp, TokenEndpoint
from bilag.adapters.pleo.opening import open_token_endpoint
from bilag.adapters.pleo.renewal import TokenRenewal, standing_login
from bilag.app.refused_address import told_by_setting
from bilag.app.secrets import open_secret_store, required_secret
from bilag.app.stored_login import StoredLogin
from bilag.config.secrets_shape import OAuthSection
from bilag.config.shape import Config
from bilag.ports.clock import Clock
from bilag.ports.errors import NeedsPerson
from bilag.ports.secret import Secret


def pleo_auth(config: Config, environment: Mapping[str, str], clock: Clock) -> Auth:
    """The credentials of `[pleo]`; close them after use.

    Raises NeedsPerson when they can't be read, or there is no key for the login. Whether somebody has logged in shows
    with the first call.
    """
    section = _checked_oauth(config)
    if section is None:
        return _fixed_auth(config, environment)
    login = stored_login(config, environment, clock)
    endpoint = open_endpoint(config, oauth_app(section, environment), clock)
    return BearerAuth(TokenRenewal(endpoint, login, clock), endpoint.close)


def credential_problem(config: Config, environment: Mapping[str, str], clock: Clock) -> str:
    """Why the credentials can't be used, as far as that shows without asking Pleo; empty when they can."""
    try:
        section = _checked_oauth(config)
        if section is None:
            _fixed_auth(config, environment)
        else:
            oauth_app(section, environment)
            standing_login(stored_login(config, environment, clock).load())
    except NeedsPerson as problem:
        return str(problem)
    return ""


def stored_login(config: Config, environment: Mapping[str, str], clock: Clock) -> StoredLogin:
    """Where the company's login is kept. Raises NeedsPerson when there is no usable master key."""
    store = open_secret_store(config, environment)
    return StoredLogin(store, str(config.pleo.company_id), config.state.folder, clock)


def oauth_app(section: OAuthSection, environment: Mapping[str, str]) -> OAuthApp:
    """This integration, as Pleo knows it. Raises NeedsPerson when its secret can't be read."""
    source = section.client_secret
    return OAuthApp(
        client_id=section.client_id,
        client_secret=required_secret(source, "pleo.oauth.client_secret", environment) if source else None,
        authorize_url=section.authorize_url,
        token_url=section.token_url,
        scopes=section.scopes,
        is_basic=section.client_authentication == "basic",
    )


def open_endpoint(config: Config, app: OAuthApp, clock: Clock) -> TokenEndpoint:
    """Where tokens come from; close it after use. Raises NeedsPerson when address or certificates can't be used."""
    with told_by_setting("pleo.oauth.token_url"):
        return open_token_endpoint(app, clock, config.pleo.ca_file)


def _checked_oauth(config: Config) -> OAuthSection | None:
    section = config.pleo
    if sum(way is not None for way in (section.api_key, section.access_token, section.oauth)) != 1:
        raise NeedsPerson(
            "pleo: give exactly one of api_key and access_token, each as { env = ... }, { file = ... } or"
            " { keyring = ... }, and the table [pleo.oauth]"
        )
    return section.oauth


def _fixed_auth(config: Config, environment: Mapping[str, str]) -> Auth:
    section = config.pleo
    if section.api_key is not None:
        return ApiKeyAuth(required_secret(section.api_key, "pleo.api_key", environment))
    assert section.access_token is not None
    token = required_secret(section.access_token, "pleo.access_token", environment)

    async def provider(_refused: Secret | None) -> Secret:
        """Always the one token: renewing it is somebody else's work."""
        return token

    return BearerAuth(provider)
