import aiohttp
import pytest

from bilag.simulator.expense import Expense, ListedExpenses
from bilag.simulator.jobs import Job, JobOptions
from bilag.simulator.server import SimulatorServer
from bilag.simulator.terms import ItemStatus
from bilag.simulator.world import PleoWorld
from tests.simulator.api_client import ApiClient
from tests.simulator.builders import COMPANY, OTHER_COMPANY, Clock, an_item, entry_id

THIRD_COMPANY = "33333333-3333-4333-8333-333333333333"


@pytest.fixture
def job(world: PleoWorld) -> Job:
    return world.create_job(COMPANY)


def _items_path(job: Job) -> str:
    return f"/v3/export-jobs/{job.id}/items"


async def test_export_items_come_in_the_order_of_the_source_with_their_files(api: ApiClient, job: Job) -> None:
    answer = await api.get(f"/v3/export-items?job_id={job.id}")

    assert answer.ids == [entry_id(0), entry_id(1), entry_id(2)]
    assert answer.body["data"][0]["files"][0]["type"] == "application/pdf"
    assert answer.body["data"][0]["files"][0]["size"] == 16


async def test_every_fetch_issues_fresh_links(api: ApiClient, job: Job, clock: Clock) -> None:
    first = await api.get(f"/v3/export-items?job_id={job.id}")
    clock.move(minutes=1)
    second = await api.get(f"/v3/export-items?job_id={job.id}")

    assert first.body["data"][0]["files"][0]["url"] != second.body["data"][0]["files"][0]["url"]


@pytest.mark.parametrize("asked", [True, False])
async def test_vendor_and_bookkeeping_come_only_with_a_job_that_asked(
    api: ApiClient, world: PleoWorld, *, asked: bool
) -> None:
    job = world.create_job(COMPANY, options=JobOptions(vendor_based_bookkeeping=asked))

    answer = await api.get(f"/v3/export-items?job_id={job.id}")

    assert ("bookkeeping" in answer.body["data"][0]) is asked


async def test_export_items_need_contra_accounts_at_every_read(api: ApiClient, world: PleoWorld, job: Job) -> None:
    world.companies[COMPANY].contra_currencies = frozenset({"EUR"})
    refused = await api.get(f"/v3/export-items?job_id={job.id}")
    world.companies[COMPANY].contra_currencies = frozenset({"EUR", "DKK"})
    served = await api.get(f"/v3/export-items?job_id={job.id}")

    assert (refused.status, refused.body["type"]) == (400, "MISSING_CONTRA_ACCOUNTS")
    assert "DKK" in refused.body["message"]
    assert served.status == 200


async def test_export_items_of_a_finished_job_are_gone_but_its_results_stay(api: ApiClient, job: Job) -> None:
    await api.say(job.id, "failed")

    items = await api.get(f"/v3/export-items?job_id={job.id}")
    results = await api.get(_items_path(job))
    update = await api.put(_items_path(job), [{"accountingEntryId": entry_id(0), "status": "successful"}])

    assert (items.status, items.body["type"]) == (422, "EXPORT_JOB_STATUS_UNPROCESSABLE")
    assert (update.status, update.body["type"]) == (422, "EXPORT_JOB_STATUS_UNPROCESSABLE")
    assert [row["status"] for row in results.body["data"]] == ["abandoned"] * 3


async def test_export_items_without_a_job_are_refused(api: ApiClient) -> None:
    answer = await api.get("/v3/export-items")

    assert answer.status == 400
    assert "job_id" in answer.body["message"]


async def test_malformed_item_is_served_byte_for_byte(world: PleoWorld, session: aiohttp.ClientSession) -> None:
    """The contract is not checked here: the answer breaks it on purpose."""
    raw = b'{"accountingEntryId":"' + entry_id(1).encode() + b'", "amount": ?}'
    listed = [Expense(item=an_item(0)), Expense(item=an_item(1), raw_item=raw)]
    world.add_company(ListedExpenses(company_id=THIRD_COMPANY, expenses=listed))
    world.accept_token("token", THIRD_COMPANY)
    job = world.create_job(THIRD_COMPANY)

    async with SimulatorServer(world) as server:
        url = f"{server.api_url}/v3/export-items?job_id={job.id}"
        async with session.get(url, headers={"Authorization": "Bearer token"}) as answer:
            body = await answer.read()

    assert raw in body
    assert entry_id(0).encode() in body


async def test_status_filter_shows_only_matching_items(api: ApiClient, job: Job) -> None:
    await api.put(_items_path(job), [{"accountingEntryId": entry_id(1), "status": "successful"}])

    pending = await api.get(_items_path(job) + "?status=pending")
    successful = await api.get(_items_path(job) + "?status=successful")

    assert (pending.ids, pending.pagination["total"]) == ([entry_id(0), entry_id(2)], 2)
    assert successful.ids == [entry_id(1)]


async def test_filtered_listing_loses_no_item_when_the_cursor_row_changes_status(api: ApiClient, job: Job) -> None:
    first = await api.get(_items_path(job) + "?status=pending&limit=1")
    await api.put(_items_path(job), [{"accountingEntryId": entry_id(0), "status": "successful"}])
    cursor = first.pagination["endCursor"].replace("=", "%3D")

    second = await api.get(_items_path(job) + f"?status=pending&after={cursor}")

    assert second.ids == [entry_id(1), entry_id(2)]


async def test_update_keeps_what_the_integration_reports(api: ApiClient, job: Job) -> None:
    report = {
        "accountingEntryId": entry_id(0).upper(),
        "status": "successful",
        "exportedAt": "2026-03-02T13:00:00+01:00",
        "externalId": "V-1001",
        "externalUrl": "https://books.example/V-1001",
    }

    answer = await api.put(_items_path(job), [report])

    assert (answer.status, answer.body["errors"]) == (200, [])
    kept = answer.body["data"][0]
    assert (kept["accountingEntryId"], kept["status"]) == (entry_id(0), "successful")
    assert (kept["externalId"], kept["exportedAt"]) == ("V-1001", "2026-03-02T12:00:00.000000Z")
    assert (await api.get(_items_path(job))).body["data"][0] == kept


async def test_update_names_unknown_entries_and_takes_the_others(api: ApiClient, job: Job) -> None:
    updates = [
        {"accountingEntryId": entry_id(99), "status": "successful"},
        {"accountingEntryId": entry_id(0), "status": "failed", "failureReasonType": "vendor_unknown"},
    ]

    answer = await api.put(_items_path(job), updates)

    assert answer.status == 200
    assert [(error["type"], error["accountingEntryId"]) for error in answer.body["errors"]] == [
        ("ACCOUNTING_ENTRY_DOES_NOT_EXIST", entry_id(99))
    ]
    assert answer.ids == [entry_id(0)]


async def test_final_status_may_be_repeated_but_not_changed(api: ApiClient, job: Job) -> None:
    await api.put(_items_path(job), [{"accountingEntryId": entry_id(0), "status": "successful"}])

    repeated = await api.put(_items_path(job), [{"accountingEntryId": entry_id(0), "status": "successful"}])
    changed = await api.put(_items_path(job), [{"accountingEntryId": entry_id(0), "status": "failed"}])

    assert repeated.body["errors"] == []
    assert [error["type"] for error in changed.body["errors"]] == ["EXPORT_ENTRY_STATUS_UPDATE_FAILED"]
    assert (await api.get(_items_path(job))).body["data"][0]["status"] == "successful"


async def test_update_of_more_than_100_items_is_too_large(api: ApiClient, job: Job) -> None:
    update = {"accountingEntryId": entry_id(0), "status": "in_progress"}

    full = await api.put(_items_path(job), [update] * 100)
    over = await api.put(_items_path(job), [update] * 101)

    assert full.status == 200
    assert (over.status, over.body["type"]) == (413, "EXPORT_JOB_ITEMS_UPDATE_LIMIT")


@pytest.mark.parametrize(
    "update",
    [
        {"accountingEntryId": entry_id(0), "status": "successful", "externalId": None},
        {"accountingEntryId": entry_id(0), "status": "done"},
        {"accountingEntryId": entry_id(0), "status": "successful", "exportedAt": "2026-03-02"},
        {"accountingEntryId": entry_id(0), "status": "successful", "exportedAt": "0001-01-01T00:00:00+10:00"},
        {"accountingEntryId": entry_id(0), "status": "failed", "failureReasonType": "job_expired"},
        {"accountingEntryId": entry_id(0)},
    ],
)
async def test_update_that_pleo_does_not_describe_changes_nothing(
    api: ApiClient, job: Job, update: dict[str, object]
) -> None:
    good = {"accountingEntryId": entry_id(1), "status": "successful"}

    answer = await api.put(_items_path(job), [good, update])

    assert (answer.status, answer.body["type"]) == (400, "BAD_REQUEST")
    assert job.tally()[ItemStatus.PENDING] == 3


async def test_item_of_an_entry_is_found_in_its_youngest_job(api: ApiClient, world: PleoWorld, job: Job) -> None:
    await api.say(job.id, "failed")
    younger = world.create_job(COMPANY, indexes=[1])

    again = await api.get(f"/v3/export-job-items?company_id={COMPANY}&accounting_entry_id={entry_id(1)}")
    once = await api.get(f"/v3/export-job-items?accounting_entry_id={entry_id(0)}")
    never = await api.get(f"/v3/export-job-items?accounting_entry_id={entry_id(77)}")

    assert (again.body["data"]["exportJobId"], again.body["data"]["status"]) == (younger.id, "pending")
    assert (once.body["data"]["exportJobId"], once.body["data"]["status"]) == (job.id, "abandoned")
    assert (never.status, never.body["type"]) == (404, "EXPORT_ENTRY_NOT_FOUND")


async def test_search_answers_in_the_order_of_its_entries(api: ApiClient, job: Job) -> None:
    await api.put(_items_path(job), [{"accountingEntryId": entry_id(0), "status": "successful"}])
    wanted = [entry_id(2), entry_id(55), entry_id(0)]

    found = await api.post("/v3/export-job-items:search", {"accountingEntryIds": wanted})
    pending = await api.post("/v3/export-job-items:search", {"accountingEntryIds": wanted, "status": "pending"})
    foreign = await api.post(f"/v3/export-job-items:search?company_id={OTHER_COMPANY}", {"accountingEntryIds": wanted})

    assert found.ids == [entry_id(2), entry_id(0)]
    assert pending.ids == [entry_id(2)]
    assert foreign.status == 403


async def test_search_pages_and_bounds_its_entries(api: ApiClient, job: Job) -> None:
    wanted = [entry_id(number) for number in range(1001)]

    page = await api.post("/v3/export-job-items:search?limit=2", {"accountingEntryIds": wanted[:3]})
    too_many = await api.post("/v3/export-job-items:search", {"accountingEntryIds": wanted})

    assert (page.ids, page.pagination["hasNextPage"]) == (wanted[:2], True)
    assert too_many.status == 400


async def test_any_item_update_renews_the_hour(api: ApiClient, job: Job, clock: Clock) -> None:
    await api.say(job.id, "started")
    for _ in range(3):
        clock.move(minutes=59)
        await api.put(_items_path(job), [{"accountingEntryId": entry_id(0), "status": "in_progress"}])

    told = (await api.get(f"/v3/export-jobs/{job.id}")).body["data"]

    assert (told["status"], told["lastUpdatedAt"]) == ("in_progress", "2026-03-02T14:57:00.000000Z")


async def test_refused_update_does_not_renew_the_hour(api: ApiClient, job: Job, clock: Clock) -> None:
    clock.move(minutes=30)
    await api.put(_items_path(job), [{"accountingEntryId": entry_id(99), "status": "in_progress"}])

    told = (await api.get(f"/v3/export-jobs/{job.id}")).body["data"]

    assert told["lastUpdatedAt"] == "2026-03-02T12:00:00.000000Z"
