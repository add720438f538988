"""`bilag demo`: from nothing to balanced books."""

import asyncio
import os
from pathlib import Path
from shlex import quote

import click
from rich.text import Text

from bilag.app.demo import DemoResult, PlayedJob, config_file, main_file, play_demo, tool
from bilag.cli.exit_codes import ExitCode
from bilag.cli.job_progress import JobProgress
from bilag.cli.output import err, out, plain
from bilag.cli.render_payables import print_payables


@click.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("bilag-demo"),
    show_default=True,
    help="Where books and settings go; made anew every time.",
)
def demo(folder: Path) -> None:
    """Run three realistic Export Jobs against a simulated Pleo into text books.

    Nothing leaves this machine and no account is needed.
    """
    err.print(plain("A simulated Pleo on 127.0.0.1 has Export Jobs waiting. Exporting them into text books ..."))
    with JobProgress() as progress:
        result = asyncio.run(play_demo(folder, progress))
    for job in result.jobs:
        _print_job(job)
        out.print()
    print_payables(result.payables)
    out.print()
    _print_next(result)
    raise SystemExit(ExitCode.OK if result.accepted else ExitCode.NEEDS_ATTENTION)


def _print_job(played: PlayedJob) -> None:
    """How the job ended, and a line for each failure; `bilag show` says more."""
    job, tally = played.summary.job, played.summary.tally
    state = plain(job.state, "yellow" if played.summary.needs_attention else "green")
    out.print(plain(f"{played.title}  ", "bold") + plain(f"Export Job {job.job_id[:8]}: ") + state)
    noted = f", {len(played.summary.with_warnings)} with something to know" if played.summary.with_warnings else ""
    out.print(plain(f"  {tally.successful} in the books, {tally.failed} failed{noted}"))
    failed = sorted((outcome.failures[0].code, outcome.label) for outcome in played.summary.failed)
    width = max((len(code) for code, _ in failed), default=0)
    for code, label in failed:
        out.print(Text("  ✗ ", "red") + plain(f"{code:<{width}}  {label}"))


def _print_next(result: DemoResult) -> None:
    shown = _shown_path(result.folder)
    out.print(plain("The books", "bold"))
    out.print(plain(f"  {main_file(shown)}   with {result.receipts} receipts beside them"))
    if result.verdict:
        out.print(plain(f"  {result.verdict}", "green" if result.accepted else "red"))
    out.print()
    out.print(
        plain("The failures above are part of the demo: each says what a bookkeeper would do. Look further:", "dim")
    )
    for command, purpose in (commands := _commands(result, shown)):
        width = max(len(one) for one, _ in commands)
        out.print(plain(f"  {command:<{width}}  # {purpose}"))
    out.print(plain(f"To mend one and export again, see the top of {config_file(shown)}.", "dim"))


def _commands(result: DemoResult, shown: Path) -> list[tuple[str, str]]:
    """What to type next, each with its purpose, for a shell in the current folder."""
    bilag, config = _shown_program("bilag"), quote(str(config_file(shown)))
    first, last = result.jobs[0].summary, result.jobs[-1].summary
    noted = (*last.with_warnings, *first.with_warnings, *first.failed)
    commands = [
        (f"{bilag} show {first.job.job_id[:8]} --config {config}", "the first job, with what to do about each failure"),
        (f"{bilag} explain {noted[0].entry_id[:8]} --config {config}", "why an expense was booked as it was"),
        (f"{bilag} payables --config {config}", "what is open today"),
    ]
    if tool("fava"):
        commands.insert(0, (f"{_shown_program('fava')} {quote(str(main_file(shown)))}", "the books in a browser"))
    return commands


def _shown_program(name: str) -> str:
    path = tool(name)
    return quote(os.path.relpath(path)) if path and not os.path.relpath(path).startswith("..") else name


def _shown_path(path: Path) -> Path:
    """Short where the path lies below the current folder, whole where it does not."""
    relative = os.path.relpath(path)
    return path.absolute() if relative.startswith("..") else Path(relative)
