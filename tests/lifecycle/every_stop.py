"""One process after another over the same scene, stopped at every single call to the outside."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from typing import TypeAlias

from bilag.lifecycle.run_pending import run_pending
from tests.lifecycle.breaker import Breaker, Stopped
from tests.lifecycle.scene import Scene

MakeScene: TypeAlias = Callable[[], Scene]


async def run_with(scene: Scene, breaker: Breaker) -> None:
    """One process over watched ports; a Stopped ends it."""
    ports = (breaker.over(scene.books), breaker.over(scene.pleo), breaker.over(scene.journal))
    with suppress(Stopped):
        await run_pending(scene.desk_over(*ports))


async def after_each_stop(
    make: MakeScene, calls: Sequence[str], *, has_effect: bool
) -> AsyncIterator[tuple[Scene, str]]:
    """A scene for every call, stopped there before or after its effect, then worked off; with the name of the call."""
    for position, name in enumerate(calls, start=1):
        scene = make()
        await run_with(scene, Breaker(position, has_effect=has_effect))
        await run_with(scene, Breaker())
        yield scene, f"call {position}, {name}"


async def after_two_stops(
    make: MakeScene, calls: Sequence[str], *, steps: tuple[int, int]
) -> AsyncIterator[tuple[Scene, str]]:
    """A scene for pairs of calls, stopped at one and in the next run at the other, then worked off.

    `steps` say which calls: every so many of the first run, and of the second.
    """
    for first in range(1, len(calls) + 1, steps[0]):
        for second in range(1, len(calls) + 1, steps[1]):
            scene = make()
            await run_with(scene, Breaker(first, has_effect=bool(first % 2)))
            await run_with(scene, Breaker(second, has_effect=bool(second % 2)))
            await run_with(scene, Breaker())
            yield scene, f"calls {first} and {second}"
