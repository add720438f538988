"""A picture as a PDF page of its own shape, kept as sharp as it came: JPEG bytes as they are, PNG without loss."""

import struct
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import (
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    StreamObject,
)

# A page is at most A4, in points of 1/72 inch, and a picture is never blown up beyond one pixel a point.
LONG_SIDE_POINTS_MAX: Final = 842.0
SHORT_SIDE_POINTS_MAX: Final = 595.0
# The smallest page that PDF readers are sure to open.
# https://opensource.adobe.com/dc-acrobat-sdk-docs/pdfstandards/pdfreference1.7old.pdf (appendix C)
SIDE_POINTS_MIN: Final = 3.0

# How the unit square of a picture comes to lie, by its Exif orientation: the matrix (a b c d e f) for a page of one by
# one. https://www.cipa.jp/std/documents/download_e.html?DC-008-Translation-2023-E (orientation)
ORIENTATION_TAG: Final = 0x0112
PLACEMENTS: Final = {
    1: (1, 0, 0, 1, 0, 0),
    2: (-1, 0, 0, 1, 1, 0),
    3: (-1, 0, 0, -1, 1, 1),
    4: (1, 0, 0, -1, 0, 1),
    5: (0, -1, -1, 0, 1, 1),
    6: (0, -1, 1, 0, 0, 1),
    7: (0, 1, 1, 0, 0, 0),
    8: (0, 1, -1, 0, 1, 0),
}
_FIRST_LYING_ORIENTATION: Final = 5
# A decoder can stop at an eighth of the size, which still reads every byte.
_DRAFT_DIVISOR: Final = 8
_PNG_SIGNATURE_BYTES: Final = 8
_PNG_CHUNK_HEAD: Final = struct.Struct(">I4s")
_PNG_CHECKSUM_BYTES: Final = 4
_PNG_PREDICTOR: Final = 15
_SIXTEEN_TO_EIGHT_BITS: Final = 1 / 256


def append_picture(writer: PdfWriter, path: Path, kind: str) -> None:
    """Add the picture ("JPEG" or "PNG") as a page; raises what Pillow raises for a broken or an oversized one."""
    with Image.open(path, formats=[kind]) as image:
        orientation = image.getexif().get(ORIENTATION_TAG, 1)
        placement = PLACEMENTS.get(orientation, PLACEMENTS[1])
        width, height = image.size
        if kind == "JPEG" and image.mode in ("L", "RGB"):
            picture = _jpeg_stream(image, path.read_bytes())
        else:
            picture = _png_stream(image)
    if placement[0] == 0:
        width, height = height, width
    _add_page(writer, picture, _page_size(width, height), placement)


def _page_size(width: int, height: int) -> tuple[float, float]:
    """Points for pixels: the picture's own shape, fitted into A4 held upright or lying."""
    scale = min(1.0, LONG_SIDE_POINTS_MAX / max(width, height), SHORT_SIDE_POINTS_MAX / min(width, height))
    return max(round(width * scale, 2), SIDE_POINTS_MIN), max(round(height * scale, 2), SIDE_POINTS_MIN)


def _jpeg_stream(image: Image.Image, content: bytes) -> StreamObject:
    """The file's own bytes, once they have been read to their end."""
    width, height = image.size
    colours = "/DeviceGray" if image.mode == "L" else "/DeviceRGB"
    image.draft(image.mode, (width // _DRAFT_DIVISOR, height // _DRAFT_DIVISOR))
    image.load()
    stream = _image_stream(width, height, colours, "/DCTDecode")
    stream.set_data(content)
    return stream


def _png_stream(image: Image.Image) -> StreamObject:
    """The pixels as a PNG keeps them, which is also one of the ways in which PDF does."""
    flat = _flat(image)
    buffer = BytesIO()
    flat.save(buffer, "PNG")
    colours = "/DeviceGray" if flat.mode == "L" else "/DeviceRGB"
    stream = _image_stream(flat.width, flat.height, colours, "/FlateDecode")
    stream[NameObject("/DecodeParms")] = DictionaryObject(
        {
            NameObject("/Predictor"): NumberObject(_PNG_PREDICTOR),
            NameObject("/Colors"): NumberObject(len(flat.getbands())),
            NameObject("/BitsPerComponent"): NumberObject(8),
            NameObject("/Columns"): NumberObject(flat.width),
        }
    )
    stream.set_data(_pixel_chunks(buffer.getvalue()))
    return stream


def _flat(image: Image.Image) -> Image.Image:
    """Grey or coloured with eight bits a channel; what is transparent lies on white paper."""
    if image.has_transparency_data:
        coloured = image.convert("RGBA")
        paper = Image.new("RGB", image.size, "white")
        paper.paste(coloured, mask=coloured.getchannel("A"))
        return paper
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value * _SIXTEEN_TO_EIGHT_BITS).convert("L")
    return image.convert("L" if image.mode in ("1", "L") else "RGB")


def _pixel_chunks(png: bytes) -> bytes:
    """The compressed pixels in a PNG that was just written. https://www.w3.org/TR/png-3/#5Chunk-layout."""
    parts = []
    position = _PNG_SIGNATURE_BYTES
    while position < len(png):
        length, kind = _PNG_CHUNK_HEAD.unpack_from(png, position)
        start = position + _PNG_CHUNK_HEAD.size
        if kind == b"IDAT":
            parts.append(png[start : start + length])
        position = start + length + _PNG_CHECKSUM_BYTES
    return b"".join(parts)


def _image_stream(width: int, height: int, colours: str, encoding: str) -> StreamObject:
    stream = StreamObject()
    stream.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Image"),
            NameObject("/Width"): NumberObject(width),
            NameObject("/Height"): NumberObject(height),
            NameObject("/ColorSpace"): NameObject(colours),
            NameObject("/BitsPerComponent"): NumberObject(8),
            NameObject("/Filter"): NameObject(encoding),
        }
    )
    return stream


def _add_page(writer: PdfWriter, picture: StreamObject, size: tuple[float, float], placement: tuple[int, ...]) -> None:
    width, height = size
    matrix = [number * (width, height)[index % 2] for index, number in enumerate(placement)]
    drawing = StreamObject()
    drawing.set_data(f"q {' '.join(f'{number:.2f}' for number in matrix)} cm /Picture Do Q".encode())
    page = writer.add_blank_page(width, height)
    page[NameObject("/Contents")] = _reference(writer, drawing)
    pictures = DictionaryObject({NameObject("/Picture"): _reference(writer, picture)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): pictures})


def _reference(writer: PdfWriter, stream: StreamObject) -> IndirectObject:
    """Where the writer keeps the stream from now on: streams never stand inside another object."""
    return writer._add_object(stream)  # noqa: SLF001  pypdf's own pages name it, there is no other way
