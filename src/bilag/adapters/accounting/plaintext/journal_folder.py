"""The journal files as a whole: prepared and repaired at the start, watched for a person's edits, appended to."""

import logging
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from bilag.adapters.accounting.plaintext.amounts import Unreadable
from bilag.adapters.accounting.plaintext.dialect import Dialect, StandingEntry, StandingReceipt
from bilag.adapters.accounting.plaintext.disk import (
    FOLDER_MODE,
    Disk,
    Signature,
    append,
    replace_file,
    sync_folder,
)
from bilag.adapters.accounting.plaintext.index import Place, ReferenceIndex, file_and_offset, place
from bilag.adapters.accounting.plaintext.layout import Layout
from bilag.adapters.accounting.plaintext.repair import Repair, repair_file
from bilag.adapters.accounting.plaintext.scan import read_block, scan
from bilag.adapters.accounting.plaintext.voucher_numbers import remember_vouchers, remembered_vouchers
from bilag.domain.money import Currency
from bilag.ports.clock import Clock
from bilag.ports.errors import BadAnswer, Trouble

_LOG: Final = logging.getLogger(__name__)
_OPENING_TEXT: Final = "Opening entries and others of your own; bilag reads its accounts and never changes it."


class JournalFolder:
    """The files, the index over them, and what was last seen of each. Used by one thread at a time."""

    def __init__(self, layout: Layout, dialect: Dialect, disk: Disk, clock: Clock) -> None:
        self.layout = layout
        self.index = ReferenceIndex()
        self.repairs: tuple[Repair, ...] = ()
        self._dialect = dialect
        self._disk = disk
        self._clock = clock
        self._suspect: set[Path] = set()
        self._paths: list[Path] = []
        self._numbers: dict[Path, int] = {}
        self._seen: dict[str, Signature] = {}

    def prepare(self, title: str, currency: Currency) -> None:
        """Create what is missing; a file that is there is left as it is. Raises OSError, Unreachable."""
        layout = self.layout
        for folder in (layout.state, layout.journal, layout.documents, layout.incoming):
            if not folder.is_dir():
                folder.mkdir(FOLDER_MODE)
                sync_folder(self._disk, folder.parent)
        for left_over in layout.incoming.iterdir():
            left_over.unlink()
        self._create(layout.accounts, self._dialect.header_text("Accounts, opened by bilag or by you."))
        self._create(layout.opening, self._dialect.header_text(_OPENING_TEXT))
        self._create(layout.main, self._dialect.main_text(title, currency))
        main = layout.main.read_text(encoding="utf-8", errors="replace")
        for wanted in (layout.accounts.name, f"journal/*.{layout.ending}"):
            if wanted not in main:
                _LOG.warning("%s does not include %s; viewers will miss those entries", layout.main, wanted)
        self._suspect.update(layout.journal.glob(f"*.{layout.ending}"))

    def refresh(self) -> None:
        """Take in what somebody changed, and set aside what a failed write left. Raises OSError, Unreachable."""
        self._repair()
        found: dict[str, Signature] = {}
        with os.scandir(self.layout.journal) as entries:
            for entry in entries:
                if entry.name.endswith(f".{self.layout.ending}") and entry.is_file():
                    found[entry.name] = Signature.of(entry.stat())
        if found == self._seen:
            return
        for name in sorted(self._seen.keys() | found.keys()):
            if self._seen.get(name) == found.get(name):
                continue
            number = self._number(self.layout.journal / name)
            self.index.forget(number)
            if name in found:
                scan(self._paths[number], number, self._dialect, self.index)
        self._seen = found

    def recall_vouchers(self) -> None:
        """Count in the voucher numbers that were given and no longer stand."""
        for voucher in remembered_vouchers(self.layout.vouchers):
            self.index.count_voucher(voucher)

    def append(self, path: Path, about: str, blocks: Sequence[tuple[bytes, int]]) -> tuple[Place, ...]:
        """Append the blocks in one durable write; gives the place of each. Each comes with the offset of its text.

        Raises Unreachable when nothing was written, OutcomeUnknown, OSError when not even the file could be made.
        """
        if not path.exists():
            self._create(path, self._dialect.header_text(about))
            self._seen[path.name] = Signature.of(path.stat())
        try:
            appended = append(self._disk, path, b"".join(block for block, _ in blocks))
        except Trouble:
            self._seen.pop(path.name, None)
            self._suspect.add(path)
            raise
        if self._seen.get(path.name) == appended.before:
            self._seen[path.name] = appended.after
        else:
            # A person saved the file after we last read it, so it is read again before the next question.
            self._seen.pop(path.name, None)
        offset = appended.offset
        places = []
        for block, text_offset in blocks:
            places.append(place(self._number(path), offset + text_offset))
            offset += len(block)
        return tuple(places)

    def note_vouchers(self) -> None:
        """Write down the highest voucher numbers."""
        remember_vouchers(self.layout.vouchers, self.index.last_numbers())

    @property
    def signatures(self) -> Mapping[str, Signature]:
        """What was last seen of every journal file, by its name."""
        return self._seen

    def number_of(self, name: str) -> int:
        """The number that stands for the journal file in places."""
        return self._number(self.layout.journal / name)

    def file_of(self, where: Place) -> Path:
        """The journal file of the place."""
        return self._paths[file_and_offset(where)[0]]

    def entries(self, places: Iterable[Place]) -> tuple[StandingEntry, ...]:
        """The entries as they stand. Raises BadAnswer when a person changed one beyond reading, OSError."""
        return tuple(self._entry(where) for where in places)

    def receipts(self, external_id: str) -> tuple[StandingReceipt, ...]:
        """The receipts of an entry as they stand. Raises BadAnswer, OSError."""
        return tuple(self._receipt(where) for where in self.index.receipts(external_id))

    def _entry(self, where: Place) -> StandingEntry:
        number, offset = file_and_offset(where)
        try:
            return self._dialect.read_entry(read_block(self._paths[number], offset))
        except Unreadable as why:
            raise unreadable(self._paths[number], offset, why) from why

    def _receipt(self, where: Place) -> StandingReceipt:
        number, offset = file_and_offset(where)
        try:
            return self._dialect.read_receipt(read_block(self._paths[number], offset))
        except Unreadable as why:
            raise unreadable(self._paths[number], offset, why) from why

    def _repair(self) -> None:
        """Set aside what a crash or a write that could not be undone left, before anything is written behind it."""
        while self._suspect:
            path = min(self._suspect)
            done = repair_file(self._disk, path, self.layout.state, self._clock.now()) if path.exists() else None
            if done is not None:
                self.repairs = (*self.repairs, done)
                _LOG.warning("%s ended in an unfinished entry, which now lies in %s", path.name, done.aside)
            self._suspect.discard(path)

    def _create(self, path: Path, text: str) -> None:
        if not path.exists():
            replace_file(self._disk, path, text.encode(), spare=self.layout.spare)

    def _number(self, path: Path) -> int:
        if path not in self._numbers:
            self._numbers[path] = len(self._paths)
            self._paths.append(path)
        return self._numbers[path]


def unreadable(path: Path, offset: int, why: Unreadable | str) -> BadAnswer:
    """What to tell of an entry at the offset in bytes that a person changed beyond reading."""
    with path.open("rb") as file:
        line = file.read(offset).count(b"\n") + 1
    return BadAnswer(f"{path.name} line {line} cannot be read back: {why}. Correct the entry there")
