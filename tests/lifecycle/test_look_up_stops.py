"""Processes that stop anywhere, over books that take a repeat for another document."""

from pathlib import Path
from typing import Final

import pytest

from bilag.adapters.accounting.memory.script import Call, LosesAnswer
from bilag.domain.capabilities import KeyClass
from bilag.lifecycle.unsettled import NotSettledYet
from bilag.ports.errors import OutcomeUnknown
from tests.lifecycle.breaker import Breaker
from tests.lifecycle.every_stop import after_each_stop, after_two_stops, run_with
from tests.lifecycle.invariants import assert_everything_succeeded, assert_nothing_is_booked_twice
from tests.lifecycle.look_up_scene import (
    SETTLES_SECONDS,
    WAIT_SECONDS,
    a_scene_of_class,
    plan,
)
from tests.lifecycle.scene import Scene

SECOND_JOB: Final = "10b00000-0000-4000-8000-000000000002"
LOST: Final = LosesAnswer(has_effect=False)
TAKEN: Final = LosesAnswer(has_effect=True)


@pytest.mark.parametrize("has_effect", [False, True])
@pytest.mark.parametrize("key_class", [KeyClass.LOOK_UP, KeyClass.SERVER_KEY])
async def test_a_stop_at_any_call_loses_and_doubles_nothing(
    tmp_path: Path, key_class: KeyClass, *, has_effect: bool
) -> None:
    def make() -> Scene:
        scene = a_scene_of_class(tmp_path, key_class)
        scene.pleo.add_job(*(scene.item(number, receipts=1) for number in (1, 2)))
        return scene

    undisturbed, breaker = make(), Breaker()
    await run_with(undisturbed, breaker)
    assert len(breaker.calls) > 40
    async for scene, _ in after_each_stop(make, breaker.calls, has_effect=has_effect):
        await assert_everything_succeeded(scene)


async def test_a_second_stop_in_the_run_after_the_first_changes_nothing(tmp_path: Path) -> None:
    def make() -> Scene:
        scene = a_scene_of_class(tmp_path, KeyClass.LOOK_UP)
        scene.pleo.add_job(*(scene.item(number) for number in (1, 2)))
        return scene

    undisturbed, breaker = make(), Breaker()
    await run_with(undisturbed, breaker)
    async for scene, _ in after_two_stops(make, breaker.calls, steps=(1, 3)):
        await assert_everything_succeeded(scene)


@pytest.mark.parametrize("has_effect", [False, True])
async def test_a_lost_answer_and_then_a_stop_at_any_call_doubles_nothing(tmp_path: Path, *, has_effect: bool) -> None:
    def make() -> Scene:
        scene = a_scene_of_class(tmp_path, KeyClass.LOOK_UP)
        plan(scene, Call.POST, LosesAnswer(has_effect=has_effect))
        scene.pleo.add_job(*(scene.item(number) for number in (1, 2)))
        return scene

    undisturbed, breaker = make(), Breaker()
    await run_with(undisturbed, breaker)
    async for scene, _ in after_each_stop(make, breaker.calls, has_effect=False):
        assert_nothing_is_booked_twice(scene)
        await assert_everything_succeeded(scene)


def test_waiting_for_a_look_is_a_lost_answer_to_whoever_does_not_know_better() -> None:
    assert issubclass(NotSettledYet, OutcomeUnknown)
    assert SETTLES_SECONDS < WAIT_SECONDS
