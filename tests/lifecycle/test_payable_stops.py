"""A job of payables with files, stopped or disturbed at every single call to the outside."""

from pathlib import Path
from typing import Final

import pytest

from bilag.domain.export_job import ItemStatus, JobEvent
from bilag.ports.errors import OutcomeUnknown, Unreachable
from tests.lifecycle.breaker import Breaker
from tests.lifecycle.every_stop import (
    after_each_stop,
    after_two_stops,
    can_happen,
    export_failed_items_again,
    run_until_ended,
    run_with,
)
from tests.lifecycle.invariants import assert_job_ended_once
from tests.lifecycle.payable_scene import a_payable_scene, card_purchase, invoice, open_items, payment
from tests.lifecycle.scene import Scene

EVERYTHING: Final = ["1vi1", "1vp1", "2vi1", "3vp1"]


def a_scene(folder: Path, items_at_once: int = 1) -> Scene:
    """A card purchase with two receipts, and an invoice with one, whose payment comes in the same job."""
    scene = a_payable_scene(folder)
    scene.items_at_once_max = items_at_once
    scene.pleo.add_job(card_purchase(scene, 1, receipts=2), invoice(scene, 2, receipts=1), payment(scene, 3))
    return scene


def booked(scene: Scene) -> list[str]:
    return sorted(f"{int(r.split('.')[1][-12:])}{r.rpartition('.')[2]}" for r in scene.booked)


async def assert_all_is_booked_and_settled_once(scene: Scene, where: str) -> None:
    assert booked(scene) == EVERYTHING, where
    assert await open_items(scene) == {}, where
    for entry in scene.books.entries:
        assert len(entry.files) == len({file.sha256 for file in entry.files}), where
    files = {f"{entry.external_reference[-15:]}": len(entry.files) for entry in scene.books.entries}
    assert sorted(files.values()) == [0, 0, 1, 2], where


async def calls_of_an_undisturbed_run(folder: Path, items_at_once: int = 1) -> list[str]:
    scene, breaker = a_scene(folder, items_at_once), Breaker()
    await run_with(scene, breaker)
    await assert_all_is_booked_and_settled_once(scene, "undisturbed")
    return breaker.calls


@pytest.mark.parametrize("items_at_once", [1, 3])
@pytest.mark.parametrize("has_effect", [False, True])
async def test_a_stop_at_any_call_books_and_settles_everything_once(
    tmp_path: Path,
    items_at_once: int,
    has_effect: bool,  # noqa: FBT001  a table of cases
) -> None:
    calls = await calls_of_an_undisturbed_run(tmp_path, items_at_once)
    assert len(calls) > 70
    async for scene, where in after_each_stop(lambda: a_scene(tmp_path, items_at_once), calls, has_effect=has_effect):
        await assert_all_is_booked_and_settled_once(scene, where)
        assert_job_ended_once(scene, JobEvent.COMPLETED)
        assert {record.status for record in scene.pleo.at().records.values()} == {ItemStatus.SUCCESSFUL}


async def test_a_second_stop_in_the_run_after_the_first_changes_nothing(tmp_path: Path) -> None:
    calls = await calls_of_an_undisturbed_run(tmp_path)
    async for scene, where in after_two_stops(lambda: a_scene(tmp_path), calls, steps=(4, 5)):
        await assert_all_is_booked_and_settled_once(scene, where)


@pytest.mark.parametrize("error", [Unreachable("gone"), OutcomeUnknown("no answer"), KeyError("bug")])
@pytest.mark.parametrize("has_effect", [False, True])
async def test_trouble_at_any_call_comes_right_when_exported_again(
    tmp_path: Path,
    error: Exception,
    has_effect: bool,  # noqa: FBT001  a table of cases
) -> None:
    for position, name in enumerate(await calls_of_an_undisturbed_run(tmp_path), start=1):
        if not can_happen(name, error, has_effect=has_effect):
            continue
        scene = a_scene(tmp_path)
        breaker = Breaker(position, has_effect=has_effect, error=error)
        await run_until_ended(scene, breaker)
        assert_job_ended_once(scene)
        await export_failed_items_again(scene)
        await assert_all_is_booked_and_settled_once(scene, f"call {position}, {name}")
