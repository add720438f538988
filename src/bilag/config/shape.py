"""The shape of bilag.toml. docs/configuration.md explains every key; a test holds the two together."""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Final, Literal
from uuid import UUID

from pydantic import Field, field_validator, model_validator

from bilag.config.secrets_shape import OAuthSection, SecretsSection
from bilag.config.section import SecretSource
from bilag.config.section import Section as _Section
from bilag.config.serve_shape import ServeSection
from bilag.config.telemetry_shape import TelemetrySection
from bilag.config.value_kinds import (
    AccountNumber,
    CurrencyCode,
    HostName,
    PageAddress,
    TimeZoneName,
    WebAddress,
    is_this_machine,
)
from bilag.domain.ledger import PostingMode
from bilag.domain.period import ClosedPeriodStep
from bilag.domain.settings import JournalConstruction, TaxStyle, UnsetMethod

# What others have to match sign by sign neither begins nor ends with a space.
_EMPTY_OR_TRIMMED: Final = r"^(\S(.*\S)?)?$"
# Vendors with one number could not be told apart; nor could those with one id of Pleo's.
_UNIQUE_AMONG_VENDORS: Final = ("number", "external_id", "employee_code")


class PleoSection(_Section):
    """The way to Pleo."""

    company_id: UUID
    """The Pleo company whose expenses are exported."""
    base_url: WebAddress = "https://external.pleo.io"
    """The Export API; the staging system is https://external.staging.pleo.io."""
    api_key: SecretSource | None = None
    """An API key (sent as Basic authentication)."""
    access_token: SecretSource | None = None
    """An access token (sent as Bearer authentication), instead of an API key."""
    oauth: OAuthSection | None = None
    """A login that is renewed by itself, instead of both."""
    calls_per_minute: int = Field(default=500, strict=True, ge=1, le=1_000_000)
    """The rate budget of this credential. Pleo allows 600 a minute and advises 500."""
    file_hosts: tuple[HostName, ...] = ()
    """The hosts that receipts may be fetched from, .example.com meaning all below it; any public host when empty."""
    simulator_origins: tuple[WebAddress, ...] = ()
    """Addresses of this machine that may be used, also without TLS; for the simulator only."""
    ca_file: Path | None = None
    """A file of certificate authorities to trust besides the system's; whoever can write it can pose as Pleo."""

    @model_validator(mode="after")
    def _own_machine_is_listed(self) -> "PleoSection":
        if elsewhere := [origin for origin in self.simulator_origins if not is_this_machine(origin)]:
            raise ValueError(f"simulator_origins are addresses of this machine, {elsewhere[0]} is not")
        used = (self.base_url, *(self.oauth.origins if self.oauth else ()))
        if unlisted := [origin for origin in used if is_this_machine(origin) and origin not in self.simulator_origins]:
            raise ValueError(
                f"{unlisted[0]} is on this machine: list it under simulator_origins, with the address of the receipts"
            )
        return self


class BookkeepingSection(_Section):
    """How expenses are booked."""

    time_zone: TimeZoneName = "UTC"
    """Turns Pleo's UTC instants into calendar dates."""
    posting_mode: PostingMode = PostingMode.DRAFT
    """Left for review (draft) or booked for good (final)."""
    closed_period: tuple[ClosedPeriodStep, ...] = ()
    """Steps that may move the date out of a closed period, in order: next_open_period, export_date."""
    method_when_unset: UnsetMethod = UnsetMethod.JOURNAL
    """What to do when Pleo sends no bookkeeping method: journal, or vendor_search."""
    default_vendor: str = Field(default="", max_length=64, pattern=_EMPTY_OR_TRIMMED)
    """The number of the vendor that takes what no vendor matches; without one, such an expense fails."""
    employees_as_vendors: bool = Field(default=False, strict=True)
    """Whether what employees lay out is an invoice of theirs, which their reimbursements pay."""
    journal_entries: JournalConstruction = JournalConstruction.SPLIT
    """A posting for each line (split), one for lines that agree (per_item), or one entry for a whole job (per_job)."""
    tax: TaxStyle = TaxStyle.OWN_LINE
    """Tax as a posting of its own (own_line), or as a code on the expense's line (code_on_line)."""
    book_without_receipts: bool = Field(default=False, strict=True)
    """Whether an expense is booked although one of its receipts can't be had."""
    post_again: bool = Field(default=False, strict=True)
    """Whether an expense that is exported again is booked once more; false reports the entry that stands."""
    items_at_once: int = Field(default=32, strict=True, ge=1, le=256)
    """How many expenses are under way at the same time."""


class AccountsSection(_Section):
    """The accounts that Pleo's categories don't name."""

    wallet: AccountNumber | None = None
    """The Pleo wallet, for currencies without an account of their own."""
    wallets: dict[CurrencyCode, AccountNumber] = Field(default={})
    """The Pleo wallet per currency. Pleo's own contra account on an expense wins over both."""
    out_of_pocket: AccountNumber | None = None
    """What employees are owed and owe: out-of-pocket, mileage, per diem, cash, personal spend."""
    contra: AccountNumber | None = None
    """The other side of wallet loads and unloads."""
    contras: dict[CurrencyCode, AccountNumber] = Field(default={})
    """The contra account per currency."""
    external_reimbursement: AccountNumber | None = None
    """Reimbursements paid outside Pleo; the contra account when empty."""
    accounts_payable: AccountNumber | None = None
    """What vendors are owed, where a vendor has no payable account of its own."""
    input_tax: AccountNumber | None = None
    """Tax to reclaim, for tax codes without an ingoing account."""
    output_tax: AccountNumber | None = None
    """Tax owed under reverse charge, for tax codes without an outgoing account."""


class ChartKind(StrEnum):
    """The five kinds of account."""

    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    INCOME = "income"
    EXPENSE = "expense"


class ChartEntry(_Section):
    """One account of the chart."""

    number: AccountNumber
    """The number that Pleo and the other settings use."""
    kind: ChartKind
    """asset, liability, equity, income or expense."""
    name: str = ""
    """What people call it."""
    account: str = ""
    """Its full name in the books, such as Expenses:Travel; made from kind, number and name when empty."""
    currencies: tuple[CurrencyCode, ...] = ()
    """The only currencies it may hold; any when empty."""
    closed: bool = Field(default=False, strict=True)
    """Whether it takes no more entries."""


class PeriodEntry(_Section):
    """One accounting period of a custom table."""

    name: str = Field(min_length=1)
    """What the period is called."""
    start: date
    """Its first day."""
    end: date
    """Its last day."""
    closed: bool = Field(default=False, strict=True)
    """Whether it takes no more entries."""

    @model_validator(mode="after")
    def _order(self) -> "PeriodEntry":
        if self.end < self.start:
            raise ValueError("ends before it starts")
        return self


class VendorEntry(_Section):
    """A vendor that the books know, or an employee whom they pay as one; an empty field matches nothing."""

    number: AccountNumber
    """What the books know the vendor by, and Pleo as the vendor's code."""
    name: str = ""
    """What people call it."""
    external_id: str = Field(default="", pattern=_EMPTY_OR_TRIMMED)
    """Its external id in Pleo."""
    account: str = Field(default="", pattern=_EMPTY_OR_TRIMMED)
    """Its own account number, as suppliers carry it in Pleo."""
    tax_registration_number: str = Field(default="", pattern=_EMPTY_OR_TRIMMED)
    """Its tax number; spaces, dots, dashes and case don't count."""
    employee_code: str = Field(default="", pattern=_EMPTY_OR_TRIMMED)
    """The code that the employee has in Pleo; empty for suppliers."""
    payable_account: str = Field(default="", max_length=64, pattern=_EMPTY_OR_TRIMMED)
    """The account that it is owed on; accounts.accounts_payable when empty."""
    blocked: bool = Field(default=False, strict=True)
    """Whether nothing may be booked for it; its expenses fail."""


class PlaintextSection(_Section):
    """Books as text files for beancount or hledger."""

    folder: Path = Path("books")
    """Where the books lie; relative to the file."""
    syntax: Literal["beancount", "hledger"] = "beancount"
    """The program that the books are written for."""
    title: str = "Books"
    """What the books are called."""
    currency: CurrencyCode = "EUR"
    """The company's own currency."""
    fiscal_year_first_month: int = Field(default=1, strict=True, ge=1, le=12)
    """The month that the fiscal year starts in."""
    closed_until: date | None = None
    """The last day of the last closed month."""
    periods: tuple[PeriodEntry, ...] = ()
    """A period table of your own, instead of calendar months."""
    open_accounts: bool = Field(default=True, strict=True)
    """Whether an account that the chart does not name is opened by its first entry, or refused."""
    chart: tuple[ChartEntry, ...] = ()
    """The chart of accounts."""
    tax_codes: tuple[str, ...] = ()
    """The tax codes that may be used; any when empty."""
    dimensions: dict[str, tuple[str, ...]] = Field(default={})
    """The values that may be used per dimension; any when empty."""
    vendors: tuple[VendorEntry, ...] = ()
    """The vendors, and the employees who are paid as vendors."""
    fava_url: PageAddress = ""
    """Where Fava shows these books; documents then carry a link into it."""

    @field_validator("vendors")
    @classmethod
    def _told_apart(cls, vendors: tuple[VendorEntry, ...]) -> tuple[VendorEntry, ...]:
        for key in _UNIQUE_AMONG_VENDORS:
            first: dict[str, int] = {}
            for position, vendor in enumerate(vendors):
                value = getattr(vendor, key)
                if value and first.setdefault(value, position) != position:
                    raise ValueError(
                        f"[{first[value]}] and [{position}] share the {key} {value!r}; give each vendor its own"
                    )
        return vendors

    @model_validator(mode="after")
    def _one_calendar(self) -> "PlaintextSection":
        if self.periods and self.closed_until is not None:
            raise ValueError("closed_until goes with calendar months; close periods of a table one by one")
        return self


class BooksSection(_Section):
    """The accounting system."""

    system: Literal["plaintext"] = "plaintext"
    """Which connector books the expenses."""
    plaintext: PlaintextSection = PlaintextSection()
    """The text books, when they are the system."""


class StateSection(_Section):
    """What bilag itself remembers."""

    folder: Path = Path(".bilag")
    """Where the posting journal lies, and what this machine needs while it works; relative to the file."""
    database: SecretSource | None = None
    """The address of a PostgreSQL database for the posting journal, instead of a file in the folder."""
    keep_days: int | None = Field(default=None, strict=True, ge=1, le=36_500)
    """After how many days the texts of an exported expense are erased from the posting journal; never when left out."""


class Config(_Section):
    """The whole file."""

    pleo: PleoSection
    """The way to Pleo."""
    bookkeeping: BookkeepingSection = BookkeepingSection()
    """How expenses are booked."""
    accounts: AccountsSection = AccountsSection()
    """The accounts that Pleo's categories don't name."""
    books: BooksSection = BooksSection()
    """The accounting system."""
    state: StateSection = StateSection()
    """What bilag itself remembers."""
    serve: ServeSection = ServeSection()
    """How `bilag serve` listens and looks."""
    telemetry: TelemetrySection = TelemetrySection()
    """Metrics and logs."""
    secrets: SecretsSection = SecretsSection()
    """The encryption of what bilag keeps itself."""

    @model_validator(mode="after")
    def _default_vendor_is_known(self) -> "Config":
        default = self.bookkeeping.default_vendor
        if default and default not in {vendor.number for vendor in self.books.plaintext.vendors}:
            raise ValueError(
                f"bookkeeping.default_vendor: no vendor under [[books.plaintext.vendors]] has the number {default!r}"
            )
        return self
