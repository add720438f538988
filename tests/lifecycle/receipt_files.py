"""Receipts on the disk, as small as can be."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from bilag.domain.attachment import FileFormat, StoredFile


def stored(folder: Path, name: str, content: bytes) -> StoredFile:
    """A PDF with this content in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.pdf"
    path.write_bytes(content)
    return StoredFile(
        name=path.name, path=str(path), format=FileFormat.PDF, size_bytes=len(content), sha256=sha256(content)
    )


def joined(files: Sequence[StoredFile], folder: Path, name: str) -> StoredFile:
    """One file with the contents of all, one after the other."""
    return stored(folder, f"{name}-all", b"".join(Path(file.path).read_bytes() for file in files))


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
