"""Several receipts in one file, for books that take one only: pages of one PDF, else a ZIP.

https://developers.pleo.io/docs/current/integration-design/exports/integration-design-exports-attachment-handling
"""

import asyncio
import hashlib
import logging
import os
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bilag.adapters.receipts.archive import write_archive
from bilag.adapters.receipts.file_names import safe_name
from bilag.adapters.receipts.merge_limits import MergeLimits
from bilag.adapters.receipts.merging import MERGEABLE, merge_into_pdf
from bilag.domain.attachment import MIB, AttachmentRules, FileFormat, StoredFile
from bilag.domain.failure import Failure, FailureCode

# Each may take a processor and MergeLimits.memory_bytes_max; the others wait.
COMBINED_AT_ONCE_MAX: Final = 2
MERGE_LIMITS: Final = MergeLimits()

_log = logging.getLogger(__name__)
_threads: Final = ThreadPoolExecutor(COMBINED_AT_ONCE_MAX, "receipts")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Problem:
    """Why there is no such file, in a clause; `position` is the receipt in the way, when one is known to be."""

    why: str
    position: int | None = None
    too_large: bool = False


async def combine(
    files: Sequence[StoredFile],
    rules: AttachmentRules,
    folder: Path,
    name: str,
    limits: MergeLimits = MERGE_LIMITS,
) -> StoredFile | Failure:
    """One PDF where every file can be pages of it, else a ZIP of all; the same files give the same bytes.

    The result lies in the folder under a name of our choosing, and is called `name` with its ending. The failure is
    RECEIPT_TOO_LARGE when the books do not take the size, RECEIPT_CONVERSION when nothing works.
    """
    assert files, "there is nothing to combine"
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_threads, _combined, tuple(files), rules, folder, name, limits)


def _combined(
    files: Sequence[StoredFile], rules: AttachmentRules, folder: Path, name: str, limits: MergeLimits
) -> StoredFile | Failure:
    problems = []
    for kind in (FileFormat.PDF, FileFormat.ZIP):
        if kind not in rules.formats:
            continue
        try:
            made = _made(kind, files, rules, folder, limits)
            if isinstance(made, Path):
                return _stored(made, kind, name)
        except OSError as problem:
            made = _Problem(why=f"our disk does not take it ({problem.strerror})")
        _log.info("the receipts of %s do not become a %s: %s", name, kind.upper(), made.why)
        problems.append(made)
    return _failure(files, rules, problems)


def _made(
    kind: FileFormat, files: Sequence[StoredFile], rules: AttachmentRules, folder: Path, limits: MergeLimits
) -> Path | _Problem:
    """A new file in the folder; nothing is left there when it did not come to be."""
    handle, path = tempfile.mkstemp(prefix="combined-", suffix=f".{kind}", dir=folder)
    os.close(handle)
    target = Path(path)
    whole = False
    try:
        problem = (
            _write_pdf(files, target, rules, limits) if kind is FileFormat.PDF else _write_zip(files, target, rules)
        )
        whole = problem is None
        return problem or target
    finally:
        if not whole:
            target.unlink()


def _write_pdf(
    files: Sequence[StoredFile], target: Path, rules: AttachmentRules, limits: MergeLimits
) -> _Problem | None:
    for position, file in enumerate(files):
        if file.format not in MERGEABLE:
            return _Problem(
                why=f"receipt {position + 1} is a {file.format.upper()}, which has no pages", position=position
            )
    unmerged = merge_into_pdf(files, target, limits)
    if unmerged is not None:
        which = "one of them" if unmerged.position is None else f"receipt {unmerged.position + 1}"
        return _Problem(why=f"{which} is encrypted, damaged or too large to open", position=unmerged.position)
    size_bytes = target.stat().st_size
    if size_bytes > rules.size_bytes_max:
        return _Problem(why=f"the PDF has {_megabytes(size_bytes)}", too_large=True)
    return None


def _write_zip(files: Sequence[StoredFile], target: Path, rules: AttachmentRules) -> _Problem | None:
    if write_archive(files, target, rules.size_bytes_max):
        return None
    return _Problem(why="the ZIP is too large", too_large=True)


def _stored(path: Path, kind: FileFormat, name: str) -> StoredFile:
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, hashlib.sha256).hexdigest()
        size_bytes = stream.tell()
    return StoredFile(
        name=safe_name(f"{name}.{kind}", kind), path=str(path), format=kind, size_bytes=size_bytes, sha256=sha256
    )


def _failure(files: Sequence[StoredFile], rules: AttachmentRules, problems: Sequence[_Problem]) -> Failure:
    if any(problem.too_large for problem in problems):
        total = _megabytes(sum(file.size_bytes for file in files))
        return Failure(
            code=FailureCode.RECEIPT_TOO_LARGE,
            path="files",
            message=f"The {len(files)} receipts have {total}; as one file the books take at most "
            f"{_megabytes(rules.size_bytes_max)}.",
            remedy="Replace large receipts in Pleo with smaller files, then export the expense again.",
        )
    problem = problems[0] if problems else _Problem(why="the books take neither PDF nor ZIP")
    return Failure(
        code=FailureCode.RECEIPT_CONVERSION,
        path="files" if problem.position is None else f"files[{problem.position}]",
        message=f"The books take one file, and the {len(files)} receipts do not become one: {problem.why}.",
        remedy="Replace the receipts in Pleo with PDFs without a password or with photos, then export again.",
    )


def _megabytes(size_bytes: int) -> str:
    """Megabytes with one decimal, rounded up."""
    tenths = -(-size_bytes * 10 // MIB)
    return f"{tenths // 10}.{tenths % 10} MB"
