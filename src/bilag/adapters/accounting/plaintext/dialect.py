"""What the two syntaxes have in common: the things that stand in the books, and what each syntax must be able to say.

A block of ours stands between two comment lines, "; voucher N" and "; end of voucher N". A block without its second
line was not finished: nothing that was promised is in it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from bilag.adapters.accounting.plaintext.account_names import AccountKind
from bilag.domain.ledger import Document, PostingMode
from bilag.domain.money import Currency, Money

# Far above any entry of Pleo's; longer blocks are refused rather than written.
BLOCK_BYTES_MAX: Final = 1024 * 1024

COMMENT: Final = "; "
VOUCHER_START: Final = f"{COMMENT}voucher "
RECEIPT_START: Final = f"{COMMENT}receipt of "
BLOCK_END: Final = f"{COMMENT}end of "
_SPACES: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class BooksAccountLine:
    """An account as the accounts file has it. `name` is its full name in the books, `title` what people call it."""

    name: str
    kind: AccountKind | None = None
    number: str = ""
    title: str = ""
    currencies: frozenset[Currency] = frozenset()
    closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """A document on its way into the books. `accounts` gives the name in the books for every account number."""

    document: Document
    content_hash: str
    voucher: str
    accounts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReceipt:
    """A receipt on its way into the books. `path` is relative to the folder of the journal files."""

    day: date
    account: str
    path: str
    external_reference: str
    voucher: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingEntry:
    """An entry as it was read from the books. `total` is its debit side."""

    external_reference: str
    voucher: str
    day: date
    mode: PostingMode
    total: Money
    content_hash: str
    account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingReceipt:
    """A receipt as it was read from the books."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanPatterns:
    """How our own lines are found among a person's, in bytes.

    `reference` has the raw reference as its first group, `voucher` the voucher; `header` matches where an entry
    starts, `receipt` where a receipt does.
    """

    header: re.Pattern[bytes]
    reference: re.Pattern[bytes]
    voucher: re.Pattern[bytes]
    receipt: re.Pattern[bytes]
    receipt_voucher: re.Pattern[bytes]


class Unreadable(ValueError):
    """Somebody changed an entry into something that we cannot read; the text says what."""


class Dialect(Protocol):
    """One syntax. Every method is pure; those that read raise Unreadable."""

    @property
    def ending(self) -> str:
        """The ending of file names, without the dot."""
        ...

    @property
    def patterns(self) -> ScanPatterns:
        """How our lines are found."""
        ...

    def main_text(self, title: str, currency: Currency) -> str:
        """The file that a person opens; it includes all others."""
        ...

    def header_text(self, about: str) -> str:
        """The beginning of every other file."""
        ...

    def account_text(self, account: BooksAccountLine) -> str:
        """The lines that open an account."""
        ...

    def currency_text(self, currency: Currency) -> str:
        """The line that declares a currency, or nothing where none is needed."""
        ...

    def accounts_in(self, text: str) -> tuple[BooksAccountLine, ...]:
        """The accounts that a file opens."""
        ...

    def currencies_in(self, text: str) -> frozenset[str]:
        """The codes of the currencies that a file declares."""
        ...

    def entry_text(self, entry: NewEntry) -> str:
        """The entry's own lines."""
        ...

    def receipt_text(self, receipt: NewReceipt) -> str:
        """The receipt's own lines."""
        ...

    def reference_in(self, raw: bytes) -> str:
        """The reference that a match of the pattern stands for."""
        ...

    def read_entry(self, text: str) -> StandingEntry:
        """The entry that the lines say."""
        ...

    def read_receipt(self, text: str) -> StandingReceipt:
        """The receipt that the lines say."""
        ...


def voucher_block(voucher: str, text: str) -> tuple[bytes, int]:
    """The entry's lines between their two markers, and the position of the first of them, in bytes."""
    return _block(f"{VOUCHER_START}{_word(voucher)}", text)


def receipt_block(voucher: str, text: str) -> tuple[bytes, int]:
    """The same for a receipt."""
    return _block(f"{RECEIPT_START}{_word(voucher)}", text)


def _block(start: str, text: str) -> tuple[bytes, int]:
    before = f"\n{start}\n".encode()
    return before + f"{text}{BLOCK_END}{start.removeprefix(COMMENT)}\n".encode(), len(before)


def _word(voucher: str) -> str:
    """One word, even for a voucher number that a person changed."""
    return _SPACES.sub("_", voucher)
