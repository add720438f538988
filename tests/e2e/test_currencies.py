"""Wallets in several currencies, among them some that have no cents and one that has three decimals."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from bilag.simulator.catalogue import COMPANY_ID
from bilag.simulator.expense import Expense, ListedExpenses
from bilag.simulator.terms import ItemStatus, JobStatus
from tests.e2e.invariants import assert_all_hold, reports_of
from tests.e2e.stage import Stage, open_stage
from tests.simulator.builders import an_item, entry_id

# Pleo writes hundredths, whatever the currency.
SPENT: Mapping[str, tuple[int, ...]] = {
    "DKK": (125_00, 1, -40_00),
    "EUR": (99_99,),
    "JPY": (1_500_00, 980_00),
    "ISK": (25_990_00,),
    "KWD": (8_96, 1_000_000_00),
}
# Pleo names the accounts of two wallets; those of the others come from the settings.
CONTRA_ACCOUNTS = {
    currency: {"id": f"5e1d1c1e-0000-4000-8000-00000000{code}", "name": f"Pleo wallet {currency}", "code": code}
    for currency, code in (("DKK", "5820"), ("EUR", "5821"))
}
BALANCES = {
    ("5820", "DKK"): Decimal("-85.01"),
    ("5821", "EUR"): Decimal("-99.99"),
    ("5890", "JPY"): Decimal(-2480),
    ("5890", "ISK"): Decimal(-25990),
    ("5890", "KWD"): Decimal("-1000008.960"),
}


def card_purchase(number: int, currency: str, hundredths: int) -> Expense:
    item: dict[str, Any] = an_item(number, company_id=COMPANY_ID, currency=currency)
    for money in item["amount"].values():
        money["value"] = hundredths
    (line,) = item["accountingEntryLines"]
    line["account"] |= {"code": "2810"}
    line["lineAmount"] = line["netAmount"] = item["amount"]
    return Expense(item=item | {"contraAccount": CONTRA_ACCOUNTS.get(currency), "subType": None})


def purchases(*extra: tuple[str, int]) -> ListedExpenses:
    spent = [(currency, hundredths) for currency, amounts in SPENT.items() for hundredths in amounts]
    listed = [card_purchase(number, *money) for number, money in enumerate([*spent, *extra])]
    return ListedExpenses(company_id=COMPANY_ID, expenses=listed)


def take_every_wallet(stage: Stage) -> None:
    """One account for the wallets that have none of their own."""
    stage.write_config(
        ("[accounts]", '[accounts]\nwallet = "5890"'),
        ("chart = [", 'chart = [\n  { number = "5890", kind = "asset", name = "Other wallets" },'),
    )


async def test_each_currency_balances_on_its_own_in_its_own_decimals(tmp_path: Path) -> None:
    async with open_stage(tmp_path, purchases()) as stage:
        take_every_wallet(stage)
        job = stage.new_job()
        await stage.run()

        balances = assert_all_hold(stage).balances()
        assert job.status is JobStatus.COMPLETED
        assert {key: balances[key] for key in BALANCES} == BALANCES
        assert {str(balances["5890", currency]) for currency in ("JPY", "KWD")} == {"-2480", "-1000008.960"}


async def test_half_a_yen_fails_alone_and_is_never_rounded(tmp_path: Path) -> None:
    half_a_yen = sum(len(amounts) for amounts in SPENT.values())
    async with open_stage(tmp_path, purchases(("JPY", 1_500_50))) as stage:
        take_every_wallet(stage)
        job = stage.new_job()
        (summary,) = await stage.run()

        (outcome,) = summary.failed
        assert outcome.entry_id == entry_id(half_a_yen)
        assert {failure.code for failure in outcome.failures} == {"amount.inexact"}
        assert reports_of(job)[entry_id(half_a_yen)].status is ItemStatus.FAILED
        balances = assert_all_hold(stage).balances()
        assert {key: balances[key] for key in BALANCES} == BALANCES


async def test_wallet_without_an_account_fails_its_expenses_and_says_which_setting_is_missing(tmp_path: Path) -> None:
    async with open_stage(tmp_path, purchases()) as stage:
        stage.new_job()
        (summary,) = await stage.run()

        failed = {(outcome.failures[0].code, outcome.label.split()[-1]) for outcome in summary.failed}
        assert failed == {("account.not-configured", currency) for currency in ("JPY", "ISK", "KWD")}
        assert all("accounts.wallet" in outcome.failures[0].path for outcome in summary.failed)
        assert_all_hold(stage)
