"""The demo's vendor invoices and what was paid of them, from October to 20 November.

The keys are the entries' book numbers: 11.. are exported with October, 12.. with November.
"""

from typing import Final

from bilag.simulator.catalogue_vendors import VENDORS
from bilag.simulator.demo_lines import paid, reconciliation_id
from bilag.simulator.demo_vendor_cards import LAMPENWINKEL
from bilag.simulator.receipts import ReceiptKind
from bilag.simulator.scenario_entry import Entry, EntryLine, EntrySubtype, EntryType, Invoice, Method

_PDF = ReceiptKind.PDF

_SERVICE_CHARGES: Final = Invoice(
    number="R-2026-1214", day="2026-10-06", due_day="2026-11-05", status="paid", paid_day="2026-11-03"
)
_TWO_MODELS: Final = Invoice(number="MV 4533", day="2026-10-14", due_day="2026-11-13", status="payment_in_progress")
_INSURANCE: Final = Invoice(number="2026-88104", day="2026-10-07", due_day="2026-11-06", status="failed_payment")
_BROADBAND: Final = Invoice(
    number="L-700412", day="2026-10-12", due_day="2026-10-26", status="paid", paid_day="2026-10-08"
)
_BROADBAND_NOVEMBER: Final = Invoice(number="L-702977", day="2026-11-19", due_day="2026-12-03", status="scheduled")
_BOOKKEEPING: Final = Invoice(
    number="88391", day="2026-10-28", due_day="2026-11-11", status="paid", paid_day="2026-10-29"
)
_POSTERS: Final = Invoice(number="T-20417", day="2026-10-14", due_day="2026-10-28", status="failed_payment")
_PARCELS: Final = Invoice(
    number="PK-55120", day="2026-10-22", due_day="2026-11-05", status="paid", paid_day="2026-11-05"
)
_WORKSTATION: Final = Invoice(
    number="FA-118204", day="2026-10-26", due_day="2026-11-09", status="paid", paid_day="2026-11-09"
)
_LAMPS: Final = Invoice(
    number="2026/1187", day="2026-10-27", due_day="2026-11-11", status="paid", paid_day="2026-11-10"
)
_LICENCE: Final = Invoice(number="TR-20611", day="2026-11-18", due_day="2026-12-18", status="scheduled")


def _bill(supplier: str, date: str, invoice: Invoice, line: EntryLine, note: str) -> Entry:
    return Entry(
        type=EntryType.INVOICE,
        date=date,
        supplier=supplier,
        employee="M008",
        lines=(line,),
        note=note,
        invoice=invoice,
        method=Method.ACCOUNTS_PAYABLE,
        vendor=VENDORS[supplier],
        receipts=(_PDF,),
    )


def _payment(supplier: str, date: str, invoice: Invoice, value: int, note: str | None = None) -> Entry:
    return Entry(
        type=EntryType.INVOICE_PAYMENT,
        subtype=EntrySubtype.PAYMENT_SENT,
        date=date,
        supplier=supplier,
        employee="M008",
        lines=(paid(None, value),),
        note=note,
        invoice=invoice,
        method=Method.ACCOUNTS_PAYABLE,
        vendor=VENDORS[supplier],
    )


BILLS_OF_OCTOBER: Final = {
    1115: _bill(
        "Kontorhuset Refshale P/S",
        "2026-10-06T09:00:00Z",
        _SERVICE_CHARGES,
        paid("3410", 4_812_50, "DK25N", "D-OFF"),
        "Service charges, third quarter",
    ),
    1116: _bill(
        "Modelværkstedet ApS",
        "2026-10-14T10:30:00Z",
        _TWO_MODELS,
        paid("2110", 32_000_00, "DK25N", "P-2604", "C-ELB"),
        "Two showroom models; half is due on order, half on delivery",
    ),
    1117: _bill(
        "Forsikringshuset Svane",
        "2026-10-07T08:15:00Z",
        _INSURANCE,
        paid("3680", 6_240_00),
        "Contents insurance; the payment failed and nobody has looked since",
    ),
    1118: _payment("Lysnet Bredbånd A/S", "2026-10-08T06:00:00Z", _BROADBAND, 1_299_00, "By standing order"),
    1119: _bill(
        "Lysnet Bredbånd A/S",
        "2026-10-12T07:45:00Z",
        _BROADBAND,
        paid("3630", 1_299_00, "DK25", "D-OFF"),
        "Fourth quarter; the standing order was quicker",
    ),
    1120: _payment(
        "Bro & Revision", "2026-10-29T06:00:00Z", _BOOKKEEPING, 11_250_00, "On the phone; the invoice follows by post"
    ),
    1121: _bill(
        "Trykkeriet Blåtryk",
        "2026-10-14T12:00:00Z",
        _POSTERS,
        paid("2760", 9_375_00, "DK25N", "P-2611"),
        "Posters for the spring fair",
    ),
    1122: _payment("Trykkeriet Blåtryk", "2026-10-26T06:00:00Z", _POSTERS, 9_375_00),
    1123: _bill("Pakkeposten", "2026-10-22T05:30:00Z", _PARCELS, paid("3640", 2_487_50, None, "D-OFF"), "Parcels"),
    1124: _bill(
        "Skærmbutikken A/S",
        "2026-10-26T09:20:00Z",
        _WORKSTATION,
        paid("3610", 14_990_00, "DK25", "D-STU"),
        "Workstation for the model room",
    ),
    1125: Entry(
        type=EntryType.INVOICE,
        date="2026-10-27T10:05:00Z",
        supplier="Lampenwinkel Utrecht B.V.",
        employee="M006",
        wallet_currency="EUR",
        supplier_currency="EUR",
        lines=(paid("2150", 1_860_00, "EU25G", "P-2607", "C-SUN"),),
        note="Pendant lamps for the café, goods from the Netherlands",
        invoice=_LAMPS,
        method=Method.ACCOUNTS_PAYABLE,
        vendor=LAMPENWINKEL,
        receipts=(_PDF,),
    ),
    1132: Entry(
        type=EntryType.WALLET_TOPUP,
        date="2026-10-26T05:30:00Z",
        lines=(paid(None, 60_000_00),),
        method=Method.NONE,
    ),
}

BILLS_OF_NOVEMBER: Final = {
    1201: _payment("Kontorhuset Refshale P/S", "2026-11-03T06:00:00Z", _SERVICE_CHARGES, 4_812_50),
    1202: _payment("Modelværkstedet ApS", "2026-11-12T06:00:00Z", _TWO_MODELS, 16_000_00, "The half due on order"),
    1203: _payment("Pakkeposten", "2026-11-05T06:00:00Z", _PARCELS, 2_488_00, "Rounded up to whole kroner"),
    1204: Entry(
        type=EntryType.INVOICE_PAYMENT,
        subtype=EntrySubtype.PAYMENT_RETURNED,
        date="2026-11-04T04:15:00Z",
        supplier="Trykkeriet Blåtryk",
        employee="M008",
        lines=(paid(None, 9_375_00),),
        note="Returned: the account is closed",
        invoice=_POSTERS,
        method=Method.ACCOUNTS_PAYABLE,
        vendor=VENDORS["Trykkeriet Blåtryk"],
    ),
    1205: Entry(
        type=EntryType.INVOICE_PAYMENT,
        subtype=EntrySubtype.PAYMENT_SENT,
        date="2026-11-09T06:00:00Z",
        supplier="Skærmbutikken A/S",
        employee="M008",
        wallet_currency="EUR",
        lines=(paid(None, 2_009_38, supplier_value=14_990_00),),
        note="Sent from the euro wallet by mistake",
        invoice=_WORKSTATION,
        method=Method.ACCOUNTS_PAYABLE,
        vendor=VENDORS["Skærmbutikken A/S"],
    ),
    1206: Entry(
        type=EntryType.INVOICE_PAYMENT,
        subtype=EntrySubtype.PAYMENT_SENT,
        date="2026-11-10T06:00:00Z",
        supplier="Lampenwinkel Utrecht B.V.",
        employee="M008",
        wallet_currency="EUR",
        supplier_currency="EUR",
        lines=(paid(None, 1_860_00),),
        invoice=_LAMPS,
        reconciled_entries=(reconciliation_id(1125),),
        method=Method.ACCOUNTS_PAYABLE,
        vendor=LAMPENWINKEL,
    ),
    1208: _bill(
        "Bro & Revision",
        "2026-11-02T11:00:00Z",
        _BOOKKEEPING,
        paid("3670", 11_250_00, "DK25N"),
        "Came by post, paid on 29 October",
    ),
    1213: _bill(
        "Lysnet Bredbånd A/S",
        "2026-11-19T07:45:00Z",
        _BROADBAND_NOVEMBER,
        paid("3630", 549_00, "DK25", "D-OFF"),
        "A second line for the model room",
    ),
    1215: Entry(
        type=EntryType.INVOICE,
        date="2026-11-18T13:10:00Z",
        supplier="Typefoundry Rotterdam B.V.",
        employee="M002",
        wallet_currency="EUR",
        supplier_currency="EUR",
        lines=(paid("3620", 420_00, "EU25R", "D-STU"),),
        note="Licence for one year, reverse charge",
        service_period=("2026-12-01", "2027-11-30"),
        invoice=_LICENCE,
        method=Method.ACCOUNTS_PAYABLE,
        vendor=VENDORS["Typefoundry Rotterdam B.V."],
        receipts=(_PDF,),
    ),
}
