import json

import pytest

from bilag.adapters.webhooks.key_ring import KeyRing
from bilag.adapters.webhooks.signature import NotAuthentic, SignedHeaders
from bilag.app.receiving import KEY_RINGS_TRIED_MAX, Doorkeeper
from bilag.ports.secret import Secret
from tests.adapters.webhooks.signing import COMPANY, JOB, a_key, signed
from tests.lifecycle.fake_clock import FakeClock

OTHER = "33333333-0000-4000-8000-00000000000a"


def keeper(companies: dict[str, str], woken: list[str]) -> Doorkeeper:
    """With a key for each company."""
    rings = {name: KeyRing(lambda key=key: [Secret(key)], FakeClock()) for name, key in companies.items()}  # type: ignore[misc]  # bound at once
    return Doorkeeper(rings, woken.append)


def naming(company_id: str, kind: str = "v1.export-job.created") -> bytes:
    return json.dumps({"eventType": kind, "data": {"id": JOB, "companyId": company_id}}).encode()


def ring_at(door: Doorkeeper, body: bytes, key: str) -> bool:
    """Whether somebody is to be woken, who then is."""
    bell = door.check(SignedHeaders(signed(body, key=key).items()), body)
    if bell is not None:
        bell()
    return bell is not None


def test_company_is_woken_by_its_own_key_however_its_id_is_spelt() -> None:
    woken: list[str] = []
    door = keeper({COMPANY: a_key(1), OTHER: a_key(2)}, woken)
    assert ring_at(door, naming(COMPANY), a_key(1))
    assert ring_at(door, naming(OTHER.upper()), a_key(2))
    assert woken == [COMPANY, OTHER]


@pytest.mark.parametrize(
    "body", [naming(OTHER), naming("somebody"), naming(COMPANY, "v1.vendor.created"), b"{}", b"no json"]
)
def test_what_another_key_signed_or_is_for_nobody_is_authentic_and_wakes_nobody(body: bytes) -> None:
    woken: list[str] = []
    assert not ring_at(keeper({COMPANY: a_key(1), OTHER: a_key(2)}, woken), body, a_key(1))
    assert woken == []


@pytest.mark.parametrize("body", [naming(COMPANY), naming("somebody"), b"no json"])
def test_what_no_key_signed_is_refused_whatever_it_names(body: bytes) -> None:
    for companies in ({}, {COMPANY: a_key(1), OTHER: a_key(2)}):
        with pytest.raises(NotAuthentic):
            ring_at(keeper(companies, []), body, a_key(9))


def test_only_so_many_keys_are_tried_on_what_names_none_of_our_companies() -> None:
    companies = {f"company-{number}": a_key(number + 1) for number in range(KEY_RINGS_TRIED_MAX + 1)}
    door = keeper(companies, [])
    assert not ring_at(door, naming("somebody"), a_key(KEY_RINGS_TRIED_MAX))
    with pytest.raises(NotAuthentic):
        ring_at(door, naming("somebody"), a_key(KEY_RINGS_TRIED_MAX + 1))
    assert ring_at(door, naming(f"company-{KEY_RINGS_TRIED_MAX}"), a_key(KEY_RINGS_TRIED_MAX + 1))
