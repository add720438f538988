"""Durable writing: after these functions return, a power cut loses nothing of it.

Every call to the operating system that changes a journal file goes through Disk, so that a test can stand in for a
disk that is full or broken.
"""

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Self

from bilag.ports.errors import OutcomeUnknown, Unreachable

# For us and our group, whatever the umask: the books are nobody else's business.
FOLDER_MODE: Final = 0o750
FILE_MODE: Final = 0o640
# A link in the place of a file of ours would lead our bytes into somebody else's.
_NO_LINK: Final = os.O_NOFOLLOW | os.O_CLOEXEC
_OPEN_FLAGS: Final = os.O_RDWR | os.O_APPEND | _NO_LINK


class Disk:
    """The operating system."""

    def write(self, descriptor: int, data: bytes) -> int:
        """Write what fits, and say how many bytes did."""
        return os.write(descriptor, data)

    def sync(self, descriptor: int) -> None:
        """Return when the file's bytes are on the disk."""
        os.fsync(descriptor)

    def cut(self, descriptor: int, size_bytes: int) -> None:
        """Cut the file back."""
        os.ftruncate(descriptor, size_bytes)


def open_own(path: Path, flags: int) -> int:
    """A descriptor of a file of ours, made when `flags` say so. Raises OSError, also when the path is a link."""
    return os.open(path, flags | _NO_LINK, FILE_MODE)


def create(path: Path) -> BinaryIO:
    """A new file to write into. Raises OSError when there is something under the name."""
    return os.fdopen(open_own(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL), "wb")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What tells whether somebody changed a file: another file under the name, another size, another time."""

    inode: int
    size_bytes: int
    changed_ns: int

    @classmethod
    def of(cls, status: os.stat_result) -> Self:
        """From what the operating system says."""
        return cls(inode=status.st_ino, size_bytes=status.st_size, changed_ns=status.st_mtime_ns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Appended:
    """Where the data stands, and the file right before and after."""

    offset: int
    before: Signature
    after: Signature


def append(disk: Disk, path: Path, data: bytes) -> Appended:
    """Append to a file that exists and make it durable, on a line of its own.

    Raises Unreachable when the file is for certain as it was, OutcomeUnknown when not even that could be reached.
    """
    try:
        descriptor = os.open(path, _OPEN_FLAGS)
    except OSError as problem:
        raise Unreachable(f"the books cannot be written: {problem}") from problem
    try:
        before = Signature.of(os.fstat(descriptor))
        size = before.size_bytes
        glue = b"" if _ends_with_newline(descriptor, size) else b"\n"
        try:
            _write_all(disk, descriptor, glue + data)
            disk.sync(descriptor)
        except OSError as problem:
            _cut_back(disk, descriptor, size, problem)
        _require_same_file(descriptor, path)
        return Appended(offset=size + len(glue), before=before, after=Signature.of(os.fstat(descriptor)))
    finally:
        os.close(descriptor)


def replace_file(disk: Disk, path: Path, data: bytes, *, spare: Path) -> None:
    """Put the bytes in the file's place, all or nothing, by way of the `spare` path in the same file system.

    Raises Unreachable when the file is for certain as it was.
    """
    try:
        descriptor = open_own(spare, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        try:
            if path.exists():  # the rights that a person gave it stay
                os.fchmod(descriptor, stat.S_IMODE(path.stat().st_mode))
            _write_all(disk, descriptor, data)
            disk.sync(descriptor)
        finally:
            os.close(descriptor)
        spare.replace(path)
        sync_folder(disk, path.parent)
    except OSError as problem:
        with suppress(OSError):
            spare.unlink(missing_ok=True)
        raise Unreachable(f"{path.name} cannot be written: {problem}") from problem


def sync_folder(disk: Disk, folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        disk.sync(descriptor)
    finally:
        os.close(descriptor)


def _write_all(disk: Disk, descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        written = disk.write(descriptor, bytes(rest))
        if written <= 0:
            raise OSError("the disk took no bytes")
        rest = rest[written:]


def _cut_back(disk: Disk, descriptor: int, size_bytes: int, problem: OSError) -> None:
    """Undo a write that failed. Always raises."""
    try:
        disk.cut(descriptor, size_bytes)
        disk.sync(descriptor)
    except OSError as second:
        raise OutcomeUnknown(f"writing the books failed ({problem}), and undoing it failed too ({second})") from second
    raise Unreachable(f"the books cannot be written, nothing was booked: {problem}") from problem


def _ends_with_newline(descriptor: int, size_bytes: int) -> bool:
    return size_bytes == 0 or os.pread(descriptor, 1, size_bytes - 1) == b"\n"


def _require_same_file(descriptor: int, path: Path) -> None:
    """An editor that saves puts a new file under the name; what we wrote into the old one is then gone with it."""
    try:
        same = path.stat().st_ino == os.fstat(descriptor).st_ino
    except OSError:
        same = False
    if not same:
        raise OutcomeUnknown(f"{path.name} was replaced by another program while it was being written")
