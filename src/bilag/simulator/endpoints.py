"""The operations of the simulated API, one line each."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from bilag.simulator import routes_items, routes_jobs, routes_subscriptions
from bilag.simulator.calls import PAGE_PARAMETERS, Call
from bilag.simulator.terms import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One operation of the API: what it is called, who may call it, which query parameters it has."""

    method: str
    path: str
    handler: Callable[[Call], Awaitable[web.Response]]
    scope: Scope
    query: frozenset[str] = frozenset()


_JOB = "/v3/export-jobs/{jobId}"
_SUBSCRIPTION = "/v1/subscriptions/{id}"
_COMPANY = frozenset({"company_id"})

# Pleo's documentation names the scopes of the Export API; to subscribe to its events the same ones are needed.
ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/v3/export-jobs",
        handler=routes_jobs.list_jobs,
        scope=Scope.JOBS_READ,
        query=PAGE_PARAMETERS | _COMPANY | {"statuses"},
    ),
    Endpoint(method="POST", path="/v3/export-jobs", handler=routes_jobs.create_job, scope=Scope.JOBS_WRITE),
    Endpoint(method="GET", path=_JOB, handler=routes_jobs.get_job, scope=Scope.JOBS_READ),
    Endpoint(
        method="GET",
        path=_JOB + "/items",
        handler=routes_items.list_job_items,
        scope=Scope.JOBS_READ,
        query=PAGE_PARAMETERS | {"status"},
    ),
    Endpoint(method="PUT", path=_JOB + "/items", handler=routes_items.update_job_items, scope=Scope.JOBS_WRITE),
    Endpoint(method="POST", path="/v3/export-job-events", handler=routes_jobs.receive_event, scope=Scope.JOBS_WRITE),
    Endpoint(
        method="GET",
        path="/v3/export-job-items",
        handler=routes_items.find_job_item,
        scope=Scope.JOBS_READ,
        query=_COMPANY | {"accounting_entry_id"},
    ),
    Endpoint(
        method="POST",
        path="/v3/export-job-items:search",
        handler=routes_items.search_job_items,
        scope=Scope.JOBS_READ,
        query=PAGE_PARAMETERS | _COMPANY,
    ),
    Endpoint(
        method="GET",
        path="/v3/export-items",
        handler=routes_items.list_export_items,
        scope=Scope.ITEMS_READ,
        query=PAGE_PARAMETERS | {"job_id"},
    ),
    Endpoint(
        method="GET",
        path="/v1/subscriptions",
        handler=routes_subscriptions.list_subscriptions,
        scope=Scope.JOBS_READ,
        query=PAGE_PARAMETERS | {"status", "event_types"},
    ),
    Endpoint(
        method="POST",
        path="/v1/subscriptions",
        handler=routes_subscriptions.create_subscription,
        scope=Scope.JOBS_WRITE,
    ),
    Endpoint(method="GET", path=_SUBSCRIPTION, handler=routes_subscriptions.get_subscription, scope=Scope.JOBS_READ),
    Endpoint(
        method="PUT", path=_SUBSCRIPTION, handler=routes_subscriptions.update_subscription, scope=Scope.JOBS_WRITE
    ),
    Endpoint(
        method="DELETE", path=_SUBSCRIPTION, handler=routes_subscriptions.delete_subscription, scope=Scope.JOBS_WRITE
    ),
    Endpoint(
        method="GET",
        path=_SUBSCRIPTION + "/activities",
        handler=routes_subscriptions.list_activities,
        scope=Scope.JOBS_READ,
        query=PAGE_PARAMETERS | {"operation_types"},
    ),
    Endpoint(
        method="GET", path=_SUBSCRIPTION + "/secret", handler=routes_subscriptions.get_secret, scope=Scope.JOBS_READ
    ),
)
