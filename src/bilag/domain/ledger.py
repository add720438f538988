"""What we book: postings and balanced documents of them. An unbalanced entry cannot exist."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from bilag.domain.export_item import InvoiceInformation, ServicePeriod
from bilag.domain.money import Currency, Money
from bilag.domain.period import PostingDate


class UnbalancedEntry(AssertionError):
    """Debits and credits differ: a bug of ours, since every item is checked before."""


class Side(StrEnum):
    """The two sides of an account."""

    DEBIT = "debit"
    CREDIT = "credit"

    @property
    def other(self) -> "Side":
        """The opposite side."""
        return Side.CREDIT if self is Side.DEBIT else Side.DEBIT


class AccountRole(StrEnum):
    """Why a posting has its account."""

    EXPENSE = "expense"
    WALLET = "wallet"
    OUT_OF_POCKET = "out_of_pocket"
    CONTRA = "contra"
    ACCOUNTS_PAYABLE = "accounts_payable"
    INPUT_TAX = "input_tax"
    OUTPUT_TAX = "output_tax"


class DocumentKind(StrEnum):
    """The four things that can be booked."""

    JOURNAL_ENTRY = "journal_entry"
    VENDOR_INVOICE = "vendor_invoice"
    VENDOR_CREDIT_NOTE = "vendor_credit_note"
    VENDOR_PAYMENT = "vendor_payment"


class PostingMode(StrEnum):
    """Left for a person to review, or booked for good."""

    DRAFT = "draft"
    FINAL = "final"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """A value (`code`) of one dimension (`group`)."""

    group: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """One leg: account, side and an amount that is never negative.

    `original` is the same amount in the supplier's currency where that differs; information, never converted by
    us. `tax_code` is set where the books shall know the tax of this leg, with `tax_amount` as given by Pleo.
    """

    account: str
    role: AccountRole
    side: Side
    amount: Money
    description: str = ""
    original: Money | None = None
    tax_code: str | None = None
    tax_amount: Money | None = None
    dimensions: tuple[Dimension, ...] = ()

    def __post_init__(self) -> None:
        assert self.account, "a posting needs an account"
        assert self.amount.minor >= 0, "a posting's direction is its side, not its sign"


@dataclass(frozen=True, slots=True, kw_only=True)
class Datapoints:
    """What the books carry beside accounts and amounts, as mapped from the item.

    `reconciliation_id` is never cut. `comment` is attendees and settled expenses as one text
    within the books' limit; what did not fit goes along as a note file.
    https://developers.pleo.io/docs/current/integration-design (data mapping)
    """

    reconciliation_id: str
    description: str
    comment: str = ""
    payee: str = ""
    reconciled_entries: tuple[str, ...] = ()
    attendees: tuple[str, ...] = ()
    employee: str = ""
    employee_code: str = ""
    team: str = ""
    team_code: str = ""
    supplier_country: str = ""
    merchant_category: str = ""
    note: str = ""
    web_link: str = ""
    expense_type: str = ""
    original_amount: Money | None = None
    service_period: ServicePeriod | None = None
    invoice: InvoiceInformation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubleEntry:
    """Postings in one currency. Raises UnbalancedEntry unless debits equal credits to the minor unit.

    `external_reference` is ours, chosen before the first attempt to post. `mode` is draft or final.
    """

    external_reference: str
    posting_date: PostingDate
    mode: PostingMode
    currency: Currency
    postings: tuple[Posting, ...]
    datapoints: Datapoints

    def __post_init__(self) -> None:
        assert self.external_reference
        debit, credit = self.total(Side.DEBIT), self.total(Side.CREDIT)
        if debit != credit or not self.postings:
            raise UnbalancedEntry(f"{self.external_reference}: debit {debit}, credit {credit}")

    def total(self, side: Side) -> Money:
        """The sum of one side; raises CurrencyMismatch when a posting is in another currency."""
        return Money.total((p.amount for p in self.postings if p.side is side), self.currency)

    @property
    def original_date(self) -> date:
        """The expense's own date, kept when the posting date moved."""
        return self.posting_date.original


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry(DoubleEntry):
    """A double entry that owes nobody in particular."""

    kind: DocumentKind = field(default=DocumentKind.JOURNAL_ENTRY, init=False)
