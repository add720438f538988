"""Measure the receiver of webhooks: signed webhooks a second on one processor core, each durably remembered.

    .venv/bin/python -m benchmarks.webhooks

The receiver is a process of its own, bound to one core; whoever sends is bound to another one. Everything is real but
Pleo: sockets, HTTP, signatures, the database with every group synced to the disk before its acknowledgement. A fifth of
the webhooks are repeats. A run is right only when every webhook was acknowledged, every id is on disk, and each woke
once. The last run is of forged webhooks, each of which ends its connection.
"""

import asyncio
import json
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from base64 import b64encode
from collections import deque
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from standardwebhooks import Webhook

from bilag.adapters.webhooks.key_ring import KeyRing
from bilag.adapters.webhooks.received_ids import ReceivedIds
from bilag.adapters.webhooks.receiver import WEBHOOK_PATH, Inbox, WebhookReceiver, listening
from bilag.adapters.webhooks.refused_tally import RefusedTally
from bilag.app.receiving import Doorkeeper
from bilag.app.system_clock import SYSTEM_CLOCK
from bilag.ports.secret import Secret

WEBHOOKS: Final = 20_000
REPEATED_SHARE: Final = 0.2
SENDERS: Final = (32, 128)
FORGED: Final = 5_000

COMPANY: Final = "11111111-2222-4333-8444-555555555555"
KEY: Final = "whsec_" + b64encode(bytes(range(24))).decode()
IDS: Final = "webhooks.sqlite"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measured run; times are from the first byte sent to the answer read."""

    what: str
    connections: int
    webhooks_per_second: int
    p50_ms: float
    p99_ms: float
    cpu_ms_per_webhook: float
    right: bool


async def receive(folder: Path) -> None:
    """Take webhooks until stdin ends; then say how often somebody was woken and what it took."""
    os.sched_setaffinity(0, {0})
    woken = 0

    def wake(_company_id: str) -> None:
        nonlocal woken
        woken += 1

    ids = ReceivedIds(folder / IDS, SYSTEM_CLOCK)
    inbox = Inbox(
        check=Doorkeeper({COMPANY: KeyRing(lambda: [Secret(KEY)], SYSTEM_CLOCK)}, wake).check,
        ids=ids,
        tally=RefusedTally(SYSTEM_CLOCK),
        health=dict,
        is_stopping=lambda: False,
    )
    async with listening(WebhookReceiver(inbox), "127.0.0.1", 0) as url:
        print(url.rpartition(":")[2], flush=True)  # noqa: T201  the parent reads the port
        started_seconds = time.process_time()
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
        print(json.dumps([woken, time.process_time() - started_seconds]))  # noqa: T201  the parent reads it
    await ids.close()


def requests(*, forged: bool) -> list[bytes]:
    """Whole HTTP requests, ready to send; with repeats unless forged."""
    key = Webhook(b"x" * 24) if forged else Webhook(KEY)
    fresh = FORGED if forged else int(WEBHOOKS * (1 - REPEATED_SHARE))
    made = [_request(key, number) for number in range(fresh)]
    return made if forged else made + made[: WEBHOOKS - fresh]


def _request(key: Webhook, number: int) -> bytes:
    now = datetime.now(UTC)
    job = {"id": f"job-{number}", "companyId": COMPANY, "createdAt": now.isoformat(), "createdBy": None}
    data = {**job, "expiresIn": 3600, "numberOfItems": 12, "status": "pending"}
    body = json.dumps({"eventId": f"event-{number}", "eventType": "v1.export-job.created", "data": data})
    head = (
        f"POST {WEBHOOK_PATH} HTTP/1.1\r\nHost: bilag.example\r\nUser-Agent: Svix-Webhooks/1\r\nAccept: */*\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nwebhook-id: msg_{number}\r\n"
        f"webhook-timestamp: {int(now.timestamp())}\r\n"
        f"webhook-signature: {key.sign(f'msg_{number}', now, body)}\r\n\r\n"
    )
    return (head + body).encode()


async def send_all(port: int, waiting: deque[bytes], connections: int, wanted: bytes) -> list[float]:
    """Send everything over that many connections, one after another on each; the seconds that each took."""
    took: list[float] = []

    async def sender() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while waiting:
            started_seconds = time.perf_counter()
            writer.write(waiting.popleft())
            answer = await reader.readuntil(b"\r\n\r\n")
            assert wanted in answer, answer
            took.append(time.perf_counter() - started_seconds)
            if b"Connection: close" in answer:
                writer.close()
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()

    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(sender())
    return took


async def measure(what: str, connections: int) -> Row:
    """One run with a receiver and a database of its own."""
    forged = what == "forged"
    ready = requests(forged=forged)
    with tempfile.TemporaryDirectory(dir=Path(__file__).parent) as folder:
        receiver = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "benchmarks.webhooks", folder),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert receiver.stdout is not None
        port = int(await receiver.stdout.readline())
        started_seconds = time.perf_counter()
        took = await send_all(port, deque(ready), connections, b" 401 " if forged else b" 204 ")
        seconds = time.perf_counter() - started_seconds
        woken, cpu_seconds = json.loads((await receiver.communicate(b""))[0])
        with closing(sqlite3.connect(Path(folder) / IDS)) as database:
            (stored,) = database.execute("SELECT count(*) FROM received_webhooks").fetchone()
    fresh = 0 if forged else len(set(ready))
    percentiles = statistics.quantiles(took, n=100)
    return Row(
        what=what,
        connections=connections,
        webhooks_per_second=round(len(took) / seconds),
        p50_ms=round(percentiles[49] * 1000, 1),
        p99_ms=round(percentiles[98] * 1000, 1),
        cpu_ms_per_webhook=round(cpu_seconds * 1000 / len(took), 3),
        right=len(took) == len(ready) and stored == woken == fresh,
    )


async def main() -> None:
    """Every run, one JSON line each."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    for what, connections in (*(("signed", count) for count in SENDERS), ("forged", SENDERS[0])):
        row = await measure(what, connections)
        print(json.dumps(asdict(row)), flush=True)  # noqa: T201  a benchmark reports as it goes


if __name__ == "__main__":
    asyncio.run(receive(Path(sys.argv[1])) if len(sys.argv) > 1 else main())
