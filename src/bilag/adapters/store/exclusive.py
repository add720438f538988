"""One exporting process per state folder: a second one would end the first one's job."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bilag.ports.errors import NeedsPerson
from bilag.ports.lease import HeldElsewhere

LOCK_FILE: Final = "exporting.lock"


@contextmanager
def exclusive_use(folder: Path) -> Iterator[None]:
    """Hold the folder while exporting; the operating system lets go of it however the process ends.

    Raises HeldElsewhere when another process holds it, NeedsPerson when the folder can't be used.
    """
    path = folder / LOCK_FILE
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as problem:
        raise NeedsPerson(f"{folder} cannot be used: {problem.strerror}. Check the path and its rights.") from problem
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as held:
            raise HeldElsewhere(f"Another bilag is exporting with {folder}; one at a time does") from held
        yield
    finally:
        os.close(descriptor)


def is_used_exclusively(folder: Path) -> bool:
    """Whether a process is exporting with the folder now. Changes nothing on the disk."""
    try:
        descriptor = os.open(folder / LOCK_FILE, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False
