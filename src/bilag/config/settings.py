"""The file's values as the rules read them."""

import hashlib
from zoneinfo import ZoneInfo

from bilag.config.shape import AccountsSection, Config
from bilag.domain.money import Currency
from bilag.domain.settings import AccountSettings, CurrencyAccount, ExportSettings


def export_settings(config: Config) -> ExportSettings:
    """One company's export settings; `version` is short and changes with everything that changes a booking."""
    bookkeeping = config.bookkeeping
    return ExportSettings(
        company_id=str(config.pleo.company_id),
        time_zone=ZoneInfo(bookkeeping.time_zone),
        accounts=_accounts(config.accounts),
        tax_style=bookkeeping.tax,
        method_when_unset=bookkeeping.method_when_unset,
        closed_period=bookkeeping.closed_period,
        posting_mode=bookkeeping.posting_mode,
        book_without_receipts=bookkeeping.book_without_receipts,
        post_again=bookkeeping.post_again,
        default_vendor=bookkeeping.default_vendor,
        employees_as_vendors=bookkeeping.employees_as_vendors,
        journal_construction=bookkeeping.journal_entries,
        version=_version(config),
    )


def _accounts(section: AccountsSection) -> AccountSettings:
    return AccountSettings(
        wallet=section.wallet or "",
        wallets=_per_currency(section.wallets),
        out_of_pocket=section.out_of_pocket or "",
        contra=section.contra or "",
        contras=_per_currency(section.contras),
        external_reimbursement=section.external_reimbursement or "",
        accounts_payable=section.accounts_payable or "",
        input_tax=section.input_tax or "",
        output_tax=section.output_tax or "",
    )


def _per_currency(accounts: dict[str, str]) -> tuple[CurrencyAccount, ...]:
    return tuple(CurrencyAccount(currency=Currency(code), account=number) for code, number in accounts.items())


def _version(config: Config) -> str:
    decides = config.model_dump_json(include={"bookkeeping", "accounts", "books"})
    return hashlib.sha256(decides.encode()).hexdigest()[:12]
