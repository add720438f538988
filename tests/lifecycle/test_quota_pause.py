"""A quota of the books that is used up for the day: the job waits, and goes on by itself."""

import logging
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bilag.adapters.accounting.memory.script import Call, Incident, Raises
from bilag.adapters.accounting.memory.set_up import CAPABILITIES
from bilag.domain.export_job import ItemReport, ItemStatus, JobStatus
from bilag.domain.quota import DAY_SECONDS, CallsMade, QuotaProfile, QuotaWindow
from bilag.domain.settings import JournalConstruction
from bilag.lifecycle.run_pending import run_pending
from bilag.ports.errors import QuotaSpent
from tests.lifecycle.fake_clock import START
from tests.lifecycle.invariants import assert_everything_succeeded, assert_nothing_is_booked_twice
from tests.lifecycle.pleo_in_memory import JOB
from tests.lifecycle.scene import SET_UP, Scene, entry_id

SPENT = QuotaSpent("Books take no more calls until tomorrow", 3_600.0, START + timedelta(hours=1))


def spent_at(scene: Scene, call: Call, number: int | None = None) -> None:
    about = entry_id(number) if number else ""
    scene.books.plan(Incident(call=call, happening=Raises(SPENT), about=about))


def with_jobs(scene: Scene, items: int) -> None:
    scene.pleo.add_job(*(scene.item(number) for number in range(1, items + 1)))


@pytest.mark.parametrize("items_at_once", [1, 4])
async def test_a_spent_quota_leaves_the_job_in_progress_and_the_next_run_ends_it(
    scene: Scene, items_at_once: int
) -> None:
    scene.items_at_once_max = items_at_once
    with_jobs(scene, 5)
    spent_at(scene, Call.POST, 3)
    with pytest.raises(QuotaSpent):
        await scene.run()
    assert scene.pleo.at(JOB).shown.status is JobStatus.IN_PROGRESS
    assert ItemStatus.FAILED not in {record.status for record in scene.pleo.at(JOB).records.values()}
    await scene.run()
    await assert_everything_succeeded(scene)
    assert_nothing_is_booked_twice(scene)


async def test_what_was_booked_before_is_told_to_pleo_at_once(scene: Scene) -> None:
    with_jobs(scene, 5)
    spent_at(scene, Call.POST, 4)
    with pytest.raises(QuotaSpent):
        await scene.run()
    told = [e for e, r in scene.pleo.at(JOB).records.items() if r.status is ItemStatus.SUCCESSFUL]
    assert told == [entry_id(number) for number in (1, 2, 3)]


async def test_a_job_that_has_booked_nothing_yet_is_kept_alive(scene: Scene) -> None:
    with_jobs(scene, 2)
    spent_at(scene, Call.POST, 1)
    before = scene.pleo.at(JOB).shown.last_updated_at
    scene.clock.advance(600)
    with pytest.raises(QuotaSpent):
        await scene.run()
    after = scene.pleo.at(JOB).shown.last_updated_at
    assert before is not None
    assert after is not None
    assert after - before >= timedelta(seconds=600)


async def test_books_that_may_not_even_be_asked_do_not_fail_the_job(scene: Scene) -> None:
    with_jobs(scene, 2)
    spent_at(scene, Call.PROBLEMS)
    with pytest.raises(QuotaSpent):
        await scene.run()
    assert scene.pleo.at(JOB).shown.status is JobStatus.IN_PROGRESS
    await scene.run()
    assert {record.status for record in scene.pleo.at(JOB).records.values()} == {ItemStatus.SUCCESSFUL}


async def test_items_that_share_an_entry_wait_together(tmp_path: Path) -> None:
    scene = Scene(tmp_path, journal_construction=JournalConstruction.PER_JOB)
    with_jobs(scene, 3)
    spent_at(scene, Call.POST)
    with pytest.raises(QuotaSpent):
        await scene.run()
    await scene.run()
    assert {record.status for record in scene.pleo.at(JOB).records.values()} == {ItemStatus.SUCCESSFUL}
    assert len(scene.books.entries) == 1


async def test_a_job_larger_than_a_day_says_so_before_its_first_item(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    quota = QuotaProfile(name="Books", windows=(QuotaWindow(limit=2, seconds=DAY_SECONDS),))
    scene = Scene(tmp_path, replace(SET_UP, capabilities=replace(CAPABILITIES, quota=quota)))
    with_jobs(scene, 5)
    with caplog.at_level(logging.WARNING):
        await scene.run()
    (warning,) = [r.getMessage() for r in caplog.records if "calls a day" in r.getMessage()]
    assert "this job needs at least 5: it will take about 2 days" in warning


async def test_calls_of_every_run_are_remembered_with_the_job(scene: Scene) -> None:
    made = CallsMade(pleo=100, books=100)

    def more() -> CallsMade:
        """Whoever asks has called ten times since."""
        nonlocal made
        made = CallsMade(pleo=made.pleo + 10, books=made.books + 4)
        return made

    with_jobs(scene, 3)
    spent_at(scene, Call.POST, 2)
    with pytest.raises(QuotaSpent):
        await run_pending(replace(scene.desk, calls_made=more))
    await run_pending(replace(scene.desk, calls_made=more))
    record = await scene.journal.job_record(JOB)
    assert record is not None
    assert (record.pleo_calls, record.books_calls) == (20, 8)


def test_an_item_in_progress_is_a_report_without_a_reason() -> None:
    assert ItemReport(entry_id="1", status=ItemStatus.IN_PROGRESS).failure_reason_type is None
