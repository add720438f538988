"""Real receipts on disk, and the crooked ones that arrive as well."""

import hashlib
import struct
import zipfile
import zlib
from pathlib import Path

from PIL import Image
from pypdf import PdfWriter

from bilag.domain.attachment import FileFormat, StoredFile


def stored(path: Path, kind: FileFormat, name: str | None = None) -> StoredFile:
    content = path.read_bytes()
    return StoredFile(
        name=name or path.name,
        path=str(path),
        format=kind,
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def pdf(path: Path, *, widths: tuple[int, ...] = (200,), password: str = "") -> StoredFile:
    """A PDF with one blank page for each width in points."""
    writer = PdfWriter()
    for width in widths:
        writer.add_blank_page(width, 300)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    writer.write(path)
    return stored(path, FileFormat.PDF)


def truncated_pdf(path: Path) -> StoredFile:
    pdf(path, widths=(200, 210, 220))
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    return stored(path, FileFormat.PDF)


def pdf_of_garbage(path: Path) -> StoredFile:
    path.write_bytes(b"%PDF-1.7\n" + b"\x00<<[(" * 5_000 + b"\n%%EOF\n")
    return stored(path, FileFormat.PDF)


def empty_pdf(path: Path) -> StoredFile:
    path.write_bytes(b"")
    return stored(path, FileFormat.PDF)


def quarters(mode: str = "RGB", size: tuple[int, int] = (120, 80)) -> Image.Image:
    """Red, green, blue and white, clockwise from the upper left."""
    width, height = size
    image = Image.new("RGB", size, "white")
    image.paste("red", (0, 0, width // 2, height // 2))
    image.paste("green", (width // 2, 0, width, height // 2))
    image.paste("blue", (width // 2, height // 2, width, height))
    return image.convert(mode)


def jpeg(path: Path, *, mode: str = "RGB", orientation: int = 1) -> StoredFile:
    exif = Image.Exif()
    exif[0x0112] = orientation
    quarters(mode).save(path, "JPEG", exif=exif)
    return stored(path, FileFormat.JPEG)


def cut_off_jpeg(path: Path) -> StoredFile:
    jpeg(path)
    path.write_bytes(path.read_bytes()[:-200])
    return stored(path, FileFormat.JPEG)


def png_called_jpeg(path: Path) -> StoredFile:
    png(path)
    return stored(path, FileFormat.JPEG)


def png(path: Path, *, mode: str = "RGB") -> StoredFile:
    quarters(mode).save(path, "PNG")
    return stored(path, FileFormat.PNG)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def pixel_bomb(path: Path, side: int = 50_000) -> StoredFile:
    """A PNG of a few kilobytes that says it has side x side pixels."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1_000_000))
    parts = [b"\x89PNG\r\n\x1a\n", _chunk(b"IHDR", header), _chunk(b"IDAT", pixels), _chunk(b"IEND", b"")]
    path.write_bytes(b"".join(parts))
    return stored(path, FileFormat.PNG)


def large_picture(path: Path, *, side: int, mode: str = "RGB") -> StoredFile:
    """A whole PNG, small on disk and large in memory."""
    Image.new(mode, (side, side)).save(path, "PNG")
    return stored(path, FileFormat.PNG)


def docx(path: Path) -> StoredFile:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<document/>" * 100)
    return stored(path, FileFormat.DOCX)
