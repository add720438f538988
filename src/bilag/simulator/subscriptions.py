"""Webhook subscriptions: who wants to be told what, where, and what was done to the subscription."""

import re
import secrets
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from bilag.simulator.refusals import Refusal, RefusalType, bad_request
from bilag.simulator.terms import ActivityType, EndpointAuthType, EventType, SubscriptionStatus

SUBSCRIPTIONS_MAX = 1_000
ACTIVITIES_MAX = 10_000

_SECRET_BYTES = 24
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_URL = re.compile(r"[\x21-\x7e]{1,2000}")
_HEADER_VALUE = re.compile(r"[\x20-\x7e]{0,1000}")
_OWN_HEADERS = frozenset(
    {
        "authorization",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "expect",
        "host",
        "transfer-encoding",
        "upgrade",
        "webhook-id",
        "webhook-signature",
        "webhook-timestamp",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionTerms:
    """What a subscription asks for; refuses to be built from anything that the simulator could not deliver.

    Only loopback addresses are called: the simulator never reaches out of the machine.
    """

    endpoint_url: str
    event_types: tuple[EventType, ...]
    status: SubscriptionStatus = SubscriptionStatus.ACTIVE
    custom_headers: tuple[tuple[str, str], ...] = ()
    auth_type: EndpointAuthType = EndpointAuthType.NONE
    user_name: str = ""
    password: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        _require_loopback(self.endpoint_url)
        if not self.event_types or len(set(self.event_types)) != len(self.event_types):
            raise bad_request("eventTypes: name at least one event type, each once")
        if self.auth_type is EndpointAuthType.BASIC and not (self.user_name and self.password):
            raise bad_request("endpointAuth.credentials: BASIC needs username and password")
        if ":" in self.user_name:
            raise bad_request("endpointAuth.credentials.username: a colon is not possible in Basic authentication")
        for name, value in self.custom_headers:
            if not _HEADER_NAME.fullmatch(name) or name.casefold() in _OWN_HEADERS:
                raise bad_request(f"customHeaders: {name!r} is no header name that a subscription may set")
            if not _HEADER_VALUE.fullmatch(value):
                raise bad_request(f"customHeaders.{name}: a header value is printable ASCII of at most 1000 characters")


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """Something that was done to a subscription."""

    id: str
    number: int
    operation_type: ActivityType
    actor_urn: str
    created_at: datetime


@dataclass(slots=True, kw_only=True)
class Subscription:
    """One subscription and its history. It belongs to the company or organisation that made it."""

    id: str
    number: int
    owner_urn: str
    company_ids: frozenset[str]
    terms: SubscriptionTerms
    secret: str = field(repr=False)
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    activities: list[Activity] = field(default_factory=list)

    def wants(self, event_type: EventType, company_id: str) -> bool:
        """Whether an event of a company goes to this subscription."""
        return (
            self.deleted_at is None
            and self.terms.status is SubscriptionStatus.ACTIVE
            and event_type in self.terms.event_types
            and company_id in self.company_ids
        )


class SubscriptionBook:
    """Every subscription, deleted ones included: their history stays readable."""

    def __init__(self, new_id: Callable[[], str]) -> None:
        self._new_id = new_id
        self._subscriptions: dict[str, Subscription] = {}

    def __iter__(self) -> Iterator[Subscription]:
        """All subscriptions in the order in which they were made."""
        return iter(tuple(self._subscriptions.values()))

    def create(
        self, terms: SubscriptionTerms, *, owner_urn: str, company_ids: frozenset[str], now: datetime
    ) -> Subscription:
        """Make a subscription with a fresh secret."""
        if len(self._subscriptions) >= SUBSCRIPTIONS_MAX:
            raise bad_request(f"the simulator keeps at most {SUBSCRIPTIONS_MAX} subscriptions")
        subscription = Subscription(
            id=self._new_id(),
            number=len(self._subscriptions),
            owner_urn=owner_urn,
            company_ids=company_ids,
            terms=terms,
            secret="whsec_" + b64encode(secrets.token_bytes(_SECRET_BYTES)).decode("ascii"),
            created_at=now,
            updated_at=now,
        )
        self._subscriptions[subscription.id] = subscription
        self._note(subscription, ActivityType.CREATE, now)
        return subscription

    def find(self, subscription_id: str, *, owner_urn: str) -> Subscription:
        """A subscription of an owner, also a deleted one; refuses an unknown or foreign one with 404."""
        subscription = self._subscriptions.get(subscription_id)
        if subscription is None or subscription.owner_urn != owner_urn:
            raise Refusal(RefusalType.NOT_FOUND, f"no subscription {subscription_id}")
        return subscription

    def find_living(self, subscription_id: str, *, owner_urn: str) -> Subscription:
        """A subscription of an owner that was not deleted; refuses any other with 404."""
        subscription = self.find(subscription_id, owner_urn=owner_urn)
        if subscription.deleted_at is not None:
            raise Refusal(RefusalType.NOT_FOUND, f"subscription {subscription_id} was deleted")
        return subscription

    def update(self, subscription: Subscription, terms: SubscriptionTerms, now: datetime) -> None:
        """Put new terms in place of the old ones; the secret stays."""
        subscription.terms = terms
        subscription.updated_at = now
        self._note(subscription, ActivityType.UPDATE, now)

    def delete(self, subscription: Subscription, now: datetime) -> None:
        """Deliver nothing to it any more."""
        subscription.deleted_at = now
        subscription.updated_at = now
        self._note(subscription, ActivityType.DELETE, now)

    def _note(self, subscription: Subscription, operation_type: ActivityType, now: datetime) -> None:
        if len(subscription.activities) >= ACTIVITIES_MAX:
            del subscription.activities[0]
        number = subscription.activities[-1].number + 1 if subscription.activities else 0
        subscription.activities.append(
            Activity(
                id=self._new_id(),
                number=number,
                operation_type=operation_type,
                actor_urn=subscription.owner_urn,
                created_at=now,
            )
        )


def _require_loopback(url: str) -> None:
    if not _URL.fullmatch(url):
        raise bad_request("endpointUrl: an address is printable ASCII without blanks, at most 2000 characters")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise bad_request(f"endpointUrl: {error}") from None
    if parts.scheme not in {"http", "https"} or parts.username is not None or port == 0:
        raise bad_request("endpointUrl: send an http or https address without a user name")
    if not _is_loopback(host):
        raise bad_request("endpointUrl: the simulator calls loopback addresses only, such as http://127.0.0.1:8080/")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
