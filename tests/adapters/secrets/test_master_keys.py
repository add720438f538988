from base64 import b64decode, b64encode

import pytest

from bilag.adapters.secrets.master_keys import MasterKeys, NoKey, new_master_key
from bilag.ports.secret import Secret
from tests.adapters.secrets.samples import key_text, keys_of


def test_highest_version_is_the_newest() -> None:
    assert keys_of(3, 12, 7).newest == 12


def test_there_is_no_cipher_for_a_version_that_is_not_there() -> None:
    assert keys_of(1).cipher(1) is not None
    assert keys_of(1).cipher(2) is None


def test_fresh_key_is_256_bits_and_another_one_every_time() -> None:
    first, second = new_master_key(), new_master_key()

    assert len(b64decode(first.reveal(), validate=True)) == 32
    assert first != second


@pytest.mark.parametrize(
    "text", ["", "canary", "canary!=", b64encode(b"short").decode(), b64encode(bytes(33)).decode(), "kåy"]
)
def test_text_that_is_no_key_is_refused_by_its_version_and_not_repeated(text: str) -> None:
    with pytest.raises(NoKey, match="version 7") as refused:
        MasterKeys(by_version={1: key_text(1), 7: Secret(text)})

    assert not text or text not in str(refused.value)


def test_keys_are_not_shown() -> None:
    assert key_text(1).reveal() not in f"{keys_of(1)!r} {keys_of(1)}"
