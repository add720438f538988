import struct
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilag.adapters.pleo.file_formats import ZIP_ENTRIES_MAX, announced_formats, formats_of
from bilag.domain.attachment import FileFormat
from tests.adapters.pleo.receipts import (
    DOC,
    DOCX,
    JPEG,
    OLE,
    PDF,
    PNG,
    TEXT,
    XLS,
    XLSX,
    archive,
    directory_bomb,
    ole,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "receipt"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, FileFormat.PDF),
        (b"\xef\xbb\xbf\r\n" + PDF, FileFormat.PDF),
        (JPEG, FileFormat.JPEG),
        (PNG, FileFormat.PNG),
        (TEXT, FileFormat.TXT),
        ("Kvittering æøå".encode("utf-8-sig"), FileFormat.TXT),
        ("Kvittering æøå".encode("utf-16"), FileFormat.TXT),
        ("Kvittering æøå".encode("cp1252"), FileFormat.TXT),
        (TEXT * 10_000, FileFormat.TXT),
        ("å".encode() * 100_000, FileFormat.TXT),
        (DOC, FileFormat.DOC),
        (XLS, FileFormat.XLS),
        (ole("Root Entry", "Book"), FileFormat.XLS),
        (DOCX, FileFormat.DOCX),
        (XLSX, FileFormat.XLSX),
        (archive("word/document.xml", comment=b"x" * 60_000), FileFormat.DOCX),
    ],
)
def test_format_is_told_by_the_bytes(file: Path, content: bytes, kind: FileFormat) -> None:
    file.write_bytes(content)

    assert formats_of(file) == {kind}


@pytest.mark.parametrize(
    "content",
    [
        b"<html><script>alert(1)</script>",
        b"  \n<svg onload='alert(1)'/>",
        b"\xef\xbb\xbf<?xml version='1.0'?>",
        "<html>".encode("utf-16"),
        b"{\\rtf1 text}",
        b"%!PS-Adobe-3.0",
        b"#!/bin/sh\nrm -rf /",
        b"GIF89a" + bytes(20),
        b"RIFF\x00\x00\x00\x00WEBP",
        b"\x00\x00\x00\x18ftypheic" + bytes(20),
        b"MZ" + bytes(100),
        b"\x7fELF" + bytes(100),
        b"BM" + bytes(100),
        b"II*\x00" + bytes(100),
        b"\x1f\x8b\x08\x00" + bytes(100),
        b"junk before " + b"\x00" + PDF,
        b"PK\x03\x04",
        b"PK\x05\x06" + bytes(18),
        archive("a.txt"),
        archive("ppt/presentation.xml"),
        archive("xword/document.xml"),
        DOCX[:-10],
        directory_bomb(ZIP_ENTRIES_MAX + 1),
        directory_bomb(65535),
        b"PK\x03\x04" + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 5, 5, 2**32 - 1, 0, 0),
        OLE,
        ole("Root Entry", "PowerPoint Document"),
        b"\x00",
        b"\xff\xfe\x00\xd8a\x00",
    ],
)
def test_other_file_has_no_format(file: Path, content: bytes) -> None:
    file.write_bytes(content)

    assert formats_of(file) == frozenset()


def test_empty_file_has_no_format(file: Path) -> None:
    file.write_bytes(b"")

    assert formats_of(file) == frozenset()


def test_old_office_file_with_another_inside_can_be_both(file: Path) -> None:
    file.write_bytes(ole("Root Entry", "WordDocument", "Workbook"))

    assert formats_of(file) == {FileFormat.DOC, FileFormat.XLS}


def test_large_file_is_looked_at_without_being_loaded(file: Path) -> None:
    with file.open("wb") as writing:
        writing.write(OLE)
        writing.truncate(30 * 1024 * 1024)

    tracemalloc.start()
    assert formats_of(file) == frozenset()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 1024 * 1024


@given(content=st.binary(), start=st.sampled_from([b"", b"PK\x03\x04", OLE, b"\xff\xfe", DOCX[:200], DOCX[:-30]]))
def test_any_bytes_are_survived(tmp_path_factory: pytest.TempPathFactory, content: bytes, start: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "any"
    file.write_bytes(start + content)

    assert formats_of(file) <= set(FileFormat)


@pytest.mark.parametrize("content_type", [None, "", "application/octet-stream", "BINARY/octet-stream; x=y"])
def test_type_that_says_nothing_allows_every_format_but_bare_archives(content_type: str | None) -> None:
    assert announced_formats(content_type) == set(FileFormat) - {FileFormat.ZIP}


@pytest.mark.parametrize(
    ("content_type", "kind"),
    [
        ("application/pdf", FileFormat.PDF),
        ("Image/JPEG", FileFormat.JPEG),
        ("image/jpg", FileFormat.JPEG),
        ("text/plain; charset=utf-8", FileFormat.TXT),
        ("application/vnd.ms-excel", FileFormat.XLS),
    ],
)
def test_type_allows_its_own_format(content_type: str, kind: FileFormat) -> None:
    assert announced_formats(content_type) == {kind}


@pytest.mark.parametrize(
    "content_type", ["text/html", "image/svg+xml", "image/heic", "application/x-msdownload", "pdf"]
)
def test_type_that_is_not_on_the_list_allows_nothing(content_type: str) -> None:
    assert announced_formats(content_type) == frozenset()
