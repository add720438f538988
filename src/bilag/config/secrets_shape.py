"""The tables of bilag.toml that are about keeping secrets: the login to Pleo, and the keys that encrypt it."""

from typing import Final, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from bilag.config.section import SecretSource, Section
from bilag.config.value_kinds import EndpointAddress

SCOPES: Final = ("export-jobs:read", "export-jobs:write", "export-items:read")


class OAuthSection(Section):
    """A person's login to Pleo, made with `bilag login` and renewed by itself."""

    client_id: str = Field(min_length=1, max_length=256, pattern=r"^[\x21-\x7e]+$")
    """What Pleo calls this integration."""
    client_secret: SecretSource | None = None
    """The integration's own secret; left out for a public client."""
    client_authentication: Literal["form", "basic"] = "form"
    """Whether client_id and client_secret are sent as form fields or in a Basic header."""
    authorize_url: EndpointAddress = "https://auth.pleo.io/oauth/authorize"
    """Where the person agrees."""
    token_url: EndpointAddress = "https://auth.pleo.io/oauth/token"  # noqa: S105  an address, no secret
    """Where tokens come from."""
    scopes: tuple[str, ...] = SCOPES
    """What the person is asked to allow."""
    redirect_port: int = Field(default=8917, strict=True, ge=0, le=65535)
    """The port of 127.0.0.1 that the browser comes back to, 0 for any; Pleo must know the address."""

    @property
    def origins(self) -> tuple[str, ...]:
        """Scheme, host and port of both addresses."""
        both = (urlsplit(self.authorize_url), urlsplit(self.token_url))
        return tuple(f"{address.scheme}://{address.netloc}" for address in both)


class MasterKeyEntry(Section):
    """A key that encrypts the other keys."""

    version: int = Field(strict=True, ge=1, le=1_000_000)
    """Its number; the highest one encrypts, the others only decrypt."""
    key: SecretSource
    """Where its 32 bytes are, in base64; `bilag secrets new-key` makes one."""


class SecretsSection(Section):
    """The encryption of what bilag keeps itself, such as a login."""

    keys: tuple[MasterKeyEntry, ...] = ()
    """The master keys; needed once there is something to keep."""

    @field_validator("keys")
    @classmethod
    def _told_apart(cls, keys: tuple[MasterKeyEntry, ...]) -> tuple[MasterKeyEntry, ...]:
        versions = [entry.version for entry in keys]
        if again := [version for version in versions if versions.count(version) > 1]:
            raise ValueError(f"two keys have the version {again[0]}; give a new key the next number")
        return keys
