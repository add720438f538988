"""Texts from outside on the way to somebody's terminal, beside the suppliers' names of tests/cli."""

import logging
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from rich.progress import TextColumn

from bilag.app.running import RunSummary
from bilag.cli.job_progress import JobProgress
from bilag.cli.output import PlainFormatter, out
from bilag.cli.render_job import print_job
from bilag.domain.export_job import ExportJob, JobStatus
from bilag.ports.posting_journal import JobRecord, OutcomeTally

NOW = datetime(2026, 11, 21, tzinfo=UTC)
STEERING = "\x1b]0;owned\x07\x9b2J\u202e"
RECORD = JobRecord(job_id="1", company_id="2", state="completed", number_of_items=0, created_at=NOW, first_seen_at=NOW)


def test_state_of_a_job_steers_no_terminal() -> None:
    hostile = replace(RECORD, state=f"done{STEERING}\n9 booked, 0 failed", failure_reason=STEERING)
    with out.capture() as said:
        print_job(RunSummary(job=hostile, tally=OutcomeTally()))

    lines = said.get().splitlines()
    assert not [line for line in lines if not line.isprintable()]
    assert not [line for line in lines if line.startswith("9 booked")]


def test_id_of_a_job_is_no_markup_for_the_progress_bar() -> None:
    job = ExportJob(
        id="[/x]",
        company_id="2",
        status=JobStatus.IN_PROGRESS,
        unknown_status="",
        created_at=NOW,
        number_of_items=1,
        expires_in_seconds=3600,
        is_interactive=True,
        vendor_based_bookkeeping=False,
    )
    with JobProgress() as progress:
        progress.job_started(job, 1)
        (task,) = progress._bar.tasks
        title = progress._bar.columns[0]

        assert isinstance(title, TextColumn)
        assert title.render(task).plain == "Export Job [/x]"


def test_text_from_outside_makes_one_line_of_the_log() -> None:
    record = logging.LogRecord(
        "bilag.item", logging.INFO, "", 1, "the receipts of %s are many", (f"rec-1{STEERING}\nERROR all is lost",), None
    )

    line = PlainFormatter("%(levelname)s %(name)s: %(message)s").format(record)

    assert line.isprintable()
    assert line.startswith("INFO bilag.item: the receipts of rec-1")


def test_traceback_keeps_its_lines_and_nothing_in_it_steers_the_terminal() -> None:
    with pytest.raises(ValueError, match="owned") as caught:
        int(STEERING)
    error = (caught.type, caught.value, caught.tb)
    record = logging.LogRecord("bilag", logging.ERROR, "", 1, "bug", (), error)

    lines = PlainFormatter("%(message)s").format(record).split("\n")

    assert lines[0] == "bug"
    assert len(lines) > 3
    assert all(line.isprintable() for line in lines)
