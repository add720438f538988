"""`bilag plan`: the exact documents that a job or a file of items would become. Posts nothing."""

import asyncio
from contextlib import aclosing
from pathlib import Path

import click

from bilag.app.planning import plan_file, plan_job
from bilag.cli.configured import config_option
from bilag.cli.exit_codes import ExitCode
from bilag.cli.output import out, plain, print_json
from bilag.cli.render_plan import print_plan, print_trace


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False)
@click.option("--job", help="An Export Job in Pleo, instead of a file.")
@config_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object per item on stdout (docs/plan.md).")
@click.option("--why", is_flag=True, help="Also say why every value is what it is.")
def plan(file: Path | None, job: str | None, config_path: Path, as_json: bool, why: bool) -> None:  # noqa: FBT001  click hands flags over
    """Show what every Export Item would become, without booking anything.

    FILE is a saved answer of GET /v3/export-items. Without FILE the oldest waiting job, or --job, is read from Pleo.
    Ends with exit code 1 when an item could not be booked.
    """
    if file is not None and job is not None:
        raise click.UsageError("give a FILE or --job, not both")
    failed = asyncio.run(_print_all(file, job, config_path, as_json=as_json, why=why))
    raise SystemExit(ExitCode.NEEDS_ATTENTION if failed else ExitCode.OK)


async def _print_all(file: Path | None, job: str | None, config_path: Path, *, as_json: bool, why: bool) -> int:
    items = failed = 0
    async with aclosing(plan_file(config_path, file) if file else plan_job(config_path, job or "")) as plans:
        async for item in plans:
            items += 1
            failed += bool(item["failures"])
            if as_json:
                print_json(item)
                continue
            print_plan(item)
            if why:
                print_trace(item)
                out.print()
    if not as_json:
        out.print(plain(f"{items} items: {items - failed} can be booked, {failed} can't. Nothing was booked."))
    return failed
