import aiohttp
import pytest

from bilag.simulator.expense import Expense, ListedExpenses
from bilag.simulator.jobs import JobOptions
from bilag.simulator.planned_jobs import JoinedExpenses, PlannedJob, join_expenses, queue_jobs
from bilag.simulator.refusals import Refusal
from bilag.simulator.server import SimulatorServer
from bilag.simulator.terms import JobEvent, JobStatus
from bilag.simulator.world import PleoWorld
from tests.simulator.api_client import ApiClient
from tests.simulator.builders import API_KEY, COMPANY, OTHER_COMPANY, Clock, DrawnExpenses, a_source, an_item, entry_id
from tests.simulator.contract import AnswerContract


def a_part(*numbers: int) -> ListedExpenses:
    return ListedExpenses(company_id=COMPANY, expenses=[Expense(item=an_item(number)) for number in numbers])


def planned(*parts: tuple[int, ...], vendor_based: bool = True) -> tuple[PlannedJob, ...]:
    options = JobOptions(vendor_based_bookkeeping=vendor_based)
    return tuple(PlannedJob(title="", expenses=a_part(*numbers), options=options) for numbers in parts)


def test_joined_expenses_stand_in_the_order_of_their_sources() -> None:
    joined = JoinedExpenses([a_part(7, 5), a_part(), a_part(9)])

    assert [joined.entry_id(index) for index in range(len(joined))] == [entry_id(7), entry_id(5), entry_id(9)]
    assert [joined.expense(index).item["accountingEntryId"] for index in range(3)] == [
        entry_id(7),
        entry_id(5),
        entry_id(9),
    ]
    assert [joined.span(position) for position in range(3)] == [range(2), range(2, 2), range(2, 3)]


def test_joining_draws_nothing() -> None:
    drawn: list[int] = []
    joined = JoinedExpenses([DrawnExpenses(100_000, drawn.append)])
    assert not drawn

    joined.expense(77)
    assert drawn == [77]


@pytest.mark.parametrize("index", [-1, 3, 4])
def test_index_outside_all_sources_is_refused(index: int) -> None:
    joined = JoinedExpenses([a_part(1, 2), a_part(3)])
    with pytest.raises(IndexError, match="there are 3"):
        joined.expense(index)
    with pytest.raises(IndexError, match="there are 3"):
        joined.entry_id(index)


def test_only_expenses_of_one_company_can_be_joined() -> None:
    with pytest.raises(ValueError, match="not of 2"):
        JoinedExpenses([a_source(1), a_source(1, company_id=OTHER_COMPANY)])
    with pytest.raises(ValueError, match="not of 0"):
        JoinedExpenses([])


def test_jobs_wait_behind_each_other_and_share_no_expense() -> None:
    world, plans = PleoWorld(clock=Clock()), planned((1, 2), (3,), (4, 5))
    joined = join_expenses(plans)
    world.add_company(joined)
    jobs = queue_jobs(world, plans, joined)

    assert [job.status for job in jobs] == [JobStatus.PENDING] * 3
    assert [[job.entry_id(place) for place in range(len(job))] for job in jobs] == [
        [entry_id(1), entry_id(2)],
        [entry_id(3)],
        [entry_id(4), entry_id(5)],
    ]
    jobs[0].receive(JobEvent.FAILED, world.now())
    assert [job.status for job in jobs[1:]] == [JobStatus.PENDING] * 2


def test_jobs_of_expenses_that_wait_already_are_refused() -> None:
    world, plans = PleoWorld(clock=Clock()), planned((1,), (2,))
    joined = join_expenses(plans)
    world.add_company(joined)
    queue_jobs(world, plans, joined)

    with pytest.raises(Refusal, match="locked"):
        queue_jobs(world, plans, joined)


async def test_jobs_are_listed_oldest_first_and_tell_vendors_only_when_asked_for(
    session: aiohttp.ClientSession, contract: AnswerContract | None
) -> None:
    plans = (*planned((1,), vendor_based=False), *planned((2,)))
    joined = join_expenses(plans)
    world = PleoWorld()
    world.add_company(joined)
    world.accept_api_key(API_KEY, COMPANY)
    jobs = queue_jobs(world, plans, joined)
    async with SimulatorServer(world, on_answer=contract) as server:
        api = ApiClient(session, server.api_url, key=API_KEY)
        listed = (await api.get(f"/v3/export-jobs?company_id={COMPANY}&statuses=pending")).body["data"]
        items = [(await api.get(f"/v3/export-items?job_id={job.id}")).body["data"] for job in jobs]

    assert [job["id"] for job in listed] == [job.id for job in jobs]
    assert [["bookkeeping" in item for item in of_job] for of_job in items] == [[False], [True]]
