"""What the two syntaxes have in common: the things that stand in the books, and what each syntax must be able to say.

A block of ours stands between two comment lines, "; voucher N" and "; end of voucher N". A block without its second
line was not finished: nothing that was promised is in it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Protocol

from bilag.adapters.accounting.plaintext.account_names import AccountKind
from bilag.adapters.accounting.plaintext.vendor_fields import VendorFields
from bilag.domain.document import Document
from bilag.domain.ledger import AccountRole, Posting, PostingMode
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
    """An account as the accounts file has it. `name` is its full name in the books, `title` what people call it.

    A vendor's own account has no number; it has those of the `payable` account and of the `vendor`.
    """

    name: str
    kind: AccountKind | None = None
    number: str = ""
    title: str = ""
    currencies: frozenset[Currency] = frozenset()
    closed: bool = False
    payable: str = ""
    vendor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """A document on its way into the books. `accounts` gives the name in the books for every account number.

    `vendor_accounts` does so for what the document posts to the vendor.
    """

    document: Document
    content_hash: str
    voucher: str
    accounts: Mapping[str, str]
    vendor_accounts: Mapping[str, str] = field(default_factory=dict)

    def account_of(self, posting: Posting) -> str:
        """The name in the books of the posting's account."""
        if self.vendor_accounts and posting.role is AccountRole.ACCOUNTS_PAYABLE:
            return self.vendor_accounts[posting.account]
        return self.accounts[posting.account]


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
    """An entry as it was read from the books. `total` is its debit side.

    `postings` are account names and amounts, debits positive; one that was left out is worked out. `vendor` is None
    unless the entry is a vendor document.
    """

    external_reference: str
    voucher: str
    day: date
    mode: PostingMode
    total: Money
    content_hash: str
    account: str
    postings: tuple[tuple[str, Money], ...] = ()
    vendor: VendorFields | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingReceipt:
    """A receipt as it was read from the books."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanPatterns:
    """How our own lines are found among a person's, in bytes.

    `reference` has the raw reference as its first group, `voucher` the voucher; `header` matches where an entry
    starts, `receipt` where a receipt does, `vendor_document` what only entries of vendor documents have.
    """

    header: re.Pattern[bytes]
    reference: re.Pattern[bytes]
    voucher: re.Pattern[bytes]
    receipt: re.Pattern[bytes]
    receipt_voucher: re.Pattern[bytes]
    vendor_document: re.Pattern[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoosePosting:
    """A posting that anybody may have written. `units` is its amount as text, without cost, price or assertion.

    `is_plain` says that there was none of these. `group` names what has to balance together; "" need not balance.
    """

    account: str
    units: str
    is_plain: bool = True
    group: str = "real"


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

    def included(self, text: str) -> tuple[str, ...]:
        """What the file includes: paths relative to it, perhaps with wildcards."""
        ...

    def without_comments(self, text: str) -> str:
        """The text with as many lines, where nothing that starts with a date is a comment."""
        ...

    def is_transaction(self, text: str) -> bool:
        """Whether the lines, of which the first starts with a digit, are a transaction."""
        ...

    def indirect_lines(self, text: str) -> Iterator[tuple[int, str]]:
        """Lines that move or rename amounts without a posting, each with the offset where it starts."""
        ...

    def loose_postings(self, text: str) -> tuple[LoosePosting, ...]:
        """The postings of any transaction, whoever wrote it, their amounts as text."""
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
