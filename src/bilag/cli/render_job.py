"""Jobs as a bookkeeper reads them: how it ended, what failed, and what to do about it."""

from collections.abc import Sequence
from itertools import groupby

from rich.text import Text

from bilag.app.running import RunSummary
from bilag.cli.output import out, plain
from bilag.domain.posting_record import ItemOutcome

_COLOUR = {"completed": "green", "completed_with_errors": "yellow", "failed": "red"}


def print_job(summary: RunSummary) -> None:
    """The job's end, its figures, and its failures grouped by cause."""
    job = summary.job
    state = plain(job.state, _COLOUR.get(job.state, ""))
    tally = summary.tally
    out.print(plain(f"Export Job {job.job_id}: ") + state)
    unreported = f", {tally.unreported} not taken by Pleo" if tally.unreported else ""
    out.print(plain(f"  {tally.successful} in the books, {tally.failed} failed{unreported}"))
    if summary.pace is not None:
        out.print(plain(f"  {summary.pace.sentence()}"))
    if job.failure_reason:
        kind = f"{job.failure_reason_type}: " if job.failure_reason_type else ""
        out.print(plain(f"  {kind}{job.failure_reason}"))
    if tally.unreported:
        again = "Export these expenses again in Pleo: what is booked is reported then, and nothing is booked twice."
        out.print(plain(f"  → {again}", "cyan"))
    print_failed_items(summary.failed)
    if len(summary.failed) < tally.failed:
        out.print()
        left = tally.failed - len(summary.failed)
        out.print(plain(f"and {left} more; bilag show {job.job_id[:8]} --limit {tally.failed} lists all"))
    print_warnings(summary.with_warnings)


def print_failed_items(outcomes: Sequence[ItemOutcome]) -> None:
    """Each failed item under its first cause, with every problem and its remedy."""
    by_cause = sorted(outcomes, key=lambda outcome: outcome.failures[0].code)
    for code, group in groupby(by_cause, key=lambda outcome: outcome.failures[0].code):
        out.print()
        out.print(plain(code, "bold"))
        for outcome in group:
            out.print(Text("  ✗ ", "red") + plain(f"{outcome.label}  {outcome.entry_id}"))
            for failure in outcome.failures:
                out.print(plain(f"    {failure.message}"))
                out.print(plain(f"    → {failure.remedy}", "cyan"))


def print_warnings(outcomes: Sequence[ItemOutcome]) -> None:
    """What is in the books, but with something to know."""
    if outcomes:
        out.print()
        out.print(plain("In the books, with something to know", "bold"))
    for outcome in outcomes:
        out.print(Text("  • ", "yellow") + plain(f"{outcome.label}  {outcome.entry_id}"))
        for warning in outcome.warnings:
            out.print(plain(f"    {warning}"))
