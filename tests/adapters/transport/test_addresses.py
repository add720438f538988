from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilag.adapters.transport.addresses import Zone, zone_of


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "52.95.128.10", "2606:4700::1111", "2a00:1450:4009::5"])
def test_public_address_is_public(address: str) -> None:
    assert zone_of(address) is Zone.PUBLIC


@pytest.mark.parametrize("address", ["127.0.0.1", "127.255.255.254", "127.1.2.3", "::1"])
def test_this_machine_is_loopback(address: str) -> None:
    assert zone_of(address) is Zone.LOOPBACK


@pytest.mark.parametrize(
    "address", ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "fc00::1", "fd12:3456::1"]
)
def test_own_network_is_private(address: str) -> None:
    assert zone_of(address) is Zone.PRIVATE


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104  it is refused
        "0.1.2.3",
        "169.254.169.254",
        "169.254.1.1",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "::ffff:0:8.8.8.8",
        "64:ff9b::127.0.0.1",
        "64:ff9b::169.254.169.254",
        "64:ff9b::10.0.0.1",
        "64:ff9b:1::8.8.8.8",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2001:10::1",
        "2002:7f00:1::",
        "2002:808:808::1",
        "3fff::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "fd00:ec2::254",
        "5f00::1",
        "4000::1",
    ],
)
def test_special_address_is_forbidden(address: str) -> None:
    assert zone_of(address) is Zone.FORBIDDEN


@given(st.integers(0, 2**32 - 1))
def test_nat64_is_public_only_when_the_address_inside_is(number: int) -> None:
    inside = IPv4Address(number)

    zone = zone_of(f"64:ff9b::{inside}")

    assert (zone is Zone.PUBLIC) == (zone_of(str(inside)) is Zone.PUBLIC)
    assert zone in (Zone.PUBLIC, Zone.FORBIDDEN)


@given(st.ip_addresses(v=4))
def test_public_agrees_with_the_standard_library(address: IPv4Address) -> None:
    assert zone_of(str(address)) is not Zone.PUBLIC or address.is_global


@pytest.mark.parametrize("text", ["", "localhost", "127.1", "0x7f.0.0.1", "2130706433", "127.0.0.01", "1.2.3.4 "])
def test_other_spelling_is_no_address(text: str) -> None:
    with pytest.raises(ValueError, match="does not appear"):
        zone_of(text)
