"""The process that opens foreign PDFs and pictures, and may die of them: `python -m` this, OUTPUT KIND=PATH ...

It bounds itself before it opens the first file, writes a line before each file and one after the last, and ends with
status 0 only when the output is whole. Whatever goes wrong with a file ends it, by design.
"""

import os
import resource
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NumberObject

from bilag.adapters.receipts.image_page import append_picture
from bilag.adapters.receipts.merge_limits import MergeLimits
from bilag.domain.attachment import MIB, FileFormat

OUTPUT_BYTES_MAX: Final = 512 * MIB
OPEN_FILES_MAX: Final = 64
# More than any phone's picture at its usual setting; decoded with transparency it takes a quarter of a gigabyte.
PIXELS_MAX: Final = 64_000_000
PAGES_MAX: Final = 1_000
# Where the end mark of a PDF must stand; a file that was cut off has none there.
# https://opensource.adobe.com/dc-acrobat-sdk-docs/pdfstandards/pdfreference1.7old.pdf (appendix H, note 18)
_END_MARK: Final = b"%%EOF"
_END_MARK_WITHIN_BYTES: Final = 1024


class NotMergeable(Exception):
    """The file cannot become pages without losing something."""


def main(arguments: Sequence[str]) -> None:
    """Merge the files into the output; raises whatever a file makes it raise."""
    bound_self(MergeLimits.from_environment(os.environ))
    output, *sources = arguments
    writer = PdfWriter()
    for source in sources:
        _tell("next file")
        kind, _, path = source.partition("=")
        append(writer, FileFormat(kind), Path(path))
    _tell("no more files")
    expected = len(writer.pages)
    writer.write(output)
    written = len(PdfReader(output).pages)
    if written != expected:
        raise NotMergeable(f"{expected} pages went in, {written} came out")


def _tell(progress: str) -> None:
    sys.stdout.write(f"{progress}\n")
    sys.stdout.flush()


def bound_self(limits: MergeLimits) -> None:
    """Limits that the kernel keeps, and Pillow's own against pictures that are small only on disk."""
    bounds = {
        resource.RLIMIT_CPU: limits.cpu_seconds_max,
        resource.RLIMIT_FSIZE: OUTPUT_BYTES_MAX,
        resource.RLIMIT_NOFILE: OPEN_FILES_MAX,
        resource.RLIMIT_CORE: 0,
    }
    if sys.platform != "darwin":  # which does not bound address space
        bounds[resource.RLIMIT_AS] = limits.memory_bytes_max
    for kind, wanted in bounds.items():
        _, hard = resource.getrlimit(kind)
        bound = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(kind, (bound, bound))
    Image.MAX_IMAGE_PIXELS = PIXELS_MAX
    warnings.simplefilter("error", Image.DecompressionBombWarning)


def append(writer: PdfWriter, kind: FileFormat, path: Path) -> None:
    """Add the file's pages, or its picture as a page; raises NotMergeable and what the libraries raise."""
    match kind:
        case FileFormat.PDF:
            append_pdf(writer, path)
        case FileFormat.JPEG:
            append_picture(writer, path, "JPEG")
        case FileFormat.PNG:
            append_picture(writer, path, "PNG")
        case _:
            raise NotMergeable(f"{kind} has no pages")
    if len(writer.pages) > PAGES_MAX:
        raise NotMergeable(f"more than {PAGES_MAX} pages")


def append_pdf(writer: PdfWriter, path: Path) -> None:
    """Add every page, or none: a PDF that lost its end or some pages would lose them for good here."""
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - _END_MARK_WITHIN_BYTES))
        if _END_MARK not in stream.read():
            raise NotMergeable("cut off: the end mark is missing")
        reader = PdfReader(stream)
        if reader.is_encrypted:
            raise NotMergeable("encrypted")
        tree = reader.root_object["/Pages"]
        announced = tree.get("/Count") if isinstance(tree, DictionaryObject) else None
        found = len(reader.pages)
        if not isinstance(announced, NumberObject) or not 0 < int(announced) == found:
            raise NotMergeable(f"{announced} pages announced, {found} found")
        writer.append(reader, import_outline=False)


if __name__ == "__main__":
    main(sys.argv[1:])
