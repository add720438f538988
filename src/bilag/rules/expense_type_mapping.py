"""Which accounts an expense moves, by type and subtype: the one table behind every journal entry.

Pleo's own page of this name is not public; what each row rests on stands in docs/decisions/0003-inferences.md.
https://developers.pleo.io/docs/expense-types
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bilag.domain.expense_type import ExpenseSubtype as Sub
from bilag.domain.expense_type import ExpenseType as Type
from bilag.domain.ledger import AccountRole as Role
from bilag.domain.ledger import Side


class Direction(StrEnum):
    """What the sign of Pleo's amount means for a row.

    BY_SIGN: a positive amount follows the row, a negative one is its reverse.
    BY_TYPE: the type says which way the money went, whatever sign Pleo writes before it.
    """

    BY_SIGN = "by_sign"
    BY_TYPE = "by_type"


@dataclass(frozen=True, slots=True)
class MappingRow:
    """The role and side of the item's lines, and the role on the other side."""

    lines: Role
    lines_side: Side
    counter: Role
    direction: Direction


_OUT = (Side.DEBIT, Direction.BY_SIGN)
_OUT_ALWAYS = (Side.DEBIT, Direction.BY_TYPE)
_IN = (Side.CREDIT, Direction.BY_SIGN)
_IN_ALWAYS = (Side.CREDIT, Direction.BY_TYPE)


def _row(lines: Role, way: tuple[Side, Direction], counter: Role) -> MappingRow:
    return MappingRow(lines, way[0], counter, way[1])


# type, subtype                                               lines              way          counter
EXPENSE_TYPE_MAPPING: Final[Mapping[tuple[Type, Sub | None], MappingRow]] = MappingProxyType(
    {
        (Type.CARD_PURCHASE, None): _row(Role.EXPENSE, _OUT, Role.WALLET),
        (Type.CARD_INVOICE, None): _row(Role.EXPENSE, _OUT, Role.WALLET),
        (Type.FEE, None): _row(Role.EXPENSE, _OUT, Role.WALLET),
        (Type.FEE, Sub.INTEREST): _row(Role.EXPENSE, _OUT, Role.WALLET),
        (Type.CASHBACK, None): _row(Role.EXPENSE, _IN_ALWAYS, Role.WALLET),
        (Type.REFUND, None): _row(Role.EXPENSE, _IN_ALWAYS, Role.WALLET),
        (Type.CHARGEBACK, None): _row(Role.EXPENSE, _IN_ALWAYS, Role.WALLET),
        (Type.OUT_OF_POCKET, None): _row(Role.EXPENSE, _OUT, Role.OUT_OF_POCKET),
        (Type.MILEAGE, None): _row(Role.EXPENSE, _OUT, Role.OUT_OF_POCKET),
        (Type.PER_DIEM, None): _row(Role.EXPENSE, _OUT, Role.OUT_OF_POCKET),
        (Type.DIRECT_REIMBURSEMENT, None): _row(Role.OUT_OF_POCKET, _OUT, Role.WALLET),
        (Type.DIRECT_REIMBURSEMENT, Sub.REIMBURSEMENT_TO_EMPLOYEE): _row(Role.OUT_OF_POCKET, _OUT_ALWAYS, Role.WALLET),
        (Type.DIRECT_REIMBURSEMENT, Sub.REIMBURSEMENT_TO_EMPLOYEE_REFUND): _row(
            Role.OUT_OF_POCKET, _IN_ALWAYS, Role.WALLET
        ),
        (Type.DIRECT_REIMBURSEMENT, Sub.REIMBURSEMENT_TO_COMPANY): _row(Role.OUT_OF_POCKET, _IN_ALWAYS, Role.WALLET),
        (Type.EXTERNAL_REIMBURSEMENT, None): _row(Role.OUT_OF_POCKET, _OUT, Role.CONTRA),
        (Type.EXTERNAL_REIMBURSEMENT, Sub.REIMBURSEMENT_TO_EMPLOYEE): _row(
            Role.OUT_OF_POCKET, _OUT_ALWAYS, Role.CONTRA
        ),
        (Type.EXTERNAL_REIMBURSEMENT, Sub.REIMBURSEMENT_TO_EMPLOYEE_REFUND): _row(
            Role.OUT_OF_POCKET, _IN_ALWAYS, Role.CONTRA
        ),
        (Type.EXTERNAL_REIMBURSEMENT, Sub.REIMBURSEMENT_TO_COMPANY): _row(Role.OUT_OF_POCKET, _IN_ALWAYS, Role.CONTRA),
        (Type.ATM_WITHDRAWAL, None): _row(Role.OUT_OF_POCKET, _OUT, Role.WALLET),
        (Type.PERSONAL_SPEND, None): _row(Role.OUT_OF_POCKET, _OUT, Role.WALLET),
        (Type.INVOICE, None): _row(Role.EXPENSE, _OUT, Role.ACCOUNTS_PAYABLE),
        (Type.INVOICE_PAYMENT, None): _row(Role.ACCOUNTS_PAYABLE, _OUT, Role.WALLET),
        (Type.INVOICE_PAYMENT, Sub.INVOICE_PAYMENT_SENT): _row(Role.ACCOUNTS_PAYABLE, _OUT_ALWAYS, Role.WALLET),
        (Type.INVOICE_PAYMENT, Sub.INVOICE_PAYMENT_RETURNED): _row(Role.ACCOUNTS_PAYABLE, _IN_ALWAYS, Role.WALLET),
        (Type.WALLET_TOPUP, None): _row(Role.CONTRA, _IN, Role.WALLET),
        (Type.WALLET_UNLOAD, None): _row(Role.CONTRA, _OUT_ALWAYS, Role.WALLET),
    }
)

# Wallet loads and unloads are journal entries whatever the method says.
# https://developers.pleo.io/docs/current/integration-design/exports (bookkeeping method resolution)
ALWAYS_JOURNAL: Final = frozenset({Type.WALLET_TOPUP, Type.WALLET_UNLOAD})


def row_for(type_: Type, subtype: Sub | None) -> MappingRow | None:
    """The row of the table, or None when Pleo's type and subtype do not go together."""
    return EXPENSE_TYPE_MAPPING.get((type_, subtype))
