"""Puts bytes in a file's place, all or nothing. What a test may want to stop in the middle is one method each."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from bilag.ports.errors import StoreFailed

FILE_MODE: Final = 0o600
_SPARE_FLAGS: Final = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW


class Disk:
    """The operating system."""

    def write(self, descriptor: int, data: bytes) -> int:
        """Write what fits, and say how many bytes did."""
        return os.write(descriptor, data)

    def sync(self, descriptor: int) -> None:
        """Return when the bytes are on the disk."""
        os.fsync(descriptor)

    def rename(self, old: Path, new: Path) -> None:
        """Give the file the other name, in place of what had it."""
        old.replace(new)


def replace_file(disk: Disk, path: Path, data: bytes) -> None:
    """After this the file holds these bytes, also after a power cut.

    Raises StoreFailed; whoever stops it in the middle, the file holds all of the old bytes or all of the new ones.
    """
    spare = path.with_name(f"{path.name}.new")
    try:
        _write(disk, spare, data)
        disk.rename(spare, path)
        _sync_folder(disk, path.parent)
    except OSError as problem:
        with suppress(OSError):
            spare.unlink(missing_ok=True)
        raise StoreFailed(f"{path} can't be written: {problem.strerror or problem}") from problem


def _write(disk: Disk, path: Path, data: bytes) -> None:
    descriptor = os.open(path, _SPARE_FLAGS, FILE_MODE)
    try:
        os.fchmod(descriptor, FILE_MODE)
        rest = memoryview(data)
        while rest:
            written = disk.write(descriptor, bytes(rest))
            if written <= 0:
                raise OSError("the disk took no bytes")
            rest = rest[written:]
        disk.sync(descriptor)
    finally:
        os.close(descriptor)


def _sync_folder(disk: Disk, folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        disk.sync(descriptor)
    finally:
        os.close(descriptor)
