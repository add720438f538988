"""The demo's people: what they paid themselves, what they got back, the cash they drew, the card used by mistake.

The keys are the entries' book numbers. Each reimbursement comes to the sum of what it settles.
"""

from typing import Final

from bilag.simulator.demo_lines import paid, reconciliation_id
from bilag.simulator.receipts import ReceiptKind
from bilag.simulator.scenario_entry import Entry, EntrySubtype, EntryType, Method

_PDF, _JPEG, _PNG = ReceiptKind.PDF, ReceiptKind.JPEG, ReceiptKind.PNG

TRIP_TO_ODENSE: Final = {
    1014: Entry(
        type=EntryType.MILEAGE,
        date="2026-10-05T16:45:00Z",
        employee="M002",
        lines=(paid("2830", 661_92, None, "P-2601"),),
        note="Copenhagen to Odense by own car, 168 km",
    ),
    1015: Entry(
        type=EntryType.PER_DIEM,
        date="2026-10-06T15:00:00Z",
        employee="M002",
        lines=(paid("2840", 1_194_00, None, "P-2601"),),
        note="Two days in Odense",
    ),
    1016: Entry(
        type=EntryType.OUT_OF_POCKET,
        date="2026-10-06T10:22:19Z",
        supplier="Parkér Let",
        employee="M002",
        lines=(paid("2810", 96_00, "DK25", "P-2601"),),
        receipts=(_JPEG,),
    ),
    1018: Entry(
        type=EntryType.DIRECT_REIMBURSEMENT,
        subtype=EntrySubtype.TO_EMPLOYEE,
        date="2026-10-08T07:00:00Z",
        employee="M002",
        lines=(paid(None, 1_951_92),),
        note="Odense, paid from the wallet",
        reconciled_entries=(reconciliation_id(1014), reconciliation_id(1015), reconciliation_id(1016)),
    ),
}

TRAIN_IN_SEPTEMBER: Final = {
    1002: Entry(
        type=EntryType.OUT_OF_POCKET,
        date="2026-09-29T06:12:55Z",
        supplier="Nordtog",
        employee="M003",
        lines=(paid("2810", 318_00, None, "P-2601"),),
        note="Card machine was down, paid privately",
        receipts=(_JPEG,),
    ),
    1040: Entry(
        type=EntryType.EXTERNAL_REIMBURSEMENT,
        subtype=EntrySubtype.TO_EMPLOYEE,
        date="2026-10-26T11:00:00Z",
        employee="M003",
        lines=(paid(None, 318_00),),
        note="With the October salary",
        reconciled_entries=(reconciliation_id(1002),),
    ),
}

CASH_IN_BERLIN: Final = {
    1020: Entry(
        type=EntryType.ATM_WITHDRAWAL,
        date="2026-10-08T13:18:26Z",
        employee="M004",
        wallet_currency="EUR",
        supplier_currency="EUR",
        lines=(paid(None, 200_00),),
        note="Cash for the market stalls",
    ),
    1022: Entry(
        type=EntryType.OUT_OF_POCKET,
        date="2026-10-09T14:03:00Z",
        supplier="Spreebahn Verkehr",
        employee="M004",
        wallet_currency="EUR",
        supplier_currency="EUR",
        lines=(paid("2810", 52_00, "DE7", "P-2604"),),
        note="Paid from the cash drawn on 8 October",
        # It lowers what Jonathan owes for the cash, so it can't become a debt of the company to him.
        method=Method.JOURNAL,
        receipts=(_PNG,),
    ),
    1023: Entry(
        type=EntryType.EXTERNAL_REIMBURSEMENT,
        subtype=EntrySubtype.TO_COMPANY,
        date="2026-10-12T08:30:00Z",
        employee="M004",
        wallet_currency="EUR",
        supplier_currency="EUR",
        lines=(paid(None, 148_00),),
        note="The rest of the cash, paid into the bank",
        reconciled_entries=(reconciliation_id(1020), reconciliation_id(1022)),
    ),
}

CARD_USED_BY_MISTAKE: Final = {
    1031: Entry(
        type=EntryType.PERSONAL_SPEND,
        date="2026-10-16T18:37:44Z",
        supplier="Boghandlen Skrift",
        employee="M003",
        lines=(paid(None, 149_00),),
        note="Wrong card, sorry",
    ),
    1034: Entry(
        type=EntryType.EXTERNAL_REIMBURSEMENT,
        subtype=EntrySubtype.TO_COMPANY,
        date="2026-10-20T08:00:00Z",
        employee="M003",
        lines=(paid(None, 149_00),),
        note="Deducted from the October salary",
        reconciled_entries=(reconciliation_id(1031),),
    ),
}

BOUNCED_REIMBURSEMENT: Final = {
    1039: Entry(
        type=EntryType.OUT_OF_POCKET,
        date="2026-10-23T15:49:08Z",
        supplier="Moss & Ferry Bookshop",
        employee="M005",
        wallet_currency="GBP",
        supplier_currency="GBP",
        lines=(paid("3650", 34_99, "GB0", "P-2609"),),
        note="Books have a zero rate",
        receipts=(_PDF,),
    ),
    1041: Entry(
        type=EntryType.DIRECT_REIMBURSEMENT,
        subtype=EntrySubtype.TO_EMPLOYEE,
        date="2026-10-27T07:00:00Z",
        employee="M005",
        wallet_currency="GBP",
        supplier_currency="GBP",
        lines=(paid(None, 34_99),),
        reconciled_entries=(reconciliation_id(1039),),
    ),
    1043: Entry(
        type=EntryType.DIRECT_REIMBURSEMENT,
        subtype=EntrySubtype.TO_EMPLOYEE_REFUND,
        date="2026-10-28T03:10:00Z",
        employee="M005",
        wallet_currency="GBP",
        supplier_currency="GBP",
        lines=(paid(None, 34_99),),
        note="Bounced: the bank account is closed",
        reconciled_entries=(reconciliation_id(1039),),
    ),
}
