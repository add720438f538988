"""A turn at a file, one process at a time; the operating system takes it back however its holder ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bilag.ports.errors import StoreFailed


@contextmanager
def file_turn(path: Path) -> Iterator[bool]:
    """Whether the turn is ours, for as long as the `with` lasts. Never waits. Raises StoreFailed.

    The file stays, since removing it could let two in.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as problem:
        raise StoreFailed(f"{path} can't be opened: {problem.strerror}. Check the path and its rights.") from problem
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_ours = True
        except BlockingIOError:
            is_ours = False
        yield is_ours
    finally:
        os.close(descriptor)
