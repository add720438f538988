"""Webhook subscriptions at Pleo: who is told of new Export Jobs, and where.

https://developers.pleo.io/reference/webhooks
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bilag.adapters.pleo.calls import Call, PleoCalls
from bilag.adapters.pleo.foreign_text import one_line
from bilag.adapters.pleo.opening import PleoAccess, open_calls
from bilag.adapters.pleo.paging import FIRST_PAGE, PAGE_ENTRIES_WANTED, pages
from bilag.adapters.pleo.wire import WORD_CHARACTERS_MAX, PageWire, decoded
from bilag.adapters.pleo.wire_values import DATE_CHARACTERS_MAX
from bilag.adapters.pleo.wire_webhooks import (
    URL_CHARACTERS_MAX,
    SecretAnswerWire,
    SubscriptionWire,
    encoded_subscription,
)
from bilag.ports.clock import Clock
from bilag.ports.errors import OutcomeUnknown
from bilag.ports.secret import Secret

# Of one company or organisation; there are a handful.
SUBSCRIPTIONS_MAX: Final = 10_000
EVENT_TYPES_MAX: Final = 50

_SUBSCRIPTIONS: Final = ("v1", "subscriptions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One subscription; the texts are Pleo's, each in one line."""

    id: str
    url: str
    event_types: tuple[str, ...]
    status: str
    created_at: str


class PleoSubscriptions:
    """The subscriptions of one credential. Every method raises the trouble of ports.errors."""

    def __init__(self, calls: PleoCalls) -> None:
        self._calls = calls

    async def all(self) -> tuple[Subscription, ...]:
        """Every subscription that was not deleted, as Pleo orders them."""
        what = "list webhook subscriptions"

        async def page(cursor: str) -> PageWire:
            where = [("after", cursor)] if cursor != FIRST_PAGE else []
            query = [("limit", str(PAGE_ENTRIES_WANTED[0])), *where]
            call = Call(purpose=what, method="GET", path=_SUBSCRIPTIONS, query=query)
            return decoded(await self._calls.body_of(call), PageWire, what)

        found: list[SubscriptionWire] = []
        async for _, entries in pages(page, what, SUBSCRIPTIONS_MAX):
            found += [decoded(bytes(raw), SubscriptionWire, what) for raw in entries.data]
        return tuple(_subscription(wire) for wire in found if wire.deleted_at is None)

    async def create(self, url: str) -> Subscription:
        """A new subscription of this address to created Export Jobs.

        Creating is never sent twice: which one is new is seen by looking before and after. Raises OutcomeUnknown when
        that does not show it.
        """
        before = {one.id for one in await self.all()}
        lost: OutcomeUnknown | None = None
        try:
            await self._calls.body_of(
                Call(
                    purpose="create a webhook subscription",
                    method="POST",
                    path=_SUBSCRIPTIONS,
                    body=encoded_subscription(url),
                    repeatable=False,
                )
            )
        except OutcomeUnknown as unknown:
            lost = unknown
        new = [one for one in await self.all() if one.id not in before and one.url == url]
        if len(new) == 1:
            return new[0]
        raise lost or OutcomeUnknown(
            f"create a webhook subscription: Pleo took it and lists {len(new)} new ones for this address"
        )

    async def secret(self, subscription_id: str) -> Secret:
        """What the subscription's webhooks are signed with."""
        what = "fetch a webhook secret"
        body = await self._calls.body_of(
            Call(purpose=what, method="GET", path=(*_SUBSCRIPTIONS, subscription_id, "secret"))
        )
        return Secret(decoded(body, SecretAnswerWire, what).data.secret_key)

    async def delete(self, subscription_id: str) -> None:
        """End the subscription; raises Refused with status 404 when there is none."""
        await self._calls.body_of(
            Call(purpose="delete a webhook subscription", method="DELETE", path=(*_SUBSCRIPTIONS, subscription_id))
        )

    async def close(self) -> None:
        """Let go of every connection."""
        await self._calls.close()


def open_subscriptions(access: PleoAccess, clock: Clock) -> PleoSubscriptions:
    """The client; close it after use. Raises AddressRefused, and ValueError for an unusable `ca_file`."""
    return PleoSubscriptions(open_calls(access, clock))


def _subscription(wire: SubscriptionWire) -> Subscription:
    return Subscription(
        id=wire.id,
        url=one_line(wire.endpoint_url, URL_CHARACTERS_MAX),
        event_types=_words(wire.event_types),
        status=one_line(wire.status, WORD_CHARACTERS_MAX),
        created_at=one_line(wire.created_at or "", DATE_CHARACTERS_MAX),
    )


def _words(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(one_line(text, WORD_CHARACTERS_MAX) for text in texts[:EVENT_TYPES_MAX])
