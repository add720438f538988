"""Items with trouble of their own: bounded tries across runs and jobs, then out of the way until somebody acts."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import pytest

from bilag.adapters.accounting.memory.connector import MemoryBooks
from bilag.adapters.accounting.memory.script import Call, Incident, LosesAnswer, Raises
from bilag.domain.books_account import BooksAccount
from bilag.domain.export_item import ExportItem
from bilag.domain.export_job import ItemStatus
from bilag.domain.failure import FailureCode
from bilag.domain.posting_record import ItemOutcome
from bilag.lifecycle.post import SENDS_MAX
from bilag.lifecycle.quarantine import TRIES_MAX, item_hash
from bilag.ports.errors import Unreachable
from tests.builders import COMPANY, TRAVEL, a_line
from tests.lifecycle.scene import SET_UP, Scene, entry_id, reference

OK, FAILED = ItemStatus.SUCCESSFUL, ItemStatus.FAILED
JOB_BEGINNING: Final = "10b00000-0000-4000-8000-0000000001"


class BuggyBooks(MemoryBooks):
    """Books with a bug that shows with one account."""

    asked = 0

    async def accounts(self, numbers: Sequence[str]) -> Mapping[str, BooksAccount]:
        if "6110" in numbers:
            self.asked += 1
            raise ZeroDivisionError("division by zero")
        return await super().accounts(numbers)


def poison(scene: Scene, **differences: Any) -> ExportItem:
    return scene.item(2, lines=(a_line(account=TRAVEL),), **differences)


async def export(scene: Scene, number: int, *items: ExportItem) -> list[ItemOutcome]:
    """One more job over these items and an innocent one."""
    before = len(scene.progress.settled)
    scene.pleo.add_job(scene.item(100 + number), *items, id=f"{JOB_BEGINNING}{number:02}")
    await scene.run()
    return scene.progress.settled[before:]


def code_of(outcomes: list[ItemOutcome], number: int = 2) -> FailureCode | None:
    (outcome,) = [one for one in outcomes if one.entry_id == entry_id(number)]
    return outcome.failures[0].code if outcome.failures else None


@pytest.fixture
def buggy(scene: Scene) -> BuggyBooks:
    """Books in which expense 2 meets a bug."""
    scene.books = books = BuggyBooks(SET_UP)
    return books


async def test_an_item_that_crashes_us_is_tried_so_often_and_then_no_more(scene: Scene, buggy: BuggyBooks) -> None:
    codes = [code_of(await export(scene, number, poison(scene))) for number in range(TRIES_MAX + 2)]
    assert codes == [FailureCode.UNEXPECTED] * TRIES_MAX + [FailureCode.QUARANTINED] * 2
    assert buggy.asked == TRIES_MAX


async def test_the_rest_of_the_job_goes_on(scene: Scene, buggy: BuggyBooks) -> None:
    for number in range(TRIES_MAX + 1):
        outcomes = await export(scene, number, poison(scene))
        assert code_of(outcomes, 100 + number) is None


async def test_quarantine_tells_what_happened_and_who_can_end_it(scene: Scene, buggy: BuggyBooks) -> None:
    for number in range(TRIES_MAX + 1):
        outcomes = await export(scene, number, poison(scene))
    (failure,) = next(one for one in outcomes if one.entry_id == entry_id(2)).failures
    assert f"{TRIES_MAX} tries" in failure.message
    assert "bug of its own" in failure.message
    assert f"bilag release {entry_id(2)}" in failure.remedy


async def test_other_content_is_tried_again(scene: Scene, buggy: BuggyBooks) -> None:
    for number in range(TRIES_MAX):
        await export(scene, number, poison(scene))
    assert code_of(await export(scene, 10, poison(scene, note="Changed in Pleo"))) is FailureCode.UNEXPECTED
    assert code_of(await export(scene, 11, scene.item(2))) is None


async def test_a_released_item_is_tried_again(scene: Scene, buggy: BuggyBooks) -> None:
    for number in range(TRIES_MAX):
        await export(scene, number, poison(scene))
    (known,) = (await scene.journal.troubled(COMPANY)).values()
    await scene.journal.record_troubles(replace(known, count=0))
    assert code_of(await export(scene, 10, poison(scene))) is FailureCode.UNEXPECTED


async def test_a_success_forgets_what_went_wrong_before(scene: Scene, buggy: BuggyBooks) -> None:
    await export(scene, 1, poison(scene))
    await export(scene, 2, scene.item(2))
    assert not await scene.journal.troubled(COMPANY)


async def test_an_item_whose_booking_alone_meets_trouble_is_counted(scene: Scene) -> None:
    for number in range(TRIES_MAX):
        scene.books.plan(Incident(call=Call.POST, happening=Raises(Unreachable("gone")), about=entry_id(2)))
        assert code_of(await export(scene, number, scene.item(2))) is FailureCode.BOOKS_UNREACHABLE
    assert code_of(await export(scene, 10, scene.item(2))) is FailureCode.QUARANTINED


async def test_an_item_whose_answer_is_lost_every_time_is_counted(scene: Scene) -> None:
    for number in range(TRIES_MAX):
        lost = LosesAnswer(has_effect=False)
        scene.books.plan(Incident(call=Call.POST, happening=lost, about=entry_id(2), times=SENDS_MAX))
        assert code_of(await export(scene, number, scene.item(2))) is FailureCode.BOOKS_OUTCOME_UNKNOWN
    assert code_of(await export(scene, 10, scene.item(2))) is FailureCode.QUARANTINED


async def test_books_that_are_down_count_against_nobody(scene: Scene) -> None:
    for number in range(TRIES_MAX + 1):
        scene.books.plan(Incident(call=Call.POST, happening=Raises(Unreachable("gone")), times=2))
        await export(scene, number, scene.item(2))
    assert not await scene.journal.troubled(COMPANY)
    assert code_of(await export(scene, 10, scene.item(2))) is None
    assert reference(2) in scene.booked


async def test_what_a_person_can_put_right_is_no_trouble(scene: Scene) -> None:
    for number in range(TRIES_MAX + 1):
        outcomes = await export(scene, number, scene.item(2, lines=()))
        assert code_of(outcomes) is FailureCode.LINES_MISSING
    assert not await scene.journal.troubled(COMPANY)


def test_links_do_not_make_other_content(scene: Scene) -> None:
    item = scene.item(1, receipts=1)
    renewed = replace(item, files=(replace(item.files[0], url="https://files.example/renewed"),), web_link="https://x")
    assert item_hash(item) == item_hash(renewed)
    assert item_hash(item) != item_hash(replace(item, note="Another"))
