"""The demo's card abroad: in euro, pounds, kronor, krónur and yen; and the money that came back.

The keys are the entries' book numbers.
"""

from typing import Final

from bilag.simulator.catalogue_vendors import VENDORS
from bilag.simulator.demo_lines import paid
from bilag.simulator.receipts import ReceiptKind
from bilag.simulator.scenario_entry import Entry, EntryType, Method

_PDF, _JPEG, _PNG = ReceiptKind.PDF, ReceiptKind.JPEG, ReceiptKind.PNG

ABROAD: Final = {
    1021: Entry(
        type=EntryType.CARD_PURCHASE,
        date="2026-10-09T12:31:27Z",
        supplier="Werkstoffhaus Kreuzberg GmbH",
        employee="M004",
        wallet_currency="EUR",
        supplier_currency="EUR",
        lines=(paid("2150", 362_40, "DE19", "P-2604"), paid("2150", 125_50, "DE19", "P-2607")),
        note="Larch samples, shared with Malmö",
        receipts=(_PDF,),
    ),
    1024: Entry(
        type=EntryType.CARD_PURCHASE,
        date="2026-10-12T18:04:50Z",
        supplier="The Tallow Street Hotel Ltd",
        employee="M005",
        wallet_currency="GBP",
        supplier_currency="GBP",
        lines=(paid("2820", 417_60, "GB20", "P-2609", "C-TAY"),),
        receipts=(_PDF,),
    ),
    1025: Entry(
        type=EntryType.CARD_PURCHASE,
        date="2026-10-13T08:15:09Z",
        supplier="Thames Power Hire Ltd",
        employee="M005",
        wallet_currency="GBP",
        supplier_currency="GBP",
        lines=(paid("2770", 84_00, "GB5", "P-2609"), paid("2770", 42_00, "GB20", "P-2609")),
        note="Power at 5 %, cable hire at 20 %",
        receipts=(_PDF,),
    ),
    1026: Entry(
        type=EntryType.CARD_PURCHASE,
        date="2026-10-13T09:40:00Z",
        supplier="Cable Yard Studios Ltd",
        employee="M005",
        wallet_currency="GBP",
        supplier_currency="GBP",
        lines=(paid("2770", 960_00, "GB20N", "P-2609", "C-TAY"),),
        note="Four days in the yard",
        method=Method.JOURNAL,
        vendor=VENDORS["Cable Yard Studios Ltd"],
        receipts=(_PDF,),
    ),
    1027: Entry(
        type=EntryType.CARD_PURCHASE,
        date="2026-10-14T17:55:21Z",
        supplier="Hotell Kajen AB",
        employee="M006",
        wallet_currency="SEK",
        supplier_currency="SEK",
        lines=(paid("2820", 1_895_00, "SE12", "P-2607", "C-SUN"),),
        receipts=(_PDF,),
    ),
    1028: Entry(
        type=EntryType.CARD_PURCHASE,
        date="2026-10-15T06:32:14Z",
        supplier="Öresund Trafik AB",
        employee="M006",
        wallet_currency="SEK",
        supplier_currency="SEK",
        lines=(paid("2810", 156_00, "SE6", "P-2607"),),
        receipts=(_PNG,),
    ),
    1029: Entry(
        type=EntryType.CARD_PURCHASE,
        date="2026-10-15T19:26:45Z",
        supplier="Restaurang Sillviken",
        employee="M001",
        supplier_currency="SEK",
        lines=(
            paid("2740", 692_58, "SE12", "C-SUN", supplier_value=1_020_00),
            paid("2740", 176_54, "SE25", "C-SUN", supplier_value=260_00),
        ),
        note="Paid from the Danish wallet; drinks have the higher rate",
        attendees=("Göran Sundqvist (Sundbro AB)", "Elin Åkerström"),
        receipts=(_JPEG,),
    ),
    1035: Entry(
        type=EntryType.CARD_PURCHASE,
        date="2026-10-21T16:10:10Z",
        supplier="Gistihús Hraun ehf.",
        employee="M001",
        supplier_currency="ISK",
        lines=(paid("2820", 2_591_70, None, "P-2611", supplier_value=48_900_00),),
        note="Lecture in Reykjavík; krónur have no decimals",
        receipts=(_PDF,),
    ),
    1036: Entry(
        type=EntryType.CARD_PURCHASE,
        date="2026-10-21T02:44:31Z",
        supplier="Kami Washi Trading K.K.",
        employee="M003",
        supplier_currency="JPY",
        lines=(paid("2150", 1_636_25, None, "P-2604", supplier_value=38_500_00),),
        receipts=(_PDF,),
    ),
}

MONEY_BACK: Final = {
    1030: Entry(
        type=EntryType.REFUND,
        date="2026-10-16T10:00:00Z",
        supplier="Cable Yard Studios Ltd",
        employee="M005",
        wallet_currency="GBP",
        supplier_currency="GBP",
        lines=(paid("2770", -240_00, "GB20N", "P-2609", "C-TAY"),),
        note="Fourth day cancelled; Pleo shows it as a negative amount",
        receipts=(_PDF,),
    ),
    1033: Entry(
        type=EntryType.REFUND,
        date="2026-10-20T12:17:38Z",
        supplier="Papirværket ApS",
        employee="M007",
        lines=(paid("3600", 249_00, "DK25", "D-OFF"),),
        note="Wrong paper returned; Pleo shows it as a positive amount",
    ),
    1037: Entry(
        type=EntryType.CHARGEBACK,
        date="2026-10-22T09:00:00Z",
        supplier="Skærmbutikken A/S",
        employee="M003",
        lines=(paid("3610", 799_00, "DK25"),),
        note="Charged twice in August, won by the card scheme",
    ),
    1044: Entry(
        type=EntryType.CASHBACK,
        date="2026-10-28T04:00:00Z",
        lines=(paid("1090", 412_50),),
        method=Method.JOURNAL,
    ),
}
