"""What outlives a process: chance, memory of what happened, and what is still on its way to the books."""

import asyncio
import random
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bilag.ports.errors import Trouble
from tests.simulation.faults import Fault, Odds
from tests.simulation.tracing import Trace


@dataclass(slots=True, kw_only=True)
class Surroundings:
    """One for a seed. `late_references` are the documents that reached the books after we had given them up.

    `sent_without_lease` are calls that changed something outside when another worker had the company.
    """

    odds: Odds
    dice: random.Random
    trace: Trace
    spool: Path
    latency_seconds: float
    met: Counter[Fault] = field(default_factory=Counter)
    late_references: set[str] = field(default_factory=set)
    sent_without_lease: list[str] = field(default_factory=list)
    processes: int = 0
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)

    def spool_of(self, worker: int) -> Path:
        """The folder for the receipts of one of several workers."""
        spool = self.spool.with_name(f"spool-{worker}")
        spool.mkdir(exist_ok=True)
        return spool

    def send_later(self, effect: Coroutine[Any, Any, object], seconds: float) -> None:
        """Let a request arrive that its sender has given up."""
        task = asyncio.get_running_loop().create_task(_after(effect, seconds))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def everything_has_arrived(self) -> None:
        """Wait for what is still on its way."""
        await asyncio.gather(*sorted(self._under_way, key=asyncio.Task.get_name))


async def _after(effect: Coroutine[Any, Any, object], seconds: float) -> None:
    await asyncio.sleep(seconds)
    try:
        await effect
    except Trouble:
        return
