"""What seeded expenses are drawn from: how often each kind comes, what it costs, who pays, what is noted on it.

Amounts are hundredths of the wallet's currency.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from bilag.simulator.receipts import ReceiptKind
from bilag.simulator.scenario_entry import EntrySubtype, EntryType

FIRST_DAY: Final = date(2026, 10, 1)
DAYS_COUNT: Final = 31
LINES_MAX: Final = 5

_LATER_DAYS_COUNT: Final = 120
# The days of the scenario, and enough days after them for due dates and service periods.
DAYS: Final = tuple(
    (FIRST_DAY + timedelta(days=offset)).isoformat() for offset in range(DAYS_COUNT + _LATER_DAYS_COUNT)
)

SPLIT_SHARE: Final = 0.14
TAGGED_SHARE: Final = 0.6
NOTED_SHARE: Final = 0.5
SPREAD_SHARE: Final = 0.6
JOURNAL_NAMED_SHARE: Final = 0.5
VENDOR_NAMED_SHARE: Final = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryKind:
    """A kind of entry and how often it comes, in 1,000 entries."""

    type: EntryType
    subtype: EntrySubtype | None
    weight: int


def _kind(type_: EntryType, weight: int, subtype: EntrySubtype | None = None) -> EntryKind:
    return EntryKind(type=type_, subtype=subtype, weight=weight)


CARD_PURCHASE: Final = _kind(EntryType.CARD_PURCHASE, 640)
KINDS: Final = (
    CARD_PURCHASE,
    _kind(EntryType.CARD_INVOICE, 20),
    _kind(EntryType.OUT_OF_POCKET, 100),
    _kind(EntryType.MILEAGE, 30),
    _kind(EntryType.PER_DIEM, 20),
    _kind(EntryType.EXTERNAL_REIMBURSEMENT, 10, EntrySubtype.TO_EMPLOYEE),
    _kind(EntryType.EXTERNAL_REIMBURSEMENT, 5, EntrySubtype.TO_COMPANY),
    _kind(EntryType.DIRECT_REIMBURSEMENT, 25, EntrySubtype.TO_EMPLOYEE),
    _kind(EntryType.DIRECT_REIMBURSEMENT, 4, EntrySubtype.TO_EMPLOYEE_REFUND),
    _kind(EntryType.INVOICE, 30),
    _kind(EntryType.INVOICE_PAYMENT, 28, EntrySubtype.PAYMENT_SENT),
    _kind(EntryType.INVOICE_PAYMENT, 3, EntrySubtype.PAYMENT_RETURNED),
    _kind(EntryType.CHARGEBACK, 5),
    _kind(EntryType.REFUND, 20),
    _kind(EntryType.CASHBACK, 5),
    _kind(EntryType.ATM_WITHDRAWAL, 8),
    _kind(EntryType.WALLET_TOPUP, 10),
    _kind(EntryType.WALLET_UNLOAD, 3),
    _kind(EntryType.PERSONAL_SPEND, 10),
    _kind(EntryType.FEE, 20),
    _kind(EntryType.FEE, 4, EntrySubtype.INTEREST),
)
# One seat per unit of weight, so that a draw is one look-up.
SEATS: Final = tuple(kind for kind in KINDS for _ in range(kind.weight))

BOUGHT_TYPES: Final = frozenset(
    {
        EntryType.CARD_PURCHASE,
        EntryType.CARD_INVOICE,
        EntryType.OUT_OF_POCKET,
        EntryType.INVOICE,
        EntryType.CHARGEBACK,
        EntryType.REFUND,
    }
)
INVOICED_TYPES: Final = frozenset({EntryType.INVOICE, EntryType.CARD_INVOICE, EntryType.INVOICE_PAYMENT})
REIMBURSEMENT_TYPES: Final = frozenset({EntryType.DIRECT_REIMBURSEMENT, EntryType.EXTERNAL_REIMBURSEMENT})
SUPPLIED_MOVEMENT_TYPES: Final = frozenset({EntryType.INVOICE_PAYMENT, EntryType.PERSONAL_SPEND})
SUPPLIED_TYPES: Final = BOUGHT_TYPES | SUPPLIED_MOVEMENT_TYPES
# Pleo publishes no sign for money that comes back, so both are drawn.
EITHER_SIGN_TYPES: Final = frozenset({EntryType.REFUND, EntryType.CHARGEBACK})
TYPES_WITHOUT_EMPLOYEE: Final = frozenset(
    {EntryType.WALLET_TOPUP, EntryType.WALLET_UNLOAD, EntryType.CASHBACK, EntryType.FEE}
)
WALLET_MOVEMENT_TYPES: Final = frozenset({EntryType.WALLET_TOPUP, EntryType.WALLET_UNLOAD})

# Which wallet pays for a supplier's currency: that currency's own where there is one, else a foreign purchase.
PAYING_WALLETS: Final = {
    "DKK": ("DKK",),
    "EUR": ("EUR", "EUR", "DKK"),
    "GBP": ("GBP", "GBP", "DKK"),
    "SEK": ("SEK", "SEK", "DKK"),
    "USD": ("USD", "DKK", "DKK", "EUR"),
    "ISK": ("DKK", "DKK", "EUR"),
    "JPY": ("DKK", "DKK", "EUR"),
}
MOVED_WALLETS: Final = ("DKK",) * 12 + ("EUR",) * 4 + ("GBP",) * 2 + ("SEK",) * 2 + ("USD",)

# The least and the most that comes together when no supplier sets the price.
VALUE_RANGES: Final = {
    EntryType.MILEAGE: (40_00, 1_600_00),
    EntryType.PER_DIEM: (300_00, 3_000_00),
    EntryType.FEE: (1_00, 250_00),
    EntryType.CASHBACK: (20_00, 900_00),
    EntryType.INVOICE_PAYMENT: (500_00, 60_000_00),
    EntryType.DIRECT_REIMBURSEMENT: (50_00, 4_000_00),
    EntryType.EXTERNAL_REIMBURSEMENT: (50_00, 4_000_00),
    EntryType.ATM_WITHDRAWAL: (100_00, 2_000_00),
    EntryType.PERSONAL_SPEND: (20_00, 900_00),
    EntryType.WALLET_TOPUP: (10_000_00, 500_000_00),
    EntryType.WALLET_UNLOAD: (1_000_00, 90_000_00),
}
# The categories of expenses without supplier; movements between accounts have none.
CATEGORIES: Final = {
    (EntryType.MILEAGE, None): "2830",
    (EntryType.PER_DIEM, None): "2840",
    (EntryType.FEE, None): "3660",
    (EntryType.FEE, EntrySubtype.INTEREST): "4310",
    (EntryType.CASHBACK, None): "1090",
}

ENTERTAINMENT_ACCOUNT: Final = "2740"
# Costs that are often paid for months ahead.
SPREAD_ACCOUNTS: Final = frozenset({"3410", "3620", "3630", "3680"})
SPREAD_DAYS: Final = (29, 89)
GUESTS_MAX: Final = 4
SETTLED_MAX: Final = 3

NOTES: Final = (
    "Colour samples for the client meeting",
    "Forgot the yellow folder, had to buy another one",
    "Quarterly plan, cancel before renewal",
    "Site visit with the carpenter",
    "Indkøb til byggepladsen",
    "Für den Showroom, bitte Projekt Berlin",
    "Agreed with Asta beforehand",
    "Till roll was faint, amount checked by hand",
)

# Mostly one PDF, sometimes a photo, sometimes several files.
RECEIPT_SETS: Final = (
    *((ReceiptKind.PDF,),) * 14,
    *((ReceiptKind.JPEG,),) * 4,
    (ReceiptKind.PNG,),
    (ReceiptKind.PDF, ReceiptKind.JPEG),
)
