import json
import random
from typing import Any

import pytest

from bilag.simulator.catalogue_chart import DEMO_CHART, WALLET_ACCOUNTS, TaxKind
from bilag.simulator.expense import ExpenseSource
from bilag.simulator.scenario import SeededExpenses
from bilag.simulator.scenario_entry import VENDOR_TYPES, WALLET_TYPES, EntrySubtype, EntryType
from bilag.simulator.scenario_tables import KINDS, LINES_MAX

COMPANY = "9b2f1c2e-5a37-4f6b-8f21-0a6f3d5c7e10"
CHART_CODES = {account.code for account in DEMO_CHART}
WITHOUT_CATEGORY = {
    "direct_reimbursement",
    "external_reimbursement",
    "invoice_payment",
    "atm_withdrawal",
    "personal_spend",
    "wallet_topup",
    "wallet_unload",
}


def as_bytes(source: ExpenseSource, index: int) -> bytes:
    expense = source.expense(index)
    receipts = [(receipt.name, receipt.content_type, receipt.size_bytes) for receipt in expense.receipts]
    return json.dumps([expense.item, receipts], ensure_ascii=False).encode()


def drawn(count: int = 3_000, seed: int = 5, **shares: float) -> list[Any]:
    source = SeededExpenses(COMPANY, count, seed, **shares)
    return [source.expense(index).item for index in range(count)]


def test_same_seed_and_index_give_same_bytes_in_any_order() -> None:
    first, second = SeededExpenses(COMPANY, 300, 5), SeededExpenses(COMPANY, 300, 5)
    order = list(range(300))
    random.Random(1).shuffle(order)  # noqa: S311 -- an order is no secret

    in_order = [as_bytes(first, index) for index in range(300)]
    shuffled = {index: as_bytes(second, index) for index in order}

    assert in_order == [shuffled[index] for index in range(300)]


def test_same_index_of_a_longer_job_is_the_same_expense() -> None:
    assert as_bytes(SeededExpenses(COMPANY, 10, 5), 9) == as_bytes(SeededExpenses(COMPANY, 100_000, 5), 9)


def test_another_seed_or_company_gives_other_expenses() -> None:
    ids = {
        source.entry_id(0)
        for source in (
            SeededExpenses(COMPANY, 1, 5),
            SeededExpenses(COMPANY, 1, 6),
            SeededExpenses("0c9d4e6a-1f0b-4d55-8f0e-6a1f5b2c3d4e", 1, 5),
        )
    }
    assert len(ids) == 3


def test_changing_an_item_leaves_the_source_as_it_was() -> None:
    source = SeededExpenses(COMPANY, 50, 5)
    before = [as_bytes(source, index) for index in range(50)]
    for index in range(50):
        item: Any = source.expense(index).item
        item["accountingEntryLines"][0]["account"] = {}
        for part in ("contraAccount", "supplier", "team", "user"):
            if item[part] is not None:
                item[part].clear()
        item["amount"]["inWalletCurrency"]["value"] = 0

    assert [as_bytes(source, index) for index in range(50)] == before


def test_entry_id_is_that_of_the_item_and_its_own() -> None:
    source = SeededExpenses(COMPANY, 3_000, 5)
    ids = [source.entry_id(index) for index in range(3_000)]

    assert ids == [source.expense(index).item["accountingEntryId"] for index in range(3_000)]
    assert len(set(ids)) == 3_000


def test_ids_of_lines_and_book_numbers_are_never_used_twice() -> None:
    items = drawn()
    line_ids = [line["accountingEntryLineId"] for item in items for line in item["accountingEntryLines"]]
    book_numbers = [item["additionalInformation"]["reconciliationId"] for item in items]

    assert len(set(line_ids)) == len(line_ids)
    assert len(set(book_numbers)) == len(items)


def test_every_type_and_subtype_occurs() -> None:
    items = drawn()

    assert {item["type"] for item in items} == set(EntryType)
    assert {item["subType"] for item in items} == {None, *EntrySubtype}
    assert {(item["type"], item["subType"]) for item in items} == {(kind.type, kind.subtype) for kind in KINDS}


def test_weights_of_the_kinds_make_a_thousand() -> None:
    assert sum(kind.weight for kind in KINDS) == 1_000


def test_wallets_foreign_purchases_splits_and_tax_types_occur() -> None:
    items = drawn()
    lines = [line for item in items for line in item["accountingEntryLines"]]
    pairs = {tuple(money["currency"] for money in item["amount"].values()) for item in items}

    assert {wallet for _, wallet in pairs} == set(WALLET_ACCOUNTS)
    assert {("ISK", "DKK"), ("JPY", "DKK"), ("USD", "EUR"), ("SEK", "DKK")} <= pairs
    assert {len(item["accountingEntryLines"]) for item in items} == set(range(1, LINES_MAX + 1))
    assert {line["tax"]["type"] for line in lines if line["tax"]} == set(TaxKind)
    assert {round(line["tax"]["rate"] * 100) for line in lines if line["tax"]} == {0, 5, 6, 7, 12, 19, 20, 25}


def test_tags_attendees_notes_service_periods_and_invoices_occur_and_are_missing_elsewhere() -> None:
    items = drawn()
    details = [item["additionalInformation"] for item in items]

    assert {len(line["tags"]) for item in items for line in item["accountingEntryLines"]} == {0, 1, 2}
    assert {len(detail["attendees"]) for detail in details} == {0, 1, 2, 3, 4}
    for part in ("note", "servicePeriod", "supplier", "user", "team", "contraAccount", "vendor", "bookkeeping"):
        assert {item[part] is None for item in items} == {True, False}
    invoiced = {item["type"] for item in items if item["additionalInformation"]["invoiceInformation"] is not None}
    assert invoiced == {"invoice", "card_invoice", "invoice_payment"}


def test_money_that_comes_back_has_either_sign_and_all_else_is_positive() -> None:
    signs: dict[str, set[bool]] = {}
    for item in drawn():
        signs.setdefault(item["type"], set()).add(item["amount"]["inWalletCurrency"]["value"] > 0)

    assert signs.pop("refund") == signs.pop("chargeback") == {True, False}
    assert set(map(frozenset, signs.values())) == {frozenset({True})}


def test_wallet_account_is_named_exactly_where_a_pleo_balance_moves() -> None:
    for item in drawn():
        if item["type"] in WALLET_TYPES:
            assert item["contraAccount"]["code"] == WALLET_ACCOUNTS[item["amount"]["inWalletCurrency"]["currency"]]
        else:
            assert item["contraAccount"] is None


def test_every_account_stands_in_the_chart_and_only_movements_have_no_category() -> None:
    for item in drawn():
        for line in item["accountingEntryLines"]:
            if line["account"] is None:
                assert item["type"] in WITHOUT_CATEGORY
            else:
                assert line["account"]["code"] in CHART_CODES
            tax = line["tax"] or {}
            assert {tax[side] for side in ("ingoingTaxAccount", "outgoingTaxAccount") if side in tax} <= CHART_CODES
            if tax.get("type") == "reverse":
                assert {"ingoingTaxAccount", "outgoingTaxAccount"} <= tax.keys()


def test_reimbursements_settle_earlier_expenses_of_the_same_source() -> None:
    items = drawn()
    earlier: set[str] = set()
    counts = set()
    for item in items:
        details = item["additionalInformation"]
        if item["type"].endswith("reimbursement") and earlier:
            assert set(details["reconciledEntries"]) <= earlier
            assert len(set(details["reconciledEntries"])) == len(details["reconciledEntries"])
            counts.add(len(details["reconciledEntries"]))
        elif earlier:
            assert details["reconciledEntries"] == []
        earlier.add(details["reconciliationId"])
    assert counts == {1, 2, 3}


def test_wallet_movements_are_journal_entries_without_saying_so() -> None:
    items = drawn()
    methods = {
        item["bookkeeping"] and item["bookkeeping"]["method"]
        for item in items
        if item["type"] in {"wallet_topup", "wallet_unload"}
    }
    others = {
        item["bookkeeping"] and item["bookkeeping"]["method"]
        for item in items
        if item["type"] not in {"wallet_topup", "wallet_unload"}
    }
    assert methods == {None, "none"}
    assert others == {None, "journal"}


def test_payable_share_sends_every_vendor_kind_through_accounts_payable() -> None:
    for item in drawn(payable_share=1.0):
        if item["type"] in VENDOR_TYPES and item["supplier"] is not None:
            assert item["bookkeeping"] == {"method": "accounts_payable"}
            assert item["vendor"]["name"] == item["supplier"]["name"]
            assert item["vendor"]["code"]
        else:
            assert item["bookkeeping"] != {"method": "accounts_payable"}
            assert item["vendor"] is None


@pytest.mark.parametrize(("share", "least", "most"), [(0.0, 0, 0), (0.6, 1_700, 1_900), (1.0, 3_000, 3_000)])
def test_receipt_share_decides_how_many_have_receipts(share: float, least: int, most: int) -> None:
    source = SeededExpenses(COMPANY, 3_000, 5, receipt_share=share)
    assert least <= sum(bool(source.expense(index).receipts) for index in range(3_000)) <= most


def test_default_receipt_share_is_three_in_five() -> None:
    usual, named = SeededExpenses(COMPANY, 200, 5), SeededExpenses(COMPANY, 200, 5, receipt_share=0.6)
    assert [as_bytes(usual, index) for index in range(200)] == [as_bytes(named, index) for index in range(200)]


def test_receipts_have_the_announced_size_and_their_own_names() -> None:
    source = SeededExpenses(COMPANY, 200, 5)
    names, endings = [], set()
    for index in range(200):
        for receipt in source.expense(index).receipts:
            assert len(receipt.render()) == receipt.size_bytes
            names.append(receipt.name)
            endings.add(receipt.name.rpartition(".")[2])

    assert len(set(names)) == len(names)
    assert endings == {"pdf", "jpg", "png"}


def test_failing_share_spoils_that_many_and_leaves_all_others_alone() -> None:
    good, mixed = SeededExpenses(COMPANY, 2_000, 5), SeededExpenses(COMPANY, 2_000, 5, failing_share=0.1)
    changed = [index for index in range(2_000) if as_bytes(good, index) != as_bytes(mixed, index)]

    assert 160 <= len(changed) <= 240


def test_failing_items_fail_for_every_reason() -> None:
    reasons = set()
    for item in drawn(count=300, failing_share=1.0):
        lines = item["accountingEntryLines"]
        found = {
            "no lines": not lines,
            "no category": any(line["account"] is None for line in lines),
            "account": any(line["account"] and line["account"]["code"] not in CHART_CODES for line in lines),
            "type": item["type"] not in set(EntryType),
            "tax type": any(line["tax"] and line["tax"]["type"] not in set(TaxKind) for line in lines),
            "sum": bool(lines)
            and sum(line["lineAmount"]["inWalletCurrency"]["value"] for line in lines)
            != item["amount"]["inWalletCurrency"]["value"],
        }
        (reason,) = [name for name, holds in found.items() if holds]
        reasons.add(reason)
    assert reasons == {"no lines", "no category", "account", "type", "tax type", "sum"}


@pytest.mark.parametrize("index", [-1, 3, 4])
def test_index_outside_the_job_is_refused(index: int) -> None:
    source = SeededExpenses(COMPANY, 3, 5)
    with pytest.raises(IndexError, match="the scenario has 3"):
        source.entry_id(index)
    with pytest.raises(IndexError, match="the scenario has 3"):
        source.expense(index)


def test_share_beyond_one_and_negative_count_are_refused() -> None:
    with pytest.raises(ValueError, match=r"failing_share is 1\.5"):
        SeededExpenses(COMPANY, 3, 5, failing_share=1.5)
    with pytest.raises(ValueError, match="count is -1"):
        SeededExpenses(COMPANY, -1, 5)


def test_empty_source_has_no_expenses() -> None:
    assert len(SeededExpenses(COMPANY, 0, 5)) == 0
