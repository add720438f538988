"""Ways to spoil a good Export Item so that it must fail, each for one reason that a bookkeeper can act on.

All of them expect a card purchase whose lines have categories, and change it in place.
"""

from collections.abc import Callable
from typing import Final, TypeAlias

from bilag.simulator.catalogue_chart import CLOSED_ACCOUNT
from bilag.simulator.scenario_item import JsonObject

Spoil: TypeAlias = Callable[[JsonObject], None]

UNKNOWN_TYPE: Final = "balance_adjustment_v2"
UNKNOWN_TAX_TYPE: Final = "margin_scheme"


def take_category_away(item: JsonObject) -> None:
    """Leave the first line without a category account."""
    item["accountingEntryLines"][0]["account"] = None


def use_closed_account(item: JsonObject) -> None:
    """Put the first line on an account that the books do not know."""
    item["accountingEntryLines"][0]["account"] |= {
        "name": CLOSED_ACCOUNT.name,
        "code": CLOSED_ACCOUNT.code,
        "identifier": CLOSED_ACCOUNT.code,
    }


def break_sum(item: JsonObject) -> None:
    """Let the item's total be 10.00 more than its lines, in both currencies."""
    for money in item["amount"].values():
        money["value"] += 10_00


def use_unknown_type(item: JsonObject) -> None:
    """Name an expense type that no version of the API has published."""
    item["type"] = UNKNOWN_TYPE


def use_unknown_tax_type(item: JsonObject) -> None:
    """Name a tax type that no version of the API has published; the line gets a tax of nothing if it has none."""
    line = item["accountingEntryLines"][0]
    if line["tax"] is None:
        amount = {pair: money | {"value": 0} for pair, money in line["lineAmount"].items()}
        line["tax"] = {"amount": amount, "code": None, "id": line["accountingEntryLineId"], "rate": 0}
    line["tax"]["type"] = UNKNOWN_TAX_TYPE


def take_lines_away(item: JsonObject) -> None:
    """Leave no line at all."""
    item["accountingEntryLines"] = []


SPOILS: Final[tuple[Spoil, ...]] = (
    take_category_away,
    use_closed_account,
    break_sum,
    use_unknown_type,
    use_unknown_tax_type,
    take_lines_away,
)
