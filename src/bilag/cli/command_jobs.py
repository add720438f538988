"""`bilag jobs` and `bilag show`: what was exported, and what failed."""

import asyncio
from pathlib import Path

import click

from bilag.app.running import list_jobs, show_job
from bilag.cli.configured import config_option
from bilag.cli.exit_codes import ExitCode
from bilag.cli.output import err, out, plain, print_json, table
from bilag.cli.render_job import print_job


@click.command()
@config_option
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many jobs.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per job.")
def jobs(config_path: Path, limit: int, as_json: bool) -> None:  # noqa: FBT001  click hands flags over
    """List the Export Jobs that this bilag has seen, newest first."""
    summaries = asyncio.run(list_jobs(config_path, limit))
    if as_json:
        for summary in summaries:
            print_json(summary.as_json())
        return
    if not summaries:
        out.print(plain("No Export Job was seen yet. `bilag run` looks for one."))
        return
    rows = [
        (
            s.job.job_id[:8],
            f"{s.job.created_at:%Y-%m-%d %H:%M}Z",
            s.job.state,
            str(s.tally.successful),
            str(s.tally.failed),
        )
        for s in summaries
    ]
    out.print(table(("job", "created", "state", "in the books", "failed"), rows, right=(3, 4)))


@click.command()
@click.argument("job")
@config_option
@click.option("--limit", type=click.IntRange(1, 100_000), default=200, show_default=True, help="How many expenses.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def show(job: str, config_path: Path, limit: int, as_json: bool) -> None:  # noqa: FBT001  click hands flags over
    """Show JOB (an Export Job id, or its beginning): how it ended, what failed and what to do."""
    if not job:
        raise click.UsageError("name an Export Job by its id, or by the beginning of it")
    summary = asyncio.run(show_job(config_path, job, limit))
    if summary is None:
        err.print(plain(f"No Export Job that starts with {job} was seen. `bilag jobs` lists those that were."))
        raise SystemExit(ExitCode.NEEDS_ATTENTION)
    if as_json:
        print_json(summary.as_json())
    else:
        print_job(summary)
