"""A job of three items that share an entry, stopped or disturbed at every single call to the outside."""

from pathlib import Path
from typing import Final

import pytest

from bilag.domain.capabilities import TextLimits
from bilag.domain.export_job import ItemStatus, JobEvent
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
from tests.lifecycle.invariants import assert_every_move_is_told_and_explained, assert_job_ended_once
from tests.lifecycle.pleo_in_memory import JOB
from tests.lifecycle.scene import Scene, books_keeping
from tests.lifecycle.shared_entries import a_sharing_scene, assert_each_is_booked_once, members, shared_reference, told

ALL: Final = (1, 2, 3)
RECEIPTS: Final = 6
MOVES: Final = (ClosedPeriodStep.NEXT_OPEN_PERIOD,)


def a_scene(folder: Path, items_at_once: int = 1) -> Scene:
    """Three expenses with receipts, guests that need a note, and a date that has to move."""
    scene = a_sharing_scene(folder, books_keeping(TextLimits(comment_max=20)), closed_period=MOVES)
    scene.books.close_period("2026-10")
    scene.items_at_once_max = items_at_once
    guests = ("Astrid Holm", "Bo Lund", "Carla Maria Rossi")
    scene.pleo.add_job(*(scene.item(number, receipts=number, attendees=guests) for number in ALL))
    return scene


async def calls_of_an_undisturbed_run(folder: Path, items_at_once: int = 1) -> list[str]:
    scene, breaker = a_scene(folder, items_at_once), Breaker()
    await run_with(scene, breaker)
    await assert_one_entry_holds_all(scene)
    return breaker.calls


async def assert_one_entry_holds_all(scene: Scene) -> None:
    """One entry under the first reference, whatever was lost on the way, and each item told once."""
    (entry,) = scene.books.entries
    assert entry.external_reference == shared_reference()
    assert len(entry.files) == RECEIPTS
    assert sorted(note.name for note in entry.notes) == [f"rec-{number}-attendees.txt" for number in ALL]
    await assert_each_is_booked_once(scene, *ALL)
    assert_job_ended_once(scene, JobEvent.COMPLETED)
    accepted = scene.pleo.at().accepted
    assert {(report.status, report.external_id) for report in accepted} == {(ItemStatus.SUCCESSFUL, entry.external_id)}
    assert (await scene.journal.tally(JOB)).unreported == 0


async def assert_another_export_books_nothing(scene: Scene) -> None:
    before = scene.booked
    scene.pleo.add_job(*(item for page in scene.pleo.at().pages for item in page), id=SECOND_JOB)
    await scene.run()
    assert scene.booked == before
    await assert_each_is_booked_once(scene, *ALL, job_id=SECOND_JOB)
    assert_job_ended_once(scene, JobEvent.COMPLETED, SECOND_JOB)


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
        await assert_one_entry_holds_all(scene)
        await assert_every_move_is_told_and_explained(scene, where)
        await assert_another_export_books_nothing(scene)


async def test_a_second_stop_in_the_run_after_the_first_changes_nothing(tmp_path: Path) -> None:
    calls = await calls_of_an_undisturbed_run(tmp_path)
    async for scene, _ in after_two_stops(lambda: a_scene(tmp_path), calls, steps=(5, 7)):
        await assert_one_entry_holds_all(scene)


@pytest.mark.parametrize("gone", ALL)
async def test_a_stop_at_any_call_and_an_item_that_fails_afterwards(tmp_path: Path, gone: int) -> None:
    """Its record may name an entry that never came to be; it must not pass for part of the one that does.

    An entry that may have been sent is never made anew of the others: they wait until all come again.
    """
    calls = await calls_of_an_undisturbed_run(tmp_path)
    for position in range(1, len(calls) + 1):
        scene = a_scene(tmp_path)
        await run_with(scene, Breaker(position, has_effect=bool(position % 2)))
        lost = [url for url in scene.pleo.files if f"/{gone}/" in url]
        scene.pleo.expired_for_good |= set(lost)
        await run_with(scene, Breaker())
        booked = [number for entry in scene.books.entries for number in members(entry)]
        assert booked in ([1, 2, 3], [number for number in ALL if number != gone], [])
        successful = [number for number in ALL if told(scene, number)[0] is ItemStatus.SUCCESSFUL]
        assert set(successful) <= set(booked), calls[position - 1]
        scene.pleo.expired_for_good -= set(lost)
        if len(successful) < len(ALL):
            await assert_failed_items_come_right(scene)


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
        booked = [number for entry in scene.books.entries for number in members(entry)]
        assert len(booked) == len(set(booked))
        assert not has_failed_as_a_whole(scene) or not booked
        await assert_failed_items_come_right(scene)


async def assert_failed_items_come_right(scene: Scene) -> None:
    await export_failed_items_again(scene)
    await assert_each_is_booked_once(scene, *ALL, job_id=SECOND_JOB)
    assert_job_ended_once(scene, JobEvent.COMPLETED, SECOND_JOB)
