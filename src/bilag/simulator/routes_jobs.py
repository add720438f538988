"""Export Jobs over HTTP: list, create, read, events."""

from collections.abc import Callable

from aiohttp import web
from msgspec import UNSET

from bilag.simulator.bodies import CreateJobBody, JobEventBody
from bilag.simulator.calls import Call
from bilag.simulator.companies import Company
from bilag.simulator.jobs import Job, JobOptions
from bilag.simulator.paging import ListedRows, cut_page
from bilag.simulator.refusals import Refusal, RefusalType, bad_request
from bilag.simulator.responses import job_body, json_answer, page_answer
from bilag.simulator.sorting import SortValue, sorted_rows
from bilag.simulator.terms import JobEvent, JobStatus

_NAMED_MAX = 5

# Pleo does not publish the keys that a listing can be sorted by. These are the dates of a job.
_SORT_VALUES: dict[str, Callable[[Job], SortValue]] = {
    "createdAt": lambda job: job.created_at,
    "startedAt": lambda job: job.started_at,
    "lastUpdatedAt": lambda job: job.last_updated_at,
    "completedAt": lambda job: job.completed_at,
}


async def list_jobs(call: Call) -> web.Response:
    """`GET /v3/export-jobs`: oldest first unless sorted otherwise."""
    company = call.company()
    statuses = frozenset(call.terms("statuses", JobStatus)) or frozenset(JobStatus)
    asked = call.page(*_SORT_VALUES)
    jobs = [job for job in call.world.jobs() if job.company is company]
    rows = ListedRows(
        sorted_rows(jobs, asked.sorting, _SORT_VALUES),
        mark=lambda job: job.number,
        matches=lambda job: job.status in statuses,
    )
    page = cut_page(rows, asked)
    return page_answer([job_body(rows[place]) for place in page.places], page.pagination)


async def create_job(call: Call) -> web.Response:
    """`POST /v3/export-jobs`."""
    body = await call.body(CreateJobBody)
    company = call.covered_company(body.company_id)
    vendor_based = body.options is not None and body.options.vendor_based_bookkeeping is True
    options = JobOptions(
        created_by=body.employee_id.lower() if body.employee_id else None,
        is_interactive=body.is_interactive is not False,
        vendor_based_bookkeeping=vendor_based,
    )
    job = call.world.create_job(company.id, indexes=_indexes(company, body.accounting_entry_ids), options=options)
    return json_answer({"data": job_body(job)}, status=201)


async def get_job(call: Call) -> web.Response:
    """`GET /v3/export-jobs/{jobId}`."""
    job = call.job(call.path_uuid("jobId"))
    return json_answer({"data": job_body(job)})


async def receive_event(call: Call) -> web.Response:
    """`POST /v3/export-job-events`. An unknown job is a 404, inferred: Pleo lists no answer for it."""
    body = await call.body(JobEventBody)
    job = call.job(body.job_id)
    reason = None if body.failure_reason is UNSET else body.failure_reason
    reason_type = None if body.failure_reason_type is UNSET else body.failure_reason_type
    if body.event is not JobEvent.FAILED and (reason is not None or reason_type is not None):
        raise bad_request("failureReason and failureReasonType belong to the event failed only")
    now = call.world.now()
    job.receive(body.event, now, failure_reason=reason, failure_reason_type=reason_type)
    return web.Response(status=202)


def _indexes(company: Company, entry_ids: list[str]) -> list[int]:
    if not entry_ids or len({entry_id.lower() for entry_id in entry_ids}) != len(entry_ids):
        raise bad_request("accountingEntryIds: name at least one accounting entry, each once")
    found = [company.index_of(entry_id.lower()) for entry_id in entry_ids]
    unknown = [entry_id for entry_id, index in zip(entry_ids, found, strict=True) if index is None]
    if unknown:
        named = ", ".join(unknown[:_NAMED_MAX])
        message = f"{len(unknown)} accounting entries are not known for company {company.id}: {named}"
        raise Refusal(RefusalType.ENTRY_NOT_EXPORTABLE, message)
    return [index for index in found if index is not None]
