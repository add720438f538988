"""What telemetry costs: the same job with nothing, with metrics, and with metrics and traces, in turns drawn by lot.

`python -m benchmarks.telemetry_cost [items] [rounds]`. CPU time of the process, the simulated Pleo in it included.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from bilag.adapters.telemetry.metrics import Metrics
from bilag.adapters.telemetry.spans import open_spans
from bilag.adapters.telemetry.telemetry import Telemetry
from bilag.app.telemetry import tended
from bilag.app.wiring import open_desk
from bilag.lifecycle.run_pending import run_pending
from tests.e2e.expenses import seeded
from tests.e2e.stage import ENVIRONMENT, SilentProgress, open_stage

WAYS: dict[str, Callable[[], Telemetry | None]] = {
    "without the code": lambda: None,
    "off": Telemetry,
    "metrics": lambda: Telemetry(Metrics()),
    "metrics and traces": lambda: Telemetry(Metrics(), open_spans({}, InMemorySpanExporter())),
}


async def seconds_of(count: int, telemetry: Telemetry | None) -> float:
    """CPU seconds of one job."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_stage(Path(folder), seeded(count, receipt_share=0.0), checks=False) as stage:
            stage.new_job()
            config = stage.config()
            opening = open_desk(config, SilentProgress(), ENVIRONMENT, stage.clock)
            started = time.process_time()
            if telemetry is None:
                async with opening as desk:
                    await run_pending(desk)
            else:
                with telemetry.look():
                    async with tended(opening, config, telemetry) as desk:
                        await run_pending(replace(desk))
            elapsed = time.process_time() - started
            if telemetry is not None:
                telemetry.close()
            return elapsed


async def main() -> None:
    """Print microseconds of CPU per item for each way: the least and the median of the rounds."""
    count, rounds = (int(word) for word in (sys.argv[1:] + ["1000", "7"][len(sys.argv) - 1 :]))
    taken: dict[str, list[float]] = {name: [] for name in WAYS}
    await seconds_of(count, None)
    dice = Random(1)  # noqa: S311  an order, no secret
    for _ in range(rounds):
        for name in dice.sample(list(WAYS), len(WAYS)):
            taken[name].append(await seconds_of(count, WAYS[name]()) / count * 1e6)
    for name, times in taken.items():
        line = f"{name:20} least {min(times):8.0f}  median {statistics.median(times):8.0f} microseconds per item\n"
        sys.stdout.write(line)


if __name__ == "__main__":
    asyncio.run(main())
