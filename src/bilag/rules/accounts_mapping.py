"""Accounts mapping: which GL account each leg of an item moves, and where that account comes from.

https://developers.pleo.io/docs/current/platform/exports (accounts mapping)
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, assert_never

from bilag.domain.expense_type import ExpenseType, TaxType
from bilag.domain.export_item import ExportItem, ExportLine, LineTax
from bilag.domain.failure import Failure, FailureCode
from bilag.domain.ledger import AccountRole
from bilag.domain.money import Currency
from bilag.domain.settings import AccountSettings, CurrencyAccount, ExportSettings, TaxStyle
from bilag.rules.expense_type_mapping import MappingRow


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChoice:
    """The account of one leg, why it is that one, and the candidates that had none."""

    number: str
    role: AccountRole
    because: str
    source: str
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAccounts:
    """The accounts of one line; the tax accounts only where the line needs them."""

    main: AccountChoice
    input_tax: AccountChoice | None = None
    output_tax: AccountChoice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsMapping:
    """The accounts of a whole item; complete unless there are failures."""

    lines: tuple[LineAccounts, ...] = ()
    counter: AccountChoice | None = None
    failures: tuple[Failure, ...] = ()

    def choices(self) -> tuple[AccountChoice, ...]:
        """Every account chosen, in a fixed order."""
        return chosen_of(self.lines, self.counter)


# Where the payable account of a vendor comes from, when the vendor has one of its own.
VENDOR_SOURCE: Final = "payable account of the vendor in the books"

# Pleo sends contraAccount, the wallet's own account of that currency, for the types that move the wallet; it wins
# over what is configured. https://developers.pleo.io/reference/export-api/multi-currency-configuration
_SETTING: Final[Mapping[AccountRole, str]] = {
    AccountRole.WALLET: "wallet",
    AccountRole.OUT_OF_POCKET: "out_of_pocket",
    AccountRole.CONTRA: "contra",
    AccountRole.ACCOUNTS_PAYABLE: "accounts_payable",
    AccountRole.INPUT_TAX: "input_tax",
    AccountRole.OUTPUT_TAX: "output_tax",
}


def map_accounts(item: ExportItem, row: MappingRow, settings: ExportSettings) -> AccountsMapping:
    """The account of every leg, and a failure for every leg that has none."""
    if currency_is_unknown(item):
        return AccountsMapping()
    lines, failures = map_lines(item, row, settings)
    counter = configured_account(row.counter, item, settings.accounts)
    if isinstance(counter, Failure):
        return AccountsMapping(lines=lines, failures=(*failures, counter))
    return AccountsMapping(lines=lines, counter=counter, failures=failures)


def map_lines(
    item: ExportItem, row: MappingRow, settings: ExportSettings
) -> tuple[tuple[LineAccounts, ...], tuple[Failure, ...]]:
    """The accounts of the lines, and a failure for every line or tax that has none."""
    lines: list[LineAccounts] = []
    failures: list[Failure] = []
    for index, line in enumerate(item.lines):
        found = _line_accounts(item, line, index, row, settings)
        failures += [f for f in found if isinstance(f, Failure)]
        main, input_tax, output_tax = (c if isinstance(c, AccountChoice) else None for c in found)
        if main is not None:
            lines.append(LineAccounts(main=main, input_tax=input_tax, output_tax=output_tax))
    return tuple(lines), tuple(failures)


def currency_is_unknown(item: ExportItem) -> bool:
    """Whether no account can be told, since accounts depend on a currency that could not be read."""
    return any(failure.code is FailureCode.CURRENCY_UNKNOWN for failure in item.unreadable)


def chosen_of(lines: Iterable[LineAccounts], *others: AccountChoice | None) -> tuple[AccountChoice, ...]:
    """Every account of the lines, then the others, without those that are not there."""
    of_lines = [choice for line in lines for choice in (line.main, line.input_tax, line.output_tax)]
    return tuple(choice for choice in (*of_lines, *others) if choice is not None)


_Found = AccountChoice | Failure | None


def _line_accounts(
    item: ExportItem, line: ExportLine, index: int, row: MappingRow, settings: ExportSettings
) -> tuple[_Found, _Found, _Found]:
    if row.lines is not AccountRole.EXPENSE:
        return configured_account(row.lines, item, settings.accounts), None, None
    main = _category(line, index)
    if line.tax is None or line.tax.amount.wallet.is_zero:
        return main, None, None
    match settings.tax_style:
        case TaxStyle.OWN_LINE:
            return main, *_tax_accounts(line.tax, index, settings.accounts)
        case TaxStyle.CODE_ON_LINE:
            return main, None if line.tax.code else _code_missing(line.tax, index), None
        case _:
            assert_never(settings.tax_style)


def _tax_accounts(tax: LineTax, index: int, accounts: AccountSettings) -> tuple[_Found, _Found]:
    """Input tax, and output tax beside it for reverse charge."""
    path = f"accountingEntryLines[{index}].tax"
    ingoing = _tax(AccountRole.INPUT_TAX, tax.ingoing_account, accounts.input_tax, f"{path}.ingoingTaxAccount")
    if tax.type is not TaxType.REVERSE:
        return ingoing, None
    return ingoing, _tax(
        AccountRole.OUTPUT_TAX, tax.outgoing_account, accounts.output_tax, f"{path}.outgoingTaxAccount"
    )


def _code_missing(tax: LineTax, index: int) -> Failure:
    return Failure(
        code=FailureCode.TAX_CODE_UNKNOWN,
        path=f"accountingEntryLines[{index}].tax.code",
        message=f"Line {index + 1} carries tax of {tax.amount.wallet} without a tax code, so the books would lose it.",
        remedy='Give the tax a code in Pleo, or set tax = "own_line" in [bookkeeping] so that tax has its own posting.',
    )


def _category(line: ExportLine, index: int) -> AccountChoice | None:
    """None when the category is missing, which item validation has already said."""
    number = line.account.number if line.account else None
    if line.account is None or number is None:
        return None
    field = "code" if line.account.code else "identifier"
    return AccountChoice(
        number=number,
        role=AccountRole.EXPENSE,
        because=f'the category of the line is mapped to "{line.account.name}" in Pleo',
        source=f"accountingEntryLines[{index}].account.{field}",
    )


def _tax(role: AccountRole, from_pleo: str | None, from_settings: str, path: str) -> AccountChoice | Failure:
    if from_pleo:
        return AccountChoice(number=from_pleo, role=role, because="the tax code names it in Pleo", source=path)
    setting = f"accounts.{_SETTING[role]}"
    if from_settings:
        return AccountChoice(
            number=from_settings,
            role=role,
            because="the tax code names none, so the configured one serves",
            source=f"settings.{setting}",
            refused=(f"{path}: empty",),
        )
    return Failure(
        code=FailureCode.TAX_ACCOUNT_MISSING,
        path=path,
        message=f"The tax code names no {role.replace('_', ' ')} account and none is configured.",
        remedy=f"Add the account to the tax code in Pleo, or configure {setting}.",
    )


def configured_account(role: AccountRole, item: ExportItem, accounts: AccountSettings) -> AccountChoice | Failure:
    """The first candidate that has an account, in the order of precedence."""
    refused: list[str] = []
    for source, number, because in _candidates(role, item, accounts):
        if number:
            return AccountChoice(number=number, role=role, because=because, source=source, refused=tuple(refused))
        refused.append(f"{source}: empty")
    setting = f"accounts.{_SETTING[role]}"
    name, currency = role.replace("_", " "), item.amount.wallet.currency
    return Failure(
        code=FailureCode.ACCOUNT_NOT_CONFIGURED,
        path=f"settings.{setting}",
        message=f"No {name} account is configured for {currency}.",
        remedy=f"Configure {setting}, then export the expense again.",
    )


def _candidates(role: AccountRole, item: ExportItem, accounts: AccountSettings) -> Iterable[tuple[str, str, str]]:
    currency = item.amount.wallet.currency
    match role:
        case AccountRole.WALLET:
            own = (item.contra_account.number or "") if item.contra_account else ""
            yield "contraAccount", own, f"Pleo names the wallet's account for {currency} on the item"
            yield (
                f"settings.accounts.wallets.{currency}",
                _of(accounts.wallets, currency),
                f"it is the wallet in {currency}",
            )
            yield "settings.accounts.wallet", accounts.wallet, "it is the configured wallet"
        case AccountRole.CONTRA:
            if item.type is ExpenseType.EXTERNAL_REIMBURSEMENT:
                number = accounts.external_reimbursement
                yield (
                    "settings.accounts.external_reimbursement",
                    number,
                    "reimbursements outside Pleo go through it",
                )
            yield (
                f"settings.accounts.contras.{currency}",
                _of(accounts.contras, currency),
                f"it is the contra account in {currency}",
            )
            yield "settings.accounts.contra", accounts.contra, "it is the configured contra account"
        case AccountRole.OUT_OF_POCKET:
            yield (
                "settings.accounts.out_of_pocket",
                accounts.out_of_pocket,
                "it holds what employees are owed and owe",
            )
        case AccountRole.ACCOUNTS_PAYABLE:
            yield "settings.accounts.accounts_payable", accounts.accounts_payable, "it holds what vendors are owed"
        case AccountRole.EXPENSE | AccountRole.INPUT_TAX | AccountRole.OUTPUT_TAX:
            raise AssertionError(f"{role} comes from the line")
        case _:
            assert_never(role)


def _of(accounts: tuple[CurrencyAccount, ...], currency: Currency) -> str:
    return next((a.account for a in accounts if a.currency == currency), "")
