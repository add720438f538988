import os
import zipfile
from pathlib import Path

from bilag.adapters.receipts.archive import write_archive
from bilag.domain.attachment import MIB, FileFormat, StoredFile
from tests.adapters.receipts.receipt_files import docx, pdf, stored


def noise(path: Path) -> StoredFile:
    """A megabyte that no packing makes smaller."""
    path.write_bytes(os.urandom(MIB))
    return stored(path, FileFormat.TXT)


def test_every_file_lies_in_it_under_its_own_name_and_no_time(tmp_path: Path) -> None:
    files = [pdf(tmp_path / "a.pdf"), docx(tmp_path / "b.docx"), pdf(tmp_path / "a.pdf")]
    assert write_archive(files, tmp_path / "out.zip", MIB)
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        entries = archive.infolist()
        assert [archive.read(entry) for entry in entries] == [Path(file.path).read_bytes() for file in files]
    assert [entry.filename for entry in entries] == ["a.pdf", "b.docx", "a-2.pdf"]
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}


def test_archive_stops_growing_soon_after_the_limit(tmp_path: Path) -> None:
    files = [noise(tmp_path / "a.txt")] * 20
    assert not write_archive(files, tmp_path / "out.zip", 2 * MIB)
    assert (tmp_path / "out.zip").stat().st_size < 4 * MIB


def test_limit_holds_for_the_whole_archive_to_the_byte(tmp_path: Path) -> None:
    files = [pdf(tmp_path / "a.pdf")]
    assert write_archive(files, tmp_path / "out.zip", MIB)
    size_bytes = (tmp_path / "out.zip").stat().st_size
    assert write_archive(files, tmp_path / "out.zip", size_bytes)
    assert not write_archive(files, tmp_path / "out.zip", size_bytes - 1)
