import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfWriter

from bilag.adapters.receipts.merge_child import NotMergeable, append_pdf
from bilag.domain.attachment import MIB
from tests.adapters.receipts.receipt_files import pdf


def ended_by(code: str) -> int:
    """How a process ends that bounds itself to 512 MiB and one second, then runs the code."""
    limits = f"MergeLimits(memory_bytes_max={512 * MIB}, cpu_seconds_max=1)"
    bounded = f"from bilag.adapters.receipts.merge_child import *\nbound_self({limits})\n{code}"
    return subprocess.run([sys.executable, "-c", bounded], stderr=subprocess.DEVNULL, check=False).returncode


def test_endless_work_is_ended_by_the_kernel() -> None:
    assert ended_by("while True: pass") in (-signal.SIGXCPU, -signal.SIGKILL)


def test_boundless_memory_is_not_given() -> None:
    assert ended_by("block = bytes(100 * 2**20)") == 0
    assert ended_by("block = bytes(600 * 2**20)") == 1


def test_too_many_open_files_are_not_given() -> None:
    assert ended_by("files = [open('/dev/null') for _ in range(100)]") == 1


def test_all_pages_of_a_pdf_are_added(tmp_path: Path) -> None:
    writer = PdfWriter()
    append_pdf(writer, Path(pdf(tmp_path / "a.pdf", widths=(200, 210, 220)).path))
    assert [page.mediabox.width for page in writer.pages] == [200, 210, 220]


def test_pdf_that_announces_more_pages_than_it_has_is_refused(tmp_path: Path) -> None:
    path = Path(pdf(tmp_path / "a.pdf", widths=(200, 210)).path)
    path.write_bytes(path.read_bytes().replace(b"/Count 2", b"/Count 3"))
    with pytest.raises(NotMergeable, match="3 pages announced, 2 found"):
        append_pdf(PdfWriter(), path)


def test_pdf_without_its_end_is_refused(tmp_path: Path) -> None:
    path = Path(pdf(tmp_path / "a.pdf").path)
    path.write_bytes(path.read_bytes().replace(b"%%EOF", b""))
    with pytest.raises(NotMergeable, match="cut off"):
        append_pdf(PdfWriter(), path)


def test_encrypted_pdf_is_refused_even_with_an_empty_password(tmp_path: Path) -> None:
    writer = PdfWriter()
    writer.add_blank_page(200, 300)
    writer.encrypt("", "owner", algorithm="RC4-128")
    writer.write(tmp_path / "a.pdf")
    with pytest.raises(NotMergeable, match="encrypted"):
        append_pdf(PdfWriter(), tmp_path / "a.pdf")
