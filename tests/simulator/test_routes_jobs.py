import pytest

from bilag.simulator.jobs import JobOptions
from bilag.simulator.terms import JobStatus
from bilag.simulator.world import PleoWorld
from tests.simulator.api_client import ApiClient
from tests.simulator.builders import COMPANY, OTHER_COMPANY, Clock, entry_id

NOBODY = "99999999-9999-4999-8999-999999999999"


async def test_created_job_starts_pending_and_counts_its_entries(api: ApiClient) -> None:
    answer = await api.post("/v3/export-jobs", {"companyId": COMPANY, "accountingEntryIds": [entry_id(2), entry_id(0)]})

    assert answer.status == 201
    job = answer.body["data"]
    assert (job["status"], job["numberOfItems"], job["isInteractive"], job["expiresIn"]) == ("pending", 2, True, 3600)
    assert (job["createdAt"], job["startedAt"]) == ("2026-03-02T12:00:00.000000Z", None)


async def test_created_job_takes_over_who_asked_and_how(api: ApiClient) -> None:
    answer = await api.post(
        "/v3/export-jobs",
        {
            "companyId": COMPANY.upper(),
            "accountingEntryIds": [entry_id(0).upper()],
            "employeeId": NOBODY,
            "isInteractive": False,
            "options": {"vendorBasedBookkeeping": True},
        },
    )

    job = answer.body["data"]
    assert (job["createdBy"], job["isInteractive"], job["vendorBasedBookkeeping"]) == (NOBODY, False, True)


@pytest.mark.parametrize("status", list(JobStatus))
async def test_second_job_is_refused_only_while_one_is_open(
    api: ApiClient, world: PleoWorld, status: JobStatus
) -> None:
    job = world.create_job(COMPANY, indexes=[0])
    await _bring_to(api, job.id, status)

    answer = await api.post("/v3/export-jobs", {"companyId": COMPANY, "accountingEntryIds": [entry_id(1)]})

    if status in {JobStatus.PENDING, JobStatus.IN_PROGRESS}:
        assert (answer.status, answer.body["type"]) == (409, "EXPORT_ALREADY_IN_PROGRESS")
    else:
        assert answer.status == 201


async def test_creation_names_the_currencies_without_contra_account(api: ApiClient, world: PleoWorld) -> None:
    world.companies[COMPANY].contra_currencies = frozenset({"SEK"})

    answer = await api.post("/v3/export-jobs", {"companyId": COMPANY, "accountingEntryIds": [entry_id(0)]})

    assert (answer.status, answer.body["type"]) == (400, "MISSING_CONTRA_ACCOUNTS")
    assert "DKK" in answer.body["message"]


async def test_creation_refuses_unknown_entries_by_name(api: ApiClient) -> None:
    answer = await api.post("/v3/export-jobs", {"companyId": COMPANY, "accountingEntryIds": [entry_id(0), NOBODY]})

    assert (answer.status, answer.body["type"]) == (400, "ENTRY_NOT_EXPORTABLE")
    assert NOBODY in answer.body["message"]


async def test_creation_refuses_exported_entries_and_takes_those_that_failed(api: ApiClient, world: PleoWorld) -> None:
    job = world.create_job(COMPANY, indexes=[0, 1])
    await api.say(job.id, "started")
    await api.put(
        f"/v3/export-jobs/{job.id}/items",
        [
            {"accountingEntryId": entry_id(0), "status": "successful"},
            {"accountingEntryId": entry_id(1), "status": "failed"},
        ],
    )
    await api.say(job.id, "completed_with_errors")

    exported = await api.post("/v3/export-jobs", {"companyId": COMPANY, "accountingEntryIds": [entry_id(0)]})
    failed = await api.post("/v3/export-jobs", {"companyId": COMPANY, "accountingEntryIds": [entry_id(1)]})

    assert (exported.status, exported.body["type"]) == (400, "ENTRY_NOT_EXPORTABLE")
    assert f"{entry_id(0)} (exported)" in exported.body["message"]
    assert failed.status == 201


@pytest.mark.parametrize(
    "body",
    [
        {"companyId": COMPANY, "accountingEntryIds": []},
        {"companyId": COMPANY, "accountingEntryIds": [entry_id(0), entry_id(0).upper()]},
        {"companyId": COMPANY, "accountingEntryIds": ["not-a-uuid"]},
        {"companyId": COMPANY, "accountingEntryIds": [entry_id(0)], "comment": "unknown field"},
        {"companyId": COMPANY},
        [],
    ],
)
async def test_creation_refuses_a_body_that_pleo_does_not_describe(api: ApiClient, body: object) -> None:
    answer = await api.post("/v3/export-jobs", body)

    assert (answer.status, answer.body["type"]) == (400, "BAD_REQUEST")


async def test_company_that_the_credential_does_not_cover_is_forbidden(api: ApiClient, world: PleoWorld) -> None:
    foreign = world.create_job(OTHER_COMPANY)

    answers = [
        await api.post("/v3/export-jobs", {"companyId": OTHER_COMPANY, "accountingEntryIds": [entry_id(0)]}),
        await api.get(f"/v3/export-jobs?company_id={OTHER_COMPANY}"),
        await api.get(f"/v3/export-jobs/{foreign.id}"),
        await api.get(f"/v3/export-items?job_id={foreign.id}"),
        await api.put(f"/v3/export-jobs/{foreign.id}/items", []),
        await api.say(foreign.id, "started"),
    ]

    assert [(answer.status, answer.body["type"]) for answer in answers] == [(403, "FORBIDDEN")] * 6
    assert world.job(foreign.id).status is JobStatus.PENDING


async def test_listing_shows_jobs_of_one_company_oldest_first(api: ApiClient, world: PleoWorld, clock: Clock) -> None:
    world.create_job(OTHER_COMPANY)
    jobs = []
    for index in range(3):
        jobs.append(world.create_job(COMPANY, indexes=[index], queued=True))
        clock.move(minutes=1)

    answer = await api.get(f"/v3/export-jobs?company_id={COMPANY}")

    assert [job["id"] for job in answer.body["data"]] == [job.id for job in jobs]
    assert answer.pagination["total"] == 3


async def test_listing_filters_by_several_statuses(api: ApiClient, world: PleoWorld) -> None:
    jobs = [world.create_job(COMPANY, indexes=[index], queued=True) for index in range(3)]
    await api.say(jobs[0].id, "failed")
    await api.say(jobs[1].id, "started")

    answer = await api.get("/v3/export-jobs?statuses=pending&statuses=in_progress")

    assert [job["id"] for job in answer.body["data"]] == [jobs[1].id, jobs[2].id]


async def test_listing_without_matching_jobs_is_empty(api: ApiClient) -> None:
    answer = await api.get("/v3/export-jobs?statuses=pending")

    assert (answer.status, answer.body["data"], answer.pagination["total"]) == (200, [], 0)


async def test_listing_sorts_by_start_with_missing_values_where_asked(api: ApiClient, world: PleoWorld) -> None:
    jobs = [world.create_job(COMPANY, indexes=[index], queued=True) for index in range(2)]
    await api.say(jobs[1].id, "started")

    last = await api.get("/v3/export-jobs?sorting_keys=startedAt&sorting_order=ASC_NULLS_LAST")
    first = await api.get("/v3/export-jobs?sorting_keys=startedAt&sorting_order=DESC_NULLS_FIRST")

    assert [job["id"] for job in last.body["data"]] == [jobs[1].id, jobs[0].id]
    assert [job["id"] for job in first.body["data"]] == [jobs[0].id, jobs[1].id]


async def test_listing_pages_through_a_sorted_order_by_cursor(api: ApiClient, world: PleoWorld, clock: Clock) -> None:
    jobs = []
    for index in range(3):
        jobs.append(world.create_job(COMPANY, indexes=[index], queued=True).id)
        clock.move(minutes=1)
    path = "/v3/export-jobs?sorting_keys=createdAt&sorting_order=DESC&limit=2"

    first = await api.get(path)
    cursor = first.pagination["endCursor"].replace("=", "%3D")
    second = await api.get(f"{path}&after={cursor}")

    assert [job["id"] for job in first.body["data"]] == [jobs[2], jobs[1]]
    assert [job["id"] for job in second.body["data"]] == [jobs[0]]
    assert (first.pagination["hasNextPage"], second.pagination["hasNextPage"]) == (True, False)


async def test_credential_of_several_companies_has_to_name_one(api: ApiClient, world: PleoWorld) -> None:
    world.accept_api_key("key-of-the-company", COMPANY, OTHER_COMPANY)

    unnamed = await api.get("/v3/export-jobs")
    named = await api.get(f"/v3/export-jobs?company_id={OTHER_COMPANY}")

    assert (unnamed.status, named.status) == (400, 200)


async def test_started_job_moves_to_in_progress_without_a_body(api: ApiClient, world: PleoWorld) -> None:
    job = world.create_job(COMPANY)

    answer = await api.say(job.id, "started")

    assert (answer.status, answer.body) == (202, "")
    assert (await api.get(f"/v3/export-jobs/{job.id}")).body["data"]["startedAt"] == "2026-03-02T12:00:00.000000Z"


async def test_failed_event_keeps_reason_and_type(api: ApiClient, world: PleoWorld) -> None:
    job = world.create_job(COMPANY)
    await api.say(job.id, "started")

    answer = await api.say(
        job.id, "failed", failureReason="No journal chosen", failureReasonType="missing_configuration"
    )

    told = (await api.get(f"/v3/export-jobs/{job.id}")).body["data"]
    assert answer.status == 202
    assert (told["status"], told["failureReason"]) == ("failed", "No journal chosen")
    assert told["failureReasonType"] == "missing_configuration"


async def test_reason_is_refused_with_any_other_event(api: ApiClient, world: PleoWorld) -> None:
    job = world.create_job(COMPANY)

    answer = await api.say(job.id, "started", failureReason="none")

    assert (answer.status, answer.body["type"]) == (400, "BAD_REQUEST")
    assert world.job(job.id).status is JobStatus.PENDING


@pytest.mark.parametrize("body_field", ["exportJobId", "companyId"])
async def test_event_refuses_fields_that_only_guides_mention(api: ApiClient, world: PleoWorld, body_field: str) -> None:
    job = world.create_job(COMPANY)

    answer = await api.say(job.id, "started", **{body_field: job.id})

    assert answer.status == 400
    assert body_field in answer.body["message"]


async def test_illegal_event_is_unprocessable_and_changes_nothing(api: ApiClient, world: PleoWorld) -> None:
    job = world.create_job(COMPANY)

    answer = await api.say(job.id, "completed")

    assert (answer.status, answer.body["type"]) == (422, "INVALID_EXPORT_JOB_STATUS_CHANGE")
    assert world.job(job.id).status is JobStatus.PENDING


async def test_unknown_job_is_not_found(api: ApiClient) -> None:
    answers = [
        await api.get(f"/v3/export-jobs/{NOBODY}"),
        await api.get(f"/v3/export-jobs/{NOBODY}/items"),
        await api.put(f"/v3/export-jobs/{NOBODY}/items", []),
        await api.get(f"/v3/export-items?job_id={NOBODY}"),
        await api.say(NOBODY, "started"),
    ]

    assert [(answer.status, answer.body["type"]) for answer in answers] == [(404, "EXPORT_NOT_FOUND")] * 5


async def test_silent_job_is_told_as_expired(api: ApiClient, world: PleoWorld, clock: Clock) -> None:
    job = world.create_job(COMPANY, options=JobOptions(is_interactive=False))
    await api.say(job.id, "started")
    clock.move(minutes=61)

    told = (await api.get(f"/v3/export-jobs/{job.id}")).body["data"]
    late = await api.say(job.id, "failed")

    assert (told["status"], told["failureReasonType"]) == ("failed", "job_expired")
    assert told["expiredAt"] == "2026-03-02T13:00:00.000000Z"
    assert (late.status, late.body["type"]) == (422, "INVALID_EXPORT_JOB_STATUS_CHANGE")


async def _bring_to(api: ApiClient, job_id: str, status: JobStatus) -> None:
    if status is JobStatus.PENDING:
        return
    await api.say(job_id, "started")
    if status is JobStatus.IN_PROGRESS:
        return
    outcome = "successful" if status is JobStatus.COMPLETED else "failed"
    await api.put(f"/v3/export-jobs/{job_id}/items", [{"accountingEntryId": entry_id(0), "status": outcome}])
    assert (await api.say(job_id, status)).status == 202
