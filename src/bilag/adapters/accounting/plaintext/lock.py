"""One writer per folder: a lock that the operating system lets go of when its process ends, however it ends."""

import fcntl
import os
from pathlib import Path
from typing import Self

from bilag.adapters.accounting.plaintext.disk import open_own
from bilag.ports.errors import Unreachable


class FolderLock:
    """The lock, held until `release`. The file stays, since removing it could let two writers in."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def take(cls, path: Path) -> Self:
        """Take the lock. Raises Unreachable when another process has it."""
        try:
            descriptor = open_own(path, os.O_RDWR | os.O_CREAT)
        except OSError as problem:
            raise Unreachable(f"the books cannot be locked: {problem}") from problem
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        except OSError as problem:
            os.close(descriptor)
            raise Unreachable(f"{path.parent.parent} is in use by {_holder(path)}: {problem.strerror}") from problem
        return cls(descriptor)

    def release(self) -> None:
        """Let the next writer in."""
        os.close(self._descriptor)


def holder(path: Path) -> str:
    """Who holds the lock now, or empty text. Changes nothing on the disk."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return ""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return _holder(path)
    finally:
        os.close(descriptor)
    return ""


def _holder(path: Path) -> str:
    try:
        number = path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        number = ""
    return f"process {number}" if number.isdecimal() else "another process"
