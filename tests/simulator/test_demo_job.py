import io
import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from pypdf import PdfReader

from bilag.simulator.catalogue import COMPANY_ID, TIME_ZONE
from bilag.simulator.catalogue_chart import (
    ACCOUNTS_PAYABLE_ACCOUNT,
    CLOSED_ACCOUNT,
    CONTRA_ACCOUNT,
    DEMO_CHART,
    EXTERNAL_REIMBURSEMENT_ACCOUNT,
    INPUT_TAX_ACCOUNT,
    OUT_OF_POCKET_ACCOUNT,
    OUTPUT_TAX_ACCOUNT,
    WALLET_ACCOUNTS,
    TaxKind,
)
from bilag.simulator.demo_job import (
    demo_expenses,
    demo_failure_reasons,
    demo_jobs,
    demo_vendor_failure_reasons,
)
from bilag.simulator.expense import Expense
from bilag.simulator.scenario_entry import EntrySubtype, EntryType

PLEO_RECEIPT_BYTES_MAX = 30 * 2**20
MONEY_IN_TYPES = {"wallet_topup", "refund", "chargeback", "cashback"}
MONEY_IN_SUBTYPES = {"invoice_payment_returned", "reimbursement_to_employee_refund"}


def expenses() -> list[Expense]:
    source = demo_expenses()
    return [source.expense(index) for index in range(len(source))]


def items() -> list[Any]:
    return [expense.item for expense in expenses()]


def good_items() -> list[Any]:
    return [item for item in items() if item["accountingEntryId"] not in demo_failure_reasons()]


def failing(reason: str) -> Expense:
    ids = {entry_id for entry_id, why in demo_failure_reasons().items() if reason in why}
    (expense,) = [expense for expense in expenses() if expense.item["accountingEntryId"] in ids]
    return expense


def moment(item: dict[str, Any]) -> datetime:
    return datetime.strptime(item["date"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def test_demo_is_one_company_in_the_order_of_dates_and_the_same_every_time() -> None:
    dates = [item["date"] for item in items()]

    assert 45 <= len(dates) <= 65
    assert dates == sorted(dates)
    assert {item["companyId"] for item in items()} == {COMPANY_ID} == {demo_expenses().company_id}
    assert json.dumps(items()) == json.dumps(items())


def test_demo_shows_every_type_and_subtype_that_can_be_booked() -> None:
    assert {item["type"] for item in good_items()} == set(EntryType)
    assert {item["subType"] for item in good_items()} == {None, *EntrySubtype}


def test_demo_shows_wallets_foreign_purchases_and_taxes() -> None:
    pairs = {tuple(money["currency"] for money in item["amount"].values()) for item in good_items()}
    taxes = {line["tax"]["type"] for item in good_items() for line in item["accountingEntryLines"] if line["tax"]}

    assert {wallet for _, wallet in pairs} == {"DKK", "EUR", "GBP", "SEK"}
    assert {("USD", "DKK"), ("SEK", "DKK"), ("ISK", "DKK"), ("JPY", "DKK")} <= pairs
    assert taxes == set(TaxKind)


def test_every_wallet_is_loaded_with_more_than_is_spent_from_it() -> None:
    loaded: Counter[str] = Counter()
    for item in good_items():
        money = item["amount"]["inWalletCurrency"]
        if item["type"] == "wallet_topup":
            loaded[money["currency"]] += money["value"]
        elif item["type"] in {"card_purchase", "wallet_unload"}:
            loaded[money["currency"]] -= money["value"]

    assert set(loaded) == {"DKK", "EUR", "GBP", "SEK"}
    assert min(loaded.values()) > 0


def test_demo_shows_splits_tags_attendees_and_service_periods() -> None:
    lines = [line for item in good_items() for line in item["accountingEntryLines"]]

    assert {len(item["accountingEntryLines"]) for item in good_items()} >= {1, 2, 3, 5}
    assert {tag["groupCode"] for line in lines for tag in line["tags"]} == {"PROJECT", "CLIENT", "DEPARTMENT"}
    assert any(item["additionalInformation"]["attendees"] for item in good_items())
    assert any(item["servicePeriod"] for item in good_items())
    assert {item["bookkeeping"] and item["bookkeeping"]["method"] for item in good_items()} == {
        None,
        "journal",
        "none",
    }


def test_demo_dates_reach_from_closed_september_to_november_on_both_sides_of_midnight() -> None:
    zone = ZoneInfo(TIME_ZONE)
    months = {moment(item).astimezone(zone).month for item in good_items()}
    moved = {
        (moment(item).month, moment(item).astimezone(zone).month)
        for item in good_items()
        if item["date"].endswith("T23:30:00Z")
    }

    assert months == {9, 10, 11}
    assert moved == {(9, 10), (10, 11)}


def test_demo_reimbursements_come_to_what_they_settle() -> None:
    by_number = {item["additionalInformation"]["reconciliationId"]: item for item in good_items()}
    owed_by_employee = {"atm_withdrawal", "personal_spend"}
    checked = 0
    for item in by_number.values():
        settled = [by_number[number] for number in item["additionalInformation"]["reconciledEntries"]]
        if not settled:
            assert not item["type"].endswith("reimbursement")
            continue
        to_company = item["subType"] == "reimbursement_to_company"
        owed = sum(
            other["amount"]["inWalletCurrency"]["value"]
            * (1 if (other["type"] in owed_by_employee) == to_company else -1)
            for other in settled
        )
        assert owed == item["amount"]["inWalletCurrency"]["value"]
        assert {other["user"]["code"] for other in settled} == {item["user"]["code"]}
        assert {other["amount"]["inWalletCurrency"]["currency"] for other in settled} == {
            item["amount"]["inWalletCurrency"]["currency"]
        }
        checked += 1
    assert checked == 6


def test_demo_receipts_open_and_have_the_announced_size() -> None:
    opened = set()
    for expense in expenses():
        for receipt in expense.receipts:
            file = receipt.render()
            if receipt.size_bytes <= PLEO_RECEIPT_BYTES_MAX:
                assert len(file) == receipt.size_bytes
            if receipt.content_type == "application/pdf":
                (page,) = PdfReader(io.BytesIO(file), strict=True).pages
                assert "TOTAL" in page.extract_text()
                opened.add("PDF")
            else:
                with Image.open(io.BytesIO(file)) as picture:
                    picture.load()
                    opened.add(str(picture.format))
    assert opened == {"PDF", "JPEG", "PNG"}
    assert max(len(expense.receipts) for expense in expenses()) == 3


def test_demo_chart_knows_every_account_of_the_good_expenses_and_every_account_with_a_role() -> None:
    codes = [account.code for account in DEMO_CHART]
    used = {
        line["account"]["code"] for item in good_items() for line in item["accountingEntryLines"] if line["account"]
    }
    used |= {item["contraAccount"]["code"] for item in good_items() if item["contraAccount"]}
    for item in good_items():
        for line in item["accountingEntryLines"]:
            tax = line["tax"] or {}
            used |= {tax[side] for side in ("ingoingTaxAccount", "outgoingTaxAccount") if side in tax}
    roles = {
        CONTRA_ACCOUNT,
        ACCOUNTS_PAYABLE_ACCOUNT,
        OUT_OF_POCKET_ACCOUNT,
        EXTERNAL_REIMBURSEMENT_ACCOUNT,
        INPUT_TAX_ACCOUNT,
        OUTPUT_TAX_ACCOUNT,
        *WALLET_ACCOUNTS.values(),
    }

    assert used | roles <= set(codes)
    assert len(set(codes)) == len(codes)
    assert CLOSED_ACCOUNT.code not in codes


def test_wallet_accounts_hold_their_own_currency_only() -> None:
    currencies = {account.code: account.currency for account in DEMO_CHART}
    assert {currencies[code]: code for code in WALLET_ACCOUNTS.values()} == WALLET_ACCOUNTS


def test_demo_failures_are_in_the_job_and_each_has_its_own_reason() -> None:
    reasons = demo_failure_reasons()
    ids = {item["accountingEntryId"] for item in items()}

    assert set(reasons) <= ids
    assert len(set(reasons.values())) == len(reasons) == 9


def test_demo_has_a_line_without_category() -> None:
    item: Any = failing("no category account").item
    assert item["type"] == "card_purchase"
    assert item["accountingEntryLines"][0]["account"] is None


def test_demo_has_a_line_on_an_account_that_the_books_do_not_know() -> None:
    item: Any = failing("do not know account").item
    assert item["accountingEntryLines"][0]["account"]["code"] == "3999"


@pytest.mark.parametrize("currency", ["inWalletCurrency", "inSupplierCurrency"])
def test_demo_has_lines_that_do_not_add_up(currency: str) -> None:
    item: Any = failing("do not add up").item
    lines = [line["lineAmount"][currency]["value"] for line in item["accountingEntryLines"]]
    assert item["amount"][currency]["value"] - sum(lines) == 10_00


def test_demo_has_an_unknown_type_and_an_unknown_tax_type() -> None:
    assert failing("no known expense type").item["type"] == "balance_adjustment_v2"
    item: Any = failing("no known tax type").item
    assert item["accountingEntryLines"][0]["tax"]["type"] not in set(TaxKind)


def test_demo_has_a_vendor_with_a_number_whom_the_books_do_not_know() -> None:
    item: Any = failing("do not know the vendor").item
    assert item["bookkeeping"] == {"method": "accounts_payable"}
    assert item["vendor"]["code"]


def test_demo_announces_a_receipt_above_pleos_limit_and_serves_a_small_file() -> None:
    (receipt,) = failing("larger than 30 MB").receipts
    assert receipt.size_bytes > PLEO_RECEIPT_BYTES_MAX
    assert len(receipt.render()) < 30_000


def test_demo_has_an_item_without_lines() -> None:
    assert failing("no lines").item["accountingEntryLines"] == []


def test_demo_has_a_malformed_item_whose_entry_id_can_be_read() -> None:
    expense = failing("no number")
    assert expense.raw_item is not None
    raw = json.loads(expense.raw_item)
    assert raw["accountingEntryId"] == expense.item["accountingEntryId"]
    assert raw["amount"]["inWalletCurrency"]["value"] == "abc"


def every_item() -> list[Any]:
    sources = [job.expenses for job in demo_jobs()]
    return [source.expense(index).item for source in sources for index in range(len(source))]


def test_jobs_follow_each_other_and_each_has_its_name_and_asks_for_vendors() -> None:
    jobs = demo_jobs()
    last_dates = [
        max(str(job.expenses.expense(index).item["date"]) for index in range(len(job.expenses))) for job in jobs[1:]
    ]

    assert len({job.title for job in jobs}) == len(jobs) == 3
    assert [len(job.expenses) for job in jobs] == [len(demo_expenses()), 33, 15]
    assert [day[:7] for day in last_dates] == ["2026-10", "2026-11"]
    assert last_dates[-1] < "2026-11-21"
    assert all(job.options.vendor_based_bookkeeping for job in jobs)


def test_every_expense_of_every_job_is_its_own() -> None:
    found = every_item()
    assert len({item["accountingEntryId"] for item in found}) == len(found)
    assert len({item["additionalInformation"]["reconciliationId"] for item in found}) == len(found)


def test_no_wallet_is_ever_empty_after_the_first_load_if_all_jobs_are_booked() -> None:
    failing_ids = demo_failure_reasons().keys() | demo_vendor_failure_reasons().keys()
    booked = [item for item in every_item() if item["accountingEntryId"] not in failing_ids and item["contraAccount"]]
    balances: Counter[str] = Counter()
    for item in sorted(booked, key=lambda item: str(item["date"])):
        money = item["amount"]["inWalletCurrency"]
        comes_in = item["type"] in MONEY_IN_TYPES or item["subType"] in MONEY_IN_SUBTYPES
        balances[money["currency"]] += abs(money["value"]) * (1 if comes_in else -1)
        if item["date"] > "2026-10-02":
            assert balances[money["currency"]] > 0, item["date"]


def test_later_jobs_fail_for_an_unknown_and_a_blocked_vendor_only() -> None:
    failing_items = [item for item in every_item() if item["accountingEntryId"] in demo_vendor_failure_reasons()]

    assert [item["vendor"]["name"] for item in failing_items] == ["Wireframe Labs LLC", "Thames Power Hire Ltd"]
    assert not failing_items[0]["vendor"].keys() & {"code", "externalId", "taxRegistrationNumber"}
    assert failing_items[1]["vendor"]["code"]
