"""Thousands of expenses, some of which can't be booked: the counts tie out. Memory is measured by `make bench`."""

from pathlib import Path

from bilag.simulator.terms import ItemStatus, JobStatus
from tests.e2e.expenses import seeded
from tests.e2e.invariants import assert_all_hold
from tests.e2e.stage import open_stage

COUNT = 3_000


async def test_counts_of_a_long_job_tie_out_between_pleo_our_memory_and_the_books(tmp_path: Path) -> None:
    """The answers of smaller jobs are checked against Pleo's contract; here that would only take time."""
    async with open_stage(tmp_path, seeded(COUNT, receipt_share=0.02, failing_share=0.05), checks=False) as stage:
        job = stage.new_job()
        (summary,) = await stage.run()

        tally = job.tally()
        books = assert_all_hold(stage)
        assert job.status is JobStatus.COMPLETED_WITH_ERRORS
        assert summary.job.number_of_items == COUNT == tally[ItemStatus.SUCCESSFUL] + tally[ItemStatus.FAILED]
        assert COUNT * 0.03 < summary.tally.failed == tally[ItemStatus.FAILED] < COUNT * 0.07
        assert summary.tally.successful == tally[ItemStatus.SUCCESSFUL] == len(books.entries)
        assert not summary.tally.unreported
        assert len(summary.failed) == summary.tally.failed
