"""A disk on which the process ends before a step, and one that is full."""

import errno
from pathlib import Path

from bilag.adapters.secrets.disk import Disk


class Killed(BaseException):
    """The process is gone; nothing of ours runs after it."""


class StoppingDisk(Disk):
    """Does `steps` steps, writing a few bytes in each, and is killed before the next one."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def write(self, descriptor: int, data: bytes) -> int:
        self._step()
        return super().write(descriptor, data[: 1 + len(data) // 3])

    def sync(self, descriptor: int) -> None:
        self._step()
        super().sync(descriptor)

    def rename(self, old: Path, new: Path) -> None:
        self._step()
        super().rename(old, new)

    def _step(self) -> None:
        if not self.left:
            raise Killed
        self.left -= 1


class FullDisk(Disk):
    """Takes no byte."""

    def write(self, descriptor: int, data: bytes) -> int:
        assert descriptor
        assert data
        raise OSError(errno.ENOSPC, "No space left on device")
