"""Merges receipts into one PDF, in a process of its own that hostile files may kill."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from bilag.adapters.receipts.merge_limits import MergeLimits
from bilag.domain.attachment import FileFormat, StoredFile

MERGEABLE: Final = frozenset({FileFormat.PDF, FileFormat.JPEG, FileFormat.PNG})
# Named, not imported: what opens foreign files has no place in this process.
_CHILD: Final = "bilag.adapters.receipts.merge_child"
# The child gets these and none of our secrets.
_VARIABLES_PASSED_ON: Final = ("LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH")
_PROGRESS_BYTES_MAX: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmerged:
    """There is no PDF. `position` is the file that the child was at, when it got that far."""

    position: int | None


def merge_into_pdf(files: Sequence[StoredFile], target: Path, limits: MergeLimits) -> Unmerged | None:
    """Write the files' pages to the target, in order; None means done. Blocks. Raises OSError when we cannot start."""
    sources = [f"{file.format}={Path(file.path).absolute()}" for file in files]
    # -P: neither the folder we run in nor the receipts' own may offer modules.
    command = [sys.executable, "-P", "-m", _CHILD, str(target.absolute()), *sources]
    environment = {name: os.environ[name] for name in _VARIABLES_PASSED_ON if name in os.environ}
    with tempfile.TemporaryFile() as progress:
        try:
            subprocess.run(  # noqa: S603  fixed module, paths of our own making
                command,
                stdin=subprocess.DEVNULL,
                stdout=progress,
                stderr=subprocess.DEVNULL,
                env={**environment, **limits.as_environment()},
                timeout=limits.wall_seconds_max,
                check=True,
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            return Unmerged(position=_position(progress, len(files)))
    return None


def _position(progress: IO[bytes], files: int) -> int | None:
    """The file that the child was at, by its own account, which is read with caution; None before and after them."""
    progress.seek(0)
    lines = progress.read(_PROGRESS_BYTES_MAX).count(b"\n")
    return lines - 1 if 0 < lines <= files else None
