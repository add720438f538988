from datetime import UTC, datetime
from pathlib import Path

import pytest

from bilag.adapters.pleo.client import ITEMS_PER_UPDATE_MAX
from bilag.adapters.pleo.paging import PAGE_ENTRIES_WANTED
from bilag.domain.attachment import StoredFile
from bilag.domain.export_item import ExportItem, ItemFile, MalformedItem
from bilag.domain.export_job import ItemReport, ItemStatus, JobEvent, JobReport, JobStatus
from bilag.ports.errors import BadAnswer, JobEnded, OutcomeUnknown, Refused
from bilag.ports.export_api import ExportApi, FetchedItem, RefusedReport
from tests.adapters.pleo.exchange import Exchange
from tests.adapters.pleo.samples import COMPANY, ENTRY, JOB, a_job, a_page, an_item, as_json
from tests.adapters.pleo.scripted_transport import Canned, sent_json

GONE = Canned(status=404, body=as_json({"type": "EXPORT_NOT_FOUND", "message": "Export job not found."}))
FINISHED = Canned(status=422, body=as_json({"type": "EXPORT_JOB_STATUS_UNPROCESSABLE"}))


def answer(body: bytes) -> Canned:
    return Canned(body=body)


def a_report(entry_id: str = ENTRY) -> ItemReport:
    return ItemReport(entry_id=entry_id, status=ItemStatus.SUCCESSFUL, exported_at=datetime(2026, 11, 21, tzinfo=UTC))


def the_client_keeps_the_port(exchange: Exchange) -> ExportApi:
    """Checked by mypy."""
    return exchange.api


async def test_jobs_of_all_pages_come_oldest_first() -> None:
    new = a_job(id="new", createdAt="2026-11-21T09:00:01Z")
    old = a_job(id="old", createdAt="2026-11-21T10:00:00+01:00")
    middle = a_job(id="middle", createdAt="2026-11-21T09:00:00.5Z")
    exchange = Exchange(answer(a_page([new, old], next_cursor="MFRA====")), answer(a_page([middle])))

    jobs = await exchange.api.jobs(COMPANY, [JobStatus.PENDING, JobStatus.IN_PROGRESS])

    assert [job.id for job in jobs] == ["old", "middle", "new"]
    query = f"company_id={COMPANY}&statuses=pending&statuses=in_progress&limit={PAGE_ENTRIES_WANTED[0]}"
    assert exchange.asked == [
        f"GET /v3/export-jobs?{query}",
        f"GET /v3/export-jobs?{query}&after=MFRA%3D%3D%3D%3D",
    ]


async def test_no_jobs_is_an_empty_answer() -> None:
    assert await Exchange(answer(a_page([]))).api.jobs(COMPANY, [JobStatus.PENDING]) == ()


async def test_job_of_unknown_status_does_not_hide_the_others() -> None:
    exchange = Exchange(answer(a_page([a_job(id="odd", status="queued"), a_job(id="good")])))

    jobs = await exchange.api.jobs(COMPANY, [])

    assert {job.id: job.status for job in jobs} == {"odd": None, "good": JobStatus.PENDING}


async def test_job_is_read_as_it_stands() -> None:
    exchange = Exchange(answer(as_json({"data": a_job(status="in_progress")})))

    assert (await exchange.api.job(JOB)).status is JobStatus.IN_PROGRESS
    assert exchange.asked == [f"GET /v3/export-jobs/{JOB}"]


async def test_job_that_is_none_has_ended() -> None:
    with pytest.raises(JobEnded):
        await Exchange(GONE).api.job(JOB)


async def test_event_is_sent_as_pleo_takes_it() -> None:
    exchange = Exchange(Canned(status=202))

    await exchange.api.send_event(JOB, JobEvent.STARTED)

    assert exchange.asked == ["POST /v3/export-job-events"]
    assert sent_json(exchange.transport.requests[0]) == {"jobId": JOB, "event": "started"}
    assert not exchange.transport.requests[0].repeatable


async def test_impossible_move_is_refused_with_its_type() -> None:
    body = as_json({"type": "INVALID_EXPORT_JOB_STATUS_CHANGE", "message": "no"})

    with pytest.raises(Refused) as raised:
        await Exchange(Canned(status=422, body=body)).api.send_event(
            JOB, JobEvent.COMPLETED, JobReport(event=JobEvent.COMPLETED)
        )

    assert not isinstance(raised.value, JobEnded)
    assert raised.value.type == "INVALID_EXPORT_JOB_STATUS_CHANGE"


async def test_event_whose_answer_is_lost_has_an_unknown_outcome() -> None:
    exchange = Exchange(OutcomeUnknown("lost"))

    with pytest.raises(OutcomeUnknown):
        await exchange.api.send_event(JOB, JobEvent.STARTED)

    assert len(exchange.asked) == 1


async def test_job_items_of_all_pages_are_streamed() -> None:
    first = [{"accountingEntryId": "a", "status": "pending"}, {"accountingEntryId": "b", "status": "odd"}]
    second = [{"accountingEntryId": "c", "status": "successful", "externalId": "7", "externalUrl": None}]
    exchange = Exchange(answer(a_page(first, next_cursor="B")), answer(a_page(second)))

    items = [item async for item in exchange.api.job_items(JOB)]

    assert [(item.entry_id, item.status) for item in items] == [
        ("a", ItemStatus.PENDING),
        ("b", None),
        ("c", ItemStatus.SUCCESSFUL),
    ]
    assert exchange.asked[1] == f"GET /v3/export-jobs/{JOB}/items?limit=100&after=B"


async def test_export_items_carry_the_page_they_came_from() -> None:
    exchange = Exchange(
        answer(a_page([an_item(accountingEntryId="a")], next_cursor="B")),
        answer(a_page([an_item(accountingEntryId="b"), an_item(accountingEntryId="c")])),
    )

    fetched = [each async for each in exchange.api.export_items(JOB)]

    assert [(each.item.entry_id, each.page) for each in fetched] == [("a", ""), ("b", "B"), ("c", "B")]
    assert exchange.asked[0] == f"GET /v3/export-items?job_id={JOB}&limit=100"


async def test_malformed_item_arrives_alone() -> None:
    page = a_page([an_item(accountingEntryId="a"), an_item(accountingEntryId="b", date=7), an_item()])

    kinds = [type(each.item) async for each in Exchange(answer(page)).api.export_items(JOB)]

    assert kinds == [ExportItem, MalformedItem, ExportItem]


async def test_items_are_streamed_page_by_page() -> None:
    exchange = Exchange(answer(a_page([an_item()], next_cursor="B")), answer(a_page([])))

    stream = exchange.api.export_items(JOB)
    await anext(stream)

    assert len(exchange.asked) == 1
    assert [each async for each in stream] == []


async def test_items_of_a_finished_job_have_ended() -> None:
    with pytest.raises(JobEnded):
        _ = [each async for each in Exchange(FINISHED).api.export_items(JOB)]


async def test_missing_contra_accounts_are_refused_with_their_type_in_one_spelling() -> None:
    exchange = Exchange(Canned(status=400, body=as_json({"type": "missing_contra_accounts", "message": "GBP"})))

    with pytest.raises(Refused) as raised:
        _ = [each async for each in exchange.api.export_items(JOB)]

    assert raised.value.type == "MISSING_CONTRA_ACCOUNTS"


async def test_page_that_leads_back_is_a_bad_answer() -> None:
    exchange = Exchange(*[answer(a_page([an_item()], next_cursor="B"))] * 2)

    with pytest.raises(BadAnswer):
        _ = [each async for each in exchange.api.export_items(JOB)]


async def fetched_from(page: str) -> FetchedItem:
    (fetched,) = [each async for each in Exchange(answer(a_page([an_item()]))).api.export_items(JOB)]
    return FetchedItem(item=fetched.item, page=page)


async def test_item_is_fetched_again_from_its_own_page() -> None:
    fresh = an_item(files=[{"url": "https://files.example/fresh"}])
    exchange = Exchange(answer(a_page([an_item(accountingEntryId="other"), fresh])))

    item = await exchange.api.refetch(JOB, await fetched_from("B"))

    assert item is not None
    assert item.files[0].url == "https://files.example/fresh"
    assert exchange.asked == [f"GET /v3/export-items?job_id={JOB}&limit=100&after=B"]


@pytest.mark.parametrize("lost", [answer(a_page([])), Canned(status=400, body=as_json({"type": "BAD_CURSOR"}))])
async def test_item_that_moved_to_another_page_is_found(lost: Canned) -> None:
    exchange = Exchange(lost, answer(a_page([], next_cursor="C")), answer(a_page([an_item()])))

    item = await exchange.api.refetch(JOB, await fetched_from("B"))

    assert item is not None
    assert item.entry_id == ENTRY


async def test_item_that_is_gone_or_malformed_now_is_none() -> None:
    for rest in ([], [an_item(accountingEntryId="other")], [an_item(type=5)]):
        exchange = Exchange(*[answer(a_page(rest))] * 2)

        assert await exchange.api.refetch(JOB, await fetched_from("")) is None


async def test_refetch_tells_that_the_job_ended_and_why_it_was_refused() -> None:
    with pytest.raises(JobEnded):
        await Exchange(FINISHED).api.refetch(JOB, await fetched_from("B"))
    with pytest.raises(Refused):
        await Exchange(Canned(status=400)).api.refetch(JOB, await fetched_from(""))


async def test_outcomes_are_put_and_the_ones_not_taken_returned() -> None:
    body = {
        "data": [{"accountingEntryId": "a", "exportJobId": JOB, "status": "successful"}],
        "errors": [{"accountingEntryId": "b", "type": "ACCOUNTING_ENTRY_DOES_NOT_EXIST", "message": "none"}],
    }
    exchange = Exchange(answer(as_json(body)))

    refused = await exchange.api.update_items(JOB, [a_report("a"), a_report("b")])

    assert refused == (RefusedReport(entry_id="b", type="ACCOUNTING_ENTRY_DOES_NOT_EXIST", message="none"),)
    assert exchange.asked == [f"PUT /v3/export-jobs/{JOB}/items"]
    assert [each["accountingEntryId"] for each in sent_json(exchange.transport.requests[0])] == ["a", "b"]


async def test_outcomes_whose_answer_is_lost_are_sent_again() -> None:
    taken = answer(as_json({"data": [{"accountingEntryId": ENTRY}], "errors": []}))
    exchange = Exchange(Canned(status=502), taken)

    assert await exchange.api.update_items(JOB, [a_report()]) == ()

    first, second = exchange.transport.requests
    assert first.body == second.body
    assert first.repeatable


async def test_no_outcomes_make_no_call() -> None:
    assert await Exchange().api.update_items(JOB, []) == ()


async def test_more_outcomes_than_pleo_takes_are_our_bug() -> None:
    with pytest.raises(AssertionError):
        await Exchange().api.update_items(JOB, [a_report()] * (ITEMS_PER_UPDATE_MAX + 1))


@pytest.mark.parametrize("refusal", [GONE, FINISHED])
async def test_outcomes_for_a_job_that_ended_are_refused_as_such(refusal: Canned) -> None:
    with pytest.raises(JobEnded):
        await Exchange(refusal).api.update_items(JOB, [a_report()])


async def test_receipt_is_fetched_over_its_own_transport_without_our_credential(tmp_path: Path) -> None:
    exchange = Exchange(files=(Canned(body=b"%PDF-1.7 ..."),))

    stored = await exchange.api.download(ItemFile(url="https://files.example/a.pdf", position=0), tmp_path, "r")

    assert isinstance(stored, StoredFile)
    assert exchange.transport.requests == []
    assert exchange.files.requests[0].authorization is None


async def test_close_lets_go_of_both_transports() -> None:
    exchange = Exchange()

    await exchange.api.close()

    assert exchange.transport.is_closed
    assert exchange.files.is_closed
