"""The demo's employees as vendors, and the last purchases: October's outlays, paid back in November.

An outlay has no bookkeeping method: the books decide whether an employee is a vendor. The keys are the entries' book
numbers: 11.. are exported with October, 12.. with November.
"""

from typing import Final

from bilag.simulator.catalogue_vendors import VENDORS
from bilag.simulator.demo_lines import paid, reconciliation_id
from bilag.simulator.demo_vendor_cards import CLOUDBARN
from bilag.simulator.receipts import ReceiptKind
from bilag.simulator.scenario_entry import Entry, EntrySubtype, EntryType, Method

_PDF, _JPEG = ReceiptKind.PDF, ReceiptKind.JPEG

OUTLAYS_OF_OCTOBER: Final = {
    1126: Entry(
        type=EntryType.MILEAGE,
        date="2026-10-13T17:20:00Z",
        employee="M006",
        lines=(paid("2830", 748_60, None, "P-2607"),),
        note="Four site visits in Malmö by own car, 190 km",
    ),
    1127: Entry(
        type=EntryType.OUT_OF_POCKET,
        date="2026-10-14T06:38:12Z",
        supplier="Nordtog",
        employee="M006",
        lines=(paid("2810", 246_00, None, "P-2607"),),
        note="The car was at the garage",
        receipts=(_JPEG,),
    ),
    1128: Entry(
        type=EntryType.OUT_OF_POCKET,
        date="2026-10-21T14:11:49Z",
        supplier="Boghandlen Skrift",
        employee="M004",
        lines=(paid("3650", 389_00, "DK25", "D-STU"),),
        note="Handbook of timber joints",
        receipts=(_PDF,),
    ),
    1129: Entry(
        type=EntryType.MILEAGE,
        date="2026-10-22T15:05:00Z",
        employee="M004",
        lines=(paid("2830", 299_44, None, "P-2601"),),
        note="Copenhagen to Hillerød and back by own car, 76 km",
    ),
}

PAID_BACK_IN_NOVEMBER: Final = {
    1207: Entry(
        type=EntryType.DIRECT_REIMBURSEMENT,
        subtype=EntrySubtype.TO_EMPLOYEE,
        date="2026-11-06T07:00:00Z",
        employee="M006",
        lines=(paid(None, 994_60),),
        note="Malmö, paid from the wallet",
        reconciled_entries=(reconciliation_id(1126), reconciliation_id(1127)),
    ),
    1209: Entry(
        type=EntryType.EXTERNAL_REIMBURSEMENT,
        subtype=EntrySubtype.TO_EMPLOYEE,
        date="2026-11-13T11:00:00Z",
        employee="M004",
        lines=(paid(None, 389_00),),
        note="The book, with the November salary",
        reconciled_entries=(reconciliation_id(1128),),
    ),
    1212: Entry(
        type=EntryType.OUT_OF_POCKET,
        date="2026-11-18T06:51:30Z",
        supplier="Nordtog",
        employee="M003",
        lines=(paid("2810", 214_00, None, "P-2601"),),
        receipts=(_JPEG,),
    ),
}

BOUGHT_IN_NOVEMBER: Final = {
    1210: Entry(
        type=EntryType.CARD_PURCHASE,
        date="2026-11-16T06:55:30Z",
        supplier="Cloudbarn Ltd",
        employee="M007",
        wallet_currency="EUR",
        supplier_currency="EUR",
        lines=(paid("3620", 149_00, "EU25R"),),
        note="Rendering credits, reverse charge",
        service_period=("2026-11-01", "2026-11-30"),
        method=Method.ACCOUNTS_PAYABLE,
        vendor=CLOUDBARN,
        receipts=(_PDF,),
    ),
    1211: Entry(
        type=EntryType.CARD_PURCHASE,
        date="2026-11-17T09:22:16Z",
        supplier="Papirværket ApS",
        employee="M007",
        lines=(paid("3600", 612_50, "DK25", "D-OFF"),),
        method=Method.ACCOUNTS_PAYABLE,
        vendor=VENDORS["Papirværket ApS"],
        receipts=(_PDF,),
    ),
    1214: Entry(
        type=EntryType.CARD_PURCHASE,
        date="2026-11-20T13:44:58Z",
        supplier="Limhamns Färg & Papper AB",
        employee="M006",
        wallet_currency="SEK",
        supplier_currency="SEK",
        lines=(paid("2150", 1_140_00, "SE25", "P-2607", "C-SUN"),),
        note="Colour cards for the café",
        method=Method.ACCOUNTS_PAYABLE,
        vendor=VENDORS["Limhamns Färg & Papper AB"],
        receipts=(_JPEG,),
    ),
}
