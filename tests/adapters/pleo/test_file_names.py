import unicodedata
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilag.adapters.pleo.file_names import (
    NAME_BYTES_MAX,
    NAME_CHARACTERS_MAX,
    harmless_name,
    name_for,
    offered_name,
)
from bilag.domain.attachment import FileFormat

URL = "https://files.example/bucket/receipt%20%C3%A5.pdf?X-Amz-Signature=abc.pdf"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="taxi.pdf"', "taxi.pdf"),
        ("inline; filename=taxi.pdf", "taxi.pdf"),
        ("attachment; filename*=UTF-8''kvittering%20%C3%A5.pdf", "kvittering å.pdf"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="C:\\\\temp\\\\x.pdf"', "x.pdf"),
        ("attachment", "receipt å.pdf"),
        ("", "receipt å.pdf"),
        ('attachment; filename=""', "receipt å.pdf"),
    ],
)
def test_name_comes_from_the_header_else_from_the_address(header: str, name: str) -> None:
    assert offered_name({"content-disposition": header}, URL) == name


def test_last_part_of_an_address_is_a_name_only_when_it_ends_like_a_file() -> None:
    for path in ("", "/", "/download", "/v1.2", "/3f2b1c9a-0000", "/a.php", "/a.exe"):
        assert offered_name({}, f"https://files.example{path}?a=b.pdf") == ""
    assert offered_name({}, "https://files.example/a/B.JPEG") == "B.JPEG"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("../../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/", ""),
        ("..", ""),
        (".bashrc", "bashrc"),
        ("a\x00b\r\nc.pdf", "abc.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\u200b\ufeffb.pdf", "ab.pdf"),
        ('a<b>:"c|?*.pdf', "a_b___c___.pdf"),
        ("con.pdf", "_con.pdf"),
        ("NUL", "_NUL"),
        ("-rf.pdf", "rf.pdf"),
        ("~root.pdf", "root.pdf"),
        ("  spaced   out .pdf ", "spaced out.pdf"),
        ("e\u0301.pdf", "é.pdf"),
    ],
)
def test_name_is_made_harmless(text: str, name: str) -> None:
    assert harmless_name(text) == name


def test_long_name_is_cut_and_keeps_its_ending() -> None:
    assert harmless_name("a" * 5000 + ".pdf") == "a" * NAME_CHARACTERS_MAX + ".pdf"
    assert len(harmless_name("漢" * 5000).encode()) <= NAME_BYTES_MAX


@pytest.mark.parametrize(
    ("offered", "fallback", "kind", "name"),
    [
        ("taxi.pdf", "R-1", FileFormat.PDF, "taxi.pdf"),
        ("taxi.PDF", "R-1", FileFormat.PDF, "taxi.pdf"),
        ("taxi.jpeg", "R-1", FileFormat.JPEG, "taxi.jpg"),
        ("taxi.exe", "R-1", FileFormat.PDF, "taxi.exe.pdf"),
        ("taxi.png", "R-1", FileFormat.PDF, "taxi.pdf"),
        ("v1.2", "R-1", FileFormat.PDF, "v1.2.pdf"),
        ("", "R-1", FileFormat.PDF, "R-1.pdf"),
        ("..", "R/1", FileFormat.PDF, "1.pdf"),
        ("", "", FileFormat.TXT, "receipt.txt"),
        (".pdf", "", FileFormat.PDF, "pdf.pdf"),
    ],
)
def test_ending_follows_the_real_format(offered: str, fallback: str, kind: FileFormat, name: str) -> None:
    assert name_for(offered, fallback, kind) == name


@given(st.text(st.characters(codec=None)), st.text(), st.sampled_from(FileFormat))
def test_any_name_is_one_short_plain_part_of_a_path(header: str, path: str, kind: FileFormat) -> None:
    offered = offered_name(
        {"content-disposition": f"attachment; filename={header}"}, f"https://files.example/{quote(path)}"
    )
    name = name_for(offered, path, kind)

    assert name.endswith(f".{kind}")
    assert not set(name) & set('/\\<>:"|?*\0')
    assert not name.startswith((".", "-", "~"))
    assert len(name.encode()) <= NAME_BYTES_MAX + 10
    assert not any(unicodedata.category(sign) in {"Cc", "Cf", "Cs"} for sign in name)


@given(st.text(st.characters(codec=None)))
def test_any_header_is_survived(header: str) -> None:
    assert isinstance(offered_name({"content-disposition": header}, "https://files.example/x"), str)
