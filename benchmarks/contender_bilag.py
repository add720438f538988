"""bilag as it is, over the stub's connector: its lifecycle, its client of Pleo, its posting journal in SQLite.

Only the accounting system is the benchmark's. `commit_ms` makes every commit of the journal slower, where its writes
come from; commits are counted there, too.
"""

import asyncio
import threading
import time
import tomllib
from contextlib import AsyncExitStack
from importlib import resources
from pathlib import Path

from sqlalchemy import Connection, Engine, event

from benchmarks.stub_connector import StubConnector
from benchmarks.terms import Terms, say, terms_given
from bilag.adapters.receipts.combine import combine
from bilag.adapters.store.exclusive import exclusive_use
from bilag.adapters.transport.aiohttp_transport import AiohttpTransport
from bilag.adapters.transport.destinations import Destinations
from bilag.adapters.transport.transport import Limits
from bilag.app.system_clock import SYSTEM_CLOCK
from bilag.app.wiring import open_leased, open_pleo
from bilag.cli.job_progress import JobProgress
from bilag.config.settings import export_settings
from bilag.config.shape import Config
from bilag.lifecycle.desk import Desk, Planner
from bilag.lifecycle.run_pending import run_pending

# The thread of the posting journal that writes; what it commits is synced to the disk.
WRITING_THREAD = "posting-journal-writes"
RECEIPT_LIMITS = Limits(total_seconds_max=300.0)


class Commits:
    """Counts the journal's commits, and makes them slower."""

    def __init__(self, pause_seconds: float) -> None:
        """Watches every engine from now on."""
        self.count = 0
        self._pause_seconds = pause_seconds
        event.listen(Engine, "commit", self._before)

    def _before(self, _connection: Connection) -> None:
        if threading.current_thread().name.startswith(WRITING_THREAD):
            self.count += 1
            time.sleep(self._pause_seconds)


def config_for(terms: Terms) -> Config:
    """The demo's settings, without a rate budget that would hide the engine behind Pleo's quota."""
    settings = tomllib.loads(resources.files("bilag.app").joinpath("demo.toml").read_text("utf-8"))
    settings["pleo"] |= {
        "company_id": terms.company_id,
        "base_url": terms.api_url,
        "simulator_origins": [terms.api_url, terms.files_url],
        "calls_per_minute": 1_000_000,
    }
    settings["bookkeeping"] |= {
        "items_at_once": min(256, 4 * terms.connections),
        "tax": "code_on_line",
        "employees_as_vendors": False,
    }
    settings["state"] = {"folder": f"{terms.folder}/state"}
    return Config.model_validate(settings)


async def export(terms: Terms) -> None:
    """Every waiting job, as `bilag run` does."""
    config, commits = config_for(terms), Commits(terms.commit_ms / 1000)
    transport = AiohttpTransport(
        Destinations(origins=(terms.books_url,)), limits=RECEIPT_LIMITS, connections_max=terms.connections
    )
    transport.side = "books"
    books = StubConnector(transport, terms.books_url, terms.connections)
    environment = {"PLEO_API_KEY": terms.api_key}
    spool = Path(terms.folder) / "receipts"
    spool.mkdir(exist_ok=True)
    async with AsyncExitStack() as stack:
        stack.enter_context(exclusive_use(config.state.folder))
        journal, lease = await stack.enter_async_context(open_leased(config, environment))
        pleo = await stack.enter_async_context(open_pleo(config, environment))
        stack.push_async_callback(books.close)
        desk = Desk(
            planner=Planner(settings=export_settings(config), books=books, clock=SYSTEM_CLOCK),
            pleo=pleo,
            journal=journal,
            combine=combine,
            progress=stack.enter_context(JobProgress()),
            spool=spool,
            lease=lease,
            items_at_once_max=config.bookkeeping.items_at_once,
        )
        say("began")
        ended = await run_pending(desk)
        say("done", commits=commits.count, jobs=len(ended))


if __name__ == "__main__":
    asyncio.run(export(terms_given()))
