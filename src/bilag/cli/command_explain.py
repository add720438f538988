"""`bilag explain`: why an expense was booked as it was."""

import asyncio
from pathlib import Path

import click

from bilag.app.planning import explain_entry
from bilag.cli.configured import config_option
from bilag.cli.exit_codes import ExitCode
from bilag.cli.output import err, out, plain, print_json
from bilag.cli.render_plan import print_plan, print_trace


@click.command()
@click.argument("entry")
@config_option
@click.option("--json", "as_json", is_flag=True, help="The explanation as one JSON object.")
def explain(entry: str, config_path: Path, as_json: bool) -> None:  # noqa: FBT001  click hands flags over
    """Say why every posting of ENTRY has its account, amount, tax and date.

    ENTRY is an accounting entry id, or its beginning.
    """
    if not entry:
        raise click.UsageError("name an expense by its accounting entry id, or by the beginning of it")
    found = asyncio.run(explain_entry(config_path, entry))
    if found is None:
        err.print(
            plain(f"No expense that starts with {entry} was exported by this bilag. `bilag jobs` lists what was.")
        )
        raise SystemExit(ExitCode.NEEDS_ATTENTION)
    if as_json:
        print_json(found)
        return
    print_plan(found["plan"])
    if found["externalId"]:
        out.print(plain(f"Booked as {found['externalId']} in Export Job {found['jobId']}."))
    for warning in found["warnings"]:
        out.print(plain(f"Note: {warning}"))
    out.print()
    out.print(plain("Why", "bold"))
    print_trace(found["plan"])
