"""A ZIP of files that is the same to the byte whenever the files are."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from bilag.adapters.receipts.file_names import distinct_names
from bilag.domain.attachment import MIB, StoredFile

# The first instant that a ZIP can tell; a real one would change the bytes, and with them the file's identity.
_TIMESTAMP: Final = (1980, 1, 1, 0, 0, 0)
_UNIX: Final = 3
_READABLE_BY_ALL: Final = 0o100644 << 16


def write_archive(files: Sequence[StoredFile], target: Path, size_bytes_max: int) -> bool:
    """Pack the files in their order; False as soon as the archive outgrows the size. Raises OSError."""
    with target.open("wb") as stream, ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        for file, name in zip(files, distinct_names(files), strict=True):
            entry = ZipInfo(name, _TIMESTAMP)
            entry.compress_type = ZIP_DEFLATED
            entry.create_system = _UNIX
            entry.external_attr = _READABLE_BY_ALL
            with Path(file.path).open("rb") as source, archive.open(entry, "w") as packed:
                shutil.copyfileobj(source, packed, MIB)
            if stream.tell() > size_bytes_max:
                return False
    return target.stat().st_size <= size_bytes_max
