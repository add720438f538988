"""A job of three items with receipts, stopped or disturbed at every single call to the outside."""

from pathlib import Path

import pytest

from bilag.domain.capabilities import TextLimits
from bilag.domain.export_job import JobEvent
from bilag.domain.period import ClosedPeriodStep
from bilag.ports.errors import BadAnswer, OutcomeUnknown, StoreFailed, Trouble, Unreachable
from tests.lifecycle.breaker import Breaker
from tests.lifecycle.every_stop import (
    JOURNAL,
    SECOND_JOB,
    after_each_stop,
    after_two_stops,
    can_happen,
    export_failed_items_again,
    has_failed_as_a_whole,
    run_until_ended,
    run_with,
)
from tests.lifecycle.invariants import (
    assert_every_move_is_told_and_explained,
    assert_everything_succeeded,
    assert_job_ended_once,
    assert_nothing_is_booked_twice,
    assert_pleo_agrees_with_the_books,
)
from tests.lifecycle.scene import Scene, books_keeping


def a_scene(folder: Path, items_at_once: int = 1) -> Scene:
    """Three expenses with receipts, guests that need a note, and a date that has to move."""
    scene = Scene(folder, books_keeping(TextLimits(comment_max=20)), closed_period=(ClosedPeriodStep.NEXT_OPEN_PERIOD,))
    scene.books.close_period("2026-10")
    scene.items_at_once_max = items_at_once
    guests = ("Astrid Holm", "Bo Lund", "Carla Maria Rossi")
    scene.pleo.add_job(*(scene.item(number, receipts=number, attendees=guests) for number in (1, 2, 3)))
    return scene


async def calls_of_an_undisturbed_run(folder: Path, items_at_once: int = 1) -> list[str]:
    scene, breaker = a_scene(folder, items_at_once), Breaker()
    await run_with(scene, breaker)
    await assert_everything_succeeded(scene)
    return breaker.calls


@pytest.mark.parametrize("items_at_once", [1, 3])
@pytest.mark.parametrize("has_effect", [False, True])
async def test_a_stop_at_any_call_loses_and_doubles_nothing(
    tmp_path: Path,
    items_at_once: int,
    has_effect: bool,  # noqa: FBT001  a table of cases
) -> None:
    calls = await calls_of_an_undisturbed_run(tmp_path, items_at_once)
    assert len(calls) > 80
    async for scene, where in after_each_stop(lambda: a_scene(tmp_path, items_at_once), calls, has_effect=has_effect):
        await assert_everything_succeeded(scene)
        await assert_every_move_is_told_and_explained(scene, where)


async def test_a_second_stop_in_the_run_after_the_first_changes_nothing(tmp_path: Path) -> None:
    calls = await calls_of_an_undisturbed_run(tmp_path)
    async for scene, _ in after_two_stops(lambda: a_scene(tmp_path), calls, steps=(5, 7)):
        await assert_everything_succeeded(scene)


@pytest.mark.parametrize("error", [Unreachable("gone"), OutcomeUnknown("no answer"), BadAnswer("?"), KeyError("bug")])
@pytest.mark.parametrize("has_effect", [False, True])
async def test_trouble_at_any_call_is_told_and_comes_right_when_exported_again(
    tmp_path: Path,
    error: Exception,
    has_effect: bool,  # noqa: FBT001  a table of cases
) -> None:
    for position, name in enumerate(await calls_of_an_undisturbed_run(tmp_path), start=1):
        if not can_happen(name, error, has_effect=has_effect):
            continue
        scene = a_scene(tmp_path)
        raised = StoreFailed("disk full") if name in JOURNAL and isinstance(error, Trouble) else error
        await run_until_ended(scene, Breaker(position, has_effect=has_effect, error=raised))
        assert_job_ended_once(scene)
        assert_nothing_is_booked_twice(scene)
        if not has_failed_as_a_whole(scene):
            assert_pleo_agrees_with_the_books(scene)
        await assert_failed_items_come_right(scene)


async def assert_failed_items_come_right(scene: Scene) -> None:
    await export_failed_items_again(scene)
    assert_nothing_is_booked_twice(scene)
    assert_pleo_agrees_with_the_books(scene, SECOND_JOB)
    assert_job_ended_once(scene, JobEvent.COMPLETED, SECOND_JOB)
    assert len(scene.books.entries) == len(scene.pleo.at().records)
