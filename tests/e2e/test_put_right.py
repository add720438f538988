"""What a person puts right between two exports: the next one books what failed, and only that."""

from pathlib import Path

import pytest

from bilag.app.wiring import open_planner
from bilag.domain.attachment import NoteFile
from bilag.ports.errors import StoreFailed
from bilag.simulator.demo_job import demo_expenses
from bilag.simulator.terms import ItemStatus, JobFailureReason, JobStatus
from tests.e2e.expenses import DEMO_BOOKED, DEMO_FAILED, seeded
from tests.e2e.invariants import assert_all_hold, reports_of
from tests.e2e.stage import open_stage
from tests.e2e.standing_books import books_in


async def test_account_that_was_missing_is_opened_and_its_expense_is_booked_by_the_next_job(tmp_path: Path) -> None:
    async with open_stage(tmp_path, demo_expenses()) as stage:
        stage.new_job()
        await stage.run()
        stage.write_config(("chart = [", 'chart = [\n  { number = "3999", kind = "expense", name = "Sundry" },'))
        second = stage.new_job()
        (summary,) = await stage.run()

        assert len(second) == DEMO_FAILED
        assert (summary.tally.successful, summary.tally.failed) == (1, DEMO_FAILED - 1)
        assert second.status is JobStatus.COMPLETED_WITH_ERRORS
        assert len(assert_all_hold(stage).entries) == DEMO_BOOKED + 1


async def test_contra_account_that_pleo_misses_fails_the_job_and_is_named(tmp_path: Path) -> None:
    async with open_stage(tmp_path, seeded(12)) as stage:
        job = stage.new_job()
        company = stage.world.companies[stage.company_id]
        company.contra_currencies = frozenset({"DKK"})
        await stage.run()
        assert (job.status, job.failure_reason_type) == (JobStatus.FAILED, JobFailureReason.MISSING_CONFIGURATION)
        assert "EUR" in (job.failure_reason or "")

        company.contra_currencies = None
        stage.new_job()
        (summary,) = await stage.run()
        assert not summary.needs_attention
        assert len(assert_all_hold(stage).entries) == 12


async def test_books_in_use_fail_the_job_with_a_reason_and_the_next_job_books_it(tmp_path: Path) -> None:
    async with open_stage(tmp_path, seeded(12)) as stage:
        stage.new_job()
        await stage.run()
        voucher = books_in(stage.books).entries[0].voucher
        busy = stage.new_job(again=True, indexes=range(3))
        async with open_planner(stage.config()) as another:
            assert await another.books.attach_note(voucher, NoteFile(name="open.txt", text="open")) is None
            await stage.run()
        assert busy.status is JobStatus.FAILED
        assert busy.failure_reason_type is JobFailureReason.ACCOUNTING_SYSTEM_UNREACHABLE
        assert "in use by process" in (busy.failure_reason or "")

        stage.new_job(again=True, indexes=range(3))
        (summary,) = await stage.run()
        assert not summary.needs_attention
        assert len(books_in(stage.books).by_entry_id()) == 12


async def test_outcome_that_pleo_refuses_is_offered_again_and_then_shown_to_a_person(tmp_path: Path) -> None:
    async with open_stage(tmp_path, seeded(12)) as stage:
        job = stage.new_job()

        def settle_first_item(call: str) -> None:
            """Somebody else marks an item as failed while it is being booked."""
            if call == "GET /v3/export-items":
                (report,) = {reports_of(job)[job.entry_id(0)]}
                job.report_item(0, type(report)(status=ItemStatus.FAILED), stage.world.now())

        stage.witness.on_call = settle_first_item
        (summary,) = await stage.run()

        assert stage.world.request_counts["PUT /v3/export-jobs/{jobId}/items"] == 2
        assert job.status is JobStatus.COMPLETED_WITH_ERRORS
        assert summary.needs_attention
        assert summary.tally.unreported == 1
        assert len(books_in(stage.books).entries) == 12


async def test_disk_that_takes_no_receipt_stops_the_run_and_the_next_one_goes_on(tmp_path: Path) -> None:
    async with open_stage(tmp_path, seeded(12, receipt_share=1.0)) as stage:
        job = stage.new_job()

        def block_the_way(call: str) -> None:
            if call == "GET /v3/export-items":
                (stage.folder / ".bilag" / "receipts" / job.id).touch()

        stage.witness.on_call = block_the_way
        with pytest.raises(StoreFailed, match="receipt"):
            await stage.run()
        assert job.is_open
        stage.witness.on_call = lambda _: None
        (summary,) = await stage.run()

        assert not summary.needs_attention
        assert len(assert_all_hold(stage).entries) == 12
        assert not (stage.folder / ".bilag" / "receipts").exists()
