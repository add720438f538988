"""One process after another over the same scene, stopped at every single call to the outside."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from typing import Final, TypeAlias

from bilag.adapters.store.memory import MemoryPostingJournal
from bilag.domain.export_job import ItemStatus
from bilag.lifecycle.run_pending import run_pending
from bilag.ports.errors import OutcomeUnknown, Trouble, Unreachable
from tests.lifecycle.breaker import Breaker, Stopped
from tests.lifecycle.scene import Scene

SECOND_JOB: Final = "10b00000-0000-4000-8000-000000000002"
RUNS_MAX: Final = 4
WRITES: Final = frozenset({"post", "attach", "attach_note", "send_event", "update_items"})
JOURNAL: Final = frozenset(name for name in vars(MemoryPostingJournal) if not name.startswith("_"))

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
    """What Pleo does not show as successful comes once more, in a second job that nothing disturbs."""
    first = scene.pleo.at()
    data = [item for page in first.pages for item in page]
    failed = [item for item in data if first.status_of(item.entry_id) is not ItemStatus.SUCCESSFUL]
    scene.pleo.add_job(*failed, id=SECOND_JOB)
    await scene.run()
