"""The demo's card under accounts payable, October: each purchase is a vendor's invoice and its payment at once.

The keys are the entries' book numbers.
"""

from dataclasses import replace
from typing import Final

from bilag.simulator.catalogue_vendors import PLEO, VENDORS
from bilag.simulator.demo_lines import paid
from bilag.simulator.receipts import ReceiptKind
from bilag.simulator.scenario_entry import Entry, EntryType, Invoice, Method

_PDF, _JPEG = ReceiptKind.PDF, ReceiptKind.JPEG

# The books know these two by an id of their own, and by the VAT number alone.
CLOUDBARN: Final = replace(VENDORS["Cloudbarn Ltd"], code="", external_id="cloudbarn-77410")
LAMPENWINKEL: Final = replace(VENDORS["Lampenwinkel Utrecht B.V."], code="", external_id="")

BOUGHT_AT_HOME: Final = {
    1101: Entry(
        type=EntryType.CARD_PURCHASE,
        date="2026-10-05T09:14:22Z",
        supplier="Papirværket ApS",
        employee="M007",
        lines=(paid("3600", 1_245_00, "DK25", "D-OFF"),),
        note="Copy paper for the autumn",
        method=Method.ACCOUNTS_PAYABLE,
        vendor=VENDORS["Papirværket ApS"],
        receipts=(_PDF,),
    ),
    1102: Entry(
        type=EntryType.CARD_PURCHASE,
        date="2026-10-06T13:02:47Z",
        supplier="Skærmbutikken A/S",
        employee="M003",
        lines=(paid("3610", 6_499_00, "DK25", "P-2601", "C-KOB"), paid("3600", 349_00, "DK25", "D-OFF")),
        note="Screen for the site office, and two docking cables",
        method=Method.ACCOUNTS_PAYABLE,
        vendor=VENDORS["Skærmbutikken A/S"],
        receipts=(_PDF, _JPEG),
    ),
    1103: Entry(
        type=EntryType.CARD_PURCHASE,
        date="2026-10-07T10:48:05Z",
        supplier="Trykkeriet Blåtryk",
        employee="M002",
        lines=(
            paid("2760", 3_125_00, "DK25N", "P-2611"),
            paid("2150", 1_875_00, "DK25N", "P-2604", "C-ELB"),
            paid("3640", 145_00),
        ),
        note="Autumn folder, showroom plans, and the courier, who charges no VAT",
        method=Method.ACCOUNTS_PAYABLE,
        vendor=VENDORS["Trykkeriet Blåtryk"],
        receipts=(_PDF,),
    ),
    1108: Entry(
        type=EntryType.CARD_PURCHASE,
        date="2026-10-14T19:33:10Z",
        supplier="Restaurant Saltkarret",
        employee="M001",
        lines=(paid("2740", 1_380_00, "DK25", "C-KOB"),),
        attendees=("Ingrid Vestergaard (Kobberholm A/S)", "Asta Bjerregaard", "Selma Thorup Krogh"),
        method=Method.ACCOUNTS_PAYABLE,
        vendor=VENDORS["Restaurant Saltkarret"],
        receipts=(_JPEG,),
    ),
    1110: Entry(
        type=EntryType.CARD_INVOICE,
        date="2026-10-19T12:20:31Z",
        supplier="Modelværkstedet ApS",
        employee="M002",
        lines=(paid("2110", 8_750_00, "DK25N", "P-2601", "C-KOB"),),
        note="Second model of the reading room, invoice paid by card",
        invoice=Invoice(number="MV 4519", day="2026-10-16", due_day="2026-10-30", status="paid", paid_day="2026-10-19"),
        method=Method.ACCOUNTS_PAYABLE,
        vendor=VENDORS["Modelværkstedet ApS"],
        receipts=(_PDF, _PDF),
    ),
    1133: Entry(
        type=EntryType.CARD_PURCHASE,
        date="2026-10-16T08:05:44Z",
        supplier="Kaffe & Kardemomme",
        employee="M008",
        lines=(paid("2745", 96_00, "DK25"),),
        note="No vendor behind it, so a journal entry",
        method=Method.JOURNAL,
        receipts=(_JPEG,),
    ),
}

BOUGHT_ABROAD: Final = {
    1104: Entry(
        type=EntryType.CARD_PURCHASE,
        date="2026-10-08T06:55:30Z",
        supplier="Cloudbarn Ltd",
        employee="M007",
        wallet_currency="EUR",
        supplier_currency="EUR",
        lines=(paid("3620", 149_00, "EU25R"),),
        note="Rendering credits, reverse charge",
        service_period=("2026-10-01", "2026-10-31"),
        method=Method.ACCOUNTS_PAYABLE,
        vendor=CLOUDBARN,
        receipts=(_PDF,),
    ),
    1105: Entry(
        type=EntryType.CARD_PURCHASE,
        date="2026-10-09T08:10:56Z",
        supplier="Hotel Spreeblick GmbH",
        employee="M004",
        wallet_currency="EUR",
        supplier_currency="EUR",
        lines=(paid("2820", 268_00, "DE7", "P-2604", "C-ELB"), paid("2820", 44_00, "DE19", "P-2604", "C-ELB")),
        note="Two nights; breakfast has the higher rate",
        method=Method.ACCOUNTS_PAYABLE,
        vendor=VENDORS["Hotel Spreeblick GmbH"],
        receipts=(_PDF,),
    ),
    1106: Entry(
        type=EntryType.CARD_PURCHASE,
        date="2026-10-12T11:41:18Z",
        supplier="Lampenwinkel Utrecht B.V.",
        employee="M006",
        wallet_currency="EUR",
        supplier_currency="EUR",
        lines=(paid("2150", 486_00, "EU25G", "P-2607", "C-SUN"),),
        note="Samples for the café, goods from the Netherlands",
        method=Method.ACCOUNTS_PAYABLE,
        vendor=LAMPENWINKEL,
        receipts=(_PDF,),
    ),
    1107: Entry(
        type=EntryType.CARD_PURCHASE,
        date="2026-10-13T07:02:11Z",
        supplier="Pixelgrove Inc.",
        employee="M002",
        supplier_currency="USD",
        lines=(paid("3620", 1_538_88, "XX25R", "D-STU", supplier_value=240_00),),
        note="Twelve seats, one month, in dollars from the Danish wallet",
        method=Method.ACCOUNTS_PAYABLE,
        vendor=VENDORS["Pixelgrove Inc."],
        receipts=(_PDF,),
    ),
    1109: Entry(
        type=EntryType.CARD_PURCHASE,
        date="2026-10-15T16:47:03Z",
        supplier="Hotell Kajen AB",
        employee="M006",
        wallet_currency="SEK",
        supplier_currency="SEK",
        lines=(paid("2820", 2_190_00, "SE12", "P-2607", "C-SUN"),),
        method=Method.ACCOUNTS_PAYABLE,
        vendor=VENDORS["Hotell Kajen AB"],
        receipts=(_PDF,),
    ),
}

CHARGED_AND_GIVEN_BACK: Final = {
    1111: Entry(
        type=EntryType.FEE,
        date="2026-10-31T06:00:00Z",
        lines=(paid("3660", 79_00),),
        note="Cards of October",
        method=Method.ACCOUNTS_PAYABLE,
        vendor=PLEO,
        receipts=(_PDF,),
    ),
    1112: Entry(
        type=EntryType.CASHBACK,
        date="2026-10-28T04:00:00Z",
        lines=(paid("1090", 186_40),),
        note="For the third quarter",
        method=Method.ACCOUNTS_PAYABLE,
        vendor=PLEO,
    ),
    1113: Entry(
        type=EntryType.REFUND,
        date="2026-10-20T12:17:38Z",
        supplier="Skærmbutikken A/S",
        employee="M003",
        lines=(paid("3600", 349_00, "DK25", "D-OFF"),),
        note="Both cables returned; Pleo shows it as a positive amount",
        method=Method.ACCOUNTS_PAYABLE,
        vendor=VENDORS["Skærmbutikken A/S"],
        receipts=(_PDF,),
    ),
    1114: Entry(
        type=EntryType.CHARGEBACK,
        date="2026-10-23T09:00:00Z",
        supplier="Typefoundry Rotterdam B.V.",
        employee="M002",
        wallet_currency="EUR",
        supplier_currency="EUR",
        lines=(paid("3620", -89_00, "EU25R", "D-STU"),),
        note="Licence charged twice; Pleo shows it as a negative amount",
        method=Method.ACCOUNTS_PAYABLE,
        vendor=VENDORS["Typefoundry Rotterdam B.V."],
    ),
}
