import json
from pathlib import Path

import pytest

from bilag.adapters.secrets.store import SecretStore
from bilag.adapters.secrets.store_file import FILE_BYTES_MAX, read_envelopes
from bilag.ports.errors import NeedsPerson
from bilag.ports.secret import Secret
from tests.adapters.secrets.samples import CANARY, HOME, OTHER_FIELD, keys_of


def changed(path: Path, **changes: object) -> bytes:
    """A sound file of two secrets with another value somewhere in the first."""
    SecretStore(path, keys_of(1)).put(HOME, Secret(CANARY))
    SecretStore(path, keys_of(1)).put(OTHER_FIELD, Secret(CANARY))
    document = json.loads(path.read_text())
    document["secrets"][0] |= changes
    return json.dumps(document).encode()


def test_file_from_a_newer_version_or_a_damaged_one_is_named_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    contents = [
        b"",
        b"{",
        b"[" * 100_000,
        b'{"format": 2, "secrets": {}}',
        b'{"format": 1, "secrets": [{}]}',
        b"\xff",
        b" " * (FILE_BYTES_MAX + 1),
        changed(path, company_id="a\nb"),
        changed(path, company_id=""),
        changed(path, field="webhook"),
        changed(path, key_version=0),
        changed(path, key_version=10**9),
        changed(path, key_version="1"),
        changed(path, text="not base64!"),
        changed(path, more="unknown"),
    ]
    for content in contents:
        path.write_bytes(content)
        with pytest.raises(NeedsPerson, match="damaged, or from a newer"):
            read_envelopes(path)
        with pytest.raises(NeedsPerson, match="damaged, or from a newer"):
            SecretStore(path, keys_of(1)).put(HOME, Secret("x"))
        assert path.read_bytes() == content


def test_link_in_the_place_of_the_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(NeedsPerson, match="can't be read"):
        read_envelopes(tmp_path / "secrets.json")


def test_file_can_be_read_by_people_who_look_for_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    SecretStore(path, keys_of(1)).put(HOME, Secret(CANARY))

    document = json.loads(path.read_text())
    assert document["format"] == 1
    assert set(document["secrets"][0]) == {"company_id", "field", "key_version", "data_key", "text"}
