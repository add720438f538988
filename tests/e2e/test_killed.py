"""Real processes that are killed in the middle, started again, or started twice."""

import asyncio
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

from bilag.simulator.faults import Fault, FaultKind
from bilag.simulator.terms import JobStatus
from tests.e2e.expenses import seeded
from tests.e2e.invariants import assert_all_hold, reports_of
from tests.e2e.processes import bilag, ended, start, until
from tests.e2e.stage import Stage, open_stage

EVENTS = "POST /v3/export-job-events"
ITEMS = "GET /v3/export-items"
FILES = "GET /files/{token}/{name}"
REPORT = "PUT /v3/export-jobs/{jobId}/items"
# What a run is killed at, counted from its start: the start told, a page fetched, receipts fetched, a report taken.
MOMENTS = ((EVENTS, 1), (ITEMS, 1), (FILES, 12), (REPORT, 1), (FILES, 25), (ITEMS, 2), (EVENTS, 1))


async def kill_at(stage: Stage, call: str, count: int) -> bool:
    """Run, and kill -9 when Pleo has seen so many more of these calls; False when the run was done before."""
    counts = stage.world.request_counts
    goal = counts[call] + count
    process = await start(stage, "run")
    in_time = await until(lambda: counts[call] >= goal, process)
    if in_time:
        process.kill()
    await ended(process)
    return in_time


def posting_states(stage: Stage) -> Counter[str]:
    with closing(sqlite3.connect(stage.folder / ".bilag" / "posting-journal.sqlite")) as journal:
        return Counter(state for (state,) in journal.execute("SELECT state FROM posting_journal"))


async def test_run_that_is_killed_again_and_again_books_and_reports_everything_once(tmp_path: Path) -> None:
    async with open_stage(tmp_path, seeded(220, receipt_share=0.3)) as stage:
        job = stage.new_job()
        kills = [await kill_at(stage, call, count) for call, count in MOMENTS if job.is_open]
        while job.is_open:
            assert (await bilag(stage, "run")).code == 0

        assert sum(kills) >= 5
        assert job.status is JobStatus.COMPLETED
        assert len(assert_all_hold(stage).entries) == len(job) == len(reports_of(job))
        assert posting_states(stage) == {"posted": len(job)}


async def test_end_that_was_told_but_not_remembered_is_learned_by_the_next_run(tmp_path: Path) -> None:
    async with open_stage(tmp_path, seeded(10)) as stage:
        job = stage.new_job()
        assert await kill_at(stage, EVENTS, 2)
        for _ in range(2):
            await bilag(stage, "run")

        assert job.status is JobStatus.COMPLETED
        jobs = await bilag(stage, "jobs", "--json")
        assert '"status": "completed"' in jobs.out
        assert len(assert_all_hold(stage).entries) == 10


async def test_second_run_beside_the_first_is_told_to_wait_and_does_no_harm(tmp_path: Path) -> None:
    async with open_stage(tmp_path, seeded(20)) as stage:
        stage.meets(Fault(kind=FaultKind.DELAY, seconds=2.5), path="/v3/export-items")
        job = stage.new_job()
        first = await start(stage, "run")
        assert await until(lambda: stage.world.request_counts[ITEMS] == 1, first)
        seconds = await asyncio.gather(bilag(stage, "run"), bilag(stage, "run", "--take-over"))

        for second in seconds:
            assert second.code == 3
            assert "Another bilag is exporting" in second.err
            assert "Traceback" not in second.err
        assert (await ended(first)).code == 0
        assert job.status is JobStatus.COMPLETED
        assert len(assert_all_hold(stage).entries) == 20


async def test_run_that_is_asked_to_stop_says_that_nothing_is_lost(tmp_path: Path) -> None:
    async with open_stage(tmp_path, seeded(20)) as stage:
        stage.meets(Fault(kind=FaultKind.DELAY, seconds=2.5), path="/v3/export-items")
        job = stage.new_job()
        process = await start(stage, "run")
        assert await until(lambda: stage.world.request_counts[ITEMS] == 1, process)
        process.terminate()
        stopped = await ended(process)
        assert stopped.code == 3
        assert "Nothing is lost" in stopped.err

        assert (await bilag(stage, "run")).code == 0
        assert job.status is JobStatus.COMPLETED
        assert len(assert_all_hold(stage).entries) == 20
