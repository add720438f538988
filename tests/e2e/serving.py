"""`bilag serve` beside a simulated Pleo that signs its webhooks with the real time."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Final

import aiohttp
from standardwebhooks import Webhook

from bilag.adapters.pleo.subscriptions import Subscription as Subscribed
from bilag.app.looking import ServeEnd, Surroundings
from bilag.app.receiving import Receiving
from bilag.app.running import RunSummary
from bilag.app.serving import ServeFace, serve_around
from bilag.app.stopping import StopRequest
from bilag.app.webhooks import open_subscription_desk
from bilag.config.load import load_config
from bilag.simulator.server import job_created_event
from bilag.simulator.subscriptions import Subscription
from bilag.simulator.webhook_delivery import SignedMessage, sign
from tests.e2e.expenses import seeded
from tests.e2e.stage import ENVIRONMENT, SilentProgress, Stage, open_stage

# Pauses between looks pass a hundred times as fast as written.
HASTE: Final = 100
WAIT_SECONDS_MAX: Final = 30.0


class BriskClock:
    """The real time, with little patience."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic_seconds(self) -> float:
        return time.monotonic() * HASTE

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / HASTE)


@dataclass(slots=True, kw_only=True)
class Served:
    """A bilag that keeps running, and what it said."""

    stage: Stage
    environment: dict[str, str]
    stop: StopRequest = field(default_factory=StopRequest)
    summaries: list[RunSummary] = field(default_factory=list)
    listening: asyncio.Event = field(default_factory=asyncio.Event)
    url: str = ""
    places: list[Path] = field(default_factory=list)
    workers_only: bool = False
    tell: Callable[[RunSummary], None] | None = None
    running: asyncio.Task[ServeEnd] | None = None

    def start(self) -> None:
        face = ServeFace(
            listening=self._hear,
            tell=self.tell or self.summaries.append,
            progress=SilentProgress(),
            workers_only=self.workers_only,
        )
        around = Surroundings(environment=self.environment, clock=BriskClock(), dice=Random(1))  # noqa: S311  jitter
        places = self.places or [self.stage.config_path]
        self.running = asyncio.create_task(serve_around(places, face, self.stop, around))

    def forget(self) -> None:
        """What the next process knows of the one that has ended."""
        assert self.running is not None
        assert self.running.done()
        self.stop, self.listening, self.running = StopRequest(), asyncio.Event(), None
        self.summaries.clear()

    async def ended(self) -> ServeEnd:
        assert self.running is not None
        return await asyncio.wait_for(self.running, WAIT_SECONDS_MAX)

    async def until(self, has_come: Callable[[], bool]) -> None:
        async with asyncio.timeout(WAIT_SECONDS_MAX):
            while not has_come():
                assert self.running is None or not self.running.done(), self.running
                await asyncio.sleep(0.005)

    async def looked(self, times: int) -> None:
        """Wait for so many looks at Pleo."""
        await self.until(lambda: self.stage.witness.calls.count("GET /v3/export-jobs") >= times)

    async def health(self) -> tuple[int, dict[str, object]]:
        url = self.url.replace("/webhooks/pleo", "/healthz")
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            return answer.status, await answer.json()

    def _hear(self, receiving: Receiving | None) -> None:
        self.url = receiving.url if receiving else ""
        self.listening.set()


@asynccontextmanager
async def open_served(folder: Path, count: int = 5, *, serve: str = "", begins: bool = True) -> AsyncIterator[Served]:
    """A company with that many expenses and nothing to export yet; `serve` stands in [serve] beside the port."""
    async with open_stage(folder, seeded(count, receipt_share=0.0)) as stage:
        stage.clock.move(seconds=(datetime.now(UTC) - stage.clock.now()).total_seconds())
        write_serve(stage, serve)
        served = Served(stage=stage, environment=dict(ENVIRONMENT))
        try:
            if begins:
                served.start()
                await asyncio.wait_for(served.listening.wait(), WAIT_SECONDS_MAX)
            yield served
        finally:
            served.stop.ask()
            served.stop.ask()
            if served.running is not None:
                await asyncio.wait([served.running])


def write_serve(stage: Stage, lines: str = "", *, port: int = 0) -> None:
    """The demo's settings with a table [serve]."""
    stage.write_config(("[pleo]", f"[serve]\nport = {port}\n{lines}\n\n[pleo]"))
    assert load_config(stage.config_path).serve.port == port


async def subscribe(served: Served) -> Subscribed:
    """What `bilag webhooks add` does with the address of the receiver."""
    async with open_subscription_desk(served.stage.config_path, ENVIRONMENT) as desk:
        return (await desk.add(served.url)).subscription


def subscription_of(stage: Stage) -> Subscription:
    """The subscription as Pleo has it."""
    (found,) = stage.world.subscriptions
    return found


def announcement(stage: Stage, number: int = 0, *, age_seconds: float = 0.0) -> SignedMessage:
    """A webhook of the stage's job with this number, signed by Pleo that long ago."""
    at = datetime.fromtimestamp(time.time() - age_seconds, UTC)
    return sign(job_created_event(stage.jobs[number]), subscription_of(stage), at)


def resigned(message: SignedMessage, secret: str) -> SignedMessage:
    """The same body under a good signature of now."""
    now = datetime.now(UTC)
    headers = {
        "webhook-id": f"msg_{len(message.body)}",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(f"msg_{len(message.body)}", now, message.body.decode()),
    }
    return replace(message, headers=headers)


async def deliver(url: str, message: SignedMessage) -> int:
    """Send it; the status, or 0 when there was no answer."""
    try:
        async with (
            aiohttp.ClientSession() as session,
            session.post(url, data=message.body, headers=message.headers) as answer,
        ):
            return answer.status
    except aiohttp.ClientError:
        return 0
