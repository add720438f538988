"""The demo's job into books for hledger, judged by hledger."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bilag.simulator.demo_job import demo_expenses, demo_failure_reasons
from bilag.simulator.jobs import JobOptions
from bilag.simulator.terms import JobStatus
from tests.adapters.accounting.plaintext.oracles import HLEDGER, hledger, hledger_transactions
from tests.e2e.invariants import assert_no_secret_was_written, reports_of
from tests.e2e.stage import Stage, open_stage
from tests.e2e.wallet_oracle import wallet_balances

pytestmark = pytest.mark.skipif(HLEDGER is None, reason="hledger is not installed, so nobody could judge its books")


async def played(stage: Stage) -> None:
    stage.write_config(("[books.plaintext]", '[books.plaintext]\nsyntax = "hledger"'))
    job = stage.new_job()
    await stage.run()
    assert job.status is JobStatus.COMPLETED_WITH_ERRORS


def tags(transaction: dict[str, Any]) -> dict[str, str]:
    return dict(transaction["ttags"])


def amounts(transaction: dict[str, Any]) -> list[tuple[str, Decimal, str]]:
    return [
        (
            posting["paccount"],
            Decimal(amount["aquantity"]["decimalMantissa"]).scaleb(-amount["aquantity"]["decimalPlaces"]),
            amount["acommodity"],
        )
        for posting in transaction["tpostings"]
        for amount in posting["pamount"]
    ]


async def test_hledger_accepts_the_demos_books_strictly_and_finds_every_expense_once(tmp_path: Path) -> None:
    async with open_stage(tmp_path, demo_expenses()) as stage:
        await played(stage)
        hledger(stage.books, "check", "--strict")
        transactions = hledger_transactions(stage.books)

        booked = stage.items().keys() - demo_failure_reasons().keys()
        assert sorted(tags(one)["external_reference"].split(".")[1] for one in transactions) == sorted(booked)
        told = {report.external_id for report in reports_of(stage.jobs[0]).values()} - {None}
        assert {tags(one)["voucher"] for one in transactions} == told
        assert_no_secret_was_written(stage.folder)


async def test_wallets_hold_in_hledger_what_the_raw_items_add_up_to(tmp_path: Path) -> None:
    async with open_stage(tmp_path, demo_expenses()) as stage:
        await played(stage)
        transactions = hledger_transactions(stage.books)
        items = stage.items()
        expected = wallet_balances(items[tags(one)["external_reference"].split(".")[1]] for one in transactions)

        for (number, currency), balance in expected.items():
            moved = [
                amount
                for one in transactions
                for account, amount, commodity in amounts(one)
                if account.split(":")[-1].startswith(number) and commodity == currency
            ]
            assert sum(moved) == balance, (number, currency)


async def test_second_job_books_nothing_twice_in_hledger_either(tmp_path: Path) -> None:
    async with open_stage(tmp_path, demo_expenses()) as stage:
        await played(stage)
        before = hledger_transactions(stage.books)
        again = [place for place in range(len(stage.jobs[0])) if place % 2]
        stage.world.create_job(
            stage.company_id, indexes=again, options=JobOptions(vendor_based_bookkeeping=True, again=True)
        )
        await stage.run()

        assert hledger_transactions(stage.books) == before
