"""Posting a group of documents: checked one by one, written together, each file's share in one durable write."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bilag.adapters.accounting.plaintext import refusals
from bilag.adapters.accounting.plaintext.amounts import Unreadable
from bilag.adapters.accounting.plaintext.books import Books
from bilag.adapters.accounting.plaintext.dialect import (
    BLOCK_BYTES_MAX,
    NewEntry,
    StandingEntry,
    voucher_block,
)
from bilag.adapters.accounting.plaintext.index import voucher_text
from bilag.adapters.accounting.plaintext.periods import file_name, fiscal_year
from bilag.adapters.accounting.plaintext.settling import Claims, vendor_difference
from bilag.adapters.accounting.plaintext.text_escape import holdable
from bilag.domain.document import Document
from bilag.domain.ledger import AccountRole, Side
from bilag.domain.payables import VendorDocument
from bilag.domain.period import AccountingPeriod
from bilag.ports.accounting_system import PeriodRefused, PostAnswer, Rejected
from bilag.ports.errors import BadAnswer, OutcomeUnknown, Trouble, Unreachable


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRequest:
    """A document to book, with the hash of its content."""

    document: Document
    content_hash: str

    @property
    def reference(self) -> str:
        """The reference as the books hold it."""
        return holdable(self.document.external_reference)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """An entry that only waits to be written: its bytes, where its text starts in them, and what the text says."""

    position: int
    block: tuple[bytes, int]
    standing: StandingEntry


def post_group(books: Books, requests: Sequence[PostRequest]) -> list[PostAnswer | Trouble]:
    """The answer to every request, in its place. Raises trouble that concerns all of them alike."""
    books.ready()
    answers: dict[int, PostAnswer | Trouble] = {}
    shares: dict[str, tuple[AccountingPeriod, list[int]]] = {}
    first: set[str] = set()
    repeats: list[int] = []
    for position, request in enumerate(requests):
        if request.reference in first:
            repeats.append(position)
            continue
        first.add(request.reference)
        answer = _answer_at_once(books, request)
        if isinstance(answer, AccountingPeriod):
            shares.setdefault(file_name(answer), (answer, []))[1].append(position)
        else:
            answers[position] = answer
    for period, positions in shares.values():
        answers |= _write(books, period, {position: requests[position] for position in positions})
    if repeats:
        again = post_group(books, [requests[position] for position in repeats])
        answers |= zip(repeats, again, strict=True)
    return [answers[position] for position in range(len(requests))]


def _answer_at_once(books: Books, request: PostRequest) -> PostAnswer | Trouble | AccountingPeriod:
    """What can be said without writing; the period of the document when it is to be written."""
    try:
        entries = books.folder.entries(books.folder.index.places(request.reference))
    except BadAnswer as trouble:
        return trouble
    except OSError as problem:
        return Unreachable(f"the books cannot be read: {problem}")
    if entries:
        return _answer_from(books, request, entries)
    period = books.config.periods.period_of(request.document.posting_date.date)
    failures = refusals.posting_failures(request.document, books.accounts, books.config)
    if period is None:
        failures = (refusals.day_without_period(request.document), *failures)
    if failures or period is None:
        return Rejected(failures=failures)
    return PeriodRefused(period=period.name) if period.closed else period


def _answer_from(books: Books, request: PostRequest, entries: Sequence[StandingEntry]) -> PostAnswer:
    """The answer to a repeat. An entry whose hash a person removed counts as the same."""
    if len(entries) > 1:
        vouchers = (entry.voucher for entry in entries)
        return Rejected(failures=(refusals.standing_twice(request.reference, vouchers),))
    if entries[0].content_hash not in {"", request.content_hash}:
        return Rejected(failures=(refusals.other_content(entries[0]),))
    return books.posted(entries[0])


def _write(books: Books, period: AccountingPeriod, share: dict[int, PostRequest]) -> dict[int, PostAnswer | Trouble]:
    """Write the share of one period's file. Voucher numbers are given here, and only kept once they are written."""
    answers: dict[int, PostAnswer | Trouble] = {}
    ready: list[_Ready] = []
    year = fiscal_year(period, books.config.fiscal_year_first_month)
    number = books.folder.index.last_number(year)
    try:
        claims = Claims(books)
        for position, request in share.items():
            refused = claims.refused(request.document)
            drawn = refused or _draw_up(books, request, voucher_text(year, number + 1), position)
            if isinstance(drawn, _Ready):
                ready.append(drawn)
                claims.take(request.document)
                number += 1
            else:
                answers[position] = drawn
        answers |= _append(books, period, ready)
    except (OutcomeUnknown, Unreachable) as trouble:
        answers |= {position: trouble for position in share if position not in answers}
    except OSError as problem:
        unreachable = Unreachable(f"the books cannot be written: {problem}")
        answers |= {position: unreachable for position in share if position not in answers}
    return answers


def _append(books: Books, period: AccountingPeriod, ready: Sequence[_Ready]) -> dict[int, PostAnswer | Trouble]:
    if not ready:
        return {}
    path = books.layout.period_file(file_name(period))
    about = f"Accounting period {period.name}, {period.start} to {period.end}"
    places = books.folder.append(path, about, [one.block for one in ready])
    books.appended(path, [(one.standing, where) for one, where in zip(ready, places, strict=True)])
    books.folder.note_vouchers()
    return {one.position: books.posted(one.standing) for one in ready}


def _draw_up(books: Books, request: PostRequest, voucher: str, position: int) -> _Ready | Rejected:
    """The entry's lines, read back before they are written: they say what the document says, or it is refused."""
    document = request.document
    roles = {posting.account: posting.role for posting in document.postings}
    accounts = books.accounts.opened(roles, [document.currency])
    entry = NewEntry(
        document=document,
        content_hash=request.content_hash,
        voucher=voucher,
        accounts=accounts,
        vendor_accounts=_vendor_accounts(books, document),
    )
    text = books.dialect.entry_text(entry)
    block = voucher_block(voucher, text)
    if len(block[0]) > BLOCK_BYTES_MAX:
        return Rejected(failures=(refusals.too_long(document),))
    try:
        standing = books.dialect.read_entry(text)
        problem = _difference(standing, request, voucher) or vendor_difference(
            standing, document, books.accounts.vendor_accounts
        )
    except Unreadable as why:
        problem = str(why)
    if problem:
        return Rejected(failures=(refusals.not_readable(document, problem),))
    return _Ready(position=position, block=block, standing=standing)


def _vendor_accounts(books: Books, document: Document) -> Mapping[str, str]:
    """The vendor's own accounts that the document posts to, by the numbers of the payable accounts."""
    if not isinstance(document, VendorDocument):
        return {}
    payables = (one.account for one in document.postings if one.role is AccountRole.ACCOUNTS_PAYABLE)
    return books.accounts.opened_for_vendor(payables, document.vendor)


def _difference(standing: StandingEntry, request: PostRequest, voucher: str) -> str:
    """How the written entry differs from the document, or empty text."""
    document = request.document
    said = (standing.external_reference, standing.voucher, standing.day, standing.mode, standing.total)
    meant = (request.reference, voucher, document.posting_date.date, document.mode, document.total(Side.DEBIT))
    return "" if said == meant else f"{said} instead of {meant}"
