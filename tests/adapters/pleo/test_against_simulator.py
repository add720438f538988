"""The client against the simulated Pleo, over real sockets: two readings of the same published contract."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bilag.adapters.pleo.auth import ApiKeyAuth
from bilag.adapters.pleo.client import PleoExportApi
from bilag.adapters.pleo.opening import PleoAccess, open_export_api
from bilag.domain.attachment import StoredFile
from bilag.domain.export_item import ExportItem
from bilag.domain.export_job import ItemReport, ItemStatus, JobEvent, JobReport, JobStatus
from bilag.domain.failure import Failure, FailureCode
from bilag.ports.errors import BadAnswer, JobEnded, OutcomeUnknown, Refused, Unauthorised
from bilag.ports.export_api import FetchedItem, LinkExpired
from bilag.ports.secret import Secret
from bilag.simulator.catalogue import COMPANY_ID
from bilag.simulator.demo_job import demo_expenses, demo_failure_reasons
from bilag.simulator.faults import Fault, FaultKind, FaultRule, html_error_page, redirect, throttled, unavailable
from bilag.simulator.jobs import Job
from bilag.simulator.server import SimulatorServer
from bilag.simulator.world import PleoWorld
from tests.adapters.transport.fake_clock import FakeClock
from tests.simulator.builders import COMPANY, a_source

KEY = "key-of-the-company"


@pytest.fixture
def world() -> PleoWorld:
    world = PleoWorld()
    world.add_company(demo_expenses())
    world.add_company(a_source(250))
    world.accept_api_key(KEY)
    return world


@pytest.fixture
async def api(world: PleoWorld) -> AsyncIterator[PleoExportApi]:
    async with SimulatorServer(world) as server:
        access = PleoAccess(
            auth=ApiKeyAuth(Secret(KEY)),
            base_url=server.api_url,
            loopback_origins=(server.api_url, server.files_url),
            calls_per_minute=1_000_000,
        )
        api = open_export_api(access, FakeClock())
        yield api
        await api.close()


@pytest.fixture
def job(world: PleoWorld, api: PleoExportApi) -> Job:  # the server gives the files their address first
    return world.create_job(COMPANY_ID)


def success(entry_id: str) -> ItemReport:
    return ItemReport(
        entry_id=entry_id, status=ItemStatus.SUCCESSFUL, exported_at=datetime.now(UTC), external_id=entry_id[:8]
    )


async def complete(api: PleoExportApi, job: Job, entry_ids: list[str]) -> None:
    assert await api.update_items(job.id, [success(entry_id) for entry_id in entry_ids]) == ()
    await api.send_event(job.id, JobEvent.COMPLETED, JobReport(event=JobEvent.COMPLETED))


def malformed_in(items: list[FetchedItem]) -> set[str]:
    return {fetched.item.entry_id for fetched in items if not isinstance(fetched.item, ExportItem)}


async def items_of(api: PleoExportApi, job: Job) -> list[FetchedItem]:
    return [fetched async for fetched in api.export_items(job.id)]


async def test_whole_job_is_read_reported_and_completed(api: PleoExportApi, job: Job) -> None:
    (found,) = await api.jobs(COMPANY_ID, [JobStatus.PENDING, JobStatus.IN_PROGRESS])
    await api.send_event(job.id, JobEvent.STARTED)
    control = [item.entry_id async for item in api.job_items(job.id)]
    items = await items_of(api, job)

    assert found.id == job.id
    assert found.number_of_items == len(control) == len(items)
    assert [fetched.item.entry_id for fetched in items] == control
    assert malformed_in(items) <= demo_failure_reasons().keys()
    assert (await api.job(job.id)).status is JobStatus.IN_PROGRESS

    await complete(api, job, control)

    assert (await api.job(job.id)).status is JobStatus.COMPLETED
    with pytest.raises(JobEnded):
        await api.update_items(job.id, [success(control[0])])
    with pytest.raises(JobEnded):
        await items_of(api, job)


async def test_receipts_of_the_demo_arrive_whole(
    api: PleoExportApi, job: Job, world: PleoWorld, tmp_path: Path
) -> None:
    items = [fetched.item for fetched in await items_of(api, job) if isinstance(fetched.item, ExportItem)]
    outcomes = [
        await api.download(file, tmp_path, f"{item.entry_id}-{file.position}") for item in items for file in item.files
    ]

    stored = [outcome for outcome in outcomes if isinstance(outcome, StoredFile)]
    assert len(stored) > 20
    assert [outcome.code for outcome in outcomes if isinstance(outcome, Failure)] == [FailureCode.RECEIPT_TOO_LARGE]
    assert len(list_of(tmp_path)) == len(stored)
    assert world.leaked_credentials == 0


def list_of(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def test_many_pages_are_read_once_each(api: PleoExportApi, world: PleoWorld) -> None:
    job = world.create_job(COMPANY)

    items = await items_of(api, job)

    assert len({fetched.item.entry_id for fetched in items}) == len(items) == 250
    assert len({fetched.page for fetched in items}) > 1
    last = items[-1]
    again = await api.refetch(job.id, last)
    assert again is not None
    assert again.entry_id == last.item.entry_id
    assert isinstance(last.item, ExportItem)
    assert again.files[0].url != last.item.files[0].url


@pytest.mark.parametrize(
    "fault",
    [
        throttled(2),
        throttled(),
        unavailable(),
        html_error_page(),
        Fault(kind=FaultKind.DROP_BEFORE),
        Fault(kind=FaultKind.CUT_ANSWER),
    ],
)
async def test_trouble_that_passes_is_not_noticed_by_a_reader(
    api: PleoExportApi, world: PleoWorld, job: Job, fault: Fault
) -> None:
    world.faults.add(FaultRule(fault=fault, times=2))

    assert len(await items_of(api, job)) == len(demo_expenses())
    assert not world.faults.unmet()


@pytest.mark.parametrize("fault", [Fault(kind=FaultKind.STUCK_CURSOR), Fault(kind=FaultKind.TRUNCATED_BODY)])
async def test_broken_listing_is_a_bad_answer(api: PleoExportApi, world: PleoWorld, fault: Fault) -> None:
    job = world.create_job(COMPANY)
    world.faults.add(FaultRule(fault=fault, path="/v3/export-items", times=1000))

    with pytest.raises(BadAnswer):
        await items_of(api, job)


async def test_event_whose_answer_is_lost_is_not_sent_twice(api: PleoExportApi, world: PleoWorld, job: Job) -> None:
    world.faults.add(FaultRule(fault=Fault(kind=FaultKind.DROP_AFTER), path="/v3/export-job-events"))

    with pytest.raises(OutcomeUnknown):
        await api.send_event(job.id, JobEvent.STARTED)

    assert (await api.job(job.id)).status is JobStatus.IN_PROGRESS


async def test_outcomes_whose_answer_is_lost_are_sent_again(api: PleoExportApi, world: PleoWorld, job: Job) -> None:
    await api.send_event(job.id, JobEvent.STARTED)
    (first, *_) = [item.entry_id async for item in api.job_items(job.id)]
    world.faults.add(FaultRule(fault=Fault(kind=FaultKind.DROP_AFTER), method="PUT"))

    assert await api.update_items(job.id, [success(first)]) == ()

    statuses = {item.entry_id: item.status async for item in api.job_items(job.id)}
    assert statuses[first] is ItemStatus.SUCCESSFUL


async def test_outcome_for_a_stranger_is_returned_as_not_taken(api: PleoExportApi, job: Job) -> None:
    await api.send_event(job.id, JobEvent.STARTED)
    stranger = "99999999-9999-4999-8999-999999999999"

    (refused,) = await api.update_items(job.id, [success(stranger)])

    assert (refused.entry_id, refused.type) == (stranger, "ACCOUNTING_ENTRY_DOES_NOT_EXIST")


async def test_impossible_move_is_refused(api: PleoExportApi, job: Job) -> None:
    await api.send_event(job.id, JobEvent.STARTED)
    await complete(api, job, [item.entry_id async for item in api.job_items(job.id)])

    with pytest.raises(Refused) as raised:
        await api.send_event(job.id, JobEvent.STARTED)

    assert raised.value.type == "INVALID_EXPORT_JOB_STATUS_CHANGE"


async def test_unknown_job_has_ended(api: PleoExportApi) -> None:
    with pytest.raises(JobEnded):
        await api.job("99999999-9999-4999-8999-999999999999")


async def test_revoked_key_needs_a_person(api: PleoExportApi, world: PleoWorld) -> None:
    world.revoke_api_key(KEY)

    with pytest.raises(Unauthorised):
        await api.jobs(COMPANY_ID, [JobStatus.PENDING])


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault(kind=FaultKind.FILE_WRONG_TYPE), FailureCode.RECEIPT_TYPE_REFUSED),
        (Fault(kind=FaultKind.FILE_EMPTY), FailureCode.RECEIPT_EMPTY),
        (Fault(kind=FaultKind.FILE_OVERSIZED, size_bytes=31 * 2**20), FailureCode.RECEIPT_TOO_LARGE),
        (redirect("http://127.0.0.1:9/"), FailureCode.RECEIPT_DOWNLOAD),
        (unavailable(), FailureCode.RECEIPT_DOWNLOAD),
        (Fault(kind=FaultKind.DROP_BEFORE), FailureCode.RECEIPT_DOWNLOAD),
        (Fault(kind=FaultKind.CUT_ANSWER), FailureCode.RECEIPT_DOWNLOAD),
        (Fault(kind=FaultKind.TRUNCATED_BODY), FailureCode.RECEIPT_DOWNLOAD),
    ],
)
async def test_receipt_that_cannot_be_had_is_a_failure(
    api: PleoExportApi, world: PleoWorld, tmp_path: Path, fault: Fault, code: FailureCode
) -> None:
    fetched = (await items_of(api, world.create_job(COMPANY)))[0]
    assert isinstance(fetched.item, ExportItem)
    world.faults.add(FaultRule(fault=fault, path="/files/*", times=1000))

    failure = await api.download(fetched.item.files[0], tmp_path, "r")

    assert isinstance(failure, Failure)
    assert failure.code is code
    assert list_of(tmp_path) == []


async def test_link_of_yesterday_has_expired(api: PleoExportApi, world: PleoWorld, tmp_path: Path) -> None:
    fetched = (await items_of(api, world.create_job(COMPANY)))[0]
    assert isinstance(fetched.item, ExportItem)
    world.faults.add(FaultRule(fault=Fault(kind=FaultKind.ANSWER, status=403), path="/files/*"))

    assert await api.download(fetched.item.files[0], tmp_path, "r") == LinkExpired()
