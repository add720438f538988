"""Which documents of a vendor an expense becomes under accounts payable: the one table behind all of them.

Sides and the money's account come from the journal's table; what stands there against the vendor's part is accounts
payable here. What each row rests on stands in docs/decisions/0003-inferences.md.
https://developers.pleo.io/docs/current/integration-design/exports (accounts payable)
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bilag.domain.expense_type import ExpenseSubtype as Sub
from bilag.domain.expense_type import ExpenseType as Type
from bilag.domain.export_item import ExportItem, Unrecognised
from bilag.domain.ledger import AccountRole
from bilag.rules.expense_type_mapping import MappingRow


class Party(StrEnum):
    """Whom the documents name: the tagged vendor or supplier, or the employee as a vendor."""

    SUPPLIER = "supplier"
    EMPLOYEE = "employee"


@dataclass(frozen=True, slots=True)
class PayableRow:
    """Whether the item brings the debt (invoice or credit note), its payment, or both, and whom it is with."""

    bill: bool
    payment: bool
    party: Party


_BOTH = PayableRow(bill=True, payment=True, party=Party.SUPPLIER)
_BILL = PayableRow(bill=True, payment=False, party=Party.SUPPLIER)
_PAYMENT = PayableRow(bill=False, payment=True, party=Party.SUPPLIER)
_STAFF_BILL = PayableRow(bill=True, payment=False, party=Party.EMPLOYEE)
_STAFF_PAYMENT = PayableRow(bill=False, payment=True, party=Party.EMPLOYEE)

# type, subtype                                                          documents, and whom they are with
PAYABLES_MAPPING: Final[Mapping[tuple[Type, Sub | None], PayableRow]] = MappingProxyType(
    {
        (Type.CARD_PURCHASE, None): _BOTH,
        (Type.CARD_INVOICE, None): _BOTH,
        (Type.FEE, None): _BOTH,
        (Type.FEE, Sub.INTEREST): _BOTH,
        (Type.CASHBACK, None): _BOTH,
        (Type.REFUND, None): _BOTH,
        (Type.CHARGEBACK, None): _BOTH,
        (Type.INVOICE, None): _BILL,
        (Type.INVOICE_PAYMENT, None): _PAYMENT,
        (Type.INVOICE_PAYMENT, Sub.INVOICE_PAYMENT_SENT): _PAYMENT,
        (Type.INVOICE_PAYMENT, Sub.INVOICE_PAYMENT_RETURNED): _PAYMENT,
        (Type.OUT_OF_POCKET, None): _STAFF_BILL,
        (Type.MILEAGE, None): _STAFF_BILL,
        (Type.PER_DIEM, None): _STAFF_BILL,
        (Type.DIRECT_REIMBURSEMENT, None): _STAFF_PAYMENT,
        (Type.DIRECT_REIMBURSEMENT, Sub.REIMBURSEMENT_TO_EMPLOYEE): _STAFF_PAYMENT,
        (Type.DIRECT_REIMBURSEMENT, Sub.REIMBURSEMENT_TO_EMPLOYEE_REFUND): _STAFF_PAYMENT,
        (Type.EXTERNAL_REIMBURSEMENT, None): _STAFF_PAYMENT,
        (Type.EXTERNAL_REIMBURSEMENT, Sub.REIMBURSEMENT_TO_EMPLOYEE): _STAFF_PAYMENT,
        (Type.EXTERNAL_REIMBURSEMENT, Sub.REIMBURSEMENT_TO_EMPLOYEE_REFUND): _STAFF_PAYMENT,
    }
)

# Known to the journal's table, and a debt to no vendor: always a journal entry.
OWES_NO_VENDOR: Final[frozenset[tuple[Type, Sub | None]]] = frozenset(
    {
        (Type.ATM_WITHDRAWAL, None),
        (Type.PERSONAL_SPEND, None),
        (Type.DIRECT_REIMBURSEMENT, Sub.REIMBURSEMENT_TO_COMPANY),
        (Type.EXTERNAL_REIMBURSEMENT, Sub.REIMBURSEMENT_TO_COMPANY),
        (Type.WALLET_TOPUP, None),
        (Type.WALLET_UNLOAD, None),
    }
)


def payable_row(item: ExportItem) -> PayableRow | None:
    """The item's row of the table; None for what is always a journal entry, and for what no table knows."""
    if isinstance(item.type, Unrecognised) or isinstance(item.subtype, Unrecognised):
        return None
    return PAYABLES_MAPPING.get((item.type, item.subtype))


def owes_no_vendor(item: ExportItem) -> bool:
    """Whether the item is always a journal entry; an unknown type or subtype is neither this nor that."""
    return (item.type, item.subtype) in OWES_NO_VENDOR


def bill_row(row: MappingRow) -> MappingRow:
    """The journal's row as invoice or credit note: the lines against what the vendor is owed."""
    return replace(row, counter=AccountRole.ACCOUNTS_PAYABLE)


def payment_row(row: MappingRow) -> MappingRow:
    """The journal's row as payment: what the vendor is owed, on the side of the lines, against the money."""
    return replace(row, lines=AccountRole.ACCOUNTS_PAYABLE)
