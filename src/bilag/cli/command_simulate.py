"""`bilag simulate`: the Pleo simulator as a server."""

import asyncio
from contextlib import suppress
from typing import Final

import click

from bilag.app import simulating
from bilag.cli.output import err, out, paragraphs, plain

_PORT: Final = click.IntRange(0, 65535)


_SHARES: Final = {"failing": "failing_share", "receipts": "receipt_share", "payables": "payable_share"}


@click.command()
@click.option("--port", type=_PORT, default=simulating.API_PORT, show_default=True, help="Port of the Export API.")
@click.option(
    "--files-port",
    type=_PORT,
    default=simulating.FILES_PORT,
    show_default=True,
    help="Port of the host of receipts.",
)
@click.option("--items", type=click.IntRange(1, 100_000), help="Seeded expenses instead of the demo's.")
@click.option("--seed", default=1, show_default=True, help="Which expenses --items draws.")
@click.option("--failing", type=click.IntRange(0, 100), default=0, help="Percent of --items that can't be booked.")
@click.option("--receipts", type=click.IntRange(0, 100), default=60, help="Percent of --items with receipts.")
@click.option(
    "--payables", type=click.IntRange(0, 100), default=0, help="Percent of --items with vendors that are payable."
)
@click.option("--quota", type=click.Choice(simulating.QUOTA_NAMES), help="Answer 429 beyond this vendor's quota.")
def simulate(  # click hands every option over by its name
    port: int, files_port: int, items: int | None, seed: int, quota: str | None, **percents: int
) -> None:
    """Run a simulated Pleo on 127.0.0.1 with Export Jobs waiting; Ctrl-C stops it.

    It speaks the Export API v3 and knows one API key: demo.
    """
    shares = {_SHARES[name]: percent / 100 for name, percent in percents.items()}
    source = simulating.seeded_expenses(items, seed, **shares) if items else None
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(source, port, files_port, quota))


async def _serve(source: simulating.Expenses | None, port: int, files_port: int, quota: str | None) -> None:
    async with simulating.simulated_pleo(source, api_port=port, files_port=files_port, quota=quota) as pleo:
        err.print(plain("A simulated Pleo has these Export Jobs waiting:"))
        for job in pleo.jobs:
            err.print(plain(f"  {job.job_id}  {job.items} expenses  {job.title}".rstrip()))
        err.print(plain("Started again, it has the same expenses in new jobs. In your bilag.toml:"))
        err.print()
        out.print(paragraphs(_section(pleo)))
        err.print()
        err.print(plain(f"and in the terminal of `bilag run`: export PLEO_API_KEY={simulating.API_KEY}"))
        await simulating.wait_forever()


def _section(pleo: simulating.SimulatedPleo) -> str:
    """The way to this Pleo, as bilag.toml has it."""
    return f"""\
[pleo]
company_id = "{pleo.company_id}"
base_url = "{pleo.api_url}"
simulator_origins = ["{pleo.api_url}", "{pleo.files_url}"]
api_key = {{ env = "PLEO_API_KEY" }}"""
