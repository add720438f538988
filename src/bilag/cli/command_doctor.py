"""`bilag doctor`: whether everything stands ready."""

import asyncio
from pathlib import Path

import click
from rich.text import Text

from bilag.app.checking import Finding, check_everything
from bilag.cli.configured import config_option
from bilag.cli.exit_codes import ExitCode
from bilag.cli.output import out, plain, print_json


@click.command()
@config_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object per finding.")
def doctor(config_path: Path, as_json: bool) -> None:  # noqa: FBT001  click hands flags over
    """Check configuration, credentials, Pleo, books, accounts and the posting journal. Changes nothing."""
    findings = asyncio.run(_all(config_path))
    for finding in findings:
        if as_json:
            print_json(
                {"what": finding.what, "good": finding.good, "message": finding.message, "remedy": finding.remedy}
            )
        else:
            _print(finding)
    raise SystemExit(ExitCode.NEEDS_ATTENTION if any(f.good is False for f in findings) else ExitCode.OK)


async def _all(config_path: Path) -> list[Finding]:
    return [finding async for finding in check_everything(config_path)]


def _print(finding: Finding) -> None:
    mark = {True: Text("✓ ", "green"), False: Text("✗ ", "red"), None: Text("• ", "yellow")}[finding.good]
    out.print(mark + plain(f"{finding.what}: {finding.message}"))
    if finding.remedy:
        out.print(plain(f"  → {finding.remedy}", "cyan"))
