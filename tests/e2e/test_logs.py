"""What an operator can search the log for: every job and item by its id, and nobody's name or money."""

import logging
import re
from pathlib import Path

import pytest

from bilag.simulator.demo_job import demo_expenses, demo_failure_reasons
from tests.e2e.expenses import DEMO_BOOKED, DEMO_FAILED, seeded
from tests.e2e.processes import bilag
from tests.e2e.stage import Stage, open_stage
from tests.e2e.standing_books import books_in


def lines_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name.startswith("bilag.")]


async def exported_twice(stage: Stage, caplog: pytest.LogCaptureFixture) -> tuple[list[str], list[str]]:
    """The log of the first and of the second run over the same expenses."""
    caplog.set_level(logging.DEBUG, logger="bilag")
    stage.new_job()
    await stage.run()
    first = lines_of(caplog)
    caplog.clear()
    stage.new_job(again=True, indexes=range(len(stage.items())))
    await stage.run()
    return first, lines_of(caplog)


async def test_log_tells_of_each_job_and_each_item_under_its_id(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_stage(tmp_path, demo_expenses()) as stage:
        first, second = await exported_twice(stage, caplog)
        items, entries = stage.items(), books_in(stage.books).by_entry_id()

        job = stage.jobs[0].id
        assert f"job {job} started items={len(items)} status_before=pending" in first
        assert f"job {job} settled successful={DEMO_BOOKED} failed={DEMO_FAILED} not_taken=0" in first
        assert f"job {job} ended status=completed_with_errors" in first
        for entry_id, entry in entries.items():
            booked = f"item {entry_id} booked job={job} external_id={entry.voucher} posting_date={entry.day}"
            assert any(line.startswith(booked) for line in first), entry_id
            assert f"item {entry_id} stands job={stage.jobs[1].id} external_id={entry.voucher}" in second
        for entry_id in demo_failure_reasons():
            assert any(re.fullmatch(rf"item {entry_id} failed job={job} codes=[a-z.-]+", line) for line in first)
        assert sum("moved_from=2026-09-" in line and "moved_by=next_open_period" in line for line in first) == 3


async def test_log_names_no_people_no_payees_and_no_amounts(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with open_stage(tmp_path, demo_expenses()) as stage:
        said = "\n".join(line for lines in await exported_twice(stage, caplog) for line in lines)

        for name in ("Nørskov", "Mathilde", "Skærmbutikken", "Hotel Spreeblick", "Monitor arm", "1899", "DKK"):
            assert name not in said, name


async def test_log_goes_to_stderr_with_times_in_utc(tmp_path: Path) -> None:
    async with open_stage(tmp_path, seeded(2)) as stage:
        job = stage.new_job()
        said = await bilag(stage, "--log", "info", "run")
        quiet = await bilag(stage, "run")

        first, *_ = said.err.splitlines()
        assert re.fullmatch(rf"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ INFO bilag\.job: job {job.id} started .*", first)
        assert quiet.err == ""
