import os
from pathlib import Path

from pypdf import PdfReader

from bilag.adapters.receipts.merge_limits import MergeLimits
from bilag.adapters.receipts.merging import Unmerged, merge_into_pdf
from bilag.domain.attachment import MIB
from tests.adapters.receipts.receipt_files import docx, large_picture, pdf, pdf_of_garbage

LIMITS = MergeLimits()


def test_done_leaves_all_pages_in_the_target(tmp_path: Path) -> None:
    files = [pdf(tmp_path / "a.pdf", widths=(200, 210)), pdf(tmp_path / "b.pdf", widths=(220,))]
    assert merge_into_pdf(files, tmp_path / "out.pdf", LIMITS) is None
    assert [page.mediabox.width for page in PdfReader(tmp_path / "out.pdf").pages] == [200, 210, 220]


def test_file_in_the_way_is_named(tmp_path: Path) -> None:
    good, bad = pdf(tmp_path / "a.pdf"), pdf_of_garbage(tmp_path / "b.pdf")
    assert merge_into_pdf([good, good, bad, good], tmp_path / "out.pdf", LIMITS) == Unmerged(position=2)
    assert merge_into_pdf([docx(tmp_path / "c.docx")], tmp_path / "out.pdf", LIMITS) == Unmerged(position=0)


def test_picture_that_needs_too_much_memory_is_named(tmp_path: Path) -> None:
    files = [pdf(tmp_path / "a.pdf"), large_picture(tmp_path / "b.png", side=6_000)]
    limits = MergeLimits(memory_bytes_max=256 * MIB)
    assert merge_into_pdf(files, tmp_path / "out.pdf", limits) == Unmerged(position=1)


def test_no_file_is_blamed_for_what_no_file_did(tmp_path: Path) -> None:
    files = [pdf(tmp_path / "a.pdf")]
    assert merge_into_pdf(files, tmp_path / "no folder" / "out.pdf", LIMITS) == Unmerged(position=None)
    assert merge_into_pdf(files, tmp_path / "out.pdf", MergeLimits(wall_seconds_max=0.01)) == Unmerged(position=None)


def test_receipts_offer_no_modules_to_the_child(tmp_path: Path) -> None:
    (tmp_path / "PIL.py").write_text("raise SystemExit(1)")
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        assert merge_into_pdf([pdf(tmp_path / "a.pdf")], tmp_path / "out.pdf", LIMITS) is None
    finally:
        os.chdir(before)
