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

    `never_late` are the beginnings of the references of companies whose items share entries: an item that waits
    for a late document goes into another one meanwhile, which test_known_gaps.py shows.
    """

    odds: Odds
    dice: random.Random
    trace: Trace
    spool: Path
    latency_seconds: float
    met: Counter[Fault] = field(default_factory=Counter)
    late_references: set[str] = field(default_factory=set)
    never_late: frozenset[str] = frozenset()
    processes: int = 0
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)

    def may_be_late(self, reference: str) -> bool:
        """Whether a document of this reference may arrive when its sender has gone on."""
        return reference[:8] not in self.never_late

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
