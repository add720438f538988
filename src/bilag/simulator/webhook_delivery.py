"""Webhook deliveries, signed as Standard Webhooks (https://www.standardwebhooks.com).

Pleo shows the headers and a sample signature; that sample is the published test vector of this scheme.
"""

import asyncio
from base64 import b64encode
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

import aiohttp
import msgspec
from standardwebhooks import Webhook

from bilag.simulator.subscriptions import Subscription
from bilag.simulator.terms import EndpointAuthType, EventType

# Pleo publishes no retries. These are enough to get past a short hiccup and end soon.
RETRY_WAITS_SECONDS = (0.2, 1.0)
ANSWER_SECONDS_MAX = 15.0
REPORTS_KEPT_MAX = 1_000

_SUCCESS = range(200, 300)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEvent:
    """Something that happened in a company. `data` is a snapshot of that moment."""

    event_id: str
    event_type: EventType
    company_id: str
    data: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedMessage:
    """A delivery as it goes over the wire."""

    webhook_id: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """How one delivery went: the HTTP status of every attempt, 0 when the endpoint gave no answer."""

    subscription_id: str
    webhook_id: str
    attempts: tuple[int, ...]

    @property
    def delivered(self) -> bool:
        """Whether the endpoint took it."""
        return bool(self.attempts) and self.attempts[-1] in _SUCCESS


def sign(event: WebhookEvent, subscription: Subscription, now: datetime, *, webhook_id: str = "") -> SignedMessage:
    """The message for one subscription. Give the `webhook_id` of an earlier one to repeat it."""
    webhook_id = webhook_id or f"msg_{uuid4().hex}"
    body = msgspec.json.encode({"eventId": event.event_id, "eventType": event.event_type, "data": event.data})
    terms = subscription.terms
    headers = dict(terms.custom_headers)
    headers["Content-Type"] = "application/json"
    headers["webhook-id"] = webhook_id
    headers["webhook-timestamp"] = str(int(now.timestamp()))
    headers["webhook-signature"] = Webhook(subscription.secret).sign(webhook_id, now, body.decode())
    if terms.auth_type is EndpointAuthType.BASIC:
        credentials = f"{terms.user_name}:{terms.password}".encode()
        headers["Authorization"] = "Basic " + b64encode(credentials).decode("ascii")
    return SignedMessage(webhook_id=webhook_id, headers=headers, body=body)


class WebhookCourier:
    """Carries events to the endpoints of subscriptions, a bounded number of times, and keeps the last reports."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        clock: Callable[[], datetime],
        retry_waits_seconds: tuple[float, ...] = RETRY_WAITS_SECONDS,
    ) -> None:
        self._session = session
        self._clock = clock
        self._retry_waits_seconds = retry_waits_seconds
        self.reports: deque[DeliveryReport] = deque(maxlen=REPORTS_KEPT_MAX)

    async def deliver(self, event: WebhookEvent, subscription: Subscription) -> DeliveryReport:
        """Deliver one event to one subscription; repeats keep the same `webhook-id`."""
        webhook_id = ""
        attempts: list[int] = []
        for wait_seconds in (0.0, *self._retry_waits_seconds):
            await asyncio.sleep(wait_seconds)
            message = sign(event, subscription, self._clock(), webhook_id=webhook_id)
            webhook_id = message.webhook_id
            attempts.append(await self._post(subscription.terms.endpoint_url, message))
            if attempts[-1] in _SUCCESS:
                break
        report = DeliveryReport(
            subscription_id=subscription.id,
            webhook_id=webhook_id,
            attempts=tuple(attempts),
        )
        self.reports.append(report)
        return report

    async def _post(self, url: str, message: SignedMessage) -> int:
        """One attempt. A redirect counts as a refusal: following it could lead off the machine."""
        try:
            async with self._session.post(
                url,
                data=message.body,
                headers=message.headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS_MAX),
            ) as answer:
                return answer.status
        except (aiohttp.ClientError, TimeoutError):
            return 0
