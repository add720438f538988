from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilag.adapters.receipts.file_names import STEM_CHARACTERS_MAX, distinct_names, safe_name
from bilag.domain.attachment import FileFormat, StoredFile


def named(name: str, kind: FileFormat = FileFormat.PDF) -> StoredFile:
    return StoredFile(name=name, path="/nowhere", format=kind, size_bytes=0, sha256="")


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("receipt.pdf", FileFormat.PDF, "receipt.pdf"),
        ("Kvittering nr. 7 (1).PDF", FileFormat.PDF, "Kvittering nr. 7 (1).PDF"),
        ("photo.jpeg", FileFormat.JPEG, "photo.jpeg"),
        ("photo.png", FileFormat.JPEG, "photo.png.jpg"),
        ("REC-7-1", FileFormat.PDF, "REC-7-1.pdf"),
        ("../../etc/passwd", FileFormat.TXT, "passwd.txt"),
        ("C:\\windows\\system.doc", FileFormat.DOC, "system.doc"),
        ("..", FileFormat.PDF, "receipt.pdf"),
        (".pdf", FileFormat.PDF, "receipt.pdf"),
        ("", FileFormat.ZIP, "receipt.zip"),
        ("a\x00b\u202efdp.pdf", FileFormat.PDF, "a-b-fdp.pdf"),
        ("NUL.pdf", FileFormat.PDF, "_NUL.pdf"),
        ("smørrebrød 🥪.pdf", FileFormat.PDF, "smørrebrød.pdf"),
    ],
)
def test_name_keeps_what_is_harmless(text: str, kind: FileFormat, expected: str) -> None:
    assert safe_name(text, kind) == expected


def test_same_names_get_numbers_whatever_their_case() -> None:
    files = [named("a.pdf"), named("A.PDF"), named("a-2.pdf"), named("a", FileFormat.TXT), named("x/a.pdf")]
    assert distinct_names(files) == ("a.pdf", "A-2.PDF", "a-2-2.pdf", "a.txt", "a-3.pdf")


@given(st.lists(st.text(max_size=200), max_size=6))
def test_names_are_distinct_bounded_and_stay_where_they_are(texts: list[str]) -> None:
    names = distinct_names([named(text) for text in texts])
    assert len({name.casefold() for name in names}) == len(texts)
    for name in names:
        assert Path(name).name == name
        assert len(name) <= STEM_CHARACTERS_MAX + len("_-6.pdf")
        assert not name.startswith(".")
