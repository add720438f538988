"""Who may call: API keys and access tokens, and what each of them covers."""

from base64 import b64decode
from binascii import Error as Base64Error
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bilag.simulator.refusals import Refusal, RefusalType
from bilag.simulator.terms import Scope


class CredentialKind(StrEnum):
    """How a credential is presented in the `Authorization` header."""

    API_KEY = "Basic"
    ACCESS_TOKEN = "Bearer"  # noqa: S105 -- the name of a scheme, not a secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What one credential covers.

    A credential of one company may leave `company_id` out of its requests. One of an organisation, with several
    companies, has to name it. `expires_at` `None` means that it lasts.
    """

    company_ids: frozenset[str]
    owner_urn: str
    scopes: frozenset[Scope] = frozenset(Scope)
    expires_at: datetime | None = None

    def require_company(self, company_id: str) -> None:
        """Refuse a company that this credential does not cover."""
        if company_id not in self.company_ids:
            raise Refusal(RefusalType.FORBIDDEN, f"this credential does not cover company {company_id}")

    def require_scope(self, scope: Scope) -> None:
        """Refuse an operation that the credential was not made for."""
        if scope not in self.scopes:
            raise Refusal(RefusalType.FORBIDDEN, f"this credential lacks the scope {scope}")


class GrantBook:
    """Every credential that the simulated Pleo knows."""

    def __init__(self) -> None:
        self._grants: dict[tuple[CredentialKind, str], Grant] = {}

    def accept(self, kind: CredentialKind, secret: str, grant: Grant) -> None:
        """Let `secret` in from now on; accepting it again replaces what it covers."""
        self._grants[kind, secret] = grant

    def revoke(self, kind: CredentialKind, secret: str) -> None:
        """Keep `secret` out from now on."""
        self._grants.pop((kind, secret), None)

    def authenticate(self, header: str, now: datetime) -> Grant:
        """The grant behind an `Authorization` header; refuses anything else with 401."""
        grant = self._grants.get(_presented(header))
        if grant is None or (grant.expires_at is not None and grant.expires_at <= now):
            raise Refusal(
                RefusalType.UNAUTHORIZED,
                "credential missing, unknown or expired: send an API key as Basic user name with an empty "
                "password, or an access token as Bearer",
            )
        return grant


def _presented(header: str) -> tuple[CredentialKind, str]:
    scheme, _, value = header.partition(" ")
    if scheme.casefold() == "bearer":
        return CredentialKind.ACCESS_TOKEN, value.strip()
    if scheme.casefold() == "basic":
        return CredentialKind.API_KEY, _basic_user_name(value.strip())
    return CredentialKind.API_KEY, ""


def _basic_user_name(value: str) -> str:
    try:
        user_name, _, password = b64decode(value, validate=True).decode().partition(":")
    except (Base64Error, ValueError):
        return ""
    return "" if password else user_name
