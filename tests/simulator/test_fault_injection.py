import time

import aiohttp
import pytest

from bilag.simulator.faults import Fault, FaultKind, FaultRule, html_error_page, throttled, unavailable
from bilag.simulator.terms import JobStatus
from bilag.simulator.world import PleoWorld
from tests.simulator.api_client import ApiClient
from tests.simulator.builders import COMPANY

EVENTS = "/v3/export-job-events"


def strike(world: PleoWorld, fault: Fault, path: str = EVENTS, nth: int = 1) -> None:
    world.faults.add(FaultRule(fault=fault, path=path, nth=nth))


async def test_throttled_request_is_told_how_long_to_wait(api: ApiClient, world: PleoWorld) -> None:
    job = world.create_job(COMPANY)
    strike(world, throttled(3))

    refused = await api.say(job.id, "started")
    accepted = await api.say(job.id, "started")

    assert (refused.status, refused.headers["Retry-After"]) == (429, "3")
    assert accepted.status == 202


@pytest.mark.parametrize("fault", [unavailable(), html_error_page(), throttled()])
async def test_answer_of_a_fault_changes_nothing(api: ApiClient, world: PleoWorld, fault: Fault) -> None:
    job = world.create_job(COMPANY)
    strike(world, fault)

    answer = await api.say(job.id, "started")

    assert answer.status == fault.status
    assert world.job(job.id).status is JobStatus.PENDING


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (FaultKind.DROP_BEFORE, JobStatus.PENDING),
        (FaultKind.DROP_AFTER, JobStatus.IN_PROGRESS),
        (FaultKind.CUT_ANSWER, JobStatus.IN_PROGRESS),
    ],
)
async def test_dropped_connection_hides_whether_the_change_was_made(
    api: ApiClient, world: PleoWorld, kind: FaultKind, status: JobStatus
) -> None:
    job = world.create_job(COMPANY)
    strike(world, Fault(kind=kind))

    with pytest.raises(aiohttp.ClientError):
        await api.say(job.id, "started")

    assert world.job(job.id).status is status
    assert world.faults.unmet() == ()


async def test_cut_answer_breaks_off_half_way(api: ApiClient, world: PleoWorld) -> None:
    job = world.create_job(COMPANY)
    strike(world, Fault(kind=FaultKind.CUT_ANSWER), path="/v3/export-items")

    with pytest.raises(aiohttp.ClientPayloadError):
        await api.get(f"/v3/export-items?job_id={job.id}")


async def test_truncated_body_is_no_json_any_more(api: ApiClient, world: PleoWorld) -> None:
    job = world.create_job(COMPANY)
    strike(world, Fault(kind=FaultKind.TRUNCATED_BODY), path="/v3/export-items")

    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        await api.get(f"/v3/export-items?job_id={job.id}")


async def test_answer_without_a_body_cannot_be_truncated(api: ApiClient, world: PleoWorld) -> None:
    job = world.create_job(COMPANY)
    strike(world, Fault(kind=FaultKind.TRUNCATED_BODY))

    assert (await api.say(job.id, "started")).status == 202


async def test_delayed_answer_is_right_but_late(api: ApiClient, world: PleoWorld) -> None:
    job = world.create_job(COMPANY)
    strike(world, Fault(kind=FaultKind.DELAY, seconds=0.05))
    started = time.monotonic()

    answer = await api.say(job.id, "started")

    assert answer.status == 202
    assert time.monotonic() - started >= 0.05


async def test_stuck_cursor_offers_the_same_page_for_ever(api: ApiClient, world: PleoWorld) -> None:
    job = world.create_job(COMPANY)
    path = f"/v3/export-items?job_id={job.id}&limit=1"
    strike(world, Fault(kind=FaultKind.STUCK_CURSOR), path="/v3/export-items", nth=2)
    first = await api.get(path)
    cursor = first.pagination["endCursor"]

    second = await api.get(f"{path}&after={cursor.replace('=', '%3D')}")

    assert (second.pagination["endCursor"], second.pagination["hasNextPage"]) == (cursor, True)


async def test_repeated_row_appears_on_two_pages(api: ApiClient, world: PleoWorld) -> None:
    job = world.create_job(COMPANY)
    path = f"/v3/export-items?job_id={job.id}&limit=2"
    strike(world, Fault(kind=FaultKind.REPEATED_ROW), path="/v3/export-items", nth=2)
    first = await api.get(path)
    cursor = first.pagination["endCursor"].replace("=", "%3D")

    second = await api.get(f"{path}&after={cursor}")

    assert second.ids[0] == first.ids[-1]


async def test_requests_that_meet_a_fault_are_counted(api: ApiClient, world: PleoWorld) -> None:
    job = world.create_job(COMPANY)
    strike(world, unavailable())
    await api.say(job.id, "started")
    await api.say(job.id, "started")
    await api.get(f"/v3/export-jobs/{job.id}")
    await api.get("/nowhere")

    assert world.request_counts == {
        "POST /v3/export-job-events": 2,
        "GET /v3/export-jobs/{jobId}": 1,
        "GET unknown path": 1,
    }
