"""The Export Item and its lines as Pleo means them, free of JSON.

https://developers.pleo.io/reference/export-api (Export Items v3)
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from bilag.domain.expense_type import BookkeepingMethod, ExpenseSubtype, ExpenseType, TaxType
from bilag.domain.failure import Failure
from bilag.domain.money import Money

# Pleo writes "no category chosen" as this id in its accounting entries.
NO_CATEGORY_ID: Final = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class Unrecognised:
    """A word in one of Pleo's open lists that this version does not know; the item fails and names it."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountPair:
    """One amount in the wallet's currency, which is booked, and in the supplier's, which travels along."""

    wallet: Money
    supplier: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedAccount:
    """A GL account as Pleo has it mapped: `code` faces the books, `identifier` is the system's own id."""

    id: str
    name: str
    code: str | None = None
    identifier: str | None = None

    @property
    def number(self) -> str | None:
        """What the books know the account by: the code, else the identifier, else nothing usable."""
        if self.id == NO_CATEGORY_ID:
            return None
        return self.code or self.identifier or None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTax:
    """The tax of one line. `amount` leads, `rate` (0.25 is 25 %) is information: users may overwrite amounts."""

    id: str
    type: TaxType | Unrecognised
    rate: Decimal
    amount: AmountPair
    code: str | None = None
    ingoing_account: str | None = None
    outgoing_account: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A dimension value: `group_code` picks the dimension."""

    id: str
    code: str
    group_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportLine:
    """One split of an expense, with its own category, tax and dimensions."""

    id: str
    amount: AmountPair
    net_amount: AmountPair
    account: MappedAccount | None = None
    tax: LineTax | None = None
    tags: tuple[Tag, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplier:
    """The supplier as read from the expense; every field may be missing."""

    name: str | None = None
    code: str | None = None
    account: str | None = None
    category_code: str | None = None
    country: str | None = None
    tax_identifier: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """The vendor tagged in Pleo; comes with vendor-based bookkeeping only."""

    id: str
    name: str
    default_currency: str
    code: str | None = None
    external_id: str | None = None
    country: str | None = None
    registration_number: str | None = None
    tax_registration_number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """The employee behind the expense, or their team; `code` is the customer's own number for it."""

    id: str
    name: str
    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePeriod:
    """The time that the cost is for, both days included; for accruals only."""

    start: date
    end: date


@dataclass(frozen=True, slots=True, kw_only=True)
class BankAccount:
    """Where the supplier wants to be paid."""

    bank_name: str
    country: str
    account_number: str | None = None
    bank_code: str | None = None
    bic: str | None = None
    iban: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceInformation:
    """What Pleo knows of the invoice document behind the expense."""

    number: str
    invoice_date: date
    status: str
    due_date: date | None = None
    payment_date: date | None = None
    supplier_bank_account: BankAccount | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFile:
    """A receipt behind a pre-signed link that lives for 24 hours from the fetch of its item."""

    url: str
    position: int
    content_type: str | None = None
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportItem:
    """One approved expense.

    `date` is a UTC instant; the company's time zone turns it into a calendar date. `unreadable` lists the values
    that make no sense (an amount finer than its currency, an impossible date): such an item can only fail, and
    the fields concerned hold placeholders.
    """

    entry_id: str
    company_id: str
    type: ExpenseType | Unrecognised
    date: datetime
    amount: AmountPair
    lines: tuple[ExportLine, ...]
    reconciliation_id: str
    subtype: ExpenseSubtype | Unrecognised | None = None
    method: BookkeepingMethod | Unrecognised | None = None
    contra_account: MappedAccount | None = None
    note: str | None = None
    supplier: Supplier | None = None
    vendor: Vendor | None = None
    user: Person | None = None
    team: Person | None = None
    service_period: ServicePeriod | None = None
    invoice: InvoiceInformation | None = None
    attendees: tuple[str, ...] = ()
    reconciled_entries: tuple[str, ...] = ()
    files: tuple[ItemFile, ...] = ()
    web_link: str | None = None
    mobile_link: str | None = None
    api_link: str | None = None
    unreadable: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MalformedItem:
    """An Export Item whose JSON does not have the published shape; it fails alone.

    `entry_id` is empty when not even that could be read.
    """

    entry_id: str
    failures: tuple[Failure, ...]

    def __post_init__(self) -> None:
        assert self.failures, "a malformed item says what is wrong with it"
