"""The demo's three jobs with accounts payable: run at once, killed again and again, planned, and tied out."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
from beancount import loader
from beancount.core import data as beancount

from bilag.simulator.demo_job import demo_jobs
from bilag.simulator.planned_jobs import join_expenses
from tests.cli.terminal import Terminal
from tests.e2e.invariants import assert_all_hold
from tests.e2e.stage import Stage, open_stage
from tests.e2e.standing_books import StandingBooks
from tests.e2e.test_killed import EVENTS, FILES, REPORT, kill_at

MOMENTS: Final = ((EVENTS, 1), (FILES, 9), (REPORT, 1), (FILES, 12), (EVENTS, 1), (FILES, 6), (REPORT, 1), (FILES, 3))
RUNS_MAX: Final = 6


@asynccontextmanager
async def payable_stage(folder: Path) -> AsyncIterator[Stage]:
    """The demo's company with all of its jobs waiting behind each other."""
    planned = demo_jobs()
    joined = join_expenses(planned)
    async with open_stage(folder, joined) as stage:
        for position, job in enumerate(planned):
            stage.clock.move(seconds=1)
            indexes = joined.span(position)
            made = stage.world.create_job(joined.company_id, indexes=indexes, options=job.options, queued=True)
            stage.jobs.append(made)
        yield stage


def said_by_beancount(stage: Stage) -> dict[tuple[str, str], Decimal]:
    """What is owed per payable account and currency, added up from what beancount loads."""
    entries, errors, _ = loader.load_file(str(stage.books / "main.beancount"))
    assert not errors
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for entry in entries:
        for posting in entry.postings if isinstance(entry, beancount.Transaction) else ():
            found = re.match(r"Liabilities:(680\d)-", posting.account)
            if found and posting.units is not None and posting.units.number is not None:
                sums[found[1], posting.units.currency] -= posting.units.number
    return dict(sums)


def said_by_report(report: dict[str, Any]) -> dict[tuple[str, str], Decimal]:
    return {(one["account"], one["currency"]): Decimal(one["balance"]) for one in report["accounts"]}


def without_zero(balances: dict[tuple[str, str], Decimal]) -> dict[tuple[str, str], Decimal]:
    return {place: amount for place, amount in balances.items() if amount}


def open_items(report: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {
        (vendor["vendor"]["number"], item["externalReference"], item["openAmount"])
        for vendor in report["vendors"]
        for item in vendor["items"]
    }


async def payables(bilag: Terminal, stage: Stage) -> dict[str, Any]:
    said = await bilag("payables", "--json", "--on", "2026-11-21", "--config", str(stage.config_path))
    assert said.code == 0, said.err
    report: dict[str, Any] = json.loads(said.out)
    return report


def documents(books: StandingBooks) -> Counter[str]:
    return Counter(entry.generation for entry in books.entries)


def assert_every_purchase_is_a_pair(books: StandingBooks) -> None:
    """No expense has a bill of its own money without its payment, however often the run was killed."""
    parts: dict[str, set[str]] = defaultdict(set)
    for entry in books.entries:
        parts[entry.entry_id].add(entry.generation)
    assert {frozenset(found) for found in parts.values()} <= {
        frozenset(allowed) for allowed in ({"je1"}, {"vi1"}, {"vp1"}, {"vi1", "vp1"}, {"cn1", "vp1"}, {"cn1"})
    }


@pytest.fixture(scope="module")
def undisturbed() -> dict[str, Any]:
    """What the first undisturbed run left open, for the killed one to be compared with."""
    return {}


async def test_open_items_tie_out_to_the_cent_with_what_beancount_says(
    tmp_path: Path, bilag: Terminal, undisturbed: dict[str, Any]
) -> None:
    async with payable_stage(tmp_path) as stage:
        await stage.run()
        books = assert_all_hold(stage)
        report = await payables(bilag, stage)

        assert report["tiesOut"]
        assert without_zero(said_by_report(report)) == without_zero(said_by_beancount(stage))
        assert_every_purchase_is_a_pair(books)
        assert len(open_items(report)) >= 10
        undisturbed |= {"open": open_items(report), "documents": documents(books)}


async def test_jobs_that_are_killed_again_and_again_settle_everything_once(
    tmp_path: Path, bilag: Terminal, undisturbed: dict[str, Any]
) -> None:
    async with payable_stage(tmp_path) as stage:
        kills = [await kill_at(stage, call, count) for call, count in MOMENTS]
        for _ in range(RUNS_MAX):
            await bilag("run", "--config", str(stage.config_path))
        books = assert_all_hold(stage)
        report = await payables(bilag, stage)

        assert sum(kills) >= len(MOMENTS) - 2
        assert not any(job.is_open for job in stage.jobs)
        assert report["tiesOut"]
        assert_every_purchase_is_a_pair(books)
        if undisturbed:  # not there when this test runs alone
            assert open_items(report) == undisturbed["open"]
            assert documents(books) == undisturbed["documents"]


async def test_exporting_everything_again_books_and_settles_nothing(tmp_path: Path, bilag: Terminal) -> None:
    async with payable_stage(tmp_path) as stage:
        await stage.run()
        before, was_open = assert_all_hold(stage), open_items(await payables(bilag, stage))
        stage.new_job(again=True)
        await stage.run()

        assert documents(assert_all_hold(stage)) == documents(before)
        assert open_items(await payables(bilag, stage)) == was_open


async def test_plan_and_explanation_tell_vendor_and_settlement(tmp_path: Path, bilag: Terminal) -> None:
    async with payable_stage(tmp_path) as stage:
        first, second, third = stage.jobs
        await stage.run()
        returned = next(entry for entry in entries_of(third) if is_return(stage, entry))
        explained = await bilag("explain", returned, "--config", str(stage.config_path))

        assert "vendor payment of K" in explained.out
        assert "settles: payment" in explained.out
        assert "opens again: " in explained.out
        assert "the books know one vendor by this code" in explained.out
        assert {first.is_open, second.is_open} == {False}


def entries_of(job: Any) -> Iterable[str]:
    return (job.entry_id(place) for place in range(len(job)))


def is_return(stage: Stage, entry_id: str) -> bool:
    return stage.items()[entry_id]["subType"] == "invoice_payment_returned"


async def test_report_that_does_not_tie_out_ends_with_1_and_says_where_to_look(tmp_path: Path, bilag: Terminal) -> None:
    async with payable_stage(tmp_path) as stage:
        await stage.run()
        account = next(
            name
            for name in re.findall(
                r"open (Liabilities:6800-\S+:K\S+)", (stage.books / "accounts.beancount").read_text()
            )
        )
        by_hand = stage.books / "journal" / "opening.beancount"
        entry = f'2026-11-01 * "By hand"\n  {account}  -0.01 DKK\n  Assets:5810-Bank-account  0.01 DKK\n'
        by_hand.write_text(f"{by_hand.read_text()}\n{entry}")
        said = await bilag("payables", "--config", str(stage.config_path))

        assert said.code == 1
        assert "✗ differs" in said.out
        assert "0.01 DKK more than its documents" in said.out
