"""The demo's expenses that cannot be booked, each for another reason that a bookkeeper can do something about.

The keys are the entries' book numbers.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from bilag.simulator.catalogue_chart import CLOSED_ACCOUNT
from bilag.simulator.catalogue_vendors import VENDORS
from bilag.simulator.demo_lines import paid
from bilag.simulator.expense import Expense
from bilag.simulator.receipts import ReceiptKind
from bilag.simulator.scenario_entry import Entry, EntryKey, EntryType, Method
from bilag.simulator.scenario_faults import (
    UNKNOWN_TAX_TYPE,
    UNKNOWN_TYPE,
    break_sum,
    take_category_away,
    take_lines_away,
    use_closed_account,
    use_unknown_tax_type,
    use_unknown_type,
)
from bilag.simulator.scenario_item import JsonObject, export_item, receipts_of

# Pleo's limit for one attachment is 30 MB, however a megabyte is counted.
# https://developers.pleo.io/docs/current/platform/exports/attachments
LARGE_RECEIPT_BYTES: Final = 34_500_000

_PDF, _JPEG = ReceiptKind.PDF, ReceiptKind.JPEG


@dataclass(frozen=True, slots=True, kw_only=True)
class FailingEntry:
    """A good entry, how its item is spoiled, and why it must fail."""

    entry: Entry
    reason: str
    write: Callable[[EntryKey, Entry], Expense]


def _spoiled(spoil: Callable[[JsonObject], None]) -> Callable[[EntryKey, Entry], Expense]:
    def write(key: EntryKey, entry: Entry) -> Expense:
        item = export_item(key, entry)
        spoil(item)
        return Expense(item=item, receipts=receipts_of(key, entry))

    return write


def _as_it_is(key: EntryKey, entry: Entry) -> Expense:
    return Expense(item=export_item(key, entry), receipts=receipts_of(key, entry))


def _with_large_receipt(key: EntryKey, entry: Entry) -> Expense:
    """The announced size is far above what is served: nobody needs to download it to refuse it."""
    large = tuple(replace(receipt, size_bytes=LARGE_RECEIPT_BYTES) for receipt in receipts_of(key, entry))
    return Expense(item=export_item(key, entry), receipts=large)


def _malformed(key: EntryKey, entry: Entry) -> Expense:
    """JSON that can be read, in a shape that Pleo does not publish; the entry id is still there."""
    item = export_item(key, entry)
    item["amount"]["inWalletCurrency"]["value"] = "abc"
    raw_item = json.dumps(item, ensure_ascii=False).encode()
    return Expense(item=export_item(key, entry), raw_item=raw_item)


FAILURES: Final = {
    1013: FailingEntry(
        reason="a line has no category account",
        write=_spoiled(take_category_away),
        entry=Entry(
            type=EntryType.CARD_PURCHASE,
            date="2026-10-05T12:40:03Z",
            supplier="Pakkeposten",
            employee="M007",
            lines=(paid("3640", 128_00),),
            note="Which category is this?",
            receipts=(_PDF,),
        ),
    ),
    1053: FailingEntry(
        reason=f"the books do not know account {CLOSED_ACCOUNT.code}",
        write=_spoiled(use_closed_account),
        entry=Entry(
            type=EntryType.CARD_PURCHASE,
            date="2026-10-07T09:15:41Z",
            supplier="Papirværket ApS",
            employee="M008",
            lines=(paid("3600", 74_95, "DK25", "D-OFF"),),
            note="Ribbon and wax for the diplomas",
            receipts=(_JPEG,),
        ),
    ),
    1054: FailingEntry(
        reason="the lines do not add up to the item's amount",
        write=_spoiled(break_sum),
        entry=Entry(
            type=EntryType.CARD_PURCHASE,
            date="2026-10-12T10:05:22Z",
            supplier="Trykkeriet Blåtryk",
            employee="M003",
            lines=(paid("2760", 1_400_00, "DK25N", "P-2611"), paid("2150", 310_00, "DK25N", "P-2601")),
            note="Split once more after approval",
            receipts=(_PDF,),
        ),
    ),
    1055: FailingEntry(
        reason=f"{UNKNOWN_TYPE} is no known expense type",
        write=_spoiled(use_unknown_type),
        entry=Entry(
            type=EntryType.CARD_PURCHASE,
            date="2026-10-14T03:00:00Z",
            lines=(paid("3660", 4_12),),
            note="Balance correction by Pleo",
        ),
    ),
    1056: FailingEntry(
        reason="the books do not know the vendor",
        write=_as_it_is,
        entry=Entry(
            type=EntryType.CARD_PURCHASE,
            date="2026-10-16T08:50:00Z",
            supplier="Messehalle Nordrhein GmbH",
            employee="M001",
            wallet_currency="EUR",
            supplier_currency="EUR",
            lines=(paid("2770", 1_249_50, "DE19N", "P-2611"),),
            note="Stand deposit, spring fair",
            method=Method.ACCOUNTS_PAYABLE,
            vendor=VENDORS["Messehalle Nordrhein GmbH"],
            receipts=(_PDF,),
        ),
    ),
    1057: FailingEntry(
        reason="a receipt is larger than 30 MB",
        write=_with_large_receipt,
        entry=Entry(
            type=EntryType.CARD_PURCHASE,
            date="2026-10-20T14:33:52Z",
            supplier="Limhamns Färg & Papper AB",
            employee="M006",
            wallet_currency="SEK",
            supplier_currency="SEK",
            lines=(paid("2150", 2_312_50, "SE25", "P-2607"),),
            note="Scanned at full resolution",
            receipts=(_JPEG,),
        ),
    ),
    1058: FailingEntry(
        reason=f"{UNKNOWN_TAX_TYPE} is no known tax type",
        write=_spoiled(use_unknown_tax_type),
        entry=Entry(
            type=EntryType.CARD_PURCHASE,
            date="2026-10-23T11:11:11Z",
            supplier="Boghandlen Skrift",
            employee="M002",
            lines=(paid("3650", 480_00, "DK25", "D-STU"),),
            note="Second-hand catalogues",
            receipts=(_JPEG,),
        ),
    ),
    1059: FailingEntry(
        reason="the item has no lines",
        write=_spoiled(take_lines_away),
        entry=Entry(
            type=EntryType.CARD_PURCHASE,
            date="2026-10-27T09:00:00Z",
            supplier="Havnetaxa",
            employee="M003",
            lines=(paid("2810", 96_00),),
            receipts=(_PDF,),
        ),
    ),
    1060: FailingEntry(
        reason="the item's amount is no number",
        write=_malformed,
        entry=Entry(
            type=EntryType.CARD_PURCHASE,
            date="2026-10-29T08:08:08Z",
            supplier="Kaffe & Kardemomme",
            employee="M007",
            lines=(paid("2745", 212_00, "DK25"),),
        ),
    ),
}

VENDOR_FAILURES: Final = {
    1130: FailingEntry(
        reason="Pleo knows no number of the vendor, so the books can't find it",
        write=_as_it_is,
        entry=Entry(
            type=EntryType.CARD_PURCHASE,
            date="2026-10-15T07:31:26Z",
            supplier="Wireframe Labs LLC",
            employee="M002",
            supplier_currency="USD",
            lines=(paid("3620", 621_96, "XX25R", "D-STU", supplier_value=97_00),),
            note="New tool, one month to try it",
            method=Method.ACCOUNTS_PAYABLE,
            vendor=VENDORS["Wireframe Labs LLC"],
            receipts=(_PDF,),
        ),
    ),
    1131: FailingEntry(
        reason="the books have blocked the vendor",
        write=_as_it_is,
        entry=Entry(
            type=EntryType.CARD_PURCHASE,
            date="2026-10-20T08:15:09Z",
            supplier="Thames Power Hire Ltd",
            employee="M005",
            wallet_currency="GBP",
            supplier_currency="GBP",
            lines=(paid("2770", 126_00, "GB20", "P-2609"),),
            note="Cable hire, one more day",
            method=Method.ACCOUNTS_PAYABLE,
            vendor=VENDORS["Thames Power Hire Ltd"],
            receipts=(_PDF,),
        ),
    ),
}
