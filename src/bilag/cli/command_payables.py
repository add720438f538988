"""`bilag payables`: what vendors are owed, and whether the books agree."""

import asyncio
from datetime import datetime
from pathlib import Path

import click

from bilag.app.payables import report_payables
from bilag.cli.configured import config_option
from bilag.cli.exit_codes import ExitCode
from bilag.cli.output import print_json
from bilag.cli.render_payables import print_payables


@click.command()
@config_option
@click.option(
    "--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="The day that ages are counted to; today if left out."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def payables(config_path: Path, day: datetime | None, as_json: bool) -> None:  # noqa: FBT001  click hands flags over
    """List unpaid invoices and unmatched payments by vendor and age, held against the payable accounts."""
    report = asyncio.run(report_payables(config_path, day.date() if day else None))
    if as_json:
        print_json(report)
    else:
        print_payables(report)
    if not report["tiesOut"]:
        raise SystemExit(ExitCode.NEEDS_ATTENTION)
