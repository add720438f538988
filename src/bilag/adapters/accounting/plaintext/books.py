"""The books while they are open: locked, laid out, repaired, indexed. Used by one thread at a time."""

import os
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final, assert_never
from urllib.parse import quote

from bilag.adapters.accounting.plaintext.account_book import AccountBook
from bilag.adapters.accounting.plaintext.config import PlaintextConfig, Syntax
from bilag.adapters.accounting.plaintext.dialect import Dialect, StandingEntry
from bilag.adapters.accounting.plaintext.disk import FOLDER_MODE, Disk
from bilag.adapters.accounting.plaintext.index import Place
from bilag.adapters.accounting.plaintext.journal_folder import JournalFolder
from bilag.adapters.accounting.plaintext.layout import Layout
from bilag.adapters.accounting.plaintext.lock import FolderLock
from bilag.adapters.accounting.plaintext.payables_register import PayablesRegister
from bilag.adapters.accounting.plaintext.syntax_beancount import BeancountDialect
from bilag.adapters.accounting.plaintext.syntax_hledger import HledgerDialect
from bilag.adapters.accounting.plaintext.text_escape import holdable, link
from bilag.domain.known_vendor import VendorDirectory
from bilag.ports.accounting_system import PostedDocument
from bilag.ports.clock import Clock
from bilag.ports.errors import BadAnswer, NeedsPerson, Unreachable


def dialect_of(syntax: Syntax) -> Dialect:
    """The syntax at work."""
    match syntax:
        case Syntax.BEANCOUNT:
            return BeancountDialect()
        case Syntax.HLEDGER:
            return HledgerDialect()
        case _:
            assert_never(syntax)


class Books:
    """The parts that belong together while one writer holds the folder."""

    def __init__(self, config: PlaintextConfig, clock: Clock, disk: Disk) -> None:
        self.config: Final = config
        self.disk: Final = disk
        self.dialect: Final = dialect_of(config.syntax)
        self.layout: Final = Layout(folder=config.folder.absolute(), ending=self.dialect.ending)
        self.folder = JournalFolder(self.layout, self.dialect, disk, clock)
        self.accounts = AccountBook(config, self.layout, self.dialect, disk)
        self.vendors: Final = VendorDirectory(config.vendors)
        self._clock = clock
        self._lock: FolderLock | None = None
        self._viewed: JournalFolder | None = None
        self._register: PayablesRegister | None = None

    def ready(self) -> None:
        """Open the books if they are not open, and take in what a person changed since the last time.

        Raises NeedsPerson on a wrong configuration, Unreachable when the folder cannot be had.
        """
        try:
            if self._lock is None:
                self._open()
            self.folder.refresh()
            self.accounts.refresh()
        except OSError as problem:
            raise Unreachable(f"the books cannot be read: {problem}") from problem

    def look(self) -> None:
        """Take in the accounts only: nothing is locked or created, so that planning disturbs nobody.

        Raises NeedsPerson on a wrong configuration, Unreachable when the accounts cannot be read.
        """
        self._require_sound_config()
        try:
            if self.layout.accounts.exists():
                self.accounts.refresh()
        except OSError as problem:
            raise Unreachable(f"the accounts cannot be read: {problem}") from problem

    def view(self) -> JournalFolder:
        """The journal files as they are now: nothing is locked, created or repaired while the books are not open.

        Raises NeedsPerson on a wrong configuration, Unreachable when the files cannot be read.
        """
        if self.is_open:
            self.ready()
            return self.folder
        self.look()
        try:
            if self._viewed is None:
                self._viewed = JournalFolder(self.layout, self.dialect, self.disk, self._clock)
            if self.layout.journal.is_dir():
                self._viewed.refresh()
        except OSError as problem:
            raise Unreachable(f"the books cannot be read: {problem}") from problem
        return self._viewed

    def register(self, folder: JournalFolder) -> PayablesRegister:
        """The vendor documents in these journal files as they were last seen, built when first asked for.

        Raises OSError.
        """
        if self._register is None or not self._register.belongs_to(folder):
            self._drop_register()
            self._register = PayablesRegister(folder, self.dialect, self.accounts)
        self._register.sync()
        return self._register

    def appended(self, path: Path, entries: Sequence[tuple[StandingEntry, Place]]) -> None:
        """Index the entries that were just written to a journal file."""
        for entry, where in entries:
            self.folder.index.add(entry.external_reference, entry.voucher, where)
        if self._register is not None and self._register.belongs_to(self.folder):
            self._register.added(path.name, entries)

    @property
    def is_open(self) -> bool:
        """Whether we hold the folder."""
        return self._lock is not None

    def find(self, reference: str) -> PostedDocument | None:
        """The entry with the reference, or None. Raises BadAnswer when it stands twice or cannot be read."""
        places = self.folder.index.places(holdable(reference))
        if len(places) > 1:
            vouchers = ", ".join(entry.voucher for entry in self.folder.entries(places))
            raise BadAnswer(f"{reference} stands more than once in the books: vouchers {vouchers}. Remove the copies")
        entries = self.folder.entries(places)
        return self.posted(entries[0]) if entries else None

    def posted(self, entry: StandingEntry) -> PostedDocument:
        """The entry in the words of the port."""
        reference = entry.external_reference
        fava = self.config.fava_url.rstrip("/")
        return PostedDocument(
            external_reference=reference,
            external_id=entry.voucher or reference,
            external_url=f"{fava}/journal/?filter={quote('^' + link(reference))}" if fava else "",
            posting_date=entry.day,
            mode=entry.mode,
            total=entry.total,
            content_hash=entry.content_hash,
            settles=entry.vendor.settles if entry.vendor else (),
        )

    def receipt_file(self, path: str) -> Path:
        """Where a receipt lies that the books name relative to the journal files."""
        return self.layout.journal / path

    def holds(self, file: Path) -> bool:
        """Whether the file lies in the folder of the books, as its path says."""
        return Path(os.path.normpath(file)).is_relative_to(os.path.normpath(self.layout.folder))

    def own_links(self) -> tuple[Path, ...]:
        """Links in the place of folders whose content is ours to overwrite and delete; we do not follow them."""
        return tuple(own for own in (self.layout.state, self.layout.incoming) if own.is_symlink())

    def attached(self, external_id: str) -> frozenset[str]:
        """The hashes of the entry's receipts whose files are there."""
        receipts = self.folder.receipts(external_id)
        return frozenset(one.sha256 for one in receipts if one.sha256 and self.receipt_file(one.path).exists())

    def close(self) -> None:
        """Write down the voucher numbers and let the next writer in."""
        self._drop_register()
        if self._lock is not None:
            self.folder.note_vouchers()
            self._lock.release()
            self._lock = None

    def _open(self) -> None:
        self._require_sound_config()
        if not self.layout.folder.is_dir():
            raise Unreachable(f"the folder of the books, {self.layout.folder}, does not exist")
        if links := self.own_links():
            raise NeedsPerson(f"{links[0]} is a link, and what bilag keeps there is written over. Put a folder there")
        self.layout.state.mkdir(FOLDER_MODE, exist_ok=True)
        with ExitStack() as stack:
            lock = FolderLock.take(self.layout.lock)
            stack.callback(lock.release)
            self.folder = JournalFolder(self.layout, self.dialect, self.disk, self._clock)
            self.folder.prepare(self.config.title, self.config.currency)
            self.folder.refresh()
            self.folder.recall_vouchers()
            self.accounts.refresh()
            self.accounts.open_chart()
            stack.pop_all()
        self._lock = lock
        self._viewed = None

    def _drop_register(self) -> None:
        if self._register is not None:
            self._register.close()
            self._register = None

    def _require_sound_config(self) -> None:
        if self._lock is None and (problems := self.config.problems()):
            raise NeedsPerson(" ".join(problem.message for problem in problems))
