"""The plain-text books as an accounting system.

All reading and writing of the books happens in one thread of their own, so that nothing needs a lock inside the
process; copying receipts happens beside it.
"""

import asyncio
import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from functools import partial
from itertools import count
from pathlib import Path
from typing import Final, TypeAlias, TypeVar, cast

from bilag.adapters.accounting.plaintext import documents
from bilag.adapters.accounting.plaintext.books import Books
from bilag.adapters.accounting.plaintext.config import PlaintextConfig
from bilag.adapters.accounting.plaintext.disk import Disk
from bilag.adapters.accounting.plaintext.group_commit import GroupCommit
from bilag.adapters.accounting.plaintext.payable_statement import payable_items, payable_statement
from bilag.adapters.accounting.plaintext.posting_group import PostRequest, post_group
from bilag.adapters.accounting.plaintext.readiness import folder_problems
from bilag.adapters.accounting.plaintext.receipt_group import LinkAnswer, LinkRequest, link_group
from bilag.adapters.accounting.plaintext.text_escape import holdable
from bilag.domain.attachment import AttachmentRules, FileFormat, NoteFile, StoredFile
from bilag.domain.books_account import BooksAccount
from bilag.domain.capabilities import Capabilities, KeyClass
from bilag.domain.document import Document
from bilag.domain.expense_type import BookkeepingMethod
from bilag.domain.failure import Failure, FailureCode, JobFailure
from bilag.domain.payables import BooksVendor, PayableItem, PayableKeys, PayableStatement, VendorQuery
from bilag.domain.period import AccountingPeriod
from bilag.ports.accounting_system import PostAnswer, PostedDocument, SendCheck, unchecked
from bilag.ports.clock import Clock
from bilag.ports.errors import Trouble, Unreachable

POSTS_AT_ONCE: Final = 64
# Questions that share one look at the files.
ASKS_AT_ONCE: Final = 64
_COPIES_AT_ONCE: Final = 4
_RULES: Final = AttachmentRules(formats=frozenset(FileFormat))
CAPABILITIES: Final = Capabilities(
    system="plaintext",
    methods=frozenset({BookkeepingMethod.JOURNAL, BookkeepingMethod.ACCOUNTS_PAYABLE, BookkeepingMethod.NONE}),
    key_class=KeyClass.NATURAL_KEY,
    drafts=True,
    periods=True,
    attachments=_RULES,
    posts_at_once=POSTS_AT_ONCE,
)

_Found = TypeVar("_Found")
Ask: TypeAlias = Callable[[Books], object]


class PlaintextBooks:
    """Keeps bilag.ports.accounting_system.AccountingSystem over a folder of text files.

    Opens the folder at the first call that needs it; until then nothing is locked or created. Every method but
    `problems` raises NeedsPerson when the configuration is wrong and Unreachable when the folder cannot be had.
    """

    def __init__(self, config: PlaintextConfig, clock: Clock, disk: Disk | None = None) -> None:
        self._config = config
        self._disk = disk or Disk()
        self._books = Books(config, clock, self._disk)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="plaintext-books")
        self._copiers = ThreadPoolExecutor(max_workers=_COPIES_AT_ONCE, thread_name_prefix="plaintext-receipts")
        self._posts = GroupCommit[PostRequest, PostAnswer](
            self._thread, lambda group: post_group(self._books, group), POSTS_AT_ONCE
        )
        self._links = GroupCommit[LinkRequest, LinkAnswer](
            self._thread, lambda group: link_group(self._books, group), POSTS_AT_ONCE
        )
        self._looks = GroupCommit[Ask, object](
            self._thread, partial(_answers, self._books, self._books.look), ASKS_AT_ONCE
        )
        self._asks = GroupCommit[Ask, object](
            self._thread, partial(_answers, self._books, self._books.ready), ASKS_AT_ONCE
        )
        self._incoming_numbers = count(1)
        self._closed = False

    @property
    def capabilities(self) -> Capabilities:
        """Journal entries and vendor documents with drafts, periods and any receipt that Pleo has."""
        return CAPABILITIES

    async def problems(self) -> tuple[JobFailure, ...]:
        """What is wrong with the configuration, the folder and its lock. Changes nothing."""
        found = self._config.problems()
        return found + await self._in_thread(lambda: folder_problems(self._books))

    async def accounts(self, numbers: Sequence[str]) -> Mapping[str, BooksAccount]:
        """The accounts with these numbers; all of them where a posting may open an account."""

        def looked_up(books: Books) -> Mapping[str, BooksAccount]:
            return {number: found for number in numbers if (found := books.accounts.find(number))}

        return cast("Mapping[str, BooksAccount]", await self._looks.submit(looked_up))

    async def unknown_tax_codes(self, codes: Sequence[str]) -> frozenset[str]:
        """The codes outside the configured list; none when no list is configured."""
        known = self._config.tax_codes
        return frozenset(codes) - known if known else frozenset()

    async def unknown_dimensions(self, keys: Sequence[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        """The (group, code) pairs outside the configured list; none when no list is configured."""
        known = self._config.dimensions
        return frozenset(keys) - known if known else frozenset()

    async def vendors(self, query: VendorQuery) -> tuple[BooksVendor, ...]:
        """The configured vendors with the value; text books pay nobody by themselves."""
        return self._books.vendors.matching(query)

    async def payable_items(self, keys: PayableKeys) -> tuple[PayableItem, ...]:
        """The vendor's documents that share a key, oldest first, as they stand now. Raises BadAnswer."""
        return await self._viewing(lambda: payable_items(self._books, keys))

    async def payables(self) -> PayableStatement:
        """What is open, and the sums of all postings to the payable accounts. Raises BadAnswer, naming file and line.

        Locks and creates nothing while the books are not open.
        """
        return await self._viewing(lambda: payable_statement(self._books))

    async def period_of(self, day: date) -> AccountingPeriod | None:
        """The period of the table that covers the day."""
        return self._config.periods.period_of(day)

    async def next_open_period(self, after: date) -> AccountingPeriod | None:
        """The first open period of the table that starts after the day."""
        return self._config.periods.next_open(after)

    async def post(self, document: Document, content_hash: str, check: SendCheck = unchecked) -> PostAnswer:  # noqa: ARG002  a unique reference bears any wait
        """Book the document once, on the disk before this returns. Raises OutcomeUnknown when undoing failed too."""
        return await self._posts.submit(PostRequest(document=document, content_hash=content_hash))

    async def find_by_reference(self, external_reference: str) -> PostedDocument | None:
        """The entry as it stands now, a person's edits included. Raises BadAnswer when it cannot be read back."""
        return await self._with_books(lambda books: books.find(external_reference))

    async def attached(self, external_id: str) -> frozenset[str]:
        """The hashes of the receipts that the books name and whose files are there. Raises BadAnswer."""
        return await self._with_books(lambda books: books.attached(external_id))

    async def attach(self, external_id: str, file: StoredFile) -> Failure | None:
        """Copy the file into the books' documents and link it; a file that is linked already is left alone."""
        if file.size_bytes > _RULES.size_bytes_max:
            return _too_large(file)
        name = documents.safe_name(file.name, file.format)
        return await self._store(
            external_id,
            file.sha256,
            name,
            lambda incoming: documents.copy_in(self._disk, Path(file.path), incoming, file.sha256),
        )

    async def attach_note(self, external_id: str, note: NoteFile) -> Failure | None:
        """Write the text into the books' documents and link it; the same text again changes nothing."""
        data = holdable(note.text).encode()
        return await self._store(
            external_id,
            hashlib.sha256(data).hexdigest(),
            documents.safe_name(note.name, FileFormat.TXT),
            lambda incoming: documents.write_in(self._disk, data, incoming),
        )

    async def close(self) -> None:
        """Finish what was asked for, then let the next writer in. Closing again does nothing."""
        if self._closed:
            return
        self._closed = True
        for asked in (self._posts, self._links, self._looks, self._asks):
            await asked.drain()
        await self._in_thread(self._books.close)
        self._thread.shutdown()
        self._copiers.shutdown()

    async def _store(
        self, external_id: str, sha256: str, name: str, bring_in: Callable[[Path], Failure | None]
    ) -> Failure | None:
        if sha256 in await self.attached(external_id):
            return None
        incoming = self._books.layout.incoming / f"{os.getpid()}-{next(self._incoming_numbers)}"
        loop = asyncio.get_running_loop()
        try:
            failure = await loop.run_in_executor(self._copiers, bring_in, incoming)
            if failure is not None:
                return failure
            return await self._links.submit(
                LinkRequest(external_id=external_id, incoming=incoming, name=name, sha256=sha256)
            )
        except OSError as problem:
            raise Unreachable(f"the receipt {name} cannot be stored: {problem}") from problem
        finally:
            with suppress(OSError):
                incoming.unlink(missing_ok=True)

    async def _with_books(self, ask: Callable[[Books], _Found]) -> _Found:
        """What the open books say, asked together with whoever else asks now."""
        return cast("_Found", await self._asks.submit(ask))

    async def _viewing(self, ask: Callable[[], _Found]) -> _Found:
        def asked() -> _Found:
            try:
                return ask()
            except OSError as problem:
                raise Unreachable(f"the books cannot be read: {problem}") from problem

        return await self._in_thread(asked)

    async def _in_thread(self, work: Callable[[], _Found]) -> _Found:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _answers(books: Books, take_in: Callable[[], None], asks: Sequence[Ask]) -> list[object]:
    """The answer to each, or its trouble, after one look at what people changed. Raises what concerns all of them."""
    take_in()
    return [_answer(books, ask) for ask in asks]


def _answer(books: Books, ask: Ask) -> object:
    try:
        return ask(books)
    except OSError as problem:
        unreachable = Unreachable(f"the books cannot be read: {problem}")
        unreachable.__cause__ = problem
        return unreachable
    except Trouble as trouble:
        return trouble


def _too_large(file: StoredFile) -> Failure:
    return Failure(
        code=FailureCode.RECEIPT_TOO_LARGE,
        path="files",
        message=f"The receipt {file.name} has {file.size_bytes} bytes; the books take {_RULES.size_bytes_max}.",
        remedy="Upload a smaller version of the receipt in Pleo.",
    )
