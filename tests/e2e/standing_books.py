"""The books as beancount itself loads them; nothing here comes from bilag."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from beancount import loader
from beancount.core import data as beancount


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingPosting:
    """One side of an entry; debits are positive."""

    account: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingEntry:
    """One entry. `files` are the contents that the books link to it."""

    reference: str
    voucher: str
    day: str
    original_day: str
    is_final: bool
    postings: tuple[StandingPosting, ...]
    files: tuple[bytes, ...]

    @property
    def entry_id(self) -> str:
        return self.reference.split(".")[1]

    @property
    def generation(self) -> str:
        return self.reference.split(".")[2]

    @property
    def moves_money(self) -> bool:
        """Whether it can be the entry of an expense that moves a wallet: no invoice and no credit note does."""
        return self.generation[:2] in ("je", "vp")


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingBooks:
    """All entries in the order of their vouchers."""

    entries: tuple[StandingEntry, ...]

    def by_entry_id(self) -> dict[str, StandingEntry]:
        """The entries of books in which no expense stands twice."""
        found = {entry.entry_id: entry for entry in self.entries}
        assert len(found) == len(self.entries)
        return found

    def balances(self) -> dict[tuple[str, str], Decimal]:
        """The balance of every account number in every currency."""
        sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for entry in self.entries:
            for posting in entry.postings:
                sums[posting.account, posting.currency] += posting.amount
        return dict(sums)


def books_in(folder: Path) -> StandingBooks:
    """The books, which beancount takes without a word; books that nobody opened yet are empty."""
    if not (folder / "main.beancount").exists():
        return StandingBooks(entries=())
    entries, errors, _ = loader.load_file(str(folder / "main.beancount"))
    assert not errors, errors
    opened = [one for one in entries if isinstance(one, beancount.Open)]
    numbers = {one.account: one.meta.get("number") or one.meta["payable"] for one in opened}
    files: dict[str, list[bytes]] = defaultdict(list)
    for document in (one for one in entries if isinstance(one, beancount.Document)):
        assert document.links is not None
        (link,) = document.links
        files[link].append(Path(document.filename).read_bytes())
    standing = [_entry(one, numbers, files) for one in entries if isinstance(one, beancount.Transaction)]
    return StandingBooks(entries=tuple(sorted(standing, key=lambda entry: entry.voucher)))


def _entry(transaction: Any, numbers: dict[str, str], files: dict[str, list[bytes]]) -> StandingEntry:
    meta = transaction.meta
    # An entry has a link of its own, and those of the documents that it settles.
    link = next(one for one in transaction.links if one.endswith(meta["external_reference"]))
    return StandingEntry(
        reference=meta["external_reference"],
        voucher=meta["voucher"],
        day=transaction.date.isoformat(),
        original_day=str(meta.get("original_date", transaction.date)),
        is_final=transaction.flag == "*",
        postings=tuple(
            StandingPosting(
                account=numbers[posting.account], amount=posting.units.number, currency=posting.units.currency
            )
            for posting in transaction.postings
        ),
        files=tuple(files.get(link, ())),
    )
