from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilag.adapters.secrets.envelope import NONCE_BYTES, Envelope, SecretUnreadable, seal, unseal
from bilag.adapters.secrets.master_keys import MasterKeys
from bilag.adapters.secrets.place import Place
from bilag.ports.secret import Secret
from tests.adapters.secrets.samples import CANARY, HOME, OTHER_COMPANY, OTHER_FIELD, key_text, keys_of

SEALED = seal(Secret(CANARY), HOME, keys_of(1, 2))


def assert_unreadable(envelope: Envelope, place: Place = HOME, keys: MasterKeys | None = None) -> None:
    with pytest.raises(SecretUnreadable) as raised:
        unseal(envelope, place, keys or keys_of(1, 2))
    assert CANARY not in str(raised.value)
    assert key_text(2).reveal() not in str(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None


@given(st.text(max_size=2000))
def test_what_was_sealed_comes_out_in_its_place(text: str) -> None:
    assert unseal(seal(Secret(text), HOME, keys_of(1)), HOME, keys_of(1)).reveal() == text


def test_newest_key_encrypts_and_an_older_one_still_opens() -> None:
    old = seal(Secret(CANARY), HOME, keys_of(1))

    assert (old.key_version, SEALED.key_version) == (1, 2)
    assert unseal(old, HOME, keys_of(1, 2)) == Secret(CANARY)


def test_same_secret_never_looks_the_same_twice() -> None:
    sealed = [seal(Secret(CANARY), HOME, keys_of(1)) for _ in range(200)]

    for part in ("data_key", "text"):
        assert len({getattr(one, part)[:NONCE_BYTES] for one in sealed}) == 200
        assert len({getattr(one, part)[NONCE_BYTES:] for one in sealed}) == 200


@pytest.mark.parametrize("place", [OTHER_COMPANY, OTHER_FIELD])
def test_secret_does_not_open_in_another_place(place: Place) -> None:
    assert_unreadable(SEALED, place)


def test_places_whose_names_run_together_are_different_places() -> None:
    sealed = seal(Secret(CANARY), Place(company_id="ab", field="c"), keys_of(1))

    assert_unreadable(sealed, Place(company_id="a", field="bc"), keys_of(1))


def test_secret_does_not_open_under_the_number_of_another_key() -> None:
    assert_unreadable(replace(SEALED, key_version=1))
    same_key_twice = MasterKeys(by_version={1: key_text(2), 2: key_text(2)})
    assert_unreadable(replace(SEALED, key_version=1), HOME, same_key_twice)


def test_secret_does_not_open_with_another_key_of_the_same_number() -> None:
    assert_unreadable(SEALED, HOME, MasterKeys(by_version={2: key_text(9)}))


def test_key_that_is_missing_is_named_by_its_version() -> None:
    with pytest.raises(SecretUnreadable, match=r"version 2, which is not among secrets\.keys"):
        unseal(SEALED, HOME, keys_of(1))


def test_every_flipped_bit_is_noticed() -> None:
    for bit in range(8 * len(SEALED.data_key)):
        assert_unreadable(replace(SEALED, data_key=with_flipped(SEALED.data_key, bit)))
    for bit in range(8 * len(SEALED.text)):
        assert_unreadable(replace(SEALED, text=with_flipped(SEALED.text, bit)))


def test_every_missing_end_is_noticed() -> None:
    for size in range(len(SEALED.data_key)):
        assert_unreadable(replace(SEALED, data_key=SEALED.data_key[:size]))
    for size in range(len(SEALED.text)):
        assert_unreadable(replace(SEALED, text=SEALED.text[:size]))


def test_parts_of_two_secrets_of_one_place_do_not_mix() -> None:
    other = seal(Secret("other"), HOME, keys_of(1, 2))

    assert_unreadable(replace(SEALED, text=other.text))
    assert_unreadable(replace(SEALED, data_key=other.data_key))
    assert_unreadable(replace(SEALED, data_key=SEALED.text, text=SEALED.data_key))


def with_flipped(raw: bytes, bit: int) -> bytes:
    flipped = bytearray(raw)
    flipped[bit // 8] ^= 1 << bit % 8
    return bytes(flipped)
