"""Answers in Pleo's JSON. The only place that knows the field names of what the API gives."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
from aiohttp import web

from bilag.simulator.jobs import Job
from bilag.simulator.refusals import Refusal, http_status
from bilag.simulator.subscriptions import Activity, Subscription
from bilag.simulator.terms import EndpointAuthType
from bilag.simulator.world import PleoWorld

MEDIA_TYPE = "application/json;charset=UTF-8"

# Pleo's guide: these two come only with a job that asked for vendor based bookkeeping.
_VENDOR_FIELDS = ("vendor", "bookkeeping")


def json_answer(body: object, *, status: int = 200) -> web.Response:
    """An answer with a JSON body."""
    return web.Response(status=status, body=msgspec.json.encode(body), headers={"Content-Type": MEDIA_TYPE})


def refusal_answer(refusal: Refusal) -> web.Response:
    """An answer with Pleo's `ExceptionInfo`."""
    body = {"type": refusal.kind, "message": refusal.message}
    return json_answer(body, status=http_status(refusal.kind))


def page_answer(rows: Sequence[object], pagination: dict[str, object]) -> web.Response:
    """One page of a listing."""
    return json_answer({"data": rows, "pagination": pagination})


def job_body(job: Job) -> dict[str, object]:
    """`ExportJobV3`."""
    return {
        "id": job.id,
        "companyId": job.company.id,
        "status": job.status,
        "createdAt": instant(job.created_at),
        "createdBy": job.options.created_by,
        "startedAt": _instant_or_none(job.started_at),
        "lastUpdatedAt": instant(job.last_updated_at),
        "completedAt": _instant_or_none(job.completed_at),
        "expiredAt": _instant_or_none(job.expired_at),
        "expiresIn": job.expires_in_seconds,
        "numberOfItems": len(job),
        "isInteractive": job.options.is_interactive,
        "vendorBasedBookkeeping": job.options.vendor_based_bookkeeping,
        "failureReason": job.failure_reason,
        "failureReasonType": job.failure_reason_type,
    }


def job_item_body(job: Job, place: int) -> dict[str, object]:
    """`ExportJobItemV3`."""
    report = job.item_report(place)
    return {
        "exportJobId": job.id,
        "accountingEntryId": job.entry_id(place),
        "status": job.item_status(place),
        "exportedAt": _instant_or_none(report.exported_at),
        "externalId": report.external_id,
        "externalUrl": report.external_url,
        "failureReason": report.failure_reason,
        "failureReasonType": report.failure_reason_type,
    }


def export_item_body(world: PleoWorld, job: Job, place: int) -> dict[str, object] | msgspec.Raw:
    """`ExportItemV3` with fresh download links, or the malformed bytes that a scenario asks for."""
    index = job.indexes[place]
    expense = job.company.source.expense(index)
    if expense.raw_item is not None:
        return msgspec.Raw(expense.raw_item)
    item = dict(expense.item)
    if not job.options.vendor_based_bookkeeping:
        for name in _VENDOR_FIELDS:
            item.pop(name, None)
    item["files"] = world.file_entries(job.company, index, expense.receipts)
    return item


def job_created_data(job: Job) -> dict[str, object]:
    """The `data` of a `v1.export-job.created` event: a snapshot, shorter than the job itself."""
    body = job_body(job)
    names = ("id", "companyId", "createdAt", "createdBy", "expiresIn", "numberOfItems", "status")
    return {name: body[name] for name in names}


def subscription_body(subscription: Subscription) -> dict[str, object]:
    """`SubscriptionModel`. A password is never given back."""
    terms = subscription.terms
    auth: dict[str, object] = {"type": terms.auth_type}
    if terms.auth_type is EndpointAuthType.BASIC:
        auth["credentials"] = {"username": terms.user_name}
    body: dict[str, object] = {
        "id": subscription.id,
        "endpointUrl": terms.endpoint_url,
        "eventTypes": terms.event_types,
        "status": terms.status,
        "customHeaders": dict(terms.custom_headers),
        "endpointAuth": auth,
        "createdAt": instant(subscription.created_at),
        "updatedAt": instant(subscription.updated_at),
    }
    if subscription.deleted_at is not None:
        body["deletedAt"] = instant(subscription.deleted_at)
        body["deletedBy"] = subscription.owner_urn
    return body


def activity_body(subscription: Subscription, activity: Activity) -> dict[str, object]:
    """`SubscriptionActivityModel`."""
    return {
        "id": activity.id,
        "subscriptionId": subscription.id,
        "operationType": activity.operation_type,
        "actorUrn": activity.actor_urn,
        "createdAt": instant(activity.created_at),
        "description": f"Subscription {activity.operation_type.lower()}d",
    }


def instant(moment: datetime) -> str:
    """A moment as Pleo writes it: UTC, ending in Z."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _instant_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else instant(moment)
