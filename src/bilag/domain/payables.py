"""Accounts payable: vendors as the books know them, documents that owe or pay, and which of them settle each other.

An amount on a payable account is positive where we owe it and negative where the vendor has it to our credit.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias, assert_never

from bilag.domain.ledger import AccountRole, DocumentKind, DoubleEntry, Side
from bilag.domain.money import Currency, Money


class VendorKey(StrEnum):
    """What a vendor can be found by in the books."""

    CODE = "code"
    EXTERNAL_ID = "external_id"
    ACCOUNT = "account"
    TAX_REGISTRATION_NUMBER = "tax_registration_number"
    EMPLOYEE_CODE = "employee_code"


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorQuery:
    """One attempt to find a vendor: the key, its value, and the field of Pleo's item or the setting it comes from."""

    key: VendorKey
    value: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BooksVendor:
    """A vendor in the books, an employee among them where the books pay employees as vendors.

    `payable_account` empty means that the vendor has none of its own. `settles_on_posting` is set where the books pay
    an invoice of this vendor by themselves when it is posted, so that a payment of ours would be a second one.
    """

    number: str
    name: str
    payable_account: str = ""
    blocked: bool = False
    settles_on_posting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """So much of one document is settled with the document of this external reference."""

    reference: str
    amount: Money

    def __post_init__(self) -> None:
        assert self.reference
        assert self.amount.minor > 0, "an allocation takes something"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopening:
    """A returned payment opens again what it had settled: so much between `payment` and `bill` is undone."""

    payment: str
    bill: str
    amount: Money

    def __post_init__(self) -> None:
        assert self.payment
        assert self.bill
        assert self.amount.minor > 0, "a reopening gives something back"


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorDocument(DoubleEntry):
    """A vendor invoice, a vendor credit note or a vendor payment; the money moves the vendor's payable account.

    `paired_with` is the external reference of the other document of the same Export Item, which alone settles this
    one; empty where another Export Item brings the counterpart. `settles` are earlier documents in the books that
    this one settles as it is posted.
    """

    kind: DocumentKind
    vendor: BooksVendor
    paired_with: str = ""
    settles: tuple[Allocation, ...] = ()
    reopens: tuple[Reopening, ...] = ()

    def __post_init__(self) -> None:
        # The zero-argument super() does not survive the rebuilding of the class that slots need.
        DoubleEntry.__post_init__(self)
        owed = self.payable_amount
        match self.kind:
            case DocumentKind.VENDOR_INVOICE:
                assert owed.minor > 0, "an invoice owes"
            case DocumentKind.VENDOR_CREDIT_NOTE:
                assert owed.minor < 0, "a credit note takes back"
            case DocumentKind.VENDOR_PAYMENT:
                assert owed.minor != 0, "a payment moves what is owed"
            case DocumentKind.JOURNAL_ENTRY:
                raise AssertionError("a journal entry is no vendor document")
            case _:
                assert_never(self.kind)
        settled = Money.total((allocation.amount for allocation in self.settles), self.currency)
        assert settled.minor <= abs(owed.minor), "a document settles no more than its amount"
        assert not self.reopens or (self.is_payment and owed.minor > 0), "only a returned payment reopens"

    @property
    def is_payment(self) -> bool:
        """Whether money moved; otherwise it is an invoice or a credit note."""
        return self.kind is DocumentKind.VENDOR_PAYMENT

    @property
    def payable_amount(self) -> Money:
        """What it adds to the vendor's payable account: positive where we owe more after it."""
        owed = (p for p in self.postings if p.role is AccountRole.ACCOUNTS_PAYABLE)
        return Money.total((p.amount if p.side is Side.CREDIT else -p.amount for p in owed), self.currency)

    @property
    def payable_account(self) -> str:
        """The number of the payable account that it moves."""
        return next(p.account for p in self.postings if p.role is AccountRole.ACCOUNTS_PAYABLE)

    @property
    def invoice_number(self) -> str:
        """The vendor's number of the invoice, as Pleo has it; empty without one."""
        invoice = self.datapoints.invoice
        return invoice.number if invoice else ""

    @property
    def due_date(self) -> date | None:
        """When a bill has to be paid, as Pleo has it; a payment is not due."""
        invoice = self.datapoints.invoice
        return invoice.due_date if invoice and not self.is_payment else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PayableItem:
    """A vendor document as it stands in the books. `open_amount` has the sign of `amount`, and is zero when settled.

    `settled_with` are the documents that stand against it, whichever of the two came first. `misses` are the
    references of documents that it settled and that don't stand any more.
    """

    external_reference: str
    external_id: str
    kind: DocumentKind
    vendor: BooksVendor
    account: str
    posting_date: date
    amount: Money
    open_amount: Money
    invoice_number: str = ""
    due_date: date | None = None
    reconciliation_id: str = ""
    reconciled_entries: tuple[str, ...] = ()
    paired_with: str = ""
    settled_with: tuple[Allocation, ...] = ()
    misses: tuple[str, ...] = ()

    @property
    def is_payment(self) -> bool:
        """Whether money moved; otherwise it is an invoice or a credit note."""
        return self.kind is DocumentKind.VENDOR_PAYMENT


class SharedBy(StrEnum):
    """What two documents of a vendor can share, so that they could belong together."""

    INVOICE_NUMBER = "invoice number"
    RECONCILIATION = "reconciliation id"
    RECONCILED = "reconciled entry"


# A vendor's number, what is shared, and its value, never empty.
SharedKey: TypeAlias = tuple[str, SharedBy, str]


def shared_keys(
    vendor_number: str, invoice_number: str, reconciliation_id: str, reconciled_entries: Iterable[str]
) -> frozenset[SharedKey]:
    """What a document of the vendor is found by, beside its external reference."""
    keys = {(vendor_number, SharedBy.RECONCILED, entry) for entry in reconciled_entries if entry}
    if reconciliation_id:
        keys.add((vendor_number, SharedBy.RECONCILIATION, reconciliation_id))
    if number := invoice_number.strip():
        keys.add((vendor_number, SharedBy.INVOICE_NUMBER, number))
    return frozenset(keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class PayableKeys:
    """Which vendor documents could belong together: those of this vendor that share any of the keys.

    An item is found by its external reference, by its invoice number, by its own reconciliation id being among
    `reconciliation_ids`, or by naming any of `reconciliation_ids` among its reconciled entries.
    """

    vendor_number: str
    references: frozenset[str] = frozenset()
    invoice_number: str = ""
    reconciliation_ids: frozenset[str] = frozenset()

    @property
    def shared(self) -> frozenset[SharedKey]:
        """What the documents that are looked for have one of, beside those with an external reference of these."""
        named = shared_keys(self.vendor_number, self.invoice_number, "", self.reconciliation_ids)
        return named | {(self.vendor_number, SharedBy.RECONCILIATION, id_) for id_ in self.reconciliation_ids if id_}


@dataclass(frozen=True, slots=True, kw_only=True)
class PayableBalance:
    """What one payable account says of one vendor in one currency; `vendor_number` is empty for what names nobody."""

    account: str
    vendor_number: str
    balance: Money

    @property
    def currency(self) -> Currency:
        """The currency of the balance."""
        return self.balance.currency


@dataclass(frozen=True, slots=True, kw_only=True)
class PayableStatement:
    """What is open, and the balances of the payable accounts, read from the books independently of each other."""

    open_items: tuple[PayableItem, ...]
    balances: tuple[PayableBalance, ...]
