from pathlib import Path

import pytest

from bilag.adapters.secrets.file_lock import file_turn
from bilag.ports.errors import StoreFailed


def test_turn_is_had_by_one_and_free_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "state" / "lock"
    with file_turn(path) as first, file_turn(path) as second:
        assert (first, second) == (True, False)
    with file_turn(path) as third:
        assert third
    assert path.stat().st_mode & 0o077 == 0


def test_link_in_the_place_of_the_lock_is_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    path.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(StoreFailed, match="lock can't be opened"), file_turn(path):
        raise AssertionError("it was opened")
    assert not (tmp_path / "elsewhere").exists()
