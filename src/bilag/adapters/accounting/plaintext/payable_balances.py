"""The balances of the payable accounts, added up from every posting of every transaction, whoever wrote it.

Nothing of the register is used, so that each of the two can be held against the other.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from bilag.adapters.accounting.plaintext.account_book import AccountBook, PayableKey
from bilag.adapters.accounting.plaintext.amounts import Unreadable, read_amount
from bilag.adapters.accounting.plaintext.books import Books
from bilag.adapters.accounting.plaintext.dialect import Dialect, LoosePosting
from bilag.adapters.accounting.plaintext.layout import Layout
from bilag.adapters.accounting.plaintext.repair import torn_range
from bilag.domain.money import Currency, Money
from bilag.domain.payables import PayableBalance
from bilag.ports.errors import BadAnswer

FILES_MAX: Final = 10_000
# Lines that start with a digit, each with the indented lines below it.
_DATED: Final = re.compile(r"^\d[^\n]*\n?(?:[ \t][^\n]*\n?)*", re.MULTILINE)
_NOT_NEWLINE: Final = re.compile(rb"[^\n]")


def payable_balances(books: Books) -> tuple[PayableBalance, ...]:
    """What each payable account says of each vendor in each currency, without what is zero.

    Raises BadAnswer where a transaction on one of them cannot be read, OSError.
    """
    names = _PayableNames(books.accounts)
    sums: dict[tuple[str, str, Currency], int] = defaultdict(int)
    for path in _files(books.layout, books.dialect) if names.stems else ():
        text = books.dialect.without_comments(_finished_text(path))
        for offset, line in books.dialect.indirect_lines(text):
            if names.touch(line) or "apply" in line:
                raise _not_read(path, text, offset, f"{line.strip()!r} moves or renames amounts without a posting")
        for found in _DATED.finditer(text):
            if not names.touch(found[0]) or not books.dialect.is_transaction(found[0]):
                continue
            try:
                for key, amount in _amounts(books.dialect.loose_postings(found[0]), names):
                    sums[*key, amount.currency] -= amount.minor
            except Unreadable as why:
                raise _not_read(path, text, found.start(), str(why)) from why
    return tuple(
        PayableBalance(account=account, vendor_number=vendor, balance=Money(minor, currency))
        for (account, vendor, currency), minor in sorted(sums.items())
        if minor
    )


class _PayableNames:
    """Which account names are payable accounts, and whose."""

    def __init__(self, accounts: AccountBook) -> None:
        self._own: Mapping[str, PayableKey] = accounts.vendor_accounts
        self._payables: Mapping[str, str] = accounts.payable_names()
        above = tuple(f"{name}:" for name in self._payables)
        self.stems = [*self._payables, *(name for name in self._own if not name.startswith(above))]
        self._touched = re.compile("|".join(re.escape(stem) for stem in self.stems))

    def touch(self, text: str) -> bool:
        """Whether any of the accounts could be meant."""
        return self._touched.search(text) is not None

    def key(self, name: str) -> PayableKey | None:
        """The numbers of payable account and vendor, the latter empty on the account itself; None for any other."""
        parts = name.split(":")
        for above in (":".join(parts[:length]) for length in range(len(parts), 0, -1)):
            if above in self._own:
                return self._own[above]
            if above in self._payables:
                return self._payables[above], ""
        return None


def _amounts(postings: Sequence[LoosePosting], names: _PayableNames) -> Iterator[tuple[PayableKey, Money]]:
    """What a transaction posts to payable accounts, debits positive. Raises Unreadable."""
    for position, posting in enumerate(postings):
        key = names.key(posting.account)
        if key is None:
            continue
        amount = read_amount(posting.units)
        if amount is not None:
            yield key, amount
        elif not posting.is_plain:
            raise Unreadable(f"the amount of {posting.account} follows from a price or a balance")
        else:
            others = (one for one in (*postings[:position], *postings[position + 1 :]) if one.group == posting.group)
            for rest in _rest(posting.account, tuple(others)):
                yield key, rest


def _rest(account: str, others: Sequence[LoosePosting]) -> Iterator[Money]:
    """What was left out, from the other postings that balance with it."""
    sums: dict[Currency, int] = defaultdict(int)
    for other in others:
        amount = read_amount(other.units)
        if amount is None or not other.is_plain or not other.group:
            raise Unreadable(f"the amount of {account} is left out and cannot be worked out")
        sums[amount.currency] -= amount.minor
    return (Money(minor, currency) for currency, minor in sums.items() if minor)


def _files(layout: Layout, dialect: Dialect) -> Iterator[Path]:
    """Every file of the books: what the main file includes, and our own whether it does or not. Raises OSError."""
    waiting = [layout.main, layout.accounts, *sorted(layout.journal.glob(f"*.{layout.ending}"))]
    seen: set[Path] = set()
    while waiting:
        path = waiting.pop(0).resolve()
        if path in seen or not path.is_file():
            continue
        seen.add(path)
        if len(seen) > FILES_MAX:
            raise BadAnswer(f"the books include more than {FILES_MAX} files")
        yield path
        for wanted in dialect.included(path.read_text(encoding="utf-8", errors="replace")):
            waiting.extend(_matching(path, wanted))


def _matching(path: Path, wanted: str) -> list[Path]:
    """The files that a path with wildcards in another file means. Raises BadAnswer on one that means nothing."""
    pattern = Path(wanted).expanduser()
    try:
        if pattern.is_absolute():
            return sorted(Path(pattern.anchor).glob(str(pattern.relative_to(pattern.anchor))))
        return sorted(path.parent.glob(str(pattern)))
    except (ValueError, RuntimeError) as problem:
        raise BadAnswer(f"{path.name} includes {wanted!r}, which is no path: {problem}") from problem


def _finished_text(path: Path) -> str:
    """The file's text, with blanks where a write is not finished."""
    data = path.read_bytes()
    torn = torn_range(path)
    if torn:
        data = data[: torn.start] + _NOT_NEWLINE.sub(b" ", data[torn.start : torn.stop]) + data[torn.stop :]
    return data.decode(errors="replace")


def _not_read(path: Path, text: str, offset: int, why: str) -> BadAnswer:
    line = text.count("\n", 0, offset) + 1
    return BadAnswer(f"{path.name} line {line} touches a payable account and cannot be read: {why}. Correct it there")
