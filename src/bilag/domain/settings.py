"""One company's export settings, as the rules read them."""

from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum

from bilag.domain.ledger import PostingMode
from bilag.domain.money import Currency
from bilag.domain.period import ClosedPeriodStep


class TaxStyle(StrEnum):
    """How tax reaches the books: as a code on the expense's line, or as a posting of its own."""

    CODE_ON_LINE = "code_on_line"
    OWN_LINE = "own_line"


class UnsetMethod(StrEnum):
    """What to do with an item whose bookkeeping method is null, the case before vendor tagging."""

    JOURNAL = "journal"
    VENDOR_SEARCH = "vendor_search"


class JournalConstruction(StrEnum):
    """How journal entries are made of Export Items.

    SPLIT: an entry for each item, with a posting for each line. PER_ITEM: an entry for each item, where lines that
    share account, tax code and dimensions are one posting. PER_JOB: one entry for all items of a job, currency and
    accounting period.
    """

    SPLIT = "split"
    PER_ITEM = "per_item"
    PER_JOB = "per_job"


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrencyAccount:
    """The GL account that holds one currency."""

    currency: Currency
    account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSettings:
    """The configured GL accounts. Empty text means not configured; `wallets` and `contras` win per currency."""

    wallet: str = ""
    wallets: tuple[CurrencyAccount, ...] = ()
    out_of_pocket: str = ""
    contra: str = ""
    contras: tuple[CurrencyAccount, ...] = ()
    external_reimbursement: str = ""
    accounts_payable: str = ""
    input_tax: str = ""
    output_tax: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSettings:
    """How one company's expenses are booked.

    `closed_period` lists the steps that may move a posting date, tried in order, each once; empty means that an
    item in a closed period fails. `default_vendor` is the number of the vendor that takes what no vendor matches, empty
    where such an item fails. `employees_as_vendors` books what employees laid out as invoices of theirs, which their
    reimbursements pay. `version` names this state of the settings in every explanation.
    """

    company_id: str
    time_zone: tzinfo
    accounts: AccountSettings
    tax_style: TaxStyle = TaxStyle.OWN_LINE
    method_when_unset: UnsetMethod = UnsetMethod.JOURNAL
    closed_period: tuple[ClosedPeriodStep, ...] = ()
    posting_mode: PostingMode = PostingMode.DRAFT
    book_without_receipts: bool = False
    post_again: bool = False
    default_vendor: str = ""
    employees_as_vendors: bool = False
    journal_construction: JournalConstruction = JournalConstruction.SPLIT
    version: str = ""
