import hashlib
import stat
from pathlib import Path

import pytest

from bilag.adapters.pleo.spool import Spool


def test_kept_file_has_its_bytes_its_hash_and_is_ours_alone(tmp_path: Path) -> None:
    with Spool(tmp_path / "new" / "folder") as spool:
        spool.write(b"a", b"bc")
        spool.write(b"def")
        path = spool.keep("r.pdf")

    assert path == tmp_path / "new" / "folder" / "r.pdf"
    assert path.read_bytes() == b"abcdef"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert (spool.size_bytes, spool.sha256) == (6, hashlib.sha256(b"abcdef").hexdigest())
    assert list(path.parent.iterdir()) == [path]


def test_partial_file_is_ours_alone_while_it_arrives(tmp_path: Path) -> None:
    with Spool(tmp_path) as spool:
        assert stat.S_IMODE(spool.path.stat().st_mode) == 0o600
        assert spool.path.parent == tmp_path


def test_file_that_is_not_kept_is_gone(tmp_path: Path) -> None:
    with Spool(tmp_path) as spool:
        spool.write(b"abc")

    assert list(tmp_path.iterdir()) == []


def test_file_is_gone_after_a_failure(tmp_path: Path) -> None:
    def stumble() -> None:
        with Spool(tmp_path) as spool:
            spool.write(b"abc")
            raise KeyError

    with pytest.raises(KeyError):
        stumble()

    assert list(tmp_path.iterdir()) == []


def test_reader_of_the_path_sees_what_was_flushed(tmp_path: Path) -> None:
    with Spool(tmp_path) as spool:
        spool.write(b"abc")
        spool.flush()

        assert spool.path.read_bytes() == b"abc"


def test_later_file_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    for content in (b"first", b"second"):
        with Spool(tmp_path) as spool:
            spool.write(content)
            spool.keep("r.pdf")

    assert (tmp_path / "r.pdf").read_bytes() == b"second"
