"""Webhook subscriptions over HTTP."""

from collections.abc import Callable

from aiohttp import web

from bilag.simulator.bodies import SubscriptionBody
from bilag.simulator.calls import Call
from bilag.simulator.paging import ListedRows, cut_page
from bilag.simulator.refusals import bad_request
from bilag.simulator.responses import activity_body, json_answer, page_answer, subscription_body
from bilag.simulator.sorting import SortValue, sorted_rows
from bilag.simulator.subscriptions import Activity, Subscription, SubscriptionTerms
from bilag.simulator.terms import ActivityType, EventType, SubscriptionStatus

_SUBSCRIPTION_SORT_VALUES: dict[str, Callable[[Subscription], SortValue]] = {
    "createdAt": lambda subscription: subscription.created_at,
    "updatedAt": lambda subscription: subscription.updated_at,
}
_ACTIVITY_SORT_VALUES: dict[str, Callable[[Activity], SortValue]] = {
    "createdAt": lambda activity: activity.created_at,
}


async def list_subscriptions(call: Call) -> web.Response:
    """`GET /v1/subscriptions`: those of the credential's owner that were not deleted."""
    status = call.term("status", SubscriptionStatus)
    event_types = frozenset(call.terms("event_types", EventType)) or frozenset(EventType)
    asked = call.page(*_SUBSCRIPTION_SORT_VALUES)
    owned = [subscription for subscription in call.world.subscriptions if _is_owned(call, subscription)]

    def matches(subscription: Subscription) -> bool:
        terms = subscription.terms
        return (
            subscription.deleted_at is None
            and status in {None, terms.status}
            and not event_types.isdisjoint(terms.event_types)
        )

    rows = ListedRows(
        sorted_rows(owned, asked.sorting, _SUBSCRIPTION_SORT_VALUES),
        mark=lambda subscription: subscription.number,
        matches=matches,
    )
    page = cut_page(rows, asked)
    return page_answer([subscription_body(rows[place]) for place in page.places], page.pagination)


async def create_subscription(call: Call) -> web.Response:
    """`POST /v1/subscriptions`, which answers 200."""
    terms = _terms(await call.body(SubscriptionBody))
    owner_urn, company_ids = call.grant.owner_urn, call.grant.company_ids
    subscription = call.world.subscriptions.create(
        terms, owner_urn=owner_urn, company_ids=company_ids, now=call.world.now()
    )
    return json_answer({"data": subscription_body(subscription)})


async def get_subscription(call: Call) -> web.Response:
    """`GET /v1/subscriptions/{id}`: a deleted one says when and by whom it was deleted."""
    return json_answer({"data": subscription_body(_subscription(call))})


async def update_subscription(call: Call) -> web.Response:
    """`PUT /v1/subscriptions/{id}`."""
    subscription = _living_subscription(call)
    terms = _terms(await call.body(SubscriptionBody))
    call.world.subscriptions.update(subscription, terms, call.world.now())
    return json_answer({"data": subscription_body(subscription)})


async def delete_subscription(call: Call) -> web.Response:
    """`DELETE /v1/subscriptions/{id}`."""
    call.world.subscriptions.delete(_living_subscription(call), call.world.now())
    return web.Response(status=204)


async def list_activities(call: Call) -> web.Response:
    """`GET /v1/subscriptions/{id}/activities`, also of a deleted subscription."""
    subscription = _subscription(call)
    kinds = frozenset(call.terms("operation_types", ActivityType)) or frozenset(ActivityType)
    asked = call.page(*_ACTIVITY_SORT_VALUES)
    rows = ListedRows(
        sorted_rows(subscription.activities, asked.sorting, _ACTIVITY_SORT_VALUES),
        mark=lambda activity: activity.number,
        matches=lambda activity: activity.operation_type in kinds,
    )
    page = cut_page(rows, asked)
    return page_answer([activity_body(subscription, rows[place]) for place in page.places], page.pagination)


async def get_secret(call: Call) -> web.Response:
    """`GET /v1/subscriptions/{id}/secret`."""
    return json_answer({"data": {"secretKey": _living_subscription(call).secret}})


def _is_owned(call: Call, subscription: Subscription) -> bool:
    return subscription.owner_urn == call.grant.owner_urn


def _subscription(call: Call) -> Subscription:
    return call.world.subscriptions.find(call.path_uuid("id"), owner_urn=call.grant.owner_urn)


def _living_subscription(call: Call) -> Subscription:
    return call.world.subscriptions.find_living(call.path_uuid("id"), owner_urn=call.grant.owner_urn)


def _terms(body: SubscriptionBody) -> SubscriptionTerms:
    if body.endpoint_auth.credentials.token:
        raise bad_request("endpointAuth.credentials.token: the simulator knows NONE and BASIC, neither uses a token")
    return SubscriptionTerms(
        endpoint_url=body.endpoint_url,
        event_types=tuple(body.event_types),
        status=body.status,
        custom_headers=tuple(body.custom_headers.items()),
        auth_type=body.endpoint_auth.type,
        user_name=body.endpoint_auth.credentials.username,
        password=body.endpoint_auth.credentials.password,
    )
