from datetime import UTC, date, datetime

import pytest

from bilag.domain.failure import Failure, FailureCode
from bilag.domain.period import ClosedPeriodStep, PostingDate
from bilag.lifecycle.assign_period import assign_period
from tests.lifecycle.fake_clock import FakeClock
from tests.lifecycle.scene import Scene

DAY = date(2026, 10, 15)
NONE_REFUSED: frozenset[str] = frozenset()
TO_EXPORT_DATE = (ClosedPeriodStep.EXPORT_DATE,)
TO_NEXT_OPEN = (ClosedPeriodStep.NEXT_OPEN_PERIOD,)


async def settled(scene: Scene, day: date = DAY, refused: frozenset[str] = NONE_REFUSED) -> PostingDate:
    answer = await assign_period(day, scene.planner, refused)
    assert isinstance(answer, PostingDate)
    return answer


async def failed(scene: Scene, day: date = DAY, refused: frozenset[str] = NONE_REFUSED) -> Failure:
    answer = await assign_period(day, scene.planner, refused)
    assert isinstance(answer, Failure)
    return answer


async def test_open_period_keeps_the_expenses_own_date(scene: Scene) -> None:
    scene.with_settings(closed_period=TO_NEXT_OPEN)
    assert await settled(scene) == PostingDate(original=DAY, date=DAY, period="2026-10")


async def test_day_without_a_period_fails_and_is_not_moved(scene: Scene) -> None:
    scene.with_settings(closed_period=TO_NEXT_OPEN)
    assert (await failed(scene, date(2019, 12, 31))).code is FailureCode.PERIOD_MISSING


async def test_closed_period_fails_where_no_step_is_configured(scene: Scene) -> None:
    scene.books.close_period("2026-10")
    failure = await failed(scene)
    assert failure.code is FailureCode.PERIOD_CLOSED
    assert "2026-10" in failure.message


async def test_export_date_is_the_companys_own_calendar_day(scene: Scene) -> None:
    scene.clock = FakeClock(datetime(2026, 11, 21, 23, 30, tzinfo=UTC))
    scene.books.close_period("2026-10")
    scene.with_settings(closed_period=TO_EXPORT_DATE)
    moved = await settled(scene)
    assert (moved.date, moved.period, moved.moved_by) == (
        date(2026, 11, 22),
        "2026-11",
        ClosedPeriodStep.EXPORT_DATE,
    )
    assert moved.original == DAY


async def test_next_open_period_is_the_first_after_the_expense(scene: Scene) -> None:
    for name in ("2026-10", "2026-11"):
        scene.books.close_period(name)
    scene.with_settings(closed_period=TO_NEXT_OPEN)
    assert (await settled(scene)).date == date(2026, 12, 1)


async def test_steps_are_tried_in_their_order_until_one_leads_into_an_open_period(scene: Scene) -> None:
    for name in ("2026-10", "2026-11"):
        scene.books.close_period(name)
    scene.with_settings(closed_period=TO_EXPORT_DATE + TO_NEXT_OPEN)
    moved = await settled(scene)
    assert (moved.date, moved.moved_by) == (date(2026, 12, 1), ClosedPeriodStep.NEXT_OPEN_PERIOD)


async def test_export_date_without_a_period_leaves_it_to_the_next_step(scene: Scene) -> None:
    scene.clock = FakeClock(datetime(2029, 1, 1, tzinfo=UTC))
    scene.books.close_period("2026-10")
    scene.with_settings(closed_period=TO_EXPORT_DATE + TO_NEXT_OPEN)
    assert (await settled(scene)).date == date(2026, 11, 1)


async def test_period_that_refused_counts_as_closed_whatever_the_books_say(scene: Scene) -> None:
    scene.with_settings(closed_period=TO_EXPORT_DATE)
    assert (await settled(scene, refused=frozenset({"2026-10"}))).period == "2026-11"
    assert (await failed(scene, refused=frozenset({"2026-10", "2026-11"}))).code is FailureCode.PERIOD_CLOSED


@pytest.mark.parametrize("steps", [TO_EXPORT_DATE, TO_NEXT_OPEN, TO_EXPORT_DATE + TO_NEXT_OPEN])
async def test_nothing_open_anywhere_fails(scene: Scene, steps: tuple[ClosedPeriodStep, ...]) -> None:
    for year, month in ((year, month) for year in (2026, 2027) for month in range(1, 13)):
        scene.books.close_period(f"{year}-{month:02}")
    scene.with_settings(closed_period=steps)
    assert (await failed(scene)).code is FailureCode.PERIOD_CLOSED
