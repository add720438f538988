"""Real receipts, drawn when they are downloaded: a one-page PDF bill, or a till slip as a JPEG or PNG picture.

The size of a receipt is announced long before it is drawn. So every file of a kind is filled up to that kind's
announced size, in the place where its format keeps comments, and stays valid.
"""

import io
import struct
import zlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, assert_never

from PIL import Image, ImageDraw, ImageFont

from bilag.simulator.catalogue import WHOLE_UNIT_CURRENCIES

# A slip longer than this would outgrow the announced sizes; what is beyond is left out.
COLUMNS_MAX: Final = 36
ROWS_MAX: Final = 5

_PDF_BYTES: Final = 3_000
_JPEG_BYTES: Final = 27_000
_PNG_BYTES: Final = 8_000

_PAGE_WIDTH, _PAGE_HEIGHT = 298, 420
_SLIP_WIDTH, _SLIP_HEIGHT, _ROW_HEIGHT, _ZOOM = 240, 260, 15, 2
_PAPER, _INK = 246, 30


class ReceiptKind(StrEnum):
    """The formats that receipts come in; the value is the file name's ending."""

    PDF = "pdf"
    JPEG = "jpg"
    PNG = "png"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipRow:
    """One row of a receipt: what was bought and its price with tax, in hundredths of the slip's currency."""

    label: str
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """What stands on a receipt. Values are hundredths of `currency`; `tax_value` is contained in the total."""

    seller: str
    country: str
    reference: str
    day: str
    currency: str
    rows: tuple[SlipRow, ...]
    tax_value: int
    remark: str = ""


class SlipTooLong(ValueError):
    """A receipt came out larger than its announced size: a bound of this module is wrong."""


def content_type(kind: ReceiptKind) -> str:
    """The media type of a receipt of this kind."""
    match kind:
        case ReceiptKind.PDF:
            return "application/pdf"
        case ReceiptKind.JPEG:
            return "image/jpeg"
        case ReceiptKind.PNG:
            return "image/png"
        case _:
            assert_never(kind)


def size_bytes(kind: ReceiptKind) -> int:
    """How large every receipt of this kind is."""
    match kind:
        case ReceiptKind.PDF:
            return _PDF_BYTES
        case ReceiptKind.JPEG:
            return _JPEG_BYTES
        case ReceiptKind.PNG:
            return _PNG_BYTES
        case _:
            assert_never(kind)


def draw_receipt(kind: ReceiptKind, slip: Slip) -> bytes:
    """The file of a receipt, `size_bytes(kind)` long; the same slip gives the same bytes."""
    match kind:
        case ReceiptKind.PDF:
            return _pdf(slip)
        case ReceiptKind.JPEG:
            return _jpeg(slip)
        case ReceiptKind.PNG:
            return _png(slip)
        case _:
            assert_never(kind)


def price(value: int, currency: str) -> str:
    """An amount of hundredths as people write it: `1,234.50`, or `1,234` where a currency has no decimals."""
    sign = "-" if value < 0 else ""
    whole, hundredths = divmod(abs(value), 100)
    decimals = "" if currency in WHOLE_UNIT_CURRENCIES else f".{hundredths:02d}"
    return f"{sign}{whole:,}{decimals}"


def _text_rows(slip: Slip) -> list[str]:
    total = sum(row.value for row in slip.rows)
    shown = [_columns(row.label, price(row.value, slip.currency)) for row in slip.rows[:ROWS_MAX]]
    return [
        slip.country,
        _columns(slip.reference, slip.day),
        "-" * COLUMNS_MAX,
        *shown,
        "-" * COLUMNS_MAX,
        _columns(f"TOTAL {slip.currency}", price(total, slip.currency)),
        _columns("VAT in total", price(slip.tax_value, slip.currency)),
        slip.remark[:COLUMNS_MAX],
    ]


def _columns(left: str, right: str) -> str:
    room = max(0, COLUMNS_MAX - len(right) - 1)
    return f"{left[:room]:<{room}} {right}"


def _pdf(slip: Slip) -> bytes:
    """A PDF 1.4 file with one page of real, searchable text (ISO 32000-1, section 7.5: file structure)."""
    content = _pdf_page(slip)
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>" % (_PAGE_WIDTH, _PAGE_HEIGHT),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>",
    )
    body, offsets = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number, content_bytes in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content_bytes)
    return _pdf_filled_up(body, offsets)


def _pdf_page(slip: Slip) -> bytes:
    lines = [b"BT /F1 15 Tf 24 372 Td (%s) Tj ET" % _pdf_text(slip.seller[:COLUMNS_MAX])]
    lines.append(b"BT /F2 11 Tf 15 TL 24 348 Td")
    lines.extend(b"(%s) Tj T*" % _pdf_text(row) for row in _text_rows(slip))
    lines.append(b"ET")
    return b"\n".join(lines)


def _pdf_text(text: str) -> bytes:
    encoded = text.encode("cp1252", "replace")
    return encoded.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _pdf_filled_up(body: bytearray, offsets: list[int]) -> bytes:
    """Close the file with its cross-reference table, after a comment that fills it up."""
    count = len(offsets) + 1
    table = b"xref\n0 %d\n0000000000 65535 f \n" % count
    table += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    table += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%010d\n%%%%EOF\n"
    comment = b"%%%s\n" % _filling(ReceiptKind.PDF, len(body) + len(table % (count, 0)) + len(b"%\n"))
    body += comment
    return bytes(body) + table % (count, len(body))


def _picture(slip: Slip) -> Image.Image:
    """A till slip: the bitmap font that Pillow carries along knows Latin-1 and looks like a thermal printer."""
    font = ImageFont.load_default_imagefont()
    paper = Image.new("L", (_SLIP_WIDTH, _SLIP_HEIGHT), _PAPER)
    pen = ImageDraw.Draw(paper)
    for row_number, text in enumerate([slip.seller[:COLUMNS_MAX], "", *_text_rows(slip)]):
        printable = text.encode("latin-1", "replace").decode("latin-1")
        pen.text((12, 14 + row_number * _ROW_HEIGHT), printable, font=font, fill=_INK)
    return paper.resize((_SLIP_WIDTH * _ZOOM, _SLIP_HEIGHT * _ZOOM), Image.Resampling.NEAREST)


def _jpeg(slip: Slip) -> bytes:
    """A baseline JPEG, filled up with a COM segment behind the start marker (ITU-T T.81, B.2.4.5)."""
    drawn = io.BytesIO()
    _picture(slip).save(drawn, "JPEG", quality=25)
    picture = drawn.getvalue()
    filling = _filling(ReceiptKind.JPEG, len(picture) + struct.calcsize(">2sH"))
    # A segment's length counts its own two bytes but not its marker.
    return picture[:2] + struct.pack(">2sH", b"\xff\xfe", len(filling) + 2) + filling + picture[2:]


def _png(slip: Slip) -> bytes:
    """A two-tone PNG, filled up with a tEXt chunk before its end (https://www.w3.org/TR/png-3/#11tEXt)."""
    drawn = io.BytesIO()
    _picture(slip).convert("1", dither=Image.Dither.NONE).save(drawn, "PNG")
    picture = drawn.getvalue()
    # Around its data a chunk has a length, a name and a checksum of four bytes each, as has the empty last chunk.
    frame_bytes = 12
    keyword = b"Comment\0"
    filling = _filling(ReceiptKind.PNG, len(picture) + frame_bytes + len(keyword))
    chunk = b"tEXt" + keyword + filling
    framed = struct.pack(">I", len(keyword) + len(filling)) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return picture[:-frame_bytes] + framed + picture[-frame_bytes:]


def _filling(kind: ReceiptKind, used_bytes: int) -> bytes:
    """The blanks that bring a file to the announced size of its kind."""
    room_bytes = size_bytes(kind) - used_bytes
    if room_bytes < 0:
        raise SlipTooLong(f"the {kind} receipt needs {used_bytes} bytes, {size_bytes(kind)} are announced")
    return b" " * room_bytes
