"""What we ask of whoever makes one file out of several."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from bilag.domain.attachment import AttachmentRules, StoredFile
from bilag.domain.failure import Failure


class ReceiptCombiner(Protocol):
    """For systems that take fewer files than an expense has."""

    async def __call__(
        self, files: Sequence[StoredFile], rules: AttachmentRules, folder: Path, name: str
    ) -> StoredFile | Failure:
        """One PDF where every file can be a page of it, else a ZIP of all."""
        ...
