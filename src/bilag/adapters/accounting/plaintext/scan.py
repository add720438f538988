"""Reading journal files: all entries for the index, or one of them as it stands."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bilag.adapters.accounting.plaintext.amounts import Unreadable
from bilag.adapters.accounting.plaintext.dialect import BLOCK_BYTES_MAX, Dialect, ScanPatterns
from bilag.adapters.accounting.plaintext.index import ReferenceIndex, place

_CHUNK_BYTES: Final = 4 * 1024 * 1024
_BLOCK_READ_BYTES: Final = 8 * 1024
_NEXT_BLOCK: Final = re.compile(rb"\n(?=[^ \t])")


def scan(path: Path, file_number: int, dialect: Dialect, index: ReferenceIndex) -> None:
    """Add every entry and receipt of ours in the file to the index. Raises OSError."""
    for offset, data in _chunks(path):
        for header, reference, voucher in _entries(data, dialect.patterns):
            name = dialect.reference_in(reference)
            index.add(name, voucher or name, place(file_number, offset + header))
        for start, voucher in _receipts(data, dialect.patterns):
            index.add_receipt(voucher, place(file_number, offset + start))


def vendor_documents(path: Path, torn: range, dialect: Dialect) -> Iterator[tuple[int, str]]:
    """Where each of our vendor documents starts, outside the `torn` bytes, and its lines. Raises OSError."""
    for offset, data in _chunks(path):
        for header, _, _ in _entries(data, dialect.patterns):
            block = data[header : _block_end(data, header) + 1]
            if offset + header not in torn and dialect.patterns.vendor_document.search(block):
                yield offset + header, block.decode(errors="replace")


def read_block(path: Path, offset: int) -> str:
    """The lines from the offset to the next one that is not indented. Raises OSError, Unreadable."""
    with path.open("rb") as file:
        file.seek(offset)
        data, searched = b"", 0
        while read := file.read(_BLOCK_READ_BYTES):
            data += read
            end = _NEXT_BLOCK.search(data, searched)
            if end is not None:
                return data[: end.end()].decode(errors="replace")
            if len(data) > BLOCK_BYTES_MAX:
                raise Unreadable(f"the entry is longer than {BLOCK_BYTES_MAX} bytes")
            searched = len(data) - 1
    return data.decode(errors="replace")


def _chunks(path: Path) -> Iterator[tuple[int, bytes]]:
    """The file in pieces that end where a block ends, each with its offset."""
    offset, rest = 0, b""
    with path.open("rb") as file:
        while read := file.read(_CHUNK_BYTES):
            data = rest + read
            cut = data.rfind(b"\n\n") + 1
            if cut:
                yield offset, data[:cut]
            offset, rest = offset + cut, data[cut:]
    yield offset, rest


def _entries(data: bytes, patterns: ScanPatterns) -> Iterator[tuple[int, bytes, str]]:
    """Where each of our entries starts, its raw reference and its voucher number."""
    for found in patterns.reference.finditer(data):
        header = _header_before(data, found.start())
        if patterns.header.match(data, header) is None:
            continue
        end = _block_end(data, found.end())
        voucher = patterns.voucher.search(data, header, end)
        yield header, found[1], voucher[1].decode(errors="replace").strip() if voucher else ""


def _receipts(data: bytes, patterns: ScanPatterns) -> Iterator[tuple[int, str]]:
    for found in patterns.receipt.finditer(data):
        voucher = patterns.receipt_voucher.search(data, found.start(), _block_end(data, found.end()))
        if voucher is not None:
            yield found.start(), voucher[1].decode(errors="replace").strip()


def _header_before(data: bytes, position: int) -> int:
    """The start of the nearest line above that is not indented."""
    start = position
    while start > 0:
        start = data.rfind(b"\n", 0, start - 1) + 1
        if data[start : start + 1] not in (b" ", b"\t"):
            return start
    return start


def _block_end(data: bytes, position: int) -> int:
    found = _NEXT_BLOCK.search(data, position)
    return len(data) if found is None else found.start()
