"""A job that Pleo gives up in the middle: what was booked is remembered, and the next job reports it."""

from pathlib import Path

import pytest

from bilag.app.running import list_jobs
from bilag.lifecycle.ended_meanwhile import GONE_FROM_PLEO
from bilag.ports.errors import Unreachable
from bilag.simulator.faults import unavailable
from bilag.simulator.terms import ItemStatus, JobStatus
from tests.e2e.expenses import seeded
from tests.e2e.invariants import assert_all_hold, reports_of
from tests.e2e.stage import Stage, open_stage
from tests.e2e.standing_books import books_in

REPORT = "PUT /v3/export-jobs/{jobId}/items"


def expire_after_first_report(stage: Stage) -> None:
    """Pleo takes the first hundred outcomes; then more than an hour passes."""

    def pass_time(call: str) -> None:
        if call == REPORT and stage.witness.calls.count(REPORT) == 1:
            stage.clock.move(minutes=61)

    stage.witness.on_call = pass_time


async def test_job_that_expires_in_the_middle_is_let_go_as_failed(stage: Stage) -> None:
    expire_after_first_report(stage)
    job = stage.new_job()
    (summary,) = await stage.run()

    assert job.tally()[ItemStatus.SUCCESSFUL] == 100
    assert (summary.job.state, summary.job.failure_reason_type) == ("failed", "job_expired")
    assert summary.needs_attention
    assert len(assert_all_hold(stage).entries) > 100


async def test_next_job_reports_what_the_expired_one_booked_and_books_only_the_rest(stage: Stage) -> None:
    expire_after_first_report(stage)
    expired = stage.new_job()
    await stage.run()
    booked = books_in(stage.books).by_entry_id()
    second = stage.new_job()
    (summary,) = await stage.run()

    books = assert_all_hold(stage).by_entry_id()
    assert len(second) == len(expired) - 100
    assert second.status is JobStatus.COMPLETED
    assert len(books) == len(expired)
    assert {entry_id: books[entry_id].voucher for entry_id in booked} == {
        entry_id: entry.voucher for entry_id, entry in booked.items()
    }
    assert {report.external_id for report in reports_of(second).values()} <= {e.voucher for e in books.values()}
    assert not summary.needs_attention
    assert not [warning for outcome in summary.with_warnings for warning in outcome.warnings]


async def test_job_that_expired_between_two_runs_is_shown_as_pleo_ended_it(stage: Stage) -> None:
    stage.meets(unavailable(), method="PUT", nth=2, times=6)
    stage.new_job()
    with pytest.raises(Unreachable):
        await stage.run()
    stage.clock.move(hours=2)
    summaries = await stage.run()

    assert [(s.job.state, s.job.failure_reason_type) for s in summaries] == [("failed", "job_expired")]
    stage.new_job()
    (summary,) = await stage.run()
    assert not summary.needs_attention
    assert len(assert_all_hold(stage).entries) == 130


async def test_job_that_pleo_no_longer_knows_keeps_no_run_from_its_work(tmp_path: Path) -> None:
    async with open_stage(tmp_path, seeded(12)) as stage:
        stage.meets(unavailable(), method="PUT", times=6)
        stage.new_job()
        with pytest.raises(Unreachable):
            await stage.run()
    async with open_stage(tmp_path, seeded(12)) as another:
        another.new_job()
        (summary,) = await another.run()

        assert summary.job.job_id == another.jobs[0].id
        assert not summary.needs_attention
        listed = await list_jobs(another.config_path, 10)
        assert {one.job.state for one in listed} == {"completed", GONE_FROM_PLEO}
        assert len(assert_all_hold(another).entries) == 12
