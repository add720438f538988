"""The figures of generated items hold: lines make the amount, net and tax make the line, in both currencies."""

from collections.abc import Iterator
from typing import Any

import pytest

from bilag.simulator.catalogue import WHOLE_UNIT_CURRENCIES, convert
from bilag.simulator.demo_job import demo_failure_reasons, demo_jobs, demo_vendor_failure_reasons
from bilag.simulator.scenario import SeededExpenses

COMPANY = "9b2f1c2e-5a37-4f6b-8f21-0a6f3d5c7e10"
CURRENCIES = ("inWalletCurrency", "inSupplierCurrency")


def seeded_items() -> list[Any]:
    source = SeededExpenses(COMPANY, 3_000, 11, payable_share=0.2)
    return [source.expense(index).item for index in range(len(source))]


def good_demo_items() -> list[Any]:
    failing = {*demo_failure_reasons(), *demo_vendor_failure_reasons()}
    sources = [job.expenses for job in demo_jobs()]
    expenses = [source.expense(index) for source in sources for index in range(len(source))]
    return [expense.item for expense in expenses if expense.item["accountingEntryId"] not in failing]


@pytest.fixture(scope="module", params=[seeded_items, good_demo_items], ids=["seeded", "demo"])
def items(request: pytest.FixtureRequest) -> list[Any]:
    listed: list[Any] = request.param()
    return listed


def moneys(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        if part.keys() == {"currency", "value"}:
            yield part
        for inner in part.values():
            yield from moneys(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from moneys(inner)


def test_lines_add_up_to_the_amount(items: list[Any]) -> None:
    for item in items:
        for currency in CURRENCIES:
            lines = [line["lineAmount"][currency]["value"] for line in item["accountingEntryLines"]]
            assert sum(lines) == item["amount"][currency]["value"]
            assert 0 not in lines


def test_net_and_tax_add_up_to_the_line_as_the_tax_type_says(items: list[Any]) -> None:
    for item in items:
        for line in item["accountingEntryLines"]:
            for currency in CURRENCIES:
                paid, net = line["lineAmount"][currency]["value"], line["netAmount"][currency]["value"]
                tax = line["tax"]
                if tax is None or tax["type"] == "reverse":
                    assert net == paid
                else:
                    assert net + tax["amount"][currency]["value"] == paid


def test_tax_is_the_share_that_its_rate_says(items: list[Any]) -> None:
    for item in items:
        for line in item["accountingEntryLines"]:
            if line["tax"] is None:
                continue
            for currency in CURRENCIES:
                net = line["netAmount"][currency]["value"]
                assert line["tax"]["amount"][currency]["value"] == pytest.approx(net * line["tax"]["rate"], abs=1)


def test_amounts_are_whole_hundredths_and_whole_units_where_a_currency_has_no_decimals(items: list[Any]) -> None:
    for item in items:
        for money in moneys(item):
            assert type(money["value"]) is int
            if money["currency"] in WHOLE_UNIT_CURRENCIES:
                assert money["value"] % 100 == 0


def test_both_amounts_are_the_same_when_both_currencies_are(items: list[Any]) -> None:
    for item in items:
        for line in item["accountingEntryLines"]:
            wallet, supplier = (line["lineAmount"][currency] for currency in CURRENCIES)
            assert (wallet == supplier) == (wallet["currency"] == supplier["currency"])


@pytest.mark.parametrize(
    ("value", "currency", "into", "expected"),
    [
        (240_00, "USD", "DKK", 1_538_88),
        (48_900_00, "ISK", "DKK", 2_591_70),
        (1_00, "DKK", "EUR", 13),
        (5, "SEK", "DKK", 3),
        (0, "EUR", "DKK", 0),
    ],
)
def test_conversion_rounds_half_up(value: int, currency: str, into: str, expected: int) -> None:
    assert convert(value, currency, into) == expected
