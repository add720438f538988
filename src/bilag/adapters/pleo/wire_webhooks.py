"""Pleo's JSON for webhook subscriptions, and for the events that they bring.

Instants are text here, because nothing is decided by them.

https://developers.pleo.io/reference/webhooks
"""

from typing import Final

import msgspec

from bilag.adapters.pleo.foreign_text import one_line
from bilag.adapters.pleo.wire import WORD_CHARACTERS_MAX
from bilag.adapters.pleo.wire_values import Id

# Prose of Pleo's spells it in other ways, too; payloads and the published examples use this one.
JOB_CREATED: Final = "v1.export-job.created"
URL_CHARACTERS_MAX: Final = 2000


class SubscriptionWire(msgspec.Struct, rename="camel"):
    """A subscription."""

    id: Id
    endpoint_url: str
    event_types: list[str]
    status: str
    created_at: str | None = None
    deleted_at: str | None = None


class SecretWire(msgspec.Struct, rename="camel"):
    """What a subscription's webhooks are signed with."""

    secret_key: str


class SecretAnswerWire(msgspec.Struct, rename="camel"):
    """The answer that holds the secret."""

    data: SecretWire


class NewSubscriptionWire(msgspec.Struct, rename="camel"):
    """A subscription on its way to Pleo."""

    endpoint_url: str
    event_types: list[str]


class EventDataWire(msgspec.Struct, rename="camel"):
    """What an event is about. It is a snapshot of its moment, so no more is read than whose job it is."""

    id: Id
    company_id: Id


class EventTypeWire(msgspec.Struct, rename="camel"):
    """What kind of event came; other kinds have other data."""

    event_type: str


class JobCreatedWire(msgspec.Struct, rename="camel"):
    """An Export Job was created."""

    data: EventDataWire


class UnreadableEvent(ValueError):
    """The body is no event as Pleo describes it. The text holds none of it."""


class OtherEvent(ValueError):
    """An event of another kind. The text names the kind, in one short line."""


def job_created(body: bytes) -> EventDataWire:
    """Which job of which company was created; raises OtherEvent, UnreadableEvent."""
    try:
        kind = msgspec.json.decode(body, type=EventTypeWire).event_type
        if kind != JOB_CREATED:
            raise OtherEvent(one_line(kind, WORD_CHARACTERS_MAX))
        return msgspec.json.decode(body, type=JobCreatedWire).data
    except msgspec.ValidationError as problem:
        reason = str(problem)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        reason = "it is no JSON"
    raise UnreadableEvent(reason)


def encoded_subscription(url: str) -> bytes:
    """The body that asks for created Export Jobs to be told to this address."""
    return msgspec.json.encode(NewSubscriptionWire(endpoint_url=url, event_types=[JOB_CREATED]))
