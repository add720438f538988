"""A job of three items with receipts, stopped or disturbed at every single call to the outside."""

from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest

from bilag.adapters.store.memory import MemoryPostingJournal
from bilag.domain.capabilities import TextLimits
from bilag.domain.export_job import ItemStatus, JobEvent
from bilag.domain.period import ClosedPeriodStep
from bilag.ports.errors import BadAnswer, OutcomeUnknown, StoreFailed, Trouble, Unreachable
from bilag.ports.posting_journal import OutcomeChoice
from tests.lifecycle.breaker import Breaker
from tests.lifecycle.every_stop import after_each_stop, after_two_stops, run_with
from tests.lifecycle.invariants import (
    assert_everything_succeeded,
    assert_job_ended_once,
    assert_nothing_is_booked_twice,
    assert_pleo_agrees_with_the_books,
)
from tests.lifecycle.pleo_in_memory import JOB
from tests.lifecycle.scene import Scene, books_keeping

RUNS_MAX: Final = 4
SECOND_JOB: Final = "10b00000-0000-4000-8000-000000000002"
WRITES: Final = frozenset({"post", "attach", "attach_note", "send_event", "update_items"})
JOURNAL: Final = frozenset(name for name in vars(MemoryPostingJournal) if not name.startswith("_"))


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


async def assert_every_move_is_told_and_explained(scene: Scene, where: str) -> None:
    warned = await scene.journal.outcomes(JOB, choice=OutcomeChoice.WITH_WARNINGS, offset=0, limit=10)
    assert [len(outcome.warnings) for outcome in warned] == [1, 1, 1], where
    for outcome in warned:
        assert "2026-11-01 instead of 2026-10-15" in outcome.warnings[0], where
        with_plan = await scene.journal.outcome_of_entry(outcome.entry_id)
        assert with_plan is not None
        assert with_plan.plan_json, where


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
        await export_failed_items_again(scene)


def can_happen(name: str, error: Exception, *, has_effect: bool) -> bool:
    """Whether the port's contract has such an answer, and whether it differs from the one without effect."""
    match error:
        case OutcomeUnknown():
            return name in WRITES - {"update_items"}
        case Unreachable():
            return not has_effect or name == "update_items"
        case _:
            return not has_effect or name in WRITES | JOURNAL


async def run_until_ended(scene: Scene, breaker: Breaker) -> None:
    """Run again after trouble that reached us, as the schedule does."""
    for _ in range(RUNS_MAX):
        with suppress(Trouble, KeyError):
            await run_with(scene, breaker)
        if scene.pleo.at().events:
            return
    raise AssertionError(f"trouble at one call still disturbs run {RUNS_MAX}")


def has_failed_as_a_whole(scene: Scene) -> bool:
    """Whether the books were not ready, so that nothing was tried."""
    return {record.status for record in scene.pleo.at().records.values()} == {ItemStatus.PENDING}


async def export_failed_items_again(scene: Scene) -> None:
    first = scene.pleo.at()
    data = [item for page in first.pages for item in page]
    failed = [item for item in data if first.status_of(item.entry_id) is not ItemStatus.SUCCESSFUL]
    scene.pleo.add_job(*failed, id=SECOND_JOB)
    await scene.run()
    assert_nothing_is_booked_twice(scene)
    assert_pleo_agrees_with_the_books(scene, SECOND_JOB)
    assert_job_ended_once(scene, JobEvent.COMPLETED, SECOND_JOB)
    assert len(scene.books.entries) == len(data)
