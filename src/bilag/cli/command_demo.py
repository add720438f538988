"""`bilag demo`: from nothing to balanced books."""

import asyncio
import os
from pathlib import Path
from shlex import quote

import click

from bilag.app.demo import DemoResult, main_file, play_demo, tool
from bilag.cli.exit_codes import ExitCode
from bilag.cli.job_progress import JobProgress
from bilag.cli.output import err, out, plain
from bilag.cli.render_job import print_job


@click.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("bilag-demo"),
    show_default=True,
    help="Where books and settings go; made anew every time.",
)
def demo(folder: Path) -> None:
    """Run one realistic Export Job against a simulated Pleo into text books.

    Nothing leaves this machine and no account is needed.
    """
    err.print(plain("A simulated Pleo on 127.0.0.1 has an Export Job waiting. Exporting it into text books ..."))
    with JobProgress() as progress:
        result = asyncio.run(play_demo(folder, progress))
    print_job(result.summary)
    _print_next(result)
    raise SystemExit(ExitCode.OK if result.accepted else ExitCode.NEEDS_ATTENTION)


def _print_next(result: DemoResult) -> None:
    shown = _shown_path(result.folder)
    out.print()
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
    out.print(plain(f"To mend one and export again, see the top of {shown / 'bilag.toml'}.", "dim"))


def _commands(result: DemoResult, shown: Path) -> list[tuple[str, str]]:
    """What to type next, each with its purpose, for a shell in the current folder."""
    bilag, config = _shown_program("bilag"), quote(str(shown / "bilag.toml"))
    booked = next((o for o in result.summary.with_warnings), None)
    entry = booked.entry_id if booked else result.summary.failed[0].entry_id
    commands = [
        (f"{bilag} show {result.summary.job.job_id[:8]} --config {config}", "this summary again"),
        (f"{bilag} explain {entry[:8]} --config {config}", "why an expense was booked as it was"),
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
