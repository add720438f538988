"""What becomes of items that share an entry when the books take it, refuse it or keep silent."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bilag.adapters.accounting.memory.script import (
    Alters,
    Call,
    ClosesPeriod,
    Forgets,
    Happening,
    Incident,
    LosesAnswer,
    Raises,
    Rejects,
)
from bilag.domain.capabilities import TextLimits
from bilag.domain.export_job import ItemStatus
from bilag.domain.failure import Failure, FailureCode
from bilag.domain.period import ClosedPeriodStep
from bilag.domain.posting_record import ReceiptState
from bilag.domain.settings import JournalConstruction
from bilag.domain.transitions import PostingState
from bilag.lifecycle.item_desk import TROUBLES_IN_A_ROW_MAX
from bilag.ports.errors import Unauthorised, Unreachable
from bilag.ports.posting_journal import OutcomeChoice
from tests.builders import a_line, money
from tests.lifecycle.pleo_in_memory import JOB
from tests.lifecycle.scene import Scene, books_keeping, entry_id, reference
from tests.lifecycle.shared_entries import (
    a_sharing_scene,
    assert_each_is_booked_once,
    booked,
    record_of,
    run,
    shared_reference,
    told,
)

NEXT_JOB = "10b00000-0000-4000-8000-000000000002"
NO = Failure(code=FailureCode.BOOKS_REJECTED, path="", message="No.", remedy="Ask.")
TO_NEXT_OPEN = (ClosedPeriodStep.NEXT_OPEN_PERIOD,)
OK, FAILED = ItemStatus.SUCCESSFUL, ItemStatus.FAILED


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return a_sharing_scene(tmp_path)


def plan(scene: Scene, call: Call, happening: Happening, *, about: str = JOB, times: int = 1) -> None:
    scene.books.plan(Incident(call=call, happening=happening, about=about, times=times))


async def codes(scene: Scene, job_id: str = JOB) -> list[FailureCode]:
    outcomes = await scene.journal.outcomes(job_id, choice=OutcomeChoice.FAILED, offset=0, limit=100)
    return [failure.code for outcome in outcomes for failure in outcome.failures]


async def test_items_of_a_job_share_one_entry_and_each_has_its_own_outcome(scene: Scene) -> None:
    assert await run(scene) == [OK, OK, OK]
    (entry,) = scene.books.entries
    assert entry.external_reference == shared_reference()
    assert entry.total == money("375.00 DKK")
    assert len(entry.files) == 3
    await assert_each_is_booked_once(scene, 1, 2, 3)
    assert not list(scene.spool.rglob("*.pdf"))


async def test_outcome_shows_the_items_own_entry_and_the_shared_one(scene: Scene) -> None:
    await run(scene)
    outcome = await scene.journal.outcome_of_entry(entry_id(2))
    assert outcome is not None
    assert (outcome.external_id, outcome.external_url) == ("1", "memory:1")
    assert reference(2).encode() in outcome.plan_json
    assert shared_reference().encode() in outcome.plan_json
    assert (await record_of(scene, 2)).booked_in == shared_reference()


async def test_item_that_fails_leaves_the_entry_to_the_others(scene: Scene) -> None:
    items = [scene.item(number, receipts=1) for number in (1, 2, 3)]
    scene.pleo.expired_for_good.add(items[1].files[0].url)
    assert await run(scene, *items) == [OK, FAILED, OK]
    assert booked(scene) == [[1, 3]]
    scene.pleo.expired_for_good.clear()
    assert await run(scene, items[1], job_id=NEXT_JOB) == [OK]
    assert booked(scene) == [[1, 3], [2]]


async def test_refused_entry_is_booked_item_by_item_and_the_bad_one_fails_alone(scene: Scene) -> None:
    plan(scene, Call.POST, Rejects(NO))
    plan(scene, Call.POST, Rejects(NO), about=entry_id(2))
    assert await run(scene) == [OK, FAILED, OK]
    assert scene.booked == [reference(1), reference(3)]
    assert [(await record_of(scene, number)).booked_in for number in (1, 2, 3)] == ["", "", ""]
    assert [len(entry.files) for entry in scene.books.entries] == [1, 1]
    assert await codes(scene) == [FailureCode.BOOKS_REJECTED]
    assert await run(scene, scene.item(2, receipts=1), job_id=NEXT_JOB) == [OK]


async def test_period_that_closes_before_the_entry_arrives_moves_each_item(scene: Scene) -> None:
    scene.with_settings(closed_period=TO_NEXT_OPEN)
    plan(scene, Call.POST, ClosesPeriod("2026-10"))
    assert await run(scene) == [OK, OK, OK]
    assert booked(scene) == [[1], [2], [3]]
    assert {entry.posting_date for entry in scene.books.entries} == {date(2026, 11, 1)}


@pytest.mark.parametrize("has_effect", [True, False])
async def test_lost_answer_is_looked_up_and_the_entry_stands_once(
    scene: Scene,
    has_effect: bool,  # noqa: FBT001  a table of cases
) -> None:
    plan(scene, Call.POST, LosesAnswer(has_effect=has_effect))
    assert await run(scene) == [OK, OK, OK]
    assert booked(scene) == [[1, 2, 3]]


async def test_entry_that_nobody_can_look_up_fails_its_items_until_the_next_export_finds_it(scene: Scene) -> None:
    plan(scene, Call.POST, LosesAnswer(has_effect=True))
    plan(scene, Call.FIND, Raises(Unreachable("gone")))
    assert await run(scene) == [FAILED, FAILED, FAILED]
    assert await codes(scene) == [FailureCode.BOOKS_OUTCOME_UNKNOWN] * 3
    assert [(await record_of(scene, number)).state for number in (1, 2, 3)] == [PostingState.UNKNOWN] * 3
    items = [scene.item(number, receipts=1) for number in (1, 2, 3)]
    assert await run(scene, *items, job_id=NEXT_JOB) == [OK, OK, OK]
    assert booked(scene) == [[1, 2, 3]]


async def test_books_that_are_gone_fail_the_items_which_come_right_later(scene: Scene) -> None:
    plan(scene, Call.POST, Raises(Unreachable("gone")))
    assert await run(scene) == [FAILED, FAILED, FAILED]
    assert await codes(scene) == [FailureCode.BOOKS_UNREACHABLE] * 3
    assert not list(scene.spool.rglob("*.pdf"))
    items = [scene.item(number, receipts=1) for number in (1, 2, 3)]
    assert await run(scene, *items, job_id=NEXT_JOB) == [OK, OK, OK]
    assert scene.booked == [shared_reference(NEXT_JOB)]


async def test_refused_credentials_end_the_waiting_of_those_who_were_not_booked(scene: Scene) -> None:
    items = [scene.item(1), scene.item(2), scene.item(3, lines=(a_line("9.00 EUR"),))]
    items += [scene.item(4, lines=(a_line("9.00 EUR"),))]
    plan(scene, Call.POST, Raises(Unauthorised("expired")))
    assert await run(scene, *items) == [FAILED] * 4
    assert not scene.booked
    assert await codes(scene) == [FailureCode.BOOKS_UNAUTHORISED] * 4


async def test_credentials_refused_while_items_go_one_by_one_end_it_for_the_rest(scene: Scene) -> None:
    plan(scene, Call.POST, Rejects(NO))
    plan(scene, Call.POST, Raises(Unauthorised("expired")), about=entry_id(2))
    plan(scene, Call.POST, Raises(AssertionError("asked on")), about=entry_id(3))
    assert await run(scene) == [OK, FAILED, FAILED]
    assert await codes(scene) == [FailureCode.BOOKS_UNAUTHORISED] * 2


async def test_books_that_answer_no_entry_after_another_are_asked_no_more(scene: Scene) -> None:
    months = range(1, TROUBLES_IN_A_ROW_MAX + 2)
    items = [
        scene.item(number, date=datetime(2026, 1 + number // 2, 5, tzinfo=UTC)) for number in range(2 * len(months))
    ]
    plan(scene, Call.POST, Raises(Unreachable("gone")), times=TROUBLES_IN_A_ROW_MAX)
    plan(scene, Call.POST, Raises(AssertionError("asked on")))
    assert await run(scene, *items) == [FAILED] * len(items)
    assert set(await codes(scene)) == {FailureCode.BOOKS_UNREACHABLE}


async def test_receipt_that_the_entry_lacks_stays_owed(scene: Scene) -> None:
    plan(scene, Call.ATTACH, Rejects(NO))
    assert await run(scene) == [FAILED, OK, OK]
    owed = await scene.journal.receipts((await record_of(scene, 1)).key)
    assert [receipt.state for receipt in owed] == [ReceiptState.OWED]
    assert await run(scene, scene.item(1, receipts=1), job_id=NEXT_JOB) == [OK]
    assert len(scene.books.entries[0].files) == 3


async def test_refused_entry_that_stands_all_the_same_is_a_conflict_until_it_is_removed(scene: Scene) -> None:
    """Another bilag, or this one before its journal was lost, booked the job with other items."""
    other = a_sharing_scene(scene.spool)
    other.books = scene.books
    await run(other, scene.item(1), scene.item(9))
    assert await run(scene) == [FAILED, FAILED, FAILED]
    assert await codes(scene) == [FailureCode.BOOKS_CONFLICT] * 3
    items = [scene.item(number, receipts=1) for number in (1, 2, 3)]
    assert await run(scene, *items, job_id=NEXT_JOB) == [FAILED] * 3
    assert booked(scene) == [[1, 9]]
    scene.books.remove(shared_reference())
    assert await run(scene, *items, job_id="one more job") == [OK] * 3
    assert booked(scene) == [[1, 2, 3]]


async def test_same_entry_booked_before_the_journal_was_lost_stands(scene: Scene) -> None:
    other = a_sharing_scene(scene.spool)
    other.books = scene.books
    await run(other)
    assert await run(scene) == [OK, OK, OK]
    assert scene.booked == [shared_reference()]


async def test_entry_that_arrives_after_its_items_were_looked_for_is_not_sent_again(scene: Scene) -> None:
    plan(scene, Call.POST, LosesAnswer(has_effect=True))
    plan(scene, Call.FIND, Raises(Unreachable("gone")))
    await run(scene)
    plan(scene, Call.FIND, Forgets(), times=3)
    assert await run(scene) == [OK, OK, OK]
    assert scene.booked == [shared_reference()]
    await assert_each_is_booked_once(scene, 1, 2, 3)


async def test_other_total_in_the_books_is_told_to_every_item(scene: Scene) -> None:
    plan(scene, Call.POST, Alters(total=money("1.00 DKK")))
    assert await run(scene) == [FAILED, FAILED, FAILED]
    assert await codes(scene) == [FailureCode.BOOKS_CONFLICT] * 3


async def test_date_that_the_books_changed_is_told_to_every_item(scene: Scene) -> None:
    plan(scene, Call.POST, Alters(posting_date=date(2026, 11, 2)))
    await run(scene)
    outcomes = await scene.journal.outcomes(JOB, choice=OutcomeChoice.WITH_WARNINGS, offset=0, limit=10)
    assert ["from 2026-10-15 to 2026-11-02" in outcome.warnings[0] for outcome in outcomes] == [True] * 3


async def test_exported_again_stands_in_the_entry_of_its_first_job(scene: Scene) -> None:
    await run(scene)
    assert await run(scene, scene.item(2, receipts=2), scene.item(4), scene.item(5), job_id=NEXT_JOB) == [OK] * 3
    assert booked(scene) == [[1, 2, 3], [4, 5]]
    assert told(scene, 2, NEXT_JOB) == (OK, "1")
    assert len(scene.books.entries[0].files) == 4


async def test_item_booked_by_itself_before_the_settings_changed_stays_so(scene: Scene) -> None:
    scene.with_settings(journal_construction=JournalConstruction.SPLIT)
    await run(scene, scene.item(1))
    scene.with_settings(journal_construction=JournalConstruction.PER_JOB)
    assert await run(scene, scene.item(1), scene.item(2), scene.item(3), job_id=NEXT_JOB) == [OK] * 3
    assert booked(scene) == [[1], [2, 3]]


async def test_entry_removed_from_the_books_is_booked_again_with_the_items_that_come_again(scene: Scene) -> None:
    await run(scene)
    scene.books.remove(shared_reference())
    assert await run(scene, scene.item(1), scene.item(3), job_id=NEXT_JOB) == [OK, OK]
    assert booked(scene) == [[1, 3]]
    assert (await record_of(scene, 1)).key.generation == 2


async def test_post_again_books_once_more_in_the_next_jobs_entry(scene: Scene) -> None:
    scene.with_settings(post_again=True)
    await run(scene)
    await run(scene, *(scene.item(number, receipts=1) for number in (1, 2)), job_id=NEXT_JOB)
    assert booked(scene) == [[1, 2, 3], [1, 2]]


async def test_shared_date_within_the_items_period_is_no_move(scene: Scene) -> None:
    late = scene.item(2, date=datetime(2026, 10, 30, 12, tzinfo=UTC))
    await run(scene, scene.item(1), late)
    scene.books.close_period("2026-10")  # so that what was booked can no longer be planned
    await forget_reports(scene)
    assert await run(scene, scene.item(1), late, job_id=NEXT_JOB) == [OK, OK]
    assert not await scene.journal.outcomes(NEXT_JOB, choice=OutcomeChoice.WITH_WARNINGS, offset=0, limit=10)


async def forget_reports(scene: Scene) -> None:
    """Let the outcomes be told anew, as after a stop before Pleo heard of them."""
    for outcome in await scene.journal.outcomes(JOB, choice=OutcomeChoice.ALL, offset=0, limit=10):
        await scene.journal.record_outcome(replace(outcome, external_id=""))


async def test_exported_again_adds_no_note(tmp_path: Path) -> None:
    scene = a_sharing_scene(tmp_path, books_keeping(TextLimits(comment_max=5)))
    items = [scene.item(number, attendees=("Bo Lund",)) for number in (1, 2)]
    await run(scene, *items)
    await run(scene, *items, job_id=NEXT_JOB)
    assert len(scene.books.entries[0].notes) == 2


async def test_same_guests_of_two_expenses_are_noted_twice(scene: Scene) -> None:
    await run(scene, *(scene.item(number, attendees=("Bo Lund",)) for number in (1, 2)))
    assert [note.text for note in scene.books.entries[0].notes] == [
        "Expense rec-1\nAttendees:\nBo Lund\n",
        "Expense rec-2\nAttendees:\nBo Lund\n",
    ]
