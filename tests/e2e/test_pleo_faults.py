"""Trouble on the way to Pleo: the job comes to its right end, now or with the next run, and nothing is booked twice."""

import pytest

from bilag.ports.errors import BadAnswer, Throttled, Trouble, Unreachable
from bilag.simulator.faults import Fault, FaultKind, FaultPlan, html_error_page, throttled, unavailable
from bilag.simulator.terms import ItemStatus, JobStatus
from tests.e2e.invariants import assert_all_hold, reports_of
from tests.e2e.stage import Stage

JOBS = "/v3/export-jobs"
CONTROL = "/v3/export-jobs/*/items"
ITEMS = "/v3/export-items"
EVENTS = "/v3/export-job-events"
ALWAYS = 1000

DROP_BEFORE = Fault(kind=FaultKind.DROP_BEFORE)
DROP_AFTER = Fault(kind=FaultKind.DROP_AFTER)
CUT = Fault(kind=FaultKind.CUT_ANSWER)
TRUNCATED = Fault(kind=FaultKind.TRUNCATED_BODY)
PASSING = (throttled(7), throttled(), unavailable(), html_error_page(), DROP_BEFORE, CUT)
PASSING_NAMES = ("429 with Retry-After", "429", "503", "HTML page", "dropped", "cut off")


async def run_is_stopped(stage: Stage, trouble: type[Trouble]) -> None:
    """The run ends with trouble, and the job is left in progress for the next one."""
    with pytest.raises(trouble):
        await stage.run()
    assert stage.jobs[0].status is JobStatus.IN_PROGRESS


def assert_completed(stage: Stage) -> None:
    assert [job.status for job in stage.jobs] == [JobStatus.COMPLETED]
    assert len(assert_all_hold(stage).entries) == len(stage.jobs[0])


@pytest.mark.parametrize("fault", PASSING, ids=PASSING_NAMES)
async def test_trouble_that_passes_is_waited_out_wherever_it_comes(stage: Stage, fault: Fault) -> None:
    for method, path in (("GET", JOBS), ("GET", CONTROL), ("GET", ITEMS), ("PUT", CONTROL)):
        stage.meets(fault, method=method, path=path, times=2)
    stage.new_job()
    (summary,) = await stage.run()

    assert stage.clock.waited_seconds >= (4 * 2 * 7 if fault is PASSING[0] else 2)
    assert not summary.needs_attention
    assert_completed(stage)


async def test_whole_burst_of_429_on_every_call_only_costs_time(stage: Stage) -> None:
    stage.meets(throttled(20), times=4)
    stage.meets(throttled(), method="PUT", times=4)
    stage.new_job()
    await stage.run()

    assert stage.clock.waited_seconds >= 80
    assert_completed(stage)


@pytest.mark.parametrize("fault", [DROP_AFTER, CUT, TRUNCATED], ids=["dropped", "cut off", "truncated"])
async def test_lost_answer_to_reported_items_is_met_by_reporting_them_again(stage: Stage, fault: Fault) -> None:
    stage.meets(fault, method="PUT", path=CONTROL)
    stage.new_job()
    if fault is TRUNCATED:
        await run_is_stopped(stage, BadAnswer)
    (summary,) = await stage.run()

    assert not summary.needs_attention
    assert_completed(stage)


@pytest.mark.parametrize("nth", [1, 2], ids=["started", "completed"])
@pytest.mark.parametrize("fault", [DROP_BEFORE, DROP_AFTER, unavailable()], ids=["before", "after", "503"])
async def test_lost_answer_to_an_event_is_settled_by_reading_the_job(stage: Stage, fault: Fault, nth: int) -> None:
    stage.meets(fault, method="POST", path=EVENTS, nth=nth)
    stage.new_job()
    summaries = await stage.run()
    while stage.jobs[0].is_open:
        summaries = await stage.run()

    assert not summaries[0].needs_attention
    assert_completed(stage)


async def test_lost_start_is_never_sent_twice_in_one_run(stage: Stage) -> None:
    stage.meets(DROP_AFTER, method="POST", path=EVENTS)
    stage.new_job()
    await stage.run()

    assert stage.world.request_counts[f"POST {EVENTS}"] == 2
    assert_completed(stage)


@pytest.mark.parametrize("path", [CONTROL, ITEMS], ids=["control list", "items"])
async def test_list_that_goes_round_in_a_circle_stops_the_run_and_not_the_books(stage: Stage, path: str) -> None:
    stage.meets(Fault(kind=FaultKind.STUCK_CURSOR), method="GET", path=path, nth=2)
    stage.new_job()
    await run_is_stopped(stage, BadAnswer)
    await stage.run()

    assert_completed(stage)


@pytest.mark.parametrize("path", [CONTROL, ITEMS], ids=["control list", "items"])
async def test_row_that_comes_again_on_the_next_page_is_booked_once(stage: Stage, path: str) -> None:
    stage.meets(Fault(kind=FaultKind.REPEATED_ROW), method="GET", path=path, nth=2)
    stage.new_job()
    await stage.run()

    assert_completed(stage)


@pytest.mark.parametrize("path", [JOBS, CONTROL, ITEMS])
async def test_truncated_json_stops_the_run_and_the_next_one_goes_on(stage: Stage, path: str) -> None:
    stage.meets(TRUNCATED, method="GET", path=path)
    stage.new_job()
    with pytest.raises(BadAnswer):
        await stage.run()
    await stage.run()

    assert_completed(stage)


@pytest.mark.parametrize(
    ("fault", "trouble", "path"),
    [(unavailable(), Unreachable, ITEMS), (throttled(5), Throttled, CONTROL)],
    ids=["503 for items", "429 for reports"],
)
async def test_pleo_gone_for_long_leaves_the_job_to_the_next_run(
    stage: Stage, fault: Fault, trouble: type[Trouble], path: str
) -> None:
    stage.meets(fault, method="GET" if path == ITEMS else "PUT", path=path, nth=2, times=6)
    stage.new_job()
    await run_is_stopped(stage, trouble)
    booked = len(assert_all_hold(stage).entries)
    (summary,) = await stage.run()

    assert booked >= 100
    assert not summary.needs_attention
    assert_completed(stage)


async def test_what_pleo_took_while_its_answers_were_lost_counts_as_reported_after_the_next_run(stage: Stage) -> None:
    stage.meets(DROP_AFTER, method="PUT", path=CONTROL, times=ALWAYS)
    stage.new_job()
    await run_is_stopped(stage, Unreachable)
    assert ItemStatus.SUCCESSFUL in {report.status for report in reports_of(stage.jobs[0]).values()}
    stage.world.faults = FaultPlan()
    (summary,) = await stage.run()

    assert summary.tally.unreported == 0
    assert not summary.needs_attention
    assert_completed(stage)
