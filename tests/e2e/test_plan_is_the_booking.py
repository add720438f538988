"""What `bilag plan` shows is what stands in the books afterwards."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from bilag.simulator.demo_job import demo_expenses
from bilag.simulator.terms import JobStatus
from tests.cli.terminal import Terminal
from tests.e2e.expenses import DEMO_BOOKED
from tests.e2e.invariants import assert_all_hold
from tests.e2e.stage import open_stage
from tests.e2e.standing_books import StandingEntry


def as_planned(document: dict[str, Any]) -> tuple[Any, ...]:
    sign = {"debit": 1, "credit": -1}
    postings = [
        (posting["account"], sign[posting["side"]] * Decimal(posting["amount"]), document["currency"])
        for posting in document["postings"]
    ]
    dates = (document["postingDate"], document["date"])
    return (document["externalReference"], *dates, document["mode"] == "final", postings)


def as_booked(entry: StandingEntry) -> tuple[Any, ...]:
    postings = [(posting.account, posting.amount, posting.currency) for posting in entry.postings]
    return (entry.reference, entry.day, entry.original_day, entry.is_final, postings)


async def test_plan_of_a_waiting_job_equals_what_stands_in_the_books_after_its_run(
    tmp_path: Path, bilag: Terminal
) -> None:
    async with open_stage(tmp_path, demo_expenses()) as stage:
        job = stage.new_job()
        said = await bilag("plan", "--json", "--config", str(stage.config_path))
        assert job.status is JobStatus.PENDING, "planning starts nothing"
        assert not (stage.books / "journal").exists() or not list((stage.books / "journal").glob("2026*"))
        (summary,) = await stage.run()

        plans = [json.loads(line) for line in said.out.splitlines()]
        booked = {entry.entry_id: as_booked(entry) for entry in assert_all_hold(stage).entries}
        planned = {p["accountingEntryId"]: as_planned(d) for p in plans for d in p["documents"]}
        assert said.code == 1
        assert len(plans) == len(job)
        assert planned == booked
        failing = {plan["accountingEntryId"]: [f["code"] for f in plan["failures"]] for plan in plans}
        for outcome in summary.failed:
            assert failing[outcome.entry_id] == [failure.code for failure in outcome.failures]


async def test_plan_of_a_saved_answer_equals_the_plan_of_the_job(tmp_path: Path, bilag: Terminal) -> None:
    async with open_stage(tmp_path, demo_expenses()) as stage:
        stage.new_job()
        source = demo_expenses()
        good = [source.expense(index) for index in range(len(source)) if source.expense(index).raw_item is None]
        items = [dict(expense.item) | {"files": []} for expense in good]
        (stage.folder / "items.json").write_text(json.dumps({"data": items}), "utf-8")
        of_job = await bilag("plan", "--json", "--config", str(stage.config_path))
        of_file = await bilag("plan", str(stage.folder / "items.json"), "--json", "--config", str(stage.config_path))

        plans = {plan["accountingEntryId"]: plan for plan in map(json.loads, of_job.out.splitlines())}
        bookable = [plan for plan in map(json.loads, of_file.out.splitlines()) if plan["documents"]]
        assert len(bookable) >= DEMO_BOOKED
        for plan in bookable:
            if plans[plan["accountingEntryId"]]["documents"]:
                assert plan == plans[plan["accountingEntryId"]]


async def test_explanation_after_the_run_is_the_plan_before_it(tmp_path: Path, bilag: Terminal) -> None:
    async with open_stage(tmp_path, demo_expenses()) as stage:
        stage.new_job()
        said = await bilag("plan", "--json", "--config", str(stage.config_path))
        await stage.run()
        plan = next(plan for plan in map(json.loads, said.out.splitlines()) if plan["documents"])
        explained = await bilag("explain", plan["accountingEntryId"][:8], "--json", "--config", str(stage.config_path))

        assert json.loads(explained.out)["plan"] == plan
