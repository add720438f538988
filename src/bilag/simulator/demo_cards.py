"""The demo's card: what was bought with it from the end of September on.

The keys are the entries' book numbers.
"""

from typing import Final

from bilag.simulator.catalogue_vendors import VENDORS
from bilag.simulator.demo_lines import paid
from bilag.simulator.receipts import ReceiptKind
from bilag.simulator.scenario_entry import Entry, EntryType, Method

_PDF, _JPEG, _PNG = ReceiptKind.PDF, ReceiptKind.JPEG, ReceiptKind.PNG

# September is closed in the demo's books. 1004 is from September in UTC only: in Copenhagen it is October.
SEPTEMBER: Final = {
    1001: Entry(
        type=EntryType.CARD_PURCHASE,
        date="2026-09-28T08:41:17Z",
        supplier="Skærmbutikken A/S",
        employee="M007",
        lines=(paid("3610", 1_899_00, "DK25", "D-OFF"),),
        note="Monitor arm for the new desk",
        receipts=(_PDF,),
    ),
    1003: Entry(
        type=EntryType.CARD_PURCHASE,
        date="2026-09-30T20:15:02Z",
        supplier="Hotel Spreeblick GmbH",
        employee="M004",
        wallet_currency="EUR",
        supplier_currency="EUR",
        lines=(
            paid("2820", 246_00, "DE7", "P-2604", "C-ELB"),
            paid("2820", 38_00, "DE19", "P-2604", "C-ELB"),
        ),
        note="Two nights; breakfast has the higher rate",
        method=Method.JOURNAL,
        receipts=(_PDF,),
    ),
    1004: Entry(
        type=EntryType.CARD_PURCHASE,
        date="2026-09-30T23:30:00Z",
        supplier="Biergarten Lindenhof",
        employee="M004",
        wallet_currency="EUR",
        supplier_currency="EUR",
        lines=(paid("2740", 86_40, "DE19", "C-ELB"),),
        note="After the showroom walk-through",
        attendees=("Hanne Brockmann (Elbwerk GmbH)", "Tomasz Zielinski (Elbwerk GmbH)"),
        receipts=(_JPEG,),
    ),
}

AT_HOME: Final = {
    1009: Entry(
        type=EntryType.CARD_PURCHASE,
        date="2026-10-02T06:55:30Z",
        supplier="Cloudbarn Ltd",
        employee="M007",
        wallet_currency="EUR",
        supplier_currency="EUR",
        lines=(paid("3620", 119_00, "EU25R"),),
        note="Project storage, October to December",
        service_period=("2026-10-01", "2026-12-31"),
        method=Method.JOURNAL,
        vendor=VENDORS["Cloudbarn Ltd"],
        receipts=(_PDF,),
    ),
    1010: Entry(
        type=EntryType.CARD_PURCHASE,
        date="2026-10-02T07:02:11Z",
        supplier="Pixelgrove Inc.",
        employee="M002",
        supplier_currency="USD",
        lines=(paid("3620", 1_538_88, "XX25R", "D-STU", supplier_value=240_00),),
        note="Twelve seats, one month",
        method=Method.JOURNAL,
        receipts=(_PDF,),
    ),
    1011: Entry(
        type=EntryType.CARD_PURCHASE,
        date="2026-10-02T09:30:48Z",
        supplier="Kaffe & Kardemomme",
        employee="M008",
        lines=(paid("2745", 186_00, "DK25"),),
        receipts=(_PNG,),
    ),
    1012: Entry(
        type=EntryType.CARD_PURCHASE,
        date="2026-10-05T11:20:05Z",
        supplier="Papirværket ApS",
        employee="M007",
        lines=(
            paid("3600", 312_50, "DK25", "D-OFF"),
            paid("2150", 748_75, "DK25", "P-2601", "C-KOB"),
            paid("3640", 96_00),
        ),
        note="Office, model card for the library, and what the courier took",
        receipts=(_PDF, _JPEG),
    ),
    1017: Entry(
        type=EntryType.CARD_PURCHASE,
        date="2026-10-07T20:48:36Z",
        supplier="Restaurant Saltkarret",
        employee="M001",
        lines=(paid("2740", 1_864_00, "DK25", "C-KOB"), paid("2740", 186_00)),
        note="Dinner after the jury meeting, tip on its own line",
        attendees=(
            "Ingrid Vestergaard (Kobberholm A/S)",
            "Palle Overgaard (Kobberholm A/S)",
            "Asta Bjerregaard",
            "Villads Nørskov",
        ),
        receipts=(_JPEG,),
    ),
    1045: Entry(
        type=EntryType.CARD_PURCHASE,
        date="2026-10-29T13:05:59Z",
        supplier="Lampenwinkel Utrecht B.V.",
        employee="M002",
        wallet_currency="EUR",
        supplier_currency="EUR",
        lines=(paid("3610", 672_00, "EU25G", "P-2607", "C-SUN"),),
        note="Pendant lamps for the café, goods from the Netherlands",
        method=Method.JOURNAL,
        receipts=(_PDF,),
    ),
    1046: Entry(
        type=EntryType.CARD_PURCHASE,
        date="2026-10-29T14:22:40Z",
        supplier="Forsikringshuset Svane",
        employee="M008",
        lines=(paid("3680", 4_860_00),),
        note="Liability insurance for one year",
        service_period=("2026-11-01", "2027-10-31"),
        method=Method.JOURNAL,
        vendor=VENDORS["Forsikringshuset Svane"],
        receipts=(_PDF,),
    ),
    1047: Entry(
        type=EntryType.CARD_PURCHASE,
        date="2026-10-30T10:12:33Z",
        supplier="Trykkeriet Blåtryk",
        employee="M003",
        lines=(
            paid("2150", 2_140_00, "DK25N", "P-2601"),
            paid("2150", 1_065_35, "DK25N", "P-2604"),
            paid("2150", 890_15, "DK25N", "P-2607"),
            paid("2150", 1_210_00, "DK25N", "P-2609"),
            paid("2760", 433_75, "DK25N", "P-2611"),
        ),
        note="Boards for four projects and our own posters",
        receipts=(_PDF,),
    ),
    1048: Entry(
        type=EntryType.CARD_PURCHASE,
        date="2026-10-31T23:30:00Z",
        supplier="Havnetaxa",
        employee="M001",
        lines=(paid("2810", 285_00, None, "P-2601"),),
        note="Half past midnight on 1 November in Copenhagen",
        receipts=(_JPEG,),
    ),
    1051: Entry(
        type=EntryType.CARD_PURCHASE,
        date="2026-11-03T05:00:12Z",
        supplier="Lysnet Bredbånd A/S",
        employee="M007",
        lines=(paid("3630", 549_00, "DK25", "D-OFF"),),
        service_period=("2026-11-01", "2026-11-30"),
        receipts=(_PDF,),
    ),
}
