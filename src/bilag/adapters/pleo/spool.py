"""A receipt while it arrives: readable by us only, hashed as it grows, gone unless it is kept."""

import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

FOLDER_MODE: Final = 0o700
PARTIAL_ENDING: Final = ".part"


class Spool:
    """A file under construction in the folder, mode 0600. Leaving the `with` removes it unless it was kept."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        handle, path = tempfile.mkstemp(prefix=".receipt-", suffix=PARTIAL_ENDING, dir=folder)
        self._file = os.fdopen(handle, "wb")
        self._digest = hashlib.sha256()
        self.path = Path(path)
        self.size_bytes = 0
        self._is_kept = False

    def write(self, *chunks: bytes) -> None:
        """Add the chunks."""
        for chunk in chunks:
            self._file.write(chunk)
            self._digest.update(chunk)
            self.size_bytes += len(chunk)

    def flush(self) -> None:
        """Let readers of `path` see everything."""
        self._file.flush()

    @property
    def sha256(self) -> str:
        """The hash of what was written so far, in hexadecimal."""
        return self._digest.hexdigest()

    def keep(self, name: str) -> Path:
        """Give the file its name in the folder, in place of an earlier one."""
        self._file.close()
        kept = self.path.replace(self.path.with_name(name))
        self._is_kept = True
        return kept

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):  # a full disk must not hide what brought us here
            self._file.close()
        if not self._is_kept:
            self.path.unlink(missing_ok=True)
