"""Scenes whose books take everything that they are sent: only a look tells, and only late enough."""

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from bilag.adapters.accounting.memory.connector import MemoryBooks
from bilag.adapters.accounting.memory.script import Call, Happening, Incident, LosesAnswer
from bilag.adapters.accounting.memory.set_up import CAPABILITIES, BooksSetUp
from bilag.domain.capabilities import KeyClass
from bilag.rules.lost_answer import SEND_SECONDS_MAX
from tests.lifecycle.breaker import Breaker
from tests.lifecycle.every_stop import run_with
from tests.lifecycle.scene import SET_UP, Scene

SECOND_JOB: Final = "10b00000-0000-4000-8000-000000000002"
LOST: Final = LosesAnswer(has_effect=False)
TAKEN: Final = LosesAnswer(has_effect=True)
# As long as the slowest systems that we know of work on a request.
SETTLES_SECONDS: Final = 900
LIFETIME_SECONDS: Final = 3600
WAIT_SECONDS: Final = SEND_SECONDS_MAX + SETTLES_SECONDS


def books_of_class(
    key_class: KeyClass, set_up: BooksSetUp = SET_UP, settles_seconds: int = SETTLES_SECONDS
) -> BooksSetUp:
    """The same books as a system of this class."""
    has_key = key_class is KeyClass.SERVER_KEY
    can = replace(
        CAPABILITIES,
        key_class=key_class,
        settles_within_seconds=settles_seconds,
        key_lifetime_seconds=LIFETIME_SECONDS if has_key else 0,
    )
    return replace(set_up, capabilities=can)


def a_scene_of_class(folder: Path, key_class: KeyClass, **settings: Any) -> Scene:
    """A company with such books, which know the scene's clock."""
    scene = Scene(folder, **settings)
    scene.books = MemoryBooks(books_of_class(key_class), clock=scene.clock)
    return scene


def plan(scene: Scene, call: Call, happening: Happening, *, about: str = "", times: int = 1) -> None:
    """Let something go wrong in the books."""
    scene.books.plan(Incident(call=call, happening=happening, about=about, times=times))


async def stopped_at_its_post(folder: Path, key_class: KeyClass, *, has_effect: bool = False) -> Scene:
    """A job of one item, whose process was stopped as it posted."""
    scenes = [a_scene_of_class(folder, key_class) for _ in range(2)]
    for scene in scenes:
        scene.pleo.add_job(scene.item(1), expires_in_seconds=10**6)
    undisturbed = Breaker()
    await run_with(scenes[0], undisturbed)
    await run_with(scenes[1], Breaker(undisturbed.calls.index("post") + 1, has_effect=has_effect))
    return scenes[1]
