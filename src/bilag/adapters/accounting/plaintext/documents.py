"""Receipts on the disk: copied in whole, checked against their hash, named so that a person finds them."""

import hashlib
import re
from collections.abc import Iterator
from itertools import chain, count
from pathlib import Path
from typing import Final

from bilag.adapters.accounting.plaintext.disk import FOLDER_MODE, Disk, create, sync_folder
from bilag.adapters.accounting.plaintext.text_escape import holdable
from bilag.domain.attachment import FileFormat
from bilag.domain.failure import Failure, FailureCode

_COPY_BYTES: Final = 1024 * 1024
# File systems take 255 bytes; date, voucher and digest need their share.
_NAME_BYTES_MAX: Final = 150
_ENDING_BYTES_MAX: Final = 10
_NOT_IN_NAME: Final = re.compile(r"[^\w.\-]+")
_DIGEST_CHARACTERS: Final = 8


def safe_part(text: str) -> str:
    """The text as a part of a file name."""
    return _NOT_IN_NAME.sub("-", holdable(text).replace("\ufffd", "-")).strip(".-")


def safe_name(name: str, ending: FileFormat) -> str:
    """The name without anything that could lead elsewhere: no folders, no leading dots, not too long."""
    cleaned = safe_part(name)
    stem, dot, suffix = cleaned.rpartition(".")
    if not dot or not stem or len(suffix.encode()) > _ENDING_BYTES_MAX:
        stem, suffix = cleaned, str(ending)
    shortened = stem.encode()[:_NAME_BYTES_MAX].decode(errors="ignore").rstrip(".-")
    return f"{shortened or 'receipt'}.{suffix}"


def copy_in(disk: Disk, source: Path, incoming: Path, sha256: str) -> Failure | None:
    """Copy the file durably; a failure when it is gone or no longer what it was. Raises OSError of our own disk."""
    try:
        reading = source.open("rb")
    except OSError as problem:
        return _changed(source.name, f"cannot be read: {problem.strerror}")
    digest = hashlib.sha256()
    with reading, create(incoming) as writing:
        while part := reading.read(_COPY_BYTES):
            digest.update(part)
            writing.write(part)
        writing.flush()
        disk.sync(writing.fileno())
    if digest.hexdigest() != sha256:
        incoming.unlink()
        return _changed(source.name, "changed since it was fetched")
    return None


def write_in(disk: Disk, data: bytes, incoming: Path) -> None:
    """Write the bytes durably. Raises OSError."""
    with create(incoming) as writing:
        writing.write(data)
        writing.flush()
        disk.sync(writing.fileno())


def move_in(disk: Disk, incoming: Path, target: Path, sha256: str) -> Path:
    """Give the file its name, or another one when that is taken by other content; returns where it lies.

    A file of the same name and content is left where it is. Raises OSError.
    """
    if not target.parent.is_dir():
        target.parent.mkdir(FOLDER_MODE, parents=True)
        sync_folder(disk, target.parent.parent)
    others = (target.with_name(f"{stem}{target.suffix}") for stem in _other_stems(target.stem, sha256))
    chosen = next(name for name in chain([target], others) if not name.exists() or digest_of(name) == sha256)
    incoming.replace(chosen)
    sync_folder(disk, chosen.parent)
    return chosen


def _other_stems(stem: str, sha256: str) -> Iterator[str]:
    """What the file may be called instead; without end, since a receipt can be called like another one's stand-in."""
    told_apart = f"{stem}-{sha256[:_DIGEST_CHARACTERS]}"
    yield told_apart
    yield from (f"{told_apart}-{number}" for number in count(2))


def digest_of(path: Path) -> str:
    """SHA-256 of the file, in hexadecimal. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _changed(name: str, what: str) -> Failure:
    return Failure(
        code=FailureCode.RECEIPT_UPLOAD,
        path="files",
        message=f"The receipt {name} {what}.",
        remedy="Export the expense again, so that the receipt is fetched anew.",
    )
