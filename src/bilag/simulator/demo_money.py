"""The demo's wallet and its invoices: money in and out, what Pleo charges, bills and their payments.

The keys are the entries' book numbers.
"""

from typing import Final

from bilag.simulator.catalogue_vendors import VENDORS
from bilag.simulator.demo_lines import paid
from bilag.simulator.receipts import ReceiptKind
from bilag.simulator.scenario_entry import Entry, EntrySubtype, EntryType, Invoice, Method

_PDF, _JPEG = ReceiptKind.PDF, ReceiptKind.JPEG

_RENT: Final = Invoice(
    number="R-2026-1107", day="2026-09-25", due_day="2026-10-05", status="paid", paid_day="2026-10-02"
)
_AUDIT: Final = Invoice(number="88214", day="2026-10-21", due_day="2026-11-04", status="failed_payment")
_MODELS: Final = Invoice(number="MV 4471", day="2026-10-16", due_day="2026-10-30", status="paid", paid_day="2026-10-19")

WALLET: Final = {
    1005: Entry(
        type=EntryType.WALLET_TOPUP,
        date="2026-10-01T05:30:00Z",
        lines=(paid(None, 100_000_00),),
        method=Method.NONE,
    ),
    1006: Entry(
        type=EntryType.WALLET_TOPUP,
        date="2026-10-01T05:31:00Z",
        wallet_currency="EUR",
        supplier_currency="EUR",
        lines=(paid(None, 15_000_00),),
        method=Method.NONE,
    ),
    1061: Entry(
        type=EntryType.WALLET_TOPUP,
        date="2026-10-01T05:32:00Z",
        wallet_currency="GBP",
        supplier_currency="GBP",
        lines=(paid(None, 2_000_00),),
        method=Method.NONE,
    ),
    1062: Entry(
        type=EntryType.WALLET_TOPUP,
        date="2026-10-01T05:33:00Z",
        wallet_currency="SEK",
        supplier_currency="SEK",
        lines=(paid(None, 8_000_00),),
        method=Method.NONE,
    ),
    1019: Entry(
        type=EntryType.FEE,
        date="2026-10-08T13:18:27Z",
        lines=(paid("3660", 39_00),),
        note="Cash withdrawal abroad",
    ),
    1049: Entry(
        type=EntryType.FEE,
        subtype=EntrySubtype.INTEREST,
        date="2026-10-31T06:00:00Z",
        lines=(paid("4310", 128_75),),
        note="Interest on the overdraft of September",
        receipts=(_PDF,),
    ),
    1050: Entry(
        type=EntryType.WALLET_UNLOAD,
        date="2026-11-02T06:00:00Z",
        wallet_currency="EUR",
        supplier_currency="EUR",
        lines=(paid(None, 2_500_00),),
        note="Back to the bank",
        method=Method.NONE,
    ),
}

INVOICES: Final = {
    1007: Entry(
        type=EntryType.INVOICE,
        date="2026-10-01T10:00:00Z",
        supplier="Kontorhuset Refshale P/S",
        employee="M008",
        lines=(paid("3410", 28_500_00, "DK25N", "D-OFF"),),
        note="Rent, fourth quarter",
        service_period=("2026-10-01", "2026-12-31"),
        invoice=_RENT,
        method=Method.JOURNAL,
        vendor=VENDORS["Kontorhuset Refshale P/S"],
        receipts=(_PDF,),
    ),
    1008: Entry(
        type=EntryType.INVOICE_PAYMENT,
        subtype=EntrySubtype.PAYMENT_SENT,
        date="2026-10-02T06:00:00Z",
        supplier="Kontorhuset Refshale P/S",
        employee="M008",
        lines=(paid(None, 28_500_00),),
        invoice=_RENT,
        method=Method.JOURNAL,
        vendor=VENDORS["Kontorhuset Refshale P/S"],
    ),
    1032: Entry(
        type=EntryType.CARD_INVOICE,
        date="2026-10-19T09:24:16Z",
        supplier="Modelværkstedet ApS",
        employee="M002",
        lines=(paid("2110", 12_500_00, "DK25N", "P-2601", "C-KOB"),),
        note="Model of the reading room, invoice and delivery note",
        invoice=_MODELS,
        method=Method.JOURNAL,
        receipts=(_PDF, _PDF, _JPEG),
    ),
    1038: Entry(
        type=EntryType.INVOICE,
        date="2026-10-22T12:00:00Z",
        supplier="Bro & Revision",
        employee="M008",
        lines=(paid("3670", 18_750_00, "DK25N"),),
        note="Half-year review",
        invoice=_AUDIT,
        receipts=(_PDF,),
    ),
    1042: Entry(
        type=EntryType.INVOICE_PAYMENT,
        subtype=EntrySubtype.PAYMENT_SENT,
        date="2026-10-27T06:00:00Z",
        supplier="Bro & Revision",
        employee="M008",
        lines=(paid(None, 18_750_00),),
        invoice=_AUDIT,
    ),
    1052: Entry(
        type=EntryType.INVOICE_PAYMENT,
        subtype=EntrySubtype.PAYMENT_RETURNED,
        date="2026-11-04T04:15:00Z",
        supplier="Bro & Revision",
        employee="M008",
        lines=(paid(None, 18_750_00),),
        note="Returned: the account number was wrong",
        invoice=_AUDIT,
    ),
}
