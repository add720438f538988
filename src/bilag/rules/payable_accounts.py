"""Accounts mapping under accounts payable: the lines' accounts, the vendor's payable account, and the money's.

https://developers.pleo.io/docs/current/platform/exports (accounts mapping)
"""

from dataclasses import dataclass, replace

from bilag.domain.export_item import ExportItem
from bilag.domain.failure import Failure
from bilag.domain.ledger import AccountRole
from bilag.domain.payables import BooksVendor
from bilag.domain.settings import ExportSettings
from bilag.rules.accounts_mapping import (
    VENDOR_SOURCE,
    AccountChoice,
    LineAccounts,
    chosen_of,
    configured_account,
    currency_is_unknown,
    map_lines,
)
from bilag.rules.expense_type_mapping import MappingRow
from bilag.rules.payables_mapping import PayableRow, bill_row


@dataclass(frozen=True, slots=True, kw_only=True)
class PayableAccounts:
    """The accounts of an item's vendor documents; complete unless there are failures or the vendor is not known.

    `lines` come with a bill only, `money` with a payment only.
    """

    lines: tuple[LineAccounts, ...] = ()
    payable: AccountChoice | None = None
    money: AccountChoice | None = None
    failures: tuple[Failure, ...] = ()

    def choices(self) -> tuple[AccountChoice, ...]:
        """Every account chosen, in a fixed order."""
        return chosen_of(self.lines, self.payable, self.money)


def map_payable_accounts(
    item: ExportItem, row: MappingRow, payable: PayableRow, vendor: BooksVendor | None, settings: ExportSettings
) -> PayableAccounts:
    """The account of every leg, and a failure for every leg that has none.

    Without a vendor, which has failed already, nothing is said of the payable account.
    """
    if currency_is_unknown(item):
        return PayableAccounts()
    lines, problems = map_lines(item, bill_row(row), settings) if payable.bill else ((), ())
    owed = _payable_account(item, vendor, settings) if vendor else None
    money = configured_account(row.counter, item, settings.accounts) if payable.payment else None
    return PayableAccounts(
        lines=lines,
        payable=owed if isinstance(owed, AccountChoice) else None,
        money=money if isinstance(money, AccountChoice) else None,
        failures=(*problems, *(found for found in (owed, money) if isinstance(found, Failure))),
    )


def _payable_account(item: ExportItem, vendor: BooksVendor, settings: ExportSettings) -> AccountChoice | Failure:
    """The vendor's own account, else the one for all vendors."""
    if vendor.payable_account:
        return AccountChoice(
            number=vendor.payable_account,
            role=AccountRole.ACCOUNTS_PAYABLE,
            because=f"the books keep what {vendor.number} {vendor.name} is owed on it",
            source=VENDOR_SOURCE,
        )
    found = configured_account(AccountRole.ACCOUNTS_PAYABLE, item, settings.accounts)
    if isinstance(found, AccountChoice):
        return replace(found, refused=(f"{VENDOR_SOURCE}: empty for {vendor.number}", *found.refused))
    return replace(
        found,
        message=f"The vendor {vendor.number} {vendor.name} has no payable account in the books and none is configured.",
        remedy="Give the vendor a payable account in the books, or configure accounts.accounts_payable.",
    )
