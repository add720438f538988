"""Jobs as a bookkeeper reads them: how it ended, what failed, and what to do about it."""

from collections.abc import Sequence
from itertools import groupby

from rich.text import Text

from bilag.app.running import RunSummary
from bilag.cli.output import out, plain, table
from bilag.domain.posting_record import ItemOutcome

_COLOUR = {"completed": "green", "completed_with_errors": "yellow", "failed": "red"}


def print_job(summary: RunSummary) -> None:
    """The job's end, its figures, and its failures grouped by cause."""
    job = summary.job
    state = Text(job.state, _COLOUR.get(job.state, ""))
    tally = summary.tally
    out.print(plain(f"Export Job {job.job_id}: ") + state)
    unreported = f", {tally.unreported} not taken by Pleo" if tally.unreported else ""
    out.print(plain(f"  {tally.successful} booked, {tally.failed} failed{unreported}"))
    if job.failure_reason:
        kind = f"{job.failure_reason_type}: " if job.failure_reason_type else ""
        out.print(plain(f"  {kind}{job.failure_reason}"))
    if tally.unreported:
        again = "Export these expenses again in Pleo: what is booked is reported then, and nothing is booked twice."
        out.print(plain(f"  → {again}", "cyan"))
    print_failed_items(summary.failed)
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
    """What was booked, but with something to know."""
    rows = [(outcome.entry_id[:8], outcome.label, warning) for outcome in outcomes for warning in outcome.warnings]
    if rows:
        out.print()
        out.print(plain("Booked, with something to know", "bold"))
        out.print(table(("entry", "expense", ""), rows))
