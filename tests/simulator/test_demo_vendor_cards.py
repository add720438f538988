from typing import Any

from tests.simulator.demo_items import NOVEMBER, OCTOBER, items_of, value, vendor_name


def payable(kind: str) -> list[Any]:
    found = [item for item in items_of(OCTOBER).values() if item["type"] == kind]
    return [item for item in found if item["bookkeeping"] == {"method": "accounts_payable"}]


def tax_types(item: Any) -> set[str | None]:
    return {line["tax"]["type"] if line["tax"] else None for line in item["accountingEntryLines"]}


def test_card_purchases_come_from_many_vendors_of_several_countries_and_wallets() -> None:
    purchases = payable("card_purchase")

    assert len({vendor_name(item) for item in purchases}) == len(purchases) == 9
    assert {item["vendor"]["country"] for item in purchases} == {"DK", "DE", "SE", "IE", "NL", "US"}
    assert {item["amount"]["inWalletCurrency"]["currency"] for item in purchases} == {"DKK", "EUR", "SEK"}


def test_a_purchase_is_split_over_tax_rates_and_one_over_lines_with_and_without_tax() -> None:
    rates = [
        {line["tax"]["rate"] if line["tax"] else None for line in item["accountingEntryLines"]}
        for item in payable("card_purchase")
    ]
    assert {0.07, 0.19} in rates
    assert {0.25, None} in rates


def test_purchases_abroad_are_reverse_charge_one_of_them_in_a_currency_without_wallet() -> None:
    reverse = [item for item in payable("card_purchase") if tax_types(item) == {"reverse"}]

    assert {vendor_name(item) for item in reverse} == {
        "Cloudbarn Ltd",
        "Lampenwinkel Utrecht B.V.",
        "Pixelgrove Inc.",
    }
    assert [item for item in reverse if item["amount"]["inSupplierCurrency"]["currency"] == "USD"]


def test_vendors_are_told_by_number_by_external_id_alone_and_by_tax_number_alone() -> None:
    keys = {"code", "externalId", "taxRegistrationNumber"}
    told = {
        vendor_name(item): frozenset(keys & item["vendor"].keys())
        for item in items_of(OCTOBER, NOVEMBER).values()
        if item["vendor"]
    }

    assert told["Pleo"] == {"externalId"}
    assert told["Lampenwinkel Utrecht B.V."] == {"taxRegistrationNumber"}
    assert told["Papirværket ApS"] == keys


def test_a_fee_a_card_invoice_a_cashback_a_refund_and_a_chargeback_name_their_vendor() -> None:
    for kind in ("fee", "card_invoice", "cashback", "refund", "chargeback"):
        (item,) = payable(kind)
        assert vendor_name(item)


def test_money_that_comes_back_is_shown_with_either_sign() -> None:
    (refund,), (chargeback,) = payable("refund"), payable("chargeback")
    assert value(refund) > 0 > value(chargeback)


def test_refund_comes_to_a_line_of_what_was_bought() -> None:
    (refund,) = payable("refund")
    bought = [item for item in payable("card_purchase") if vendor_name(item) == vendor_name(refund)]
    assert refund["amount"] in [line["lineAmount"] for item in bought for line in item["accountingEntryLines"]]


def test_a_purchase_without_vendor_stays_a_journal_entry_beside_them() -> None:
    (item,) = [item for item in items_of(OCTOBER).values() if item["bookkeeping"] == {"method": "journal"}]
    assert item["vendor"] is None
