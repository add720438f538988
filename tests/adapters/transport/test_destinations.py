import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilag.adapters.transport.destinations import ANY_HOST, Destinations, origin_of
from bilag.ports.errors import AddressRefused

API = "https://external.pleo.io"
SIMULATOR = "http://127.0.0.1:8321"


@pytest.mark.parametrize("url", [API, f"{API}/v3/export-jobs?limit=100", "https://EXTERNAL.pleo.io:443/x", f"{API}#x"])
def test_named_origin_is_allowed(url: str) -> None:
    assert Destinations(origins=[API]).checked(url).raw_host


@pytest.mark.parametrize(
    "url",
    [
        "https://pleo.io/",
        "https://external.pleo.io.evil.example/",
        "https://evil.example/external.pleo.io",
        "https://external.pleo.io@evil.example/",
        "https://evil.example#@external.pleo.io/",
        "https://external.pleo.io:444/",
        "http://external.pleo.io/",
        "https://external.pleo.io./",
        "https://xexternal.pleo.io/",
    ],
)
def test_any_other_origin_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        Destinations(origins=[API]).checked(url)


@pytest.mark.parametrize(
    "url",
    ["https://files.example/a.pdf?X-Amz-Signature=ab%2Fc+d%3D", "https://8.8.8.8/x", "https://[2606:4700::1111]/"],
)
def test_public_host_is_allowed_and_its_link_not_rewritten(url: str) -> None:
    assert str(Destinations(public_hosts=[ANY_HOST]).checked(url)) == url


def test_letters_of_other_scripts_in_a_path_are_encoded() -> None:
    checked = Destinations(public_hosts=[ANY_HOST]).checked(
        "https://files.example/kvittering å.pdf".replace(" ", "%20")
    )

    assert str(checked) == "https://files.example/kvittering%20%C3%A5.pdf"


BYPASSES = [
    # not https, or not http at all
    "http://files.example/a.pdf",
    "ftp://files.example/a.pdf",
    "file:///etc/passwd",
    "gopher://files.example/",
    "data:text/plain,x",
    "javascript:alert(1)",
    "//files.example/a.pdf",
    "files.example/a.pdf",
    "",
    # this machine, by name or address
    "https://localhost/",
    "https://LOCALHOST/",
    "https://127.0.0.1/",
    "https://127.0.0.2/",
    "https://[::1]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://0.0.0.0/",
    "https://[::]/",
    # other spellings of 127.0.0.1
    "https://127.1/",
    "https://127.0.1/",
    "https://2130706433/",
    "https://017700000001/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://127.0.0.1./",
    "https://127.0.0.01/",
    "https://0/",
    "https://0x/",
    "https://\uff11\uff12\uff17.0.0.1/",
    "https://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460/",
    "https://127\u30020\u30020\u30021/",
    "https://127%2E0%2E0%2E1/",
    "https://%6cocalhost/",
    # IPv4 inside IPv6
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[2001:0:7f00:1::]/",
    # networks that are not public
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://192.168.0.1/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://2852039166/",
    "https://100.100.100.200/",
    "https://168.63.129.16/",
    "https://[fe80::1]/",
    "https://[fe80::1%25eth0]/",
    "https://[fd00:ec2::254]/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    # other ports
    "https://files.example:80/",
    "https://files.example:22/",
    "https://files.example:8443/",
    "https://files.example:0/",
    "https://files.example:99999/",
    "https://files.example:443x/",
    # user names and tricks with the parser
    "https://user@files.example/",
    "https://user:password@files.example/",
    "https://@files.example/",
    "https://files.example\\@127.0.0.1/",
    "https://files.example\t/",
    "https://files.example\n/",
    "https://files.example /",
    "https://fi\x00les.example/",
    "https://[files.example]/",
    "https://[v1.files]/",
    "https://[::1",
    "https:///etc/passwd",
    "https://",
    "https:files.example",
    "https://.files.example/",
    "https://files..example/",
    "https://-files.example/",
    "https://intranet/",
    "https://metadata/",
    f"https://{'a' * 64}.example/",
    f"https://{'a.' * 150}example/",
    f"https://files.example/{'a' * 9000}",
]


@pytest.mark.parametrize("url", BYPASSES)
def test_bypass_is_refused_without_a_look_up(url: str) -> None:
    with pytest.raises(AddressRefused):
        Destinations(public_hosts=[ANY_HOST]).checked(url)


@given(st.text())
def test_any_text_is_refused_or_leads_to_https_on_443(text: str) -> None:
    for url in (text, f"https://{text}", f"https://files.example{text}"):
        try:
            checked = Destinations(public_hosts=[ANY_HOST]).checked(url)
        except AddressRefused:
            continue
        assert (checked.scheme, checked.port) == ("https", 443)


def test_refusal_never_shows_the_query() -> None:
    with pytest.raises(AddressRefused) as refused:
        Destinations(public_hosts=[ANY_HOST]).checked("https://127.0.0.1/a.pdf?X-Amz-Signature=canary")

    assert "canary" not in str(refused.value)
    assert refused.value.__context__ is None


@pytest.mark.parametrize("host", ["files.example", "FILES.example"])
def test_host_list_bounds_where_files_may_be(host: str) -> None:
    destinations = Destinations(public_hosts=["files.example", ".s3.example"])

    assert destinations.checked(f"https://{host}/a")
    assert destinations.checked("https://bucket.s3.example/a")
    for other in ("https://s3.example/", "https://xs3.example/", "https://other.example/", "https://x.files.example/"):
        with pytest.raises(AddressRefused):
            destinations.checked(other)


def test_nothing_is_allowed_unless_it_is_listed() -> None:
    with pytest.raises(AddressRefused):
        Destinations().checked("https://files.example/")


def test_plain_http_is_allowed_only_for_this_machine_and_only_by_name() -> None:
    assert Destinations(origins=[SIMULATOR]).checked(f"{SIMULATOR}/files/1")
    with pytest.raises(AddressRefused):
        Destinations(origins=[SIMULATOR]).checked("http://127.0.0.1:8322/")
    with pytest.raises(AddressRefused):
        Destinations(origins=[SIMULATOR]).checked("https://127.0.0.1:8321/")


@pytest.mark.parametrize("origin", ["http://erp.example", "http://10.0.0.5:8000", "http://169.254.169.254"])
def test_plain_http_elsewhere_cannot_be_configured(origin: str) -> None:
    with pytest.raises(AddressRefused, match="use https"):
        Destinations(origins=[origin])


@pytest.mark.parametrize("address", ["10.0.0.1", "127.0.0.1", "169.254.169.254", "::1", "::ffff:8.8.8.8"])
def test_name_that_stands_for_an_inside_address_is_refused(address: str) -> None:
    destinations = Destinations(origins=[API], public_hosts=[ANY_HOST])

    for host in ("files.example", "external.pleo.io"):
        with pytest.raises(AddressRefused):
            destinations.check_addresses(host, 443, ["8.8.8.8", address])


def test_localhost_must_stand_for_this_machine() -> None:
    destinations = Destinations(origins=["http://localhost:8321"])

    destinations.check_addresses("localhost", 8321, ["127.0.0.1", "::1"])
    for other in ("8.8.8.8", "10.0.0.1"):
        with pytest.raises(AddressRefused):
            destinations.check_addresses("localhost", 8321, [other])


def test_own_network_is_reached_only_when_allowed_and_never_the_metadata_service() -> None:
    house = "https://erp.house.example"
    allowed = Destinations(origins=[house], private_allowed=True)

    allowed.check_addresses("erp.house.example", 443, ["10.1.2.3"])
    for address in ("169.254.169.254", "127.0.0.1"):
        with pytest.raises(AddressRefused):
            allowed.check_addresses("erp.house.example", 443, [address])
    with pytest.raises(AddressRefused):
        Destinations(origins=[house]).check_addresses("erp.house.example", 443, ["10.1.2.3"])
    assert Destinations(origins=["https://10.1.2.3"], private_allowed=True).checked("https://10.1.2.3/")


def test_private_networks_stay_closed_for_hosts_that_are_not_named() -> None:
    destinations = Destinations(origins=["https://erp.house.example"], public_hosts=[ANY_HOST], private_allowed=True)

    with pytest.raises(AddressRefused):
        destinations.check_addresses("files.example", 443, ["10.1.2.3"])


def test_origin_is_compared_by_scheme_host_and_port() -> None:
    assert origin_of("https://A.example/x?y") == origin_of("https://a.example:443")
    assert origin_of("http://[::1]:80") != origin_of("https://[::1]:80")
    assert str(origin_of("http://[::1]:8080/x")) == "http://[::1]:8080"
    assert origin_of("http://localhost").is_loopback
    assert not origin_of("https://external.pleo.io").is_loopback
