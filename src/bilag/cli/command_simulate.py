"""`bilag simulate`: the Pleo simulator as a server."""

import asyncio
from contextlib import suppress

import click

from bilag.app import simulating
from bilag.cli.output import err, plain


@click.command()
@click.option("--port", default=simulating.API_PORT, show_default=True, help="Port of the Export API.")
@click.option("--files-port", default=simulating.FILES_PORT, show_default=True, help="Port of the host of receipts.")
@click.option("--items", type=click.IntRange(1, 100_000), help="Seeded expenses instead of the demo's.")
@click.option("--seed", default=1, show_default=True, help="Which expenses --items draws.")
@click.option("--failing", type=click.IntRange(0, 100), default=0, help="Percent of --items that can't be booked.")
@click.option("--receipts", type=click.IntRange(0, 100), default=60, help="Percent of --items with receipts.")
def simulate(port: int, files_port: int, items: int | None, seed: int, failing: int, receipts: int) -> None:  # noqa: PLR0917  click hands options over
    """Run a simulated Pleo on 127.0.0.1 with one Export Job waiting; Ctrl-C stops it.

    It speaks the Export API v3 and knows one API key: demo.
    """
    shares = {"failing_share": failing / 100, "receipt_share": receipts / 100}
    source = simulating.seeded_expenses(items, seed, **shares) if items else None
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(source, port, files_port))


async def _serve(source: simulating.Expenses | None, port: int, files_port: int) -> None:
    async with simulating.simulated_pleo(source, api_port=port, files_port=files_port) as pleo:
        err.print(
            plain(f"Simulated Pleo: {pleo.api_url} (receipts on {pleo.files_url}), API key: {simulating.API_KEY}")
        )
        err.print(plain(f"Export Job {pleo.job_id} with {pleo.items} items waits for company {pleo.company_id}."))
        await simulating.wait_forever()
