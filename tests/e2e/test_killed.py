"""Real processes that are killed in the middle, started again, or started twice."""

import json
import signal
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

from bilag.simulator.faults import Fault, FaultKind
from bilag.simulator.terms import JobStatus
from tests.cli.terminal import Terminal
from tests.e2e.expenses import seeded
from tests.e2e.invariants import assert_all_hold, reports_of
from tests.e2e.processes import END_SECONDS_MAX, ended, start, until
from tests.e2e.stage import Stage, open_stage

EVENTS = "POST /v3/export-job-events"
ITEMS = "GET /v3/export-items"
FILES = "GET /files/{token}/{name}"
REPORT = "PUT /v3/export-jobs/{jobId}/items"
# What a run is killed at, counted from its start: the start told, receipts fetched, a report taken, the end told.
MOMENTS = ((EVENTS, 1), (FILES, 12), (REPORT, 1), (FILES, 15), (EVENTS, 1))


async def kill_at(stage: Stage, call: str, count: int) -> bool:
    """Run, and kill -9 when Pleo has taken so many more of these calls; False when it ended before."""
    counts, seen = stage.world.request_counts, stage.witness.calls.count(call)
    goal = counts[call] + count
    process = await start(stage, "run")

    def kill(_call: str) -> None:
        if stage.witness.calls.count(call) == seen + count and process.returncode is None:
            process.kill()

    stage.witness.on_call = kill
    in_time = await until(lambda: process.returncode is not None or (call == FILES and counts[call] >= goal), process)
    if process.returncode is None:
        process.kill()
    stage.witness.on_call = lambda _: None
    return in_time and (await ended(process)).code == -signal.SIGKILL


def posting_states(stage: Stage) -> Counter[str]:
    with closing(sqlite3.connect(stage.folder / ".bilag" / "posting-journal.sqlite")) as journal:
        return Counter(state for (state,) in journal.execute("SELECT state FROM posting_journal"))


async def test_run_that_is_killed_again_and_again_books_and_reports_everything_once(
    tmp_path: Path, bilag: Terminal
) -> None:
    async with open_stage(tmp_path, seeded(220, receipt_share=0.3)) as stage:
        job = stage.new_job()
        kills = [await kill_at(stage, call, count) for call, count in MOMENTS]
        while job.is_open:
            assert (await bilag("run", "--config", str(stage.config_path))).code == 0
        last = await bilag("run", "--json", "--config", str(stage.config_path))

        assert all(kills)
        assert job.status is JobStatus.COMPLETED
        assert last.code == 0
        assert json.loads(last.out)["status"] == "completed", "its end was told, and not remembered before the kill"
        assert len(assert_all_hold(stage).entries) == len(job) == len(reports_of(job))
        assert posting_states(stage) == {"posted": len(job)}
        assert not (stage.folder / ".bilag" / "receipts").exists(), "what the killed runs left there"


async def test_second_run_is_told_to_wait_and_a_stopped_one_says_that_nothing_is_lost(
    tmp_path: Path, bilag: Terminal
) -> None:
    async with open_stage(tmp_path, seeded(20)) as stage:
        stage.meets(Fault(kind=FaultKind.DELAY, seconds=END_SECONDS_MAX), path="/v3/export-items")
        job = stage.new_job()
        first = await start(stage, "run")
        assert await until(lambda: stage.world.request_counts[ITEMS] == 1, first)

        for arguments in (("run",), ("run", "--take-over")):
            second = await bilag(*arguments, "--config", str(stage.config_path))
            assert second.code == 3
            assert "Another bilag is exporting" in second.err
        assert job.is_open
        planned = await bilag("plan", "--json", "--config", str(stage.config_path))
        assert (planned.code, len(planned.out.splitlines())) == (0, 20), "looking needs no turn"
        assert "in_progress" in (await bilag("jobs", "--config", str(stage.config_path))).out

        first.terminate()
        stopped = await ended(first)
        assert stopped.code == 3
        assert "Nothing is lost" in stopped.err

        assert (await bilag("run", "--config", str(stage.config_path))).code == 0
        assert job.status is JobStatus.COMPLETED
        assert len(assert_all_hold(stage).entries) == 20
