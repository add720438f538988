"""Which IP addresses lie where.

Source: the IANA special-purpose registries,
https://www.iana.org/assignments/iana-ipv4-special-registry and
https://www.iana.org/assignments/iana-ipv6-special-registry. Our own list, because the standard library's
`is_global` changed its mind between patch releases.
"""

from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final, assert_never

ADDRESSES_REMEMBERED_MAX: Final = 1024


class Zone(StrEnum):
    """Where an address lies. FORBIDDEN is never connected to, whatever the settings say."""

    PUBLIC = "public"
    PRIVATE = "private"
    LOOPBACK = "loopback"
    FORBIDDEN = "forbidden"


# Services of cloud hosts that hand out credentials to whoever asks, inside ranges that look harmless.
_METADATA: Final = frozenset({"100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254"})

_LOOPBACK_4: Final = IPv4Network("127.0.0.0/8")
_PRIVATE_4: Final = tuple(
    IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
)
_FORBIDDEN_4: Final = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "169.254.0.0/16",  # link-local, and the metadata service of most cloud hosts
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)

_LOOPBACK_6: Final = IPv6Address("::1")
_PRIVATE_6: Final = IPv6Network("fc00::/7")
_GLOBAL_6: Final = IPv6Network("2000::/3")
_FORBIDDEN_6: Final = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments, among them Teredo, which carries an IPv4 address inside
        "2001:db8::/32",
        "2002::/16",  # 6to4, which carries an IPv4 address inside
        "3ffe::/16",
        "3fff::/20",
    )
)
# A network without IPv4 reaches public IPv4 hosts through these, so the address inside decides.
# https://www.rfc-editor.org/rfc/rfc6052
_NAT64: Final = IPv6Network("64:ff9b::/96")


# A transport asks about the same few addresses again and again.
@lru_cache(maxsize=ADDRESSES_REMEMBERED_MAX)
def zone_of(text: str) -> Zone:
    """The zone of an address in its usual notation; raises ValueError when it is not an address."""
    address = ip_address(text)
    if str(address) in _METADATA:
        return Zone.FORBIDDEN
    match address:
        case IPv4Address():
            return _zone_4(address)
        case IPv6Address():
            return _zone_6(address)
        case _:
            assert_never(address)


def _zone_4(address: IPv4Address) -> Zone:
    if address in _LOOPBACK_4:
        return Zone.LOOPBACK
    if any(address in network for network in _PRIVATE_4):
        return Zone.PRIVATE
    if any(address in network for network in _FORBIDDEN_4):
        return Zone.FORBIDDEN
    return Zone.PUBLIC


def _zone_6(address: IPv6Address) -> Zone:
    if address.scope_id is not None:
        return Zone.FORBIDDEN
    if address == _LOOPBACK_6:
        return Zone.LOOPBACK
    if address in _PRIVATE_6:
        return Zone.PRIVATE
    if address in _NAT64:
        inside = zone_of(str(IPv4Address(int(address) & 0xFFFF_FFFF)))
        return Zone.PUBLIC if inside is Zone.PUBLIC else Zone.FORBIDDEN
    if address not in _GLOBAL_6 or any(address in network for network in _FORBIDDEN_6):
        return Zone.FORBIDDEN
    return Zone.PUBLIC
