import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from bilag.adapters.receipts.combine import combine
from bilag.adapters.receipts.merge_limits import MergeLimits
from bilag.domain.attachment import MIB, AttachmentRules, FileFormat, StoredFile
from bilag.domain.failure import Failure, FailureCode
from tests.adapters.receipts.receipt_files import (
    cut_off_jpeg,
    docx,
    empty_pdf,
    jpeg,
    large_picture,
    pdf,
    pdf_of_garbage,
    pixel_bomb,
    png,
    png_called_jpeg,
    stored,
    truncated_pdf,
)

RULES = AttachmentRules(formats=frozenset(FileFormat), files_max=1)
PDF_ONLY = AttachmentRules(formats=frozenset({FileFormat.PDF}), files_max=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "combined"
    folder.mkdir()
    return folder


def made(result: StoredFile | Failure) -> StoredFile:
    assert isinstance(result, StoredFile), result
    assert result == stored(Path(result.path), result.format, result.name)
    return result


def failed(result: StoredFile | Failure) -> Failure:
    assert isinstance(result, Failure), result
    return result


def packed(file: StoredFile) -> dict[str, bytes]:
    assert file.format is FileFormat.ZIP
    with zipfile.ZipFile(file.path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def contents(files: Sequence[StoredFile]) -> list[bytes]:
    return [Path(file.path).read_bytes() for file in files]


def left_in(folder: Path) -> list[str]:
    return [str(path) for path in folder.iterdir()]


async def test_pages_and_pictures_become_one_pdf_in_their_order(tmp_path: Path, folder: Path) -> None:
    files = [pdf(tmp_path / "a.pdf", widths=(200, 210, 220)), jpeg(tmp_path / "b.jpg"), png(tmp_path / "c.png")]
    result = made(await combine(files, RULES, folder, "REC-7"))
    pages = PdfReader(result.path).pages
    assert [float(page.mediabox.width) for page in pages] == [200, 210, 220, 120, 120]
    assert (result.name, result.format) == ("REC-7.pdf", FileFormat.PDF)
    assert left_in(folder) == [result.path]


async def test_order_of_the_files_is_the_order_of_the_pages(tmp_path: Path, folder: Path) -> None:
    files = [png(tmp_path / "c.png"), pdf(tmp_path / "a.pdf", widths=(200,))]
    result = made(await combine(files, RULES, folder, "REC-7"))
    assert [float(page.mediabox.width) for page in PdfReader(result.path).pages] == [120, 200]


async def test_same_files_give_the_same_bytes(tmp_path: Path, folder: Path) -> None:
    files = [pdf(tmp_path / "a.pdf"), jpeg(tmp_path / "b.jpg"), png(tmp_path / "c.png", mode="RGBA")]
    with_word = [*files, docx(tmp_path / "d.docx")]
    for batch in (files, with_word):
        first, second = [made(await combine(batch, RULES, folder, "REC-7")) for _ in range(2)]
        assert first.path != second.path
        assert first.sha256 == second.sha256


async def test_word_document_makes_it_a_zip_of_everything(tmp_path: Path, folder: Path) -> None:
    files = [pdf(tmp_path / "a.pdf"), docx(tmp_path / "b.docx")]
    result = made(await combine(files, RULES, folder, "REC-7"))
    assert result.name == "REC-7.zip"
    assert packed(result) == dict(zip(["a.pdf", "b.docx"], contents(files), strict=True))
    assert left_in(folder) == [result.path]


@pytest.mark.parametrize(
    "crooked",
    [
        lambda path: pdf(path, password="secret"),
        truncated_pdf,
        pdf_of_garbage,
        pixel_bomb,
        lambda path: large_picture(path, mode="1", side=8_100),
        cut_off_jpeg,
        png_called_jpeg,
        empty_pdf,
    ],
    ids=["encrypted", "truncated", "garbage", "pixel bomb", "many pixels", "cut off jpeg", "png called jpg", "empty"],
)
async def test_what_cannot_become_pages_goes_whole_into_a_zip(
    tmp_path: Path, folder: Path, crooked: Callable[[Path], StoredFile]
) -> None:
    files = [pdf(tmp_path / "a.pdf"), crooked(tmp_path / "b")]
    result = made(await combine(files, RULES, folder, "REC-7"))
    assert list(packed(result).values()) == contents(files)
    failure = failed(await combine(files, PDF_ONLY, folder, "REC-7"))
    assert (failure.code, failure.path) == (FailureCode.RECEIPT_CONVERSION, "files[1]")


async def test_failure_names_the_receipt_in_the_way_when_only_pdf_is_taken(tmp_path: Path, folder: Path) -> None:
    files = [pdf(tmp_path / "a.pdf"), pdf(tmp_path / "b.pdf", password="secret"), png(tmp_path / "c.png")]
    failure = failed(await combine(files, PDF_ONLY, folder, "REC-7"))
    assert (failure.code, failure.path) == (FailureCode.RECEIPT_CONVERSION, "files[1]")
    assert "receipt 2 is encrypted" in failure.message
    assert left_in(folder) == []


async def test_failure_names_the_word_document_when_only_pdf_is_taken(tmp_path: Path, folder: Path) -> None:
    files = [pdf(tmp_path / "a.pdf"), docx(tmp_path / "b.docx")]
    failure = failed(await combine(files, PDF_ONLY, folder, "REC-7"))
    assert (failure.code, failure.path) == (FailureCode.RECEIPT_CONVERSION, "files[1]")
    assert "DOCX" in failure.message


async def test_books_that_take_no_combined_form_get_none(tmp_path: Path, folder: Path) -> None:
    rules = AttachmentRules(formats=frozenset({FileFormat.JPEG}), files_max=1)
    failure = failed(await combine([jpeg(tmp_path / "a.jpg")] * 2, rules, folder, "REC-7"))
    assert (failure.code, failure.path) == (FailureCode.RECEIPT_CONVERSION, "files")


@pytest.mark.parametrize("formats", [{FileFormat.PDF}, {FileFormat.ZIP}, {FileFormat.PDF, FileFormat.ZIP}])
async def test_result_over_the_limit_is_too_large(tmp_path: Path, folder: Path, formats: set[FileFormat]) -> None:
    files = [png(tmp_path / "a.png"), pdf(tmp_path / "b.pdf")]
    rules = AttachmentRules(formats=frozenset(formats), size_bytes_max=500, files_max=1)
    failure = failed(await combine(files, rules, folder, "REC-7"))
    assert failure.code is FailureCode.RECEIPT_TOO_LARGE
    assert "at most 0.1 MB" in failure.message
    assert left_in(folder) == []


async def test_merge_that_takes_too_long_falls_back_to_zip(tmp_path: Path, folder: Path) -> None:
    files = [pdf(tmp_path / "a.pdf"), pdf(tmp_path / "b.pdf")]
    result = made(await combine(files, RULES, folder, "REC-7", MergeLimits(wall_seconds_max=0.01)))
    assert list(packed(result).values()) == contents(files)


async def test_merge_that_takes_too_much_memory_falls_back_to_zip(tmp_path: Path, folder: Path) -> None:
    files = [large_picture(tmp_path / "a.png", side=6_000), pdf(tmp_path / "b.pdf")]
    assert made(await combine(files, RULES, folder, "REC-7")).format is FileFormat.PDF
    result = made(await combine(files, RULES, folder, "REC-7", MergeLimits(memory_bytes_max=256 * MIB)))
    assert list(packed(result).values()) == contents(files)


async def test_vanished_receipt_is_a_failure(tmp_path: Path, folder: Path) -> None:
    vanished = replace(pdf(tmp_path / "a.pdf"), path=str(tmp_path / "gone.pdf"))
    failure = failed(await combine([vanished, docx(tmp_path / "b.docx")], RULES, folder, "REC-7"))
    assert failure.code is FailureCode.RECEIPT_CONVERSION
    assert left_in(folder) == []


async def test_name_from_outside_leads_nowhere_else(tmp_path: Path, folder: Path) -> None:
    files = [pdf(tmp_path / "a.pdf"), pdf(tmp_path / "b.pdf")]
    result = made(await combine(files, RULES, folder, "../../etc/cron.d/evil"))
    assert result.name == "evil.pdf"
    assert Path(result.path).parent == folder
