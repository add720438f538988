from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest

from bilag.domain.export_item import MalformedItem
from bilag.domain.export_job import ItemStatus, JobItem
from bilag.domain.failure import Failure, FailureCode
from bilag.lifecycle.fetch import ControlList, control_list, items_to_process, missing_data, not_listed
from bilag.ports.errors import BadAnswer
from tests.lifecycle.pleo_in_memory import JOB, PleoInMemory
from tests.lifecycle.pleo_script import Raises
from tests.lifecycle.scene import Scene, entry_id

NO_TYPE = Failure(code=FailureCode.ITEM_MALFORMED, path="type", message="No type.", remedy="Ask Pleo.")


class ShiftingLists(PleoInMemory):
    """Another Pleo's jobs, whose list loses one entry to the page before it, a different one in each reading."""

    def __init__(self, pleo: PleoInMemory) -> None:
        vars(self).update(vars(pleo))
        self._readings = 0

    async def job_items(self, job_id: str) -> AsyncIterator[JobItem]:
        self._readings += 1
        place = 0
        async for record in super().job_items(job_id):
            place += 1
            if place != self._readings:
                yield record


def add(scene: Scene, numbers: Sequence[int]) -> None:
    scene.pleo.add_job(*(scene.item(number) for number in numbers))


def settle(scene: Scene, number: int, status: ItemStatus | None, unknown: str = "") -> None:
    record = JobItem(entry_id=entry_id(number), status=status, unknown_status=unknown)
    scene.pleo.at().records[entry_id(number)] = record


async def processed(scene: Scene, control: ControlList) -> list[str]:
    return [fetched.item.entry_id async for fetched in items_to_process(JOB, control, scene.desk)]


async def test_only_pending_and_in_progress_entries_need_work(scene: Scene) -> None:
    add(scene, range(1, 7))
    for number, status in enumerate((ItemStatus.IN_PROGRESS, ItemStatus.SUCCESSFUL, ItemStatus.FAILED), start=2):
        settle(scene, number, status)
    settle(scene, 5, ItemStatus.ABANDONED)
    settle(scene, 6, None, "paused")
    control = await control_list(scene.pleo.at().shown, scene.desk)
    assert control.open == {entry_id(1), entry_id(2)}
    assert (control.successful_before, control.failed_before) == (1, 3)
    assert await processed(scene, control) == [entry_id(1), entry_id(2)]


async def test_entry_listed_twice_counts_once(scene: Scene) -> None:
    add(scene, (1, 2, 3))
    settle(scene, 1, ItemStatus.SUCCESSFUL)
    settle(scene, 2, ItemStatus.FAILED)
    scene.pleo.at().listed += [entry_id(1), entry_id(2), entry_id(3)]
    control = await control_list(scene.pleo.at().shown, scene.desk)
    assert (control.successful_before, control.failed_before, len(control.open)) == (1, 1, 1)


async def test_item_on_two_pages_is_worked_once_and_order_is_kept(scene: Scene) -> None:
    add(scene, (3, 1, 2))
    items = scene.pleo.at().pages[0]
    scene.pleo.at().pages = [items[:2], items[1:], items[:1]]
    control = await control_list(scene.pleo.at().shown, scene.desk)
    assert await processed(scene, control) == [entry_id(3), entry_id(1), entry_id(2)]
    assert not control.open
    assert not control.unlisted


async def test_entry_in_one_list_only_is_known_as_such(scene: Scene) -> None:
    add(scene, (1, 2))
    scene.pleo.at().pages = [[scene.item(2), scene.item(9)]]
    control = await control_list(scene.pleo.at().shown, scene.desk)
    assert await processed(scene, control) == [entry_id(2)]
    assert control.open == {entry_id(1)}
    assert control.unlisted == {entry_id(9)}


async def test_malformed_item_keeps_its_place(scene: Scene) -> None:
    malformed = MalformedItem(entry_id=entry_id(2), failures=(NO_TYPE,))
    scene.pleo.add_job(scene.item(1), malformed)
    control = await control_list(scene.pleo.at().shown, scene.desk)
    assert await processed(scene, control) == [entry_id(1), entry_id(2)]


async def test_broken_control_list_stops_before_anything_is_processed(scene: Scene) -> None:
    add(scene, (1, 2))
    scene.pleo.plan("job_items", Raises(BadAnswer("the cursor does not advance"), after_entries=1))
    with pytest.raises(BadAnswer):
        await control_list(scene.pleo.at().shown, scene.desk)


def test_both_kinds_of_difference_say_which_expense() -> None:
    assert entry_id(1) in missing_data(entry_id(1)).message
    assert entry_id(2) in not_listed(entry_id(2)).message
    assert "without id" in not_listed("").message
    assert missing_data("").code is FailureCode.ITEM_DATA_MISSING
    assert not_listed("").code is FailureCode.ITEM_NOT_LISTED


async def test_an_entry_that_hides_while_pages_shift_is_found_by_another_reading(scene: Scene) -> None:
    add(scene, (1, 2, 3))
    desk = replace(scene.desk, pleo=ShiftingLists(scene.pleo))
    control = await control_list(scene.pleo.at().shown, desk)
    assert control.open == {entry_id(1), entry_id(2), entry_id(3)}


async def test_a_list_that_stays_shorter_than_the_count_is_taken_as_it_is(scene: Scene) -> None:
    add(scene, (1, 2, 3))
    scene.pleo.at().listed.pop()
    control = await control_list(scene.pleo.at().shown, scene.desk)
    assert control.open == {entry_id(1), entry_id(2)}
