import asyncio
import json
from base64 import b64decode
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from standardwebhooks import Webhook, WebhookVerificationError

from bilag.simulator.server import SimulatorServer, job_created_event
from bilag.simulator.subscriptions import Subscription, SubscriptionTerms
from bilag.simulator.terms import EndpointAuthType, EventType, SubscriptionStatus
from bilag.simulator.webhook_delivery import WebhookEvent, sign
from bilag.simulator.world import PleoWorld
from tests.simulator.api_client import ApiClient
from tests.simulator.builders import COMPANY, OTHER_COMPANY, Clock, entry_id


@dataclass
class Endpoint:
    """A webhook endpoint that keeps what it got and answers as it is told, 200 by default."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def receive(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.got.append((headers, await request.read()))
        status = self.answers.pop(0) if self.answers else 200
        return web.Response(status=status, headers={"Location": self.url} if status == 302 else {})


@pytest.fixture
def clock() -> Clock:
    """The library compares the signed time with the real one."""
    return Clock(datetime.now(UTC))


@pytest.fixture
async def endpoint() -> AsyncIterator[Endpoint]:
    endpoint = Endpoint()
    app = web.Application()
    app.router.add_post("/hook", endpoint.receive)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    endpoint.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield endpoint
    await runner.cleanup()


@pytest.fixture
def event(world: PleoWorld) -> WebhookEvent:
    """The event of a job that was made before anybody subscribed, so that only the test delivers it."""
    return job_created_event(world.create_job(COMPANY))


def subscribe(world: PleoWorld, url: str, *, company_id: str = COMPANY, **differences: Any) -> Subscription:
    terms = SubscriptionTerms(endpoint_url=url, event_types=(EventType.EXPORT_JOB_CREATED,))
    return world.subscriptions.create(
        replace(terms, **differences),
        owner_urn=f"urn:pleo:company:{company_id}",
        company_ids=frozenset({company_id}),
        now=world.now(),
    )


async def test_job_made_over_the_api_is_announced_and_signed(
    api: ApiClient, server: SimulatorServer, world: PleoWorld, endpoint: Endpoint
) -> None:
    subscription = subscribe(world, endpoint.url)

    answer = await api.post("/v3/export-jobs", {"companyId": COMPANY, "accountingEntryIds": [entry_id(0)]})
    await server.announcements_done()

    headers, body = endpoint.got[0]
    event = Webhook(subscription.secret).verify(body, headers)
    assert event["eventType"] == "v1.export-job.created"
    assert event["data"]["id"] == answer.body["data"]["id"]
    assert set(event["data"]) == {
        "id",
        "companyId",
        "createdAt",
        "createdBy",
        "expiresIn",
        "numberOfItems",
        "status",
    }


async def test_changed_body_fails_verification(world: PleoWorld, event: WebhookEvent) -> None:
    subscription = subscribe(world, "http://127.0.0.1:9/hook")
    message = sign(event, subscription, world.now())

    with pytest.raises(WebhookVerificationError):
        Webhook(subscription.secret).verify(message.body.replace(b"pending", b"failed"), message.headers)


async def test_only_active_subscriptions_of_the_company_and_event_are_told(
    server: SimulatorServer, world: PleoWorld, endpoint: Endpoint, event: WebhookEvent
) -> None:
    subscribe(world, endpoint.url, status=SubscriptionStatus.INACTIVE)
    subscribe(world, endpoint.url, event_types=(EventType.VENDOR_CREATED,))
    subscribe(world, endpoint.url, company_id=OTHER_COMPANY)
    deleted = subscribe(world, endpoint.url)
    world.subscriptions.delete(deleted, world.now())
    wanted = subscribe(world, endpoint.url)

    reports = await server.deliver(event)

    assert [report.subscription_id for report in reports] == [wanted.id]


async def test_basic_credentials_and_custom_headers_go_along(
    server: SimulatorServer, world: PleoWorld, endpoint: Endpoint, event: WebhookEvent
) -> None:
    subscribe(
        world,
        endpoint.url,
        auth_type=EndpointAuthType.BASIC,
        user_name="pleo",
        password="canary",
        custom_headers=(("X-Tenant", "7"),),
    )

    await server.deliver(event)

    headers, _ = endpoint.got[0]
    assert b64decode(headers["authorization"].removeprefix("Basic ")) == b"pleo:canary"
    assert (headers["x-tenant"], headers["content-type"]) == ("7", "application/json")


async def test_refused_delivery_is_repeated_with_the_same_id(
    server: SimulatorServer, world: PleoWorld, endpoint: Endpoint, event: WebhookEvent
) -> None:
    subscribe(world, endpoint.url)
    endpoint.answers = [503, 302]

    (report,) = await server.deliver(event)

    assert (report.attempts, report.delivered) == ((503, 302, 200), True)
    assert {headers["webhook-id"] for headers, _ in endpoint.got[:3]} == {report.webhook_id}


async def test_delivery_is_given_up_after_a_bounded_number_of_attempts(
    server: SimulatorServer, world: PleoWorld, event: WebhookEvent
) -> None:
    subscribe(world, "http://127.0.0.1:9/nobody-listens")

    (report,) = await server.deliver(event)

    assert (report.attempts, report.delivered) == ((0, 0, 0), False)
    assert server.delivery_reports() == (report,)


async def test_same_event_can_be_delivered_twice_under_one_id(
    world: PleoWorld, endpoint: Endpoint, session: aiohttp.ClientSession, event: WebhookEvent
) -> None:
    subscription = subscribe(world, endpoint.url)
    first = sign(event, subscription, world.now())
    second = sign(event, subscription, world.now(), webhook_id=first.webhook_id)

    for message in (first, second):
        async with session.post(endpoint.url, data=message.body, headers=message.headers) as answer:
            assert answer.status == 200

    assert [headers["webhook-id"] for headers, _ in endpoint.got] == [first.webhook_id] * 2
    assert json.loads(endpoint.got[0][1])["eventId"] == event.event_id


async def test_stopping_gives_up_deliveries_under_way(world: PleoWorld, endpoint: Endpoint) -> None:
    subscribe(world, "http://127.0.0.1:9/nobody-listens")
    async with SimulatorServer(world, retry_waits_seconds=(60.0,)) as server:
        world.create_job(COMPANY)
        await asyncio.sleep(0.01)

    assert server.delivery_reports() == ()
