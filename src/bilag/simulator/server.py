"""The simulated Pleo as a server: two sites on loopback, the API and the host of the files."""

import asyncio
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Self
from uuid import uuid4

import aiohttp
from aiohttp import web
from aiohttp.typedefs import Middleware

from bilag.simulator.calls import Call
from bilag.simulator.endpoints import ENDPOINTS, Endpoint
from bilag.simulator.fault_injection import MET_FAULT
from bilag.simulator.jobs import Job
from bilag.simulator.middlewares import (
    Exchange,
    counting,
    meeting_faults,
    noticing_credentials,
    observing,
    refusing_in_json,
    refusing_in_xml,
    within_quota,
)
from bilag.simulator.responses import job_created_data
from bilag.simulator.routes_files import DOWNLOAD_PATH, download
from bilag.simulator.terms import EventType
from bilag.simulator.webhook_delivery import RETRY_WAITS_SECONDS, DeliveryReport, WebhookCourier, WebhookEvent
from bilag.simulator.world import PleoWorld

HOST = "127.0.0.1"

# A job of 100,000 accounting entries is created with about 4 MB of UUIDs.
REQUEST_BYTES_MAX = 8 * 1024 * 1024

_SHUTDOWN_SECONDS_MAX = 1.0


def build_api(world: PleoWorld, on_answer: Callable[[Exchange], None] | None = None) -> web.Application:
    """The Export API and the webhook subscriptions over `world`. `on_answer` sees every answer that is sent."""
    middlewares: list[Middleware] = [counting(world), within_quota(world), meeting_faults(world), refusing_in_json]
    if on_answer is not None:
        middlewares.insert(0, observing(on_answer))
    app = web.Application(middlewares=middlewares, client_max_size=REQUEST_BYTES_MAX)
    for endpoint in ENDPOINTS:
        app.router.add_route(endpoint.method, endpoint.path, partial(_serve, endpoint=endpoint, world=world))
    return app


def build_files(world: PleoWorld) -> web.Application:
    """The file host over `world`."""
    middlewares = [counting(world), noticing_credentials(world), meeting_faults(world), refusing_in_xml]
    app = web.Application(middlewares=middlewares)
    app.router.add_route("GET", DOWNLOAD_PATH, partial(download, world=world))
    return app


class SimulatorServer:
    """Serves a world until it is stopped; use it as `async with SimulatorServer(world) as server`.

    Port 0 takes a free one. `api_url` and `files_url` are set once it runs. New jobs are announced to webhook
    subscriptions; jobs have to be created in the thread that runs the server.
    """

    def __init__(
        self,
        world: PleoWorld,
        *,
        api_port: int = 0,
        files_port: int = 0,
        on_answer: Callable[[Exchange], None] | None = None,
        retry_waits_seconds: tuple[float, ...] = RETRY_WAITS_SECONDS,
    ) -> None:
        self.world = world
        self.api_url = ""
        self.files_url = ""
        self._api_port = api_port
        self._files_port = files_port
        self._on_answer = on_answer
        self._retry_waits_seconds = retry_waits_seconds
        self._runners: list[web.AppRunner] = []
        self._session: aiohttp.ClientSession | None = None
        self._courier: WebhookCourier | None = None
        self._announcements: set[asyncio.Task[tuple[DeliveryReport, ...]]] = set()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen on both ports. Raises `OSError` when a port is taken; nothing is left running then."""
        try:
            self.api_url = await self._listen(build_api(self.world, self._on_answer), self._api_port)
            self.files_url = await self._listen(build_files(self.world), self._files_port)
        except OSError:
            await self.stop()
            raise
        self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        self._courier = WebhookCourier(
            self._session, clock=self.world.now, retry_waits_seconds=self._retry_waits_seconds
        )
        self.world.files_url = self.files_url
        self.world.job_created.append(self._announce)

    async def stop(self) -> None:
        """Give up deliveries under way and close everything; stopping twice does no harm."""
        if self._announce in self.world.job_created:
            self.world.job_created.remove(self._announce)
        for announcement in self._announcements:
            announcement.cancel()
        await asyncio.gather(*self._announcements, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
        for runner in self._runners:
            await runner.cleanup()
        self._runners.clear()

    async def deliver(self, event: WebhookEvent) -> tuple[DeliveryReport, ...]:
        """Deliver an event to every active subscription that wants it, and say how each delivery went."""
        if self._courier is None:
            raise RuntimeError("start the simulator before it delivers webhooks")
        deliveries = (
            self._courier.deliver(event, subscription)
            for subscription in self.world.subscriptions
            if subscription.wants(event.event_type, event.company_id)
        )
        return tuple(await asyncio.gather(*deliveries))

    async def announcements_done(self) -> None:
        """Wait until every job made so far was announced, or given up on."""
        await asyncio.gather(*self._announcements)

    def delivery_reports(self) -> tuple[DeliveryReport, ...]:
        """How the last deliveries went, oldest first."""
        return () if self._courier is None else tuple(self._courier.reports)

    async def _listen(self, app: web.Application, port: int) -> str:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS_MAX)
        self._runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, HOST, port).start()
        return f"http://{HOST}:{runner.addresses[0][1]}"

    def _announce(self, job: Job) -> None:
        event = job_created_event(job)
        if any(subscription.wants(event.event_type, event.company_id) for subscription in self.world.subscriptions):
            announcement = asyncio.get_running_loop().create_task(self.deliver(event))
            self._announcements.add(announcement)
            announcement.add_done_callback(self._announcements.discard)


def job_created_event(job: Job) -> WebhookEvent:
    """The `v1.export-job.created` event of a job, with a fresh event id."""
    return WebhookEvent(
        event_id=str(uuid4()),
        event_type=EventType.EXPORT_JOB_CREATED,
        company_id=job.company.id,
        data=job_created_data(job),
    )


async def _serve(request: web.Request, endpoint: Endpoint, world: PleoWorld) -> web.Response:
    grant = world.grants.authenticate(request.headers.get("Authorization", ""), world.now())
    grant.require_scope(endpoint.scope)
    call = Call(request, world=world, grant=grant, fault=request.get(MET_FAULT))
    call.require_known_query(endpoint.query)
    return await endpoint.handler(call)
