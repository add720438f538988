"""A job of 100,000 items costs neither memory nor time to page through."""

import time
import tracemalloc
from collections.abc import Iterator

import msgspec
import pytest

from bilag.simulator.item_rows import ItemRows
from bilag.simulator.jobs import ItemReport, Job
from bilag.simulator.paging import PageRequest, cut_page
from bilag.simulator.responses import export_item_body, job_item_body
from bilag.simulator.terms import ItemStatus, JobEvent
from bilag.simulator.world import PleoWorld
from tests.simulator.builders import COMPANY, DrawnExpenses, entry_id

ITEMS = 100_000
PAGES = 30
PAGE_SECONDS_MAX = 0.015
PAGING_BYTES_MAX = 2_000_000


@pytest.fixture(scope="module")
def world() -> PleoWorld:
    world = PleoWorld()
    world.add_company(DrawnExpenses(ITEMS))
    return world


@pytest.fixture(scope="module")
def job(world: PleoWorld) -> Iterator[Job]:
    job = world.create_job(COMPANY)
    yield job
    job.receive(JobEvent.FAILED, world.now())


def serve_pages(world: PleoWorld, job: Job, rows: ItemRows, pages: int) -> list[float]:
    """Processor seconds of each page, export items and job items encoded."""
    seconds = []
    asked = PageRequest(limit=100, offset=ITEMS // 2)
    for _ in range(pages):
        started = time.process_time()
        page = cut_page(rows, asked)
        msgspec.json.encode([export_item_body(world, job, place) for place in page.places])
        msgspec.json.encode([job_item_body(job, place) for place in page.places])
        seconds.append(time.process_time() - started)
        asked = PageRequest(limit=100, after=str(page.pagination["endCursor"]))
    return seconds


@pytest.mark.parametrize("status", [None, ItemStatus.PENDING])
def test_page_in_the_middle_of_a_long_job_is_quick(world: PleoWorld, job: Job, status: ItemStatus | None) -> None:
    assert min(serve_pages(world, job, ItemRows(job, status), PAGES)) < PAGE_SECONDS_MAX


def test_paging_through_a_long_job_keeps_nothing(world: PleoWorld, job: Job) -> None:
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    serve_pages(world, job, ItemRows(job), PAGES)
    after, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak - before < PAGING_BYTES_MAX
    assert after - before < PAGING_BYTES_MAX / 20


def test_page_draws_only_its_own_expenses() -> None:
    drawn: list[int] = []
    world = PleoWorld()
    world.add_company(DrawnExpenses(1_000, on_draw=drawn.append))
    job = world.create_job(COMPANY)

    page = cut_page(ItemRows(job), PageRequest(limit=3, offset=500))
    for place in page.places:
        export_item_body(world, job, place)

    assert drawn == [500, 501, 502]


def test_item_of_a_long_job_is_found_and_reported_by_its_entry_id(world: PleoWorld, job: Job) -> None:
    place = job.place_of(entry_id(77_777))

    assert place == 77_777
    assert job.report_item(place, ItemReport(status=ItemStatus.SUCCESSFUL), world.now()) == ""
    assert job.tally()[ItemStatus.SUCCESSFUL] == 1
