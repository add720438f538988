"""Items that were sent in one entry whose answer never came: booked together or not at all, until it can't arrive."""

from pathlib import Path

import pytest

from bilag.adapters.accounting.memory.script import Call, Happening, Incident, LosesAnswer, Raises, Rejects
from bilag.domain.export_job import ItemStatus
from bilag.domain.failure import Failure, FailureCode
from bilag.domain.settings import JournalConstruction
from bilag.domain.transitions import PostingState
from bilag.ports.errors import Unreachable
from bilag.rules.job_entry import ARRIVES_WITHIN
from tests.lifecycle.breaker import Breaker
from tests.lifecycle.every_stop import run_with
from tests.lifecycle.pleo_in_memory import JOB
from tests.lifecycle.scene import Scene, reference
from tests.lifecycle.shared_entries import (
    a_sharing_scene,
    assert_each_is_booked_once,
    booked,
    record_of,
    run,
    shared_reference,
)

SECOND_JOB = "10b00000-0000-4000-8000-000000000002"
THIRD_JOB = "10b00000-0000-4000-8000-000000000003"
OK, FAILED = ItemStatus.SUCCESSFUL, ItemStatus.FAILED
NO = Failure(code=FailureCode.BOOKS_REJECTED, path="", message="No.", remedy="Ask.")
LOST = LosesAnswer(has_effect=False)
SENDS = 3


@pytest.fixture
async def scene(tmp_path: Path) -> Scene:
    """Three expenses were sent together, and nobody knows what became of them."""
    scene = a_sharing_scene(tmp_path)
    plan(scene, LOST, times=SENDS)
    assert await run(scene) == [FAILED, FAILED, FAILED]
    return scene


def plan(scene: Scene, happening: Happening, call: Call = Call.POST, times: int = 1) -> None:
    scene.books.plan(Incident(call=call, happening=happening, times=times))


def let_it_be_lost(scene: Scene) -> None:
    """So much later nothing arrives any more."""
    scene.clock.advance(ARRIVES_WITHIN.total_seconds())


async def test_together_again_they_are_booked_at_once_in_the_very_entry(scene: Scene) -> None:
    items = [scene.item(number, receipts=1) for number in (3, 1, 2)]
    assert await run(scene, *items, job_id=SECOND_JOB) == [OK, OK, OK]
    assert scene.booked == [shared_reference(JOB)]
    await assert_each_is_booked_once(scene, 1, 2, 3, job_id=SECOND_JOB)


async def test_one_of_them_alone_waits_until_the_entry_can_not_arrive_any_more(scene: Scene) -> None:
    assert await run(scene, scene.item(1), job_id=SECOND_JOB) == [FAILED]
    (failure,) = scene.progress.settled[-1].failures
    assert failure.code is FailureCode.BOOKS_OUTCOME_UNKNOWN
    assert "may still arrive until 2026-11-21 09:30 UTC" in failure.message
    let_it_be_lost(scene)
    assert await run(scene, scene.item(1), job_id=THIRD_JOB) == [OK]
    assert scene.booked == [reference(1)]
    assert shared_reference(JOB) in "".join(scene.progress.settled[-1].warnings)


async def test_others_do_not_wait_with_them(scene: Scene) -> None:
    items = [scene.item(number) for number in (1, 7, 2, 8)]
    assert await run(scene, *items, job_id=SECOND_JOB) == [FAILED, OK, FAILED, OK]
    assert booked(scene) == [[7, 8]]


async def test_a_company_that_shares_no_more_keeps_them_waiting_all_the_same(scene: Scene) -> None:
    scene.with_settings(journal_construction=JournalConstruction.PER_ITEM)
    items = [scene.item(number, receipts=1) for number in (1, 2, 3)]
    assert await run(scene, *items, job_id=SECOND_JOB) == [FAILED, FAILED, FAILED]
    let_it_be_lost(scene)
    assert await run(scene, *items, job_id=THIRD_JOB) == [OK, OK, OK]
    assert booked(scene) == [[1], [2], [3]]


async def test_a_refusal_of_the_repeat_does_not_free_them(scene: Scene) -> None:
    """The first send may be taken all the same, say because a period was opened again."""
    items = [scene.item(number, receipts=1) for number in (1, 2, 3)]
    plan(scene, Rejects(NO))
    assert await run(scene, *items, job_id=SECOND_JOB) == [FAILED, FAILED, FAILED]
    assert not scene.booked
    assert [(await record_of(scene, number)).state for number in (1, 2, 3)] == [PostingState.UNKNOWN] * 3
    assert await run(scene, *items, job_id=THIRD_JOB) == [OK, OK, OK]
    assert scene.booked == [shared_reference(JOB)]


async def test_one_that_arrives_meanwhile_is_found(scene: Scene) -> None:
    elsewhere = a_sharing_scene(scene.spool / "elsewhere")
    assert await run(elsewhere) == [OK, OK, OK]
    (late,) = elsewhere.books.entries
    await scene.books.post(late.document, late.content_hash)
    items = [scene.item(number, receipts=1) for number in (1, 2, 3)]
    assert await run(scene, *items, job_id=SECOND_JOB) == [OK, OK, OK]
    await assert_each_is_booked_once(scene, 1, 2, 3, job_id=SECOND_JOB)


async def test_what_surely_was_not_sent_waits_for_nobody(tmp_path: Path) -> None:
    scene = a_sharing_scene(tmp_path)
    plan(scene, Raises(Unreachable("gone")))
    assert await run(scene) == [FAILED, FAILED, FAILED]
    assert [(await record_of(scene, number)).state for number in (1, 2, 3)] == [PostingState.REJECTED] * 3
    assert await run(scene, scene.item(1), job_id=SECOND_JOB) == [OK]


async def test_a_stop_before_the_entry_is_sent_leaves_its_items_free(tmp_path: Path) -> None:
    """Only then some records say that they are sent, and the entry's own does not."""
    whole, breaker = a_sharing_scene(tmp_path), Breaker()
    whole.pleo.add_job(*(whole.item(number) for number in (1, 2, 3)))
    await run_with(whole, breaker)
    sending = breaker.calls.index("post")
    for position in range(sending - 1):
        scene = a_sharing_scene(tmp_path)
        scene.pleo.add_job(*(scene.item(number) for number in (1, 2, 3)))
        await run_with(scene, Breaker(position + 1, has_effect=True))
        scene.pleo.at().pages[0].pop()
        await scene.run()
        assert [number for entry in booked(scene) for number in entry] in ([1, 2], [1, 2, 3]), breaker.calls[position]


async def test_what_was_sent_by_itself_is_never_shared_before_it_is_seen(tmp_path: Path) -> None:
    """Whoever gave it up can be refused the repeat, and the first send can arrive after that."""
    scene = a_sharing_scene(tmp_path)
    plan(scene, LOST)
    plan(scene, Raises(Unreachable("gone")), Call.FIND)
    assert await run(scene, scene.item(1)) == [FAILED]
    plan(scene, Rejects(NO))
    assert await run(scene, scene.item(1), job_id=SECOND_JOB) == [FAILED]
    assert (await record_of(scene, 1)).state is PostingState.UNKNOWN
    assert await run(scene, scene.item(1), scene.item(2), scene.item(3), job_id=THIRD_JOB) == [OK, OK, OK]
    assert booked(scene) == [[1], [2, 3]]
    assert reference(1) in scene.booked
