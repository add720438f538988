"""Where a transport may connect: an allow-list of origins and hosts, and the zones their addresses may lie in."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final
from urllib.parse import quote

from yarl import URL

from bilag.adapters.transport.addresses import Zone, zone_of
from bilag.ports.errors import AddressRefused

ANY_HOST: Final = "*"
URL_CHARACTERS_MAX: Final = 8192
HTTPS_PORT: Final = 443
HOSTS_REMEMBERED_MAX: Final = 1024

_SUSPICIOUS: Final = re.compile(r"[\x00-\x20\x7f\\]")
_LABEL: Final = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST: Final = re.compile(rf"(?=.{{1,253}}\Z)({_LABEL}\.)*{_LABEL}")
# A last label that is a number makes the whole name an IPv4 address, in whichever spelling:
# https://url.spec.whatwg.org/#ends-in-a-number-checker
_NUMBER: Final = re.compile(r"(.*\.)?([0-9]+|0[xX][0-9a-fA-F]*)")
_URL_SAFE: Final = "".join(chr(code) for code in range(0x21, 0x7F))


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Scheme, host in lower case, and port of an address."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.scheme}://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether the name alone says that it is this machine."""
        return self.host == "localhost" or (_is_literal(self.host) and zone_of(self.host) is Zone.LOOPBACK)


class Destinations:
    """The allow-list of one transport.

    `origins` are exact ("https://external.pleo.io"); plain http and this machine itself are allowed there only,
    and only together. `public_hosts` are host names for https on port 443 whose addresses must be public: exact,
    ".example.com" for everything below it, or ANY_HOST. `private_allowed` lets `origins` lie in the operator's
    own network, for an accounting system in the house. Raises AddressRefused for an origin that can never be used.
    """

    def __init__(
        self, *, origins: Iterable[str] = (), public_hosts: Iterable[str] = (), private_allowed: bool = False
    ) -> None:
        self._origins = frozenset(origin_of(text) for text in origins)
        self._public_hosts = tuple(host.lower() for host in public_hosts)
        self._private_allowed = private_allowed
        for origin in self._origins:
            if origin.scheme == "http" and not origin.is_loopback:
                raise AddressRefused(f"{origin}: plain http is for this machine only, use https")

    def checked(self, url: str) -> URL:
        """The address, ready to send to; raises AddressRefused when it is not on the list."""
        parsed = _parsed(url)
        origin = _origin_of(parsed)
        if origin in self._origins:
            self._check_literal(origin)
            return parsed
        if origin.scheme != "https":
            raise AddressRefused(f"{origin}: only https is allowed")
        if origin.port != HTTPS_PORT:
            raise AddressRefused(f"{origin}: only port {HTTPS_PORT} is allowed")
        if not self._is_public_host(origin.host):
            raise AddressRefused(f"{origin}: this host is not on the list")
        self._check_literal(origin)
        return parsed

    def check_addresses(self, host: str, port: int, addresses: Iterable[str]) -> None:
        """Raise AddressRefused unless every address that the name stands for may be connected to."""
        allowed = self._zones(host.lower(), port)
        for address in addresses:
            if zone_of(address) not in allowed:
                raise AddressRefused(f"{host}:{port} stands for {address}, which is not connected to")

    def _check_literal(self, origin: Origin) -> None:
        if _is_literal(origin.host):
            self.check_addresses(origin.host, origin.port, (origin.host,))

    def _zones(self, host: str, port: int) -> frozenset[Zone]:
        named = [origin for origin in self._origins if (origin.host, origin.port) == (host, port)]
        if any(origin.is_loopback for origin in named):
            return frozenset({Zone.LOOPBACK})
        if named and self._private_allowed:
            return frozenset({Zone.PUBLIC, Zone.PRIVATE})
        return frozenset({Zone.PUBLIC})

    def _is_public_host(self, host: str) -> bool:
        return any(
            allowed in (ANY_HOST, host) or (allowed.startswith(".") and host.endswith(allowed))
            for allowed in self._public_hosts
        ) and ("." in host or ":" in host)


def origin_of(url: str) -> Origin:
    """Where the address leads; raises AddressRefused when it is none that can be used anywhere."""
    return _origin_of(_parsed(url))


def _parsed(text: str) -> URL:
    """The address without any rewriting, because a pre-signed link is signed as it is written."""
    if len(text) > URL_CHARACTERS_MAX or _SUSPICIOUS.search(text):
        raise AddressRefused("an address that is too long, or holds spaces or control characters")
    try:
        url = URL(quote(text, safe=_URL_SAFE), encoded=True)
        is_usable = bool(url.port)  # asking makes yarl read the authority, which it puts off otherwise
    except ValueError:  # UnicodeEncodeError is one
        is_usable = False
    if not is_usable:
        raise AddressRefused("an address that cannot be read")
    return url


def _origin_of(url: URL) -> Origin:
    if url.scheme not in ("http", "https"):
        raise AddressRefused("an address that is neither https nor http")
    if url.raw_user is not None or url.raw_password is not None or "@" in url.raw_authority:
        raise AddressRefused("an address with a user name in it")
    host = (url.raw_host or "").lower()
    if "[" in url.raw_authority and ":" not in host:
        raise AddressRefused("an address with brackets around something else than an IPv6 address")
    if not (_is_literal(host) or (_HOST.fullmatch(host) and not _NUMBER.fullmatch(host))):
        raise AddressRefused("an address whose host is not a plain name or address")
    assert url.port
    return Origin(scheme=url.scheme, host=host, port=url.port)


# Asked several times in every request, nearly always about the same few hosts.
@lru_cache(maxsize=HOSTS_REMEMBERED_MAX)
def _is_literal(host: str) -> bool:
    """Whether it is an IP address in its one usual notation; every other spelling of one is no host at all."""
    try:
        return "%" not in host and host == str(IPv6Address(host) if ":" in host else IPv4Address(host))
    except AddressValueError:
        return False
