"""`bilag tidy`: erase what people wrote from old records, now."""

import asyncio
from pathlib import Path

import click

from bilag.app.retention import tidy
from bilag.cli.configured import config_option
from bilag.cli.output import out, plain


@click.command("tidy")
@config_option
def tidy_command(config_path: Path) -> None:
    """Erase names and texts from exports older than state.keep_days; `run` and `serve` do so once a day."""
    tidied = asyncio.run(tidy(config_path))
    out.print(plain(f"{tidied.records} records from before {tidied.before:%Y-%m-%d} were erased."))
