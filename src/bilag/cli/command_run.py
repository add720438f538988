"""`bilag run`: work off every waiting Export Job and stop."""

import asyncio
from pathlib import Path

import click

from bilag.app.running import RunSummary, run_once
from bilag.cli.configured import config_option
from bilag.cli.exit_codes import ExitCode
from bilag.cli.job_progress import JobProgress
from bilag.cli.output import out, plain
from bilag.cli.telling import teller


@click.command()
@config_option
@click.option("--take-over", is_flag=True, help="Also take jobs in progress that this bilag did not start.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per job on stdout.")
def run(config_path: Path, take_over: bool, as_json: bool) -> None:  # noqa: FBT001  click hands flags over
    """Export every waiting job of the company, oldest first, then stop; made for cron."""
    with JobProgress() as progress:
        tell = teller(progress, as_json=as_json)
        summaries = asyncio.run(run_once(config_path, progress, take_over=take_over, tell=tell))
    if not summaries and not as_json:
        out.print(plain("No Export Job is waiting."))
    raise SystemExit(_exit_code(summaries))


def _exit_code(summaries: tuple[RunSummary, ...]) -> ExitCode:
    return ExitCode.NEEDS_ATTENTION if any(s.needs_attention for s in summaries) else ExitCode.OK
