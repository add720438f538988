"""The end of a journal file after a crash: what we had not finished is set aside, what a person wrote stays."""

import os
import re
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from bilag.adapters.accounting.plaintext.dialect import BLOCK_BYTES_MAX, BLOCK_END, RECEIPT_START, VOUCHER_START
from bilag.adapters.accounting.plaintext.disk import Disk, open_own, replace_file, sync_folder

# Room for the longest block and for what a person may have added after it.
_TAIL_BYTES_MAX: Final = 4 * BLOCK_BYTES_MAX

_STARTS: Final = (VOUCHER_START.encode(), RECEIPT_START.encode())
_START: Final = re.compile(b"^(?:" + b"|".join(map(re.escape, _STARTS)) + rb")\S+[ \t\r]*\n", re.MULTILINE)
_HEADER: Final = re.compile(rb"\d{4,}[-/.]\d+[-/.]\d+|; document:")
_OUR_SECOND_LINE: Final = re.compile(rb"[ \t]+(?:; )?(?:external_reference|voucher):")


@dataclass(frozen=True, slots=True, kw_only=True)
class TornBlock:
    """Where an unfinished block of ours lies, in bytes."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """What was taken out of a journal file, and where it lies now."""

    journal: Path
    aside: Path
    size_bytes: int


def torn_block(data: bytes) -> TornBlock | None:
    """The unfinished block at the end of a file, or None.

    Only the last block can be torn: the blocks of a group follow each other in one write, of which a crash leaves
    a beginning. A disk may also leave zero bytes where a write never arrived.
    """
    kept = data.rstrip(b"\0")
    last = next(iter(deque(_START.finditer(kept), maxlen=1)), None)
    if last is not None and not _is_finished(kept, last):
        end = _end_of_ours(kept, last)
        return TornBlock(start=last.start(), end=len(data) if end == len(kept) else end)
    start = _partial_start(kept)
    return TornBlock(start=start, end=len(data)) if start < len(data) else None


def torn_range(path: Path) -> range:
    """Which bytes of a file are an unfinished block, perhaps one that is being written. Raises OSError."""
    skipped, tail = _tail(path)
    torn = torn_block(tail)
    return range(0) if torn is None else range(skipped + torn.start, skipped + torn.end)


def repair_file(disk: Disk, path: Path, folder: Path, now: datetime) -> Repair | None:
    """Take a torn block out of the file and keep it in the folder; None when the file is whole.

    Raises OSError and Unreachable, with the file as it was.
    """
    skipped, tail = _tail(path)
    torn = torn_block(tail)
    if torn is None:
        return None
    aside = _free_name(folder, f"torn-{now:%Y%m%dT%H%M%SZ}", path.name)
    replace_file(disk, aside, tail[torn.start : torn.end], spare=folder / "spare")
    if torn.end == len(tail):
        _shorten(disk, path, skipped + torn.start)
    else:
        whole = path.read_bytes()
        rest = whole[: skipped + torn.start] + whole[skipped + torn.end :]
        replace_file(disk, path, rest, spare=folder / "spare")
    return Repair(journal=path, aside=aside, size_bytes=torn.end - torn.start)


def _tail(path: Path) -> tuple[int, bytes]:
    """The end of the file, where a block may be unfinished, and how many bytes come before it."""
    skipped = max(0, path.stat().st_size - _TAIL_BYTES_MAX)
    with path.open("rb") as file:
        file.seek(skipped)
        return skipped, file.read()


def _partial_start(data: bytes) -> int:
    """Where a last line begins that is the beginning of a start line and nothing more; else the end of the data."""
    begin = data.rfind(b"\n") + 1
    line = data[begin:]
    partial = line and any(start.startswith(line) or line.startswith(start) for start in _STARTS)
    return begin if partial else len(data)


def _end_line(start: re.Match[bytes]) -> bytes:
    return BLOCK_END.encode() + start[0].strip().removeprefix(b"; ")


def _is_finished(data: bytes, start: re.Match[bytes]) -> bool:
    """Whether the block's last line is there, wherever a person may have moved it."""
    return (
        re.compile(b"^" + re.escape(_end_line(start)) + rb"[ \t\r]*$", re.MULTILINE).search(data, start.end())
        is not None
    )


def _end_of_ours(data: bytes, start: re.Match[bytes]) -> int:
    """Where the lines of an unfinished block end; what follows was written by a person after the crash."""
    position = start.end()
    if not _starts_entry(data, position):
        return position
    position += len(_line_at(data, position))
    while (line := _line_at(data, position))[:1] in (b" ", b"\t") and (line.strip() or not line.endswith(b"\n")):
        position += len(line)
    rest = data[position:]
    return len(data) if _end_line(start).startswith(rest) else position


def _starts_entry(data: bytes, position: int) -> bool:
    """Whether the line after a start line is ours: an unfinished one is, a finished one shows it on its second line."""
    line = _line_at(data, position)
    following = _line_at(data, position + len(line))
    if not following.endswith(b"\n") or line.startswith(b"; document:"):
        return position + len(line) + len(following) == len(data) or line.startswith(b"; document:")
    return _HEADER.match(line) is not None and _OUR_SECOND_LINE.match(following) is not None


def _line_at(data: bytes, position: int) -> bytes:
    newline = data.find(b"\n", position)
    return data[position:] if newline < 0 else data[position : newline + 1]


def _free_name(folder: Path, stem: str, name: str) -> Path:
    """A name that nothing has yet; a folder full of torn pieces ends the search."""
    tries_max = 1000
    for attempt in range(tries_max):
        candidate = folder / (f"{stem}-{name}" if not attempt else f"{stem}-{attempt}-{name}")
        if not candidate.exists():
            return candidate
    raise FileExistsError(f"{folder} holds too many torn pieces; look at them and remove them")


def _shorten(disk: Disk, path: Path, size_bytes: int) -> None:
    descriptor = open_own(path, os.O_RDWR)
    try:
        disk.cut(descriptor, size_bytes)
        disk.sync(descriptor)
    finally:
        os.close(descriptor)
    sync_folder(disk, path.parent)
