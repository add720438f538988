"""The kinds of value in bilag.toml that need a check of their own; each says what belongs there instead."""

import re
from typing import Annotated, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field

from bilag.domain.money import Currency, UnknownCurrency

_HOST: Final = re.compile(r"\.?([a-z0-9-]+\.)+[a-z0-9-]+", re.IGNORECASE)
_KEYRING_ENTRY: Final = re.compile(r"[^/\s]+/[^/\s]+")
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def _currency(code: str) -> str:
    try:
        Currency(code)
    except UnknownCurrency:
        raise ValueError("is no ISO 4217 currency code such as EUR") from None
    return code


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("is no IANA time zone such as Europe/Copenhagen") from None
    return name


def _web_address(address: str) -> str:
    try:
        parts = urlsplit(address)
        port_is_sound = parts.port is None or parts.port > 0
    except ValueError:
        raise ValueError("is no web address such as https://external.pleo.io") from None
    if not parts.hostname or not port_is_sound or parts.scheme not in ("https", "http"):
        raise ValueError("is no web address such as https://external.pleo.io")
    if parts.scheme == "http" and not is_this_machine(address):
        raise ValueError("must start with https:// (plain http:// is for this machine's own addresses only)")
    if parts.path.strip("/") or parts.query or parts.fragment or parts.username is not None:
        raise ValueError("must end after the host, or after its port")
    return address.rstrip("/")


def is_this_machine(address: str) -> bool:
    """Whether the web address is one of this machine's own."""
    return urlsplit(address).hostname in ("127.0.0.1", "localhost", "::1")


def _host(name: str) -> str:
    if not _HOST.fullmatch(name):
        raise ValueError("must be a host name such as files.example.com, or .example.com for every host below it")
    return name.lower()


def _endpoint_address(address: str) -> str:
    """An address that a token is sent to: with a path, and with nothing that may hold a secret."""
    parts = urlsplit(address)
    if parts.query or parts.fragment or "\\" in address:
        raise ValueError("must end after the path")
    if not parts.path.strip("/"):
        raise ValueError("must have a path, such as https://auth.pleo.io/oauth/token")
    _web_address(f"{parts.scheme}://{parts.netloc}")
    return address


def _page_address(address: str) -> str:
    if address and not address.startswith(("https://", "http://")):
        raise ValueError("must start with http:// or https://, as in the browser")
    return address


def _environment_variable(name: str) -> str:
    if not _VARIABLE.fullmatch(name):
        raise ValueError("must be the name of an environment variable, not the secret itself")
    return name


def _keyring_entry(name: str) -> str:
    if not _KEYRING_ENTRY.fullmatch(name):
        raise ValueError('must be the name of an entry, such as "bilag/master-key", not the secret itself')
    return name


CurrencyCode = Annotated[str, AfterValidator(_currency)]
TimeZoneName = Annotated[str, AfterValidator(_time_zone)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
EndpointAddress = Annotated[str, AfterValidator(_endpoint_address)]
KeyringEntry = Annotated[str, AfterValidator(_keyring_entry)]
HostName = Annotated[str, AfterValidator(_host)]
PageAddress = Annotated[str, AfterValidator(_page_address)]
VariableName = Annotated[str, AfterValidator(_environment_variable)]
AccountNumber = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^\S(.*\S)?$")]
