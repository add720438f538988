import stat
from pathlib import Path

import pytest

from bilag.adapters.store.exclusive import LOCK_FILE, exclusive_use
from bilag.ports.errors import NeedsPerson, TryLater


def test_second_process_is_told_to_wait_and_changes_nothing(tmp_path: Path) -> None:
    with (
        exclusive_use(tmp_path / "state"),
        pytest.raises(TryLater, match="Another bilag is exporting"),
        exclusive_use(tmp_path / "state"),
    ):
        pytest.fail("two exporters at once")


def test_folder_is_free_again_afterwards_also_after_trouble(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="crash"), exclusive_use(tmp_path):
        raise RuntimeError("crash")
    with exclusive_use(tmp_path):
        pass


def test_two_folders_are_two_companies(tmp_path: Path) -> None:
    with exclusive_use(tmp_path / "one"), exclusive_use(tmp_path / "two"):
        assert (tmp_path / "one" / LOCK_FILE).exists()


def test_folder_is_made_for_our_eyes_only(tmp_path: Path) -> None:
    with exclusive_use(tmp_path / "state"):
        assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700
        assert stat.S_IMODE((tmp_path / "state" / LOCK_FILE).stat().st_mode) == 0o600


def test_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("not a folder")
    with pytest.raises(NeedsPerson, match="state cannot be used"), exclusive_use(tmp_path / "state"):
        pytest.fail("a file was used as a folder")
