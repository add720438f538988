"""A disk that is full or broken at a chosen moment, and the real one otherwise."""

import errno
import os
from dataclasses import dataclass, field

from bilag.adapters.accounting.plaintext.disk import Disk


@dataclass
class FailingDisk(Disk):
    """`bytes_left` is what still fits; the flags break the other calls. None and False leave it healthy."""

    bytes_left: int | None = None
    breaks_sync: bool = False
    breaks_cut: bool = False
    syncs: list[int] = field(default_factory=list)

    def write(self, descriptor: int, data: bytes) -> int:
        if self.bytes_left is None:
            return super().write(descriptor, data)
        if not self.bytes_left:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = super().write(descriptor, data[: self.bytes_left])
        self.bytes_left -= written
        return written

    def sync(self, descriptor: int) -> None:
        self.syncs.append(descriptor)
        if self.breaks_sync:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        super().sync(descriptor)

    def cut(self, descriptor: int, size_bytes: int) -> None:
        if self.breaks_cut:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        super().cut(descriptor, size_bytes)
