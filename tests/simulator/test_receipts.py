import io
from dataclasses import replace

import pytest
from PIL import Image
from pypdf import PdfReader

from bilag.simulator.receipts import (
    COLUMNS_MAX,
    ROWS_MAX,
    ReceiptKind,
    Slip,
    SlipRow,
    SlipTooLong,
    content_type,
    draw_receipt,
    price,
    size_bytes,
)

SLIP = Slip(
    seller="Skærmbutikken A/S",
    country="DK",
    reference="MS-1001-1",
    day="2026-09-28",
    currency="DKK",
    rows=(SlipRow(label="Small equipment", value=1_899_00), SlipRow(label="Postage", value=96_00)),
    tax_value=379_80,
)
# Every text is cut, every row is full, and every sign needs an escape in a PDF.
FULLEST = Slip(
    seller="(" * 200,
    country="DK",
    reference=")" * 200,
    day="2026-09-28",
    currency="DKK",
    rows=(SlipRow(label="\\" * 200, value=-9_999_999_99),) * (ROWS_MAX + 3),
    tax_value=-9_999_999_99,
    remark="(" * 200,
)


def pdf_text(file: bytes) -> str:
    (page,) = PdfReader(io.BytesIO(file), strict=True).pages
    return page.extract_text()


@pytest.mark.parametrize("slip", [SLIP, FULLEST], ids=["usual", "fullest"])
@pytest.mark.parametrize("kind", ReceiptKind)
def test_receipt_has_the_announced_size_and_stays_under_30_kilobytes(kind: ReceiptKind, slip: Slip) -> None:
    assert len(draw_receipt(kind, slip)) == size_bytes(kind) < 30_000


@pytest.mark.parametrize("kind", ReceiptKind)
def test_same_slip_gives_same_bytes_and_another_slip_others(kind: ReceiptKind) -> None:
    assert draw_receipt(kind, SLIP) == draw_receipt(kind, replace(SLIP))
    assert draw_receipt(kind, SLIP) != draw_receipt(kind, replace(SLIP, reference="MS-1001-2"))


def test_pdf_is_one_page_with_supplier_date_amount_and_vat_as_text() -> None:
    text = pdf_text(draw_receipt(ReceiptKind.PDF, SLIP))

    for expected in ("Skærmbutikken A/S", "2026-09-28", "MS-1001-1", "Small equipment", "1,899.00"):
        assert expected in text
    assert "TOTAL DKK" in text
    assert "1,995.00" in text
    assert "379.80" in text


def test_pdf_shows_brackets_and_backslashes_as_they_are() -> None:
    text = pdf_text(draw_receipt(ReceiptKind.PDF, replace(SLIP, seller="Møller \\ (Søn) & Co")))

    assert "Møller \\ (Søn) & Co" in text


def test_pdf_leaves_out_what_is_beyond_the_bounds() -> None:
    text = pdf_text(draw_receipt(ReceiptKind.PDF, FULLEST))

    assert text.count("-9,999,999.99") == ROWS_MAX + 1
    assert "(" * COLUMNS_MAX in text
    assert "(" * (COLUMNS_MAX + 1) not in text


@pytest.mark.parametrize(("kind", "format_name"), [(ReceiptKind.JPEG, "JPEG"), (ReceiptKind.PNG, "PNG")])
def test_picture_opens_and_shows_ink_on_paper(kind: ReceiptKind, format_name: str) -> None:
    with Image.open(io.BytesIO(draw_receipt(kind, SLIP))) as picture:
        picture.load()
        shades = picture.convert("L").histogram()

    assert picture.format == format_name
    assert picture.size == (480, 520)
    assert 1_000 < sum(shades[:60]) < sum(shades[200:])


@pytest.mark.parametrize("kind", [ReceiptKind.JPEG, ReceiptKind.PNG])
def test_picture_survives_signs_that_its_font_does_not_know(kind: ReceiptKind) -> None:
    with Image.open(io.BytesIO(draw_receipt(kind, replace(SLIP, seller="紙 € Wąż")))) as picture:
        picture.load()


def test_slip_that_outgrows_the_announced_size_is_refused() -> None:
    with pytest.raises(SlipTooLong, match="3000 are announced"):
        draw_receipt(ReceiptKind.PDF, replace(SLIP, tax_value=10**3_000))


@pytest.mark.parametrize(
    ("value", "currency", "text"),
    [
        (1_234_50, "DKK", "1,234.50"),
        (-5, "GBP", "-0.05"),
        (48_900_00, "ISK", "48,900"),
        (0, "EUR", "0.00"),
    ],
)
def test_price_is_written_as_people_write_it(value: int, currency: str, text: str) -> None:
    assert price(value, currency) == text


def test_media_types_are_those_of_the_formats() -> None:
    assert [content_type(kind) for kind in ReceiptKind] == ["application/pdf", "image/jpeg", "image/png"]
