"""`bilag serve --workers-only` as a process of its own, with leases that are short enough to test their end.

Arguments: the files of settings. In the environment: LEDGERS, a folder with a file for every company, in place of its
own books, which take everything as often as they are told to; STRIKE, when this process stops (see exporting_child).
"""

import asyncio
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Final

from bilag.adapters.store.lease import LeaseTimes
from bilag.app.looking import Surroundings
from bilag.app.serving import ServeFace, serve_around
from bilag.app.stopping import StopRequest
from bilag.lifecycle.desk import Desk
from tests.adapters.store.exporting_child import SharedBooks
from tests.e2e.stage import SilentProgress

TIMES: Final = LeaseTimes(lease_seconds=4.0, renew_seconds=0.5, send_seconds=0.5)
LEFT_LOOK_SECONDS: Final = 0.5


def fitted(desk: Desk) -> Desk:
    """The desk with books that all workers share, where the test wants them."""
    if folder := os.environ.get("LEDGERS"):
        books = SharedBooks(Path(folder) / desk.settings.company_id, os.environ.get("STRIKE", ""))
        return replace(desk, planner=replace(desk.planner, books=books))
    return desk


async def work(places: list[Path]) -> None:
    stop, loop = StopRequest(), asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.ask)
    around = Surroundings(
        environment=os.environ,
        dice=Random(),  # noqa: S311  jitter is no secret
        lease_times=TIMES,
        left_look_seconds=LEFT_LOOK_SECONDS,
        fitted=fitted,
    )
    face = ServeFace(
        listening=lambda _: None,
        tell=lambda _: None,
        progress=SilentProgress(),
        workers_only=True,
    )
    await serve_around(places, face, stop, around)


if __name__ == "__main__":
    asyncio.run(work([Path(argument) for argument in sys.argv[1:]]))
