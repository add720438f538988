"""Webhooks as Pleo signs them."""

import json
import time
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

from standardwebhooks import Webhook

COMPANY = "11111111-0000-4000-8000-000000000001"
JOB = "22222222-0000-4000-8000-000000000001"


def a_key(number: int = 1) -> str:
    """A secret as Pleo gives it out."""
    return "whsec_" + b64encode(bytes([number]) * 24).decode()


def a_body(**changes: Any) -> bytes:
    event = {
        "eventId": "event-1",
        "eventType": "v1.export-job.created",
        "data": {"id": JOB, "companyId": COMPANY, "status": "pending"},
    }
    return json.dumps({**event, **changes}).encode()


def signed(
    body: bytes | None = None, *, key: str = "", webhook_id: str = "msg_1", age_seconds: float = 0.0
) -> dict[str, str]:
    """The headers for the body."""
    at = datetime.fromtimestamp(time.time() - age_seconds, UTC)
    text = (a_body() if body is None else body).decode()
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(key or a_key()).sign(webhook_id, at, text),
    }
