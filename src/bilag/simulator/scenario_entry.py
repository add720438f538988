"""What happened to the company's money, before it is written as an Export Item.

Demo and seeded scenarios both say what happened with these values; `scenario_item` knows how Pleo writes it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bilag.simulator.catalogue_vendors import Vendor
from bilag.simulator.receipts import ReceiptKind


class EntryType(StrEnum):
    """Pleo's kinds of Export Item (https://developers.pleo.io/docs/expense-types)."""

    CARD_PURCHASE = "card_purchase"
    CARD_INVOICE = "card_invoice"
    OUT_OF_POCKET = "out_of_pocket"
    MILEAGE = "mileage"
    PER_DIEM = "per_diem"
    EXTERNAL_REIMBURSEMENT = "external_reimbursement"
    DIRECT_REIMBURSEMENT = "direct_reimbursement"
    INVOICE = "invoice"
    INVOICE_PAYMENT = "invoice_payment"
    CHARGEBACK = "chargeback"
    REFUND = "refund"
    CASHBACK = "cashback"
    ATM_WITHDRAWAL = "atm_withdrawal"
    WALLET_TOPUP = "wallet_topup"
    WALLET_UNLOAD = "wallet_unload"
    PERSONAL_SPEND = "personal_spend"
    FEE = "fee"


class EntrySubtype(StrEnum):
    """Pleo's finer kinds of Export Item."""

    TO_EMPLOYEE = "reimbursement_to_employee"
    TO_EMPLOYEE_REFUND = "reimbursement_to_employee_refund"
    TO_COMPANY = "reimbursement_to_company"
    PAYMENT_SENT = "invoice_payment_sent"
    PAYMENT_RETURNED = "invoice_payment_returned"
    INTEREST = "interest"


class Method(StrEnum):
    """Pleo's bookkeeping methods."""

    JOURNAL = "journal"
    ACCOUNTS_PAYABLE = "accounts_payable"
    NONE = "none"


# These move a Pleo balance, so Pleo names the wallet's account on them.
# https://developers.pleo.io/reference/export-api/multi-currency-configuration
WALLET_TYPES: Final = frozenset(
    {
        EntryType.CARD_PURCHASE,
        EntryType.CARD_INVOICE,
        EntryType.FEE,
        EntryType.CASHBACK,
        EntryType.REFUND,
        EntryType.CHARGEBACK,
        EntryType.DIRECT_REIMBURSEMENT,
        EntryType.INVOICE_PAYMENT,
        EntryType.ATM_WITHDRAWAL,
        EntryType.PERSONAL_SPEND,
        EntryType.WALLET_TOPUP,
        EntryType.WALLET_UNLOAD,
    }
)

# What the company may have tagged with a vendor, as far as Pleo lists it.
# https://developers.pleo.io/reference/vendor-tagging-in-export-items
VENDOR_TYPES: Final = frozenset(
    {
        EntryType.CARD_PURCHASE,
        EntryType.FEE,
        EntryType.CHARGEBACK,
        EntryType.REFUND,
        EntryType.CASHBACK,
        EntryType.INVOICE,
        EntryType.INVOICE_PAYMENT,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    """One split: what was paid, tax included, in hundredths of both currencies.

    `account`, `tax_code` and `tags` are codes of the catalogue. A movement between accounts has no category, so
    its account is None; a line without tax treatment has no tax code.
    """

    wallet_value: int
    supplier_value: int
    account: str | None = None
    tax_code: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """The supplier's invoice behind an entry; dates are ISO days."""

    number: str
    day: str
    due_day: str
    status: str
    paid_day: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One expense or money movement.

    `date` is a UTC instant such as `2026-10-05T09:12:41Z`, `service_period` a pair of ISO days or empty.
    `supplier` is a name and `employee` a code of the catalogue. Reconciled entries are the reconciliation ids
    that a reimbursement or a payment settles. `vendor` is whom the company has tagged, if anybody.
    """

    type: EntryType
    date: str
    lines: tuple[EntryLine, ...]
    subtype: EntrySubtype | None = None
    wallet_currency: str = "DKK"
    supplier_currency: str = "DKK"
    supplier: str | None = None
    employee: str | None = None
    note: str | None = None
    attendees: tuple[str, ...] = ()
    reconciled_entries: tuple[str, ...] = ()
    service_period: tuple[str, ...] = ()
    invoice: Invoice | None = None
    method: Method | None = None
    vendor: Vendor | None = None
    receipts: tuple[ReceiptKind, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryKey:
    """What Pleo knows an entry by: whose it is, its id, and its book number, the reconciliation id."""

    company_id: str
    entry_id: str
    reconciliation_id: str
