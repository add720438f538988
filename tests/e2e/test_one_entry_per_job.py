"""A company that wants one journal entry per job, judged by beancount and by sums that know nothing of bilag."""

import json
import re
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, Final

from beancount import loader
from beancount.core import data as beancount

from bilag.simulator.demo_job import demo_expenses
from bilag.simulator.jobs import Job
from bilag.simulator.terms import ItemStatus, JobStatus
from tests.cli.terminal import Terminal
from tests.e2e.expenses import DEMO_BOOKED, DEMO_FAILED, seeded
from tests.e2e.invariants import assert_balanced, assert_no_secret_was_written, assert_nothing_twice, reports_of
from tests.e2e.processes import ended, start, until
from tests.e2e.stage import Stage, open_stage
from tests.e2e.standing_books import StandingBooks, books_in
from tests.e2e.wallet_oracle import wallet_balances

PER_JOB: Final = 'journal_entries = "per_job"'
FILES: Final = "GET /files/{token}/{name}"
RECONCILIATION_ID: Final = re.compile(r"\S+")


def reconciliation_id(item: Any) -> str:
    """The id of Pleo's raw item."""
    return str(item["additionalInformation"]["reconciliationId"])


def places_in_books(stage: Stage) -> dict[str, set[str]]:
    """The vouchers in which each reconciliation id is found, as beancount itself reads the entries."""
    entries, errors, _ = loader.load_file(str(stage.books / "main.beancount"))
    assert not errors, errors
    places: dict[str, set[str]] = {}
    for entry in (one for one in entries if isinstance(one, beancount.Transaction)):
        texts = [entry.meta["reconciliation_id"], *((p.meta or {}).get("description", "") for p in entry.postings)]
        for found in {match[0] for text in texts if (match := RECONCILIATION_ID.match(text))}:
            places.setdefault(found, set()).add(entry.meta["voucher"])
    return places


def assert_each_success_stands_where_pleo_was_told(stage: Stage, job: Job) -> list[str]:
    """Gives the entries of the items that succeeded."""
    items, places = stage.items(), places_in_books(stage)
    told = reports_of(job)
    booked = [entry_id for entry_id, report in told.items() if report.status is ItemStatus.SUCCESSFUL]
    for entry_id in booked:
        # An item under accounts payable is a bill and its payment; Pleo is told of the bill.
        vouchers = places[reconciliation_id(items[entry_id])]
        assert told[entry_id].external_id in vouchers
        assert len(vouchers) == 1 or "je" not in reference_of(stage, str(told[entry_id].external_id))
    for entry_id in told.keys() - set(booked):
        assert reconciliation_id(items[entry_id]) not in places
    return booked


def reference_of(stage: Stage, voucher: str) -> str:
    return next(entry.reference for entry in books_in(stage.books).entries if entry.voucher == voucher)


def assert_sums_are_pleos(stage: Stage, books: StandingBooks, booked: list[str]) -> None:
    assert_balanced(books)
    assert_nothing_twice(books)
    assert_no_secret_was_written(stage.folder)
    items, balances = stage.items(), books.balances()
    expected = wallet_balances(items[entry_id] for entry_id in booked)
    assert {wallet: balances[wallet] for wallet in expected} == expected


def assert_receipts_are_pleos(stage: Stage, books: StandingBooks, booked: list[str]) -> None:
    """Byte for byte, beside the notes that say whose guests they name."""
    source = stage.world.companies[stage.company_id].source
    places = {source.entry_id(index): index for index in range(len(source))}
    served = Counter(r.render() for entry_id in booked for r in source.expense(places[entry_id]).receipts)
    linked = Counter(file for entry in books.entries for file in entry.files if not file.startswith(b"Expense "))
    assert linked == served


def shared(books: StandingBooks, job: Job) -> list[str]:
    return [entry.reference for entry in books.entries if entry.entry_id == job.id]


def bean_check(stage: Stage) -> None:
    checker = Path(sys.executable).parent / "bean-check"
    done = subprocess.run([checker, stage.books / "main.beancount"], check=False, capture_output=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


async def test_demo_job_is_one_entry_per_currency_and_period(tmp_path: Path, bilag: Terminal) -> None:
    async with open_stage(tmp_path, demo_expenses()) as stage:
        stage.write_bookkeeping(PER_JOB)
        job = stage.new_job()
        ran = await bilag("run", "--config", str(stage.config_path))
        assert ran.tells(booked=DEMO_BOOKED, failed=DEMO_FAILED)

        bean_check(stage)
        books = books_in(stage.books)
        booked = assert_each_success_stands_where_pleo_was_told(stage, job)
        assert len(booked) == DEMO_BOOKED
        assert_sums_are_pleos(stage, books, booked)
        assert_receipts_are_pleos(stage, books, booked)
        of_job = [entry for entry in books.entries if entry.entry_id == job.id]
        groups = {(entry.day[:7], entry.postings[0].currency) for entry in of_job}
        assert len(of_job) == len(groups) > 3

        again = stage.new_job(again=True, indexes=range(len(job)))
        await bilag("run", "--config", str(stage.config_path))
        assert [entry.reference for entry in books_in(stage.books).entries] == [e.reference for e in books.entries]
        assert again.tally() == job.tally()


async def test_explanation_names_the_items_own_entry_and_the_shared_one(tmp_path: Path, bilag: Terminal) -> None:
    async with open_stage(tmp_path, seeded(12)) as stage:
        stage.write_bookkeeping(PER_JOB)
        job = stage.new_job()
        planned = await bilag("plan", "--json", "--config", str(stage.config_path))
        await bilag("run", "--config", str(stage.config_path))
        entry_id, report = next(iter(reports_of(job).items()))
        told = json.loads((await bilag("explain", "--json", entry_id, "--config", str(stage.config_path))).out)

        plans = {plan["accountingEntryId"]: plan for plan in map(json.loads, planned.out.splitlines())}
        assert told["plan"]["documents"] == plans[entry_id]["documents"]
        assert told["externalId"] == report.external_id
        (step,) = (step for step in told["plan"]["trace"] if step["rule"] == "journal construction")
        assert step["value"] == reference_of(stage, str(report.external_id))


def has_linked(stage: Stage, files: int) -> bool:
    return sum(1 for path in (stage.books / "documents").rglob("*") if path.is_file()) >= files


async def kill_when(stage: Stage, has_come: Callable[[], bool]) -> bool:
    """Run, and kill -9 at a moment; False when the run ended before."""
    process = await start(stage, "run")
    in_time = await until(has_come, process)
    if process.returncode is None:
        process.kill()
    return in_time and (await ended(process)).code == -signal.SIGKILL


async def test_runs_that_are_killed_leave_each_expense_in_one_entry(tmp_path: Path, bilag: Terminal) -> None:
    async with open_stage(tmp_path, seeded(120, receipt_share=0.5)) as stage:
        stage.write_bookkeeping(PER_JOB)
        job = stage.new_job()
        fetching = await kill_when(stage, lambda: stage.world.request_counts[FILES] >= 12)
        # Receipts are linked when their entry stands.
        linking = [await kill_when(stage, partial(has_linked, stage, files)) for files in (5, 20)]
        assert [fetching, *linking] == [True, True, True]
        while job.is_open:
            assert (await bilag("run", "--config", str(stage.config_path))).code == 0

        assert job.status is JobStatus.COMPLETED
        bean_check(stage)
        books = books_in(stage.books)
        booked = assert_each_success_stands_where_pleo_was_told(stage, job)
        assert len(booked) == len(job)
        assert_sums_are_pleos(stage, books, booked)
        assert_receipts_are_pleos(stage, books, booked)
        assert shared(books, job) == [entry.reference for entry in books.entries if ".je" in entry.reference]
        with closing(sqlite3.connect(stage.folder / ".bilag" / "posting-journal.sqlite")) as journal:
            assert {state for (state,) in journal.execute("SELECT state FROM posting_journal")} == {"posted"}
