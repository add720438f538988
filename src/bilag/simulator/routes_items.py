"""Export Items and job items over HTTP: what to book, and what became of it."""

from datetime import UTC, datetime

from aiohttp import web
from msgspec import UNSET, UnsetType

from bilag.simulator.bodies import ItemUpdateBody, SearchItemsBody
from bilag.simulator.calls import Call
from bilag.simulator.item_rows import ItemRows
from bilag.simulator.jobs import ItemReport, Job
from bilag.simulator.paging import ListedRows, cut_page
from bilag.simulator.refusals import Refusal, RefusalType, bad_request
from bilag.simulator.responses import export_item_body, job_item_body, json_answer, page_answer
from bilag.simulator.terms import ItemStatus

# Published: more than 100 items in one update are refused with 413.
UPDATED_ITEMS_MAX = 100

# Ours: Pleo publishes no bound for the entries of one search.
SEARCHED_ENTRIES_MAX = 1_000


async def list_export_items(call: Call) -> web.Response:
    """`GET /v3/export-items`. Without `job_id` it is refused: Pleo does not say what that means."""
    job = call.job(call.query_uuid("job_id"))
    asked = call.page()
    job.require_open()
    job.require_contra_accounts()
    page = cut_page(ItemRows(job), asked)
    return page_answer([export_item_body(call.world, job, place) for place in page.places], page.pagination)


async def list_job_items(call: Call) -> web.Response:
    """`GET /v3/export-jobs/{jobId}/items`, possible in every state of the job."""
    job = call.job(call.path_uuid("jobId"))
    page = cut_page(ItemRows(job, call.term("status", ItemStatus)), call.page())
    return page_answer([job_item_body(job, place) for place in page.places], page.pagination)


async def update_job_items(call: Call) -> web.Response:
    """`PUT /v3/export-jobs/{jobId}/items`: each item is taken or refused by itself."""
    job_id = call.path_uuid("jobId")
    updates = await call.body(list[ItemUpdateBody])
    job = call.job(job_id)
    if len(updates) > UPDATED_ITEMS_MAX:
        message = f"Number of items to update is more than {UPDATED_ITEMS_MAX}."
        raise Refusal(RefusalType.EXPORT_JOB_ITEMS_UPDATE_LIMIT, message)
    job.require_open()
    reports = [_report(update) for update in updates]
    data: list[dict[str, object]] = []
    errors: list[dict[str, object]] = []
    now = call.world.now()
    for update, report in zip(updates, reports, strict=True):
        entry_id = update.accounting_entry_id.lower()
        place = job.place_of(entry_id)
        if place is None:
            message = "The accounting entry is not part of this Export Job."
            errors.append(_update_error(entry_id, "ACCOUNTING_ENTRY_DOES_NOT_EXIST", message))
        elif refusal := job.report_item(place, report, now):
            errors.append(_update_error(entry_id, "EXPORT_ENTRY_STATUS_UPDATE_FAILED", refusal))
        else:
            data.append(job_item_body(job, place))
    return json_answer({"data": data, "errors": errors})


async def find_job_item(call: Call) -> web.Response:
    """`GET /v3/export-job-items`: the item of an accounting entry in the youngest job that holds it."""
    entry_id = call.query_uuid("accounting_entry_id")
    found = call.world.latest_item(call.company(), entry_id)
    if found is None:
        raise Refusal(RefusalType.EXPORT_ENTRY_NOT_FOUND, "Export Job Item not found")
    return json_answer({"data": job_item_body(*found)})


async def search_job_items(call: Call) -> web.Response:
    """`POST /v3/export-job-items:search`, in the order of the entries in the body."""
    body = await call.body(SearchItemsBody)
    company = call.company()
    asked = call.page()
    entry_ids = tuple(dict.fromkeys(entry_id.lower() for entry_id in body.accounting_entry_ids))
    if len(entry_ids) > SEARCHED_ENTRIES_MAX:
        raise bad_request(f"accountingEntryIds: the simulator looks up at most {SEARCHED_ENTRIES_MAX} entries")
    found = (call.world.latest_item(company, entry_id) for entry_id in entry_ids)
    numbered = tuple(enumerate(item for item in found if item is not None))

    def matches(row: tuple[int, tuple[Job, int]]) -> bool:
        job, place = row[1]
        return body.status is UNSET or job.item_status(place) is body.status

    rows = ListedRows(numbered, mark=lambda row: row[0], matches=matches)
    page = cut_page(rows, asked)
    return page_answer([job_item_body(*rows[place][1]) for place in page.places], page.pagination)


def _report(update: ItemUpdateBody) -> ItemReport:
    return ItemReport(
        status=update.status,
        exported_at=_utc(update.exported_at),
        external_id=None if update.external_id is UNSET else update.external_id,
        external_url=None if update.external_url is UNSET else update.external_url,
        failure_reason=None if update.failure_reason is UNSET else update.failure_reason,
        failure_reason_type=None if update.failure_reason_type is UNSET else update.failure_reason_type,
    )


def _utc(moment: datetime | UnsetType) -> datetime | None:
    if moment is UNSET:
        return None
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise bad_request(f"exportedAt: {moment.isoformat()} has no UTC date") from None


def _update_error(entry_id: str, error_type: str, message: str) -> dict[str, object]:
    return {"accountingEntryId": entry_id, "type": error_type, "message": message}
