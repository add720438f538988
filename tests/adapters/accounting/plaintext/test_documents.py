from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bilag.adapters.accounting.plaintext.disk import Disk
from bilag.adapters.accounting.plaintext.documents import digest_of, move_in, safe_name
from bilag.domain.attachment import FileFormat
from tests.adapters.accounting.plaintext.any_documents import texts


@settings(deadline=None)
@given(texts | st.text(max_size=400), st.sampled_from(FileFormat))
def test_any_name_becomes_one_plain_file_name(name: str, ending: FileFormat) -> None:
    safe = safe_name(name, ending)
    assert Path(safe).name == safe
    assert safe[0] not in ".-"
    assert "." in safe
    assert len(safe.encode()) < 200
    assert safe.isprintable()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("receipt.pdf", "receipt.pdf"),
        ("Kvittering nr. 7.PDF", "Kvittering-nr.-7.PDF"),
        ("receipt", "receipt.pdf"),
        (".pdf", "pdf.pdf"),
        ("", "receipt.pdf"),
    ],
)
def test_names_stay_recognisable(name: str, expected: str) -> None:
    assert safe_name(name, FileFormat.PDF) == expected


def test_a_name_taken_by_other_content_gets_a_digest(tmp_path: Path) -> None:
    paths = []
    for content in (b"one", b"two", b"one"):
        incoming = tmp_path / "incoming"
        incoming.write_bytes(content)
        paths.append(move_in(Disk(), incoming, tmp_path / "documents" / "a.pdf", digest_of(incoming)))
    assert paths[0] == paths[2] == tmp_path / "documents" / "a.pdf"
    assert paths[1].name == f"a-{digest_of(paths[1])[:8]}.pdf"
    assert (paths[0].read_bytes(), paths[1].read_bytes()) == (b"one", b"two")
