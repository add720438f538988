"""The closed lists of Pleo's expense types and subtypes, as the Export API v3 names them.

https://developers.pleo.io/docs/expense-types
"""

from enum import StrEnum


class ExpenseType(StrEnum):
    """What kind of expense an Export Item is."""

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


class ExpenseSubtype(StrEnum):
    """Which variant of its type an Export Item is."""

    REIMBURSEMENT_TO_EMPLOYEE = "reimbursement_to_employee"
    REIMBURSEMENT_TO_EMPLOYEE_REFUND = "reimbursement_to_employee_refund"
    REIMBURSEMENT_TO_COMPANY = "reimbursement_to_company"
    INVOICE_PAYMENT_SENT = "invoice_payment_sent"
    INVOICE_PAYMENT_RETURNED = "invoice_payment_returned"
    INTEREST = "interest"


class TaxType(StrEnum):
    """How the tax of a line relates to its amount."""

    INCLUSIVE = "inclusive"
    EXCLUSIVE = "exclusive"
    REVERSE = "reverse"


class BookkeepingMethod(StrEnum):
    """How an Export Item is recorded; `NONE` marks movements that are journal entries anyway."""

    JOURNAL = "journal"
    ACCOUNTS_PAYABLE = "accounts_payable"
    NONE = "none"
