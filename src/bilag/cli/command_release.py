"""`bilag release`: let an expense in quarantine be tried again."""

import asyncio
from pathlib import Path

import click

from bilag.app.quarantine import release
from bilag.cli.configured import config_option
from bilag.cli.exit_codes import ExitCode
from bilag.cli.output import err, out, plain


@click.command("release")
@click.argument("entry")
@config_option
def release_command(entry: str, config_path: Path) -> None:
    """Let ENTRY (an accounting entry id, or its beginning) be tried again; `show` names those in quarantine."""
    if not entry:
        raise click.UsageError("name an expense by its accounting entry id, or by the beginning of it")
    released = asyncio.run(release(config_path, entry))
    if not released:
        err.print(plain(f"No expense that starts with {entry} has met trouble of its own."))
        raise SystemExit(ExitCode.NEEDS_ATTENTION)
    for one in released:
        out.print(
            plain(f"{one.entry_id} is tried again with its next export. Tries so far: {one.count}. {one.evidence}")
        )
