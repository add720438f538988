"""Which format a receipt has, by its bytes, and which its sender announced.

Formats that Pleo lets through: https://developers.pleo.io/docs/current/platform/exports/attachments
"""

import codecs
import mmap
import struct
from pathlib import Path
from typing import BinaryIO, Final

from bilag.domain.attachment import FileFormat

HEAD_BYTES: Final = 64 * 1024
ZIP_ENTRIES_MAX: Final = 10_000
ZIP_DIRECTORY_BYTES_MAX: Final = 4 * 1024 * 1024

_BYTE_ORDER_MARKS: Final = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_JPEG: Final = b"\xff\xd8\xff"
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Text that is meant for an interpreter or a browser, not for a reader.
_NOT_PLAIN: Final = (b"<", b"{\\rtf", b"%!PS", b"#!")
_TEXT_CONTROLS: Final = frozenset(b"\t\n\f\r")

_ZIP_END: Final = struct.Struct("<4s4H2LH")
_ZIP_END_MARK: Final = b"PK\x05\x06"
_ZIP_COMMENT_BYTES_MAX: Final = 0xFFFF
_ZIP_ENTRY: Final = struct.Struct("<4s24x3H12x")
_ZIP_ENTRY_MARK: Final = b"PK\x01\x02"
_ZIP_INNER: Final = {b"word/document.xml": FileFormat.DOCX, b"xl/workbook.xml": FileFormat.XLSX}
_OLE_INNER: Final = {"WordDocument": FileFormat.DOC, "Workbook": FileFormat.XLS, "Book": FileFormat.XLS}

_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_EXCEL: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DECLARED: Final = {
    "application/pdf": frozenset({FileFormat.PDF}),
    "image/jpeg": frozenset({FileFormat.JPEG}),
    "image/jpg": frozenset({FileFormat.JPEG}),
    "image/png": frozenset({FileFormat.PNG}),
    "text/plain": frozenset({FileFormat.TXT}),
    "application/msword": frozenset({FileFormat.DOC}),
    _WORD: frozenset({FileFormat.DOCX}),
    "application/vnd.ms-excel": frozenset({FileFormat.XLS}),
    _EXCEL: frozenset({FileFormat.XLSX}),
    "application/zip": frozenset({FileFormat.DOCX, FileFormat.XLSX}),
    "application/x-ole-storage": frozenset({FileFormat.DOC, FileFormat.XLS}),
}
_ANY: Final = frozenset(FileFormat) - {FileFormat.ZIP}
_SAYS_NOTHING: Final = frozenset({"", "application/octet-stream", "binary/octet-stream"})


def announced_formats(content_type: str | None) -> frozenset[FileFormat]:
    """The formats that a content type allows: all when it says nothing, none when it is not on Pleo's list."""
    word = (content_type or "").partition(";")[0].strip().lower()
    return _ANY if word in _SAYS_NOTHING else _DECLARED.get(word, frozenset())


def formats_of(path: Path) -> frozenset[FileFormat]:
    """The formats that the bytes of the file can be: one as a rule, none when it is another kind of file.

    Two come back for an old Office file that holds another one inside.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        if head.startswith(_JPEG):
            return frozenset({FileFormat.JPEG})
        if head.startswith(_PNG):
            return frozenset({FileFormat.PNG})
        if head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"%PDF-"):
            return frozenset({FileFormat.PDF})
        if head.startswith(_ZIP):
            return _zip_formats(file)
        if head.startswith(_OLE):
            return _ole_formats(file)
        return frozenset({FileFormat.TXT}) if _is_plain_text(head) else frozenset()


def _zip_formats(file: BinaryIO) -> frozenset[FileFormat]:
    """The Office format of a ZIP file, from the names in its directory; nothing in it is unpacked."""
    size_bytes = file.seek(0, 2)
    file.seek(max(0, size_bytes - _ZIP_COMMENT_BYTES_MAX - _ZIP_END.size))
    tail = file.read()
    end = tail.rfind(_ZIP_END_MARK)
    if end < 0 or len(tail) - end < _ZIP_END.size:
        return frozenset()
    _, _, _, _, entries, directory_bytes, _, _ = _ZIP_END.unpack_from(tail, end)
    start = size_bytes - len(tail) + end - directory_bytes
    if entries > ZIP_ENTRIES_MAX or directory_bytes > ZIP_DIRECTORY_BYTES_MAX or start < 0:
        return frozenset()
    file.seek(start)
    names = _zip_names(file.read(directory_bytes), entries)
    return frozenset(found for name, found in _ZIP_INNER.items() if name in names)


def _zip_names(directory: bytes, entries: int) -> frozenset[bytes]:
    """https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.12."""
    names: set[bytes] = set()
    at = 0
    for _ in range(entries):
        if len(directory) - at < _ZIP_ENTRY.size or not directory.startswith(_ZIP_ENTRY_MARK, at):
            break
        _, name_bytes, extra_bytes, comment_bytes = _ZIP_ENTRY.unpack_from(directory, at)
        at += _ZIP_ENTRY.size
        names.add(directory[at : at + name_bytes])
        at += name_bytes + extra_bytes + comment_bytes
    return frozenset(names)


def _ole_formats(file: BinaryIO) -> frozenset[FileFormat]:
    """The kind of an old Office file, from the stream names in it, which are UTF-16 and end with a zero."""
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
        return frozenset(found for name, found in _OLE_INNER.items() if view.find(f"{name}\0".encode("utf-16-le")) >= 0)


def _is_plain_text(head: bytes) -> bool:
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if head.startswith(mark):
            return _decodes(head, encoding) and not head.removeprefix(mark).lstrip().startswith(_NOT_PLAIN)
    if any(byte < ord(" ") and byte not in _TEXT_CONTROLS for byte in frozenset(head)):
        return False
    return bool(head) and not head.lstrip().startswith(_NOT_PLAIN)


def _decodes(head: bytes, encoding: str) -> bool:
    """Whether it is text so far; a character cut off at the end of the head does not count."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        return False
    return True
