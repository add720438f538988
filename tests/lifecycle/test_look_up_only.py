"""Books that take whatever they are sent, as often as they are sent it: nothing is booked twice."""

from datetime import timedelta
from pathlib import Path

import pytest

from bilag.adapters.accounting.memory.connector import MemoryBooks
from bilag.adapters.accounting.memory.script import Call, Forgets, Raises
from bilag.adapters.accounting.memory.set_up import BooksSetUp
from bilag.domain.capabilities import KeyClass
from bilag.domain.document import Document
from bilag.domain.export_job import ItemStatus, JobEvent
from bilag.domain.failure import FailureCode
from bilag.domain.posting_record import ItemOutcome, Part, PostingRecord
from bilag.domain.settings import JournalConstruction
from bilag.domain.transitions import PostingState
from bilag.lifecycle.later_looks import LOOKS_MAX, WAIT_SECONDS_MAX
from bilag.lifecycle.plan_item import plan_item
from bilag.lifecycle.plan_json import content_hash
from bilag.lifecycle.post import post
from bilag.lifecycle.unsettled import NotSettledYet
from bilag.lifecycle.while_leased import while_leased
from bilag.ports.accounting_system import PostAnswer, PostedDocument, SendCheck, unchecked
from bilag.ports.errors import SentTooLate, Unreachable
from bilag.ports.posting_journal import OutcomeChoice
from tests.builders import COMPANY
from tests.lifecycle.invariants import assert_everything_succeeded
from tests.lifecycle.look_up_scene import (
    LOST,
    SECOND_JOB,
    TAKEN,
    WAIT_SECONDS,
    a_scene_of_class,
    books_of_class,
    plan,
    stopped_at_its_post,
)
from tests.lifecycle.pleo_in_memory import JOB
from tests.lifecycle.scene import Scene, entry_id, journal_key, reference


@pytest.fixture
def looking(tmp_path: Path) -> Scene:
    """A company whose books have nothing but a look-up."""
    return a_scene_of_class(tmp_path, KeyClass.LOOK_UP)


async def recorded(scene: Scene, number: int = 1) -> PostingRecord:
    return (await scene.journal.latest(COMPANY, entry_id(number)))[Part.JOURNAL_ENTRY]


async def outcome(scene: Scene, job_id: str = JOB) -> ItemOutcome:
    (only,) = await scene.journal.outcomes(job_id, choice=OutcomeChoice.ALL, offset=0, limit=10)
    return only


async def test_books_that_only_look_up_take_a_repeat_for_another_entry(looking: Scene) -> None:
    """What the rules are for: without them a second send is a second booking."""
    document = (await plan_item(looking.item(), looking.planner)).documents[0]
    for _ in range(2):
        await looking.books.post(document, content_hash(document))
    assert looking.booked == [reference(1), reference(1)]


async def test_lost_answer_is_looked_up_at_once_and_a_hit_ends_the_wait(looking: Scene) -> None:
    plan(looking, Call.POST, TAKEN)
    looking.pleo.add_job(looking.item(1))
    await looking.run()
    await assert_everything_succeeded(looking)
    assert not looking.clock.slept_seconds


async def test_lost_request_is_sent_again_only_when_a_late_look_found_nothing(looking: Scene) -> None:
    plan(looking, Call.POST, LOST)
    looking.pleo.add_job(looking.item(1))
    await looking.run()
    await assert_everything_succeeded(looking)
    assert sum(looking.clock.slept_seconds) >= WAIT_SECONDS


async def test_entry_that_arrives_during_the_wait_is_found_and_not_sent_again(looking: Scene) -> None:
    item = looking.item(1)
    document = (await plan_item(item, looking.planner)).documents[0]
    plan(looking, Call.POST, LOST)
    with pytest.raises(NotSettledYet) as waiting:
        await post(document, journal_key(item), JOB, looking.desk)
    assert waiting.value.until == looking.clock.now() + timedelta(seconds=WAIT_SECONDS)
    await looking.books.post(document, content_hash(document))
    looking.pleo.add_job(item)
    await looking.run()
    assert looking.booked == [reference(1)]
    await assert_everything_succeeded(looking)


async def test_others_go_on_while_an_item_waits_for_its_look(looking: Scene) -> None:
    plan(looking, Call.POST, LOST, about=entry_id(1))
    looking.pleo.add_job(*(looking.item(number) for number in (1, 2, 3)))
    await looking.run()
    assert [settled.entry_id for settled in looking.progress.settled] == [entry_id(2), entry_id(3), entry_id(1)]
    await assert_everything_succeeded(looking)


@pytest.mark.parametrize("has_effect", [False, True])
async def test_recovery_waits_from_the_stored_attempt_and_not_from_the_start_of_the_process(
    tmp_path: Path, *, has_effect: bool
) -> None:
    scene = await stopped_at_its_post(tmp_path, KeyClass.LOOK_UP, has_effect=has_effect)
    assert (await recorded(scene)).state is PostingState.SENT
    scene.clock.advance(600)
    await scene.run()
    await assert_everything_succeeded(scene)
    assert sum(scene.clock.slept_seconds) == (0 if has_effect else WAIT_SECONDS - 600)


async def test_a_recovery_after_the_whole_wait_looks_and_sends_at_once(tmp_path: Path) -> None:
    scene = await stopped_at_its_post(tmp_path, KeyClass.LOOK_UP)
    scene.clock.advance(WAIT_SECONDS)
    await scene.run()
    await assert_everything_succeeded(scene)
    assert not scene.clock.slept_seconds


async def test_two_hits_stop_the_item_and_show_a_person(looking: Scene) -> None:
    item = looking.item(1)
    document = (await plan_item(item, looking.planner)).documents[0]
    await looking.books.post(document, content_hash(document))
    looking.pleo.add_job(looking.item(2), item)
    plan(looking, Call.POST, TAKEN, about=entry_id(1))
    await looking.run()
    told = {report.entry_id: report for report in looking.pleo.at().accepted}
    assert told[entry_id(2)].status is ItemStatus.SUCCESSFUL
    assert told[entry_id(1)].status is ItemStatus.FAILED
    failed = next(o for o in looking.progress.settled if o.entry_id == entry_id(1))
    assert failed.failures[0].code is FailureCode.BOOKS_FOUND_TWICE
    assert "as 1, " in failed.failures[0].message


async def test_two_hits_stay_stopped_until_a_person_has_removed_one(looking: Scene) -> None:
    item = looking.item(1)
    document = (await plan_item(item, looking.planner)).documents[0]
    plan(looking, Call.POST, LOST, times=LOOKS_MAX + 1)
    looking.pleo.add_job(item)
    await looking.run()
    for _ in range(2):
        await looking.books.post(document, content_hash(document))
    for number, status in ((2, ItemStatus.FAILED), (3, ItemStatus.SUCCESSFUL)):
        looking.pleo.add_job(item, id=f"{SECOND_JOB[:-1]}{number}")
        await looking.run()
        assert looking.pleo.at(f"{SECOND_JOB[:-1]}{number}").status_of(item.entry_id) is status
        if number == 2:
            looking.books.remove(reference(1))
    assert looking.booked == [reference(1)]


async def test_search_that_fails_is_tried_again_when_it_is_due_and_nothing_is_sent_before(looking: Scene) -> None:
    plan(looking, Call.POST, LOST)
    plan(looking, Call.FIND, Raises(Unreachable("gone")))
    looking.pleo.add_job(looking.item(1))
    await looking.run()
    await assert_everything_succeeded(looking)
    assert sum(looking.clock.slept_seconds) >= WAIT_SECONDS


async def test_search_that_keeps_failing_leaves_the_item_in_doubt_and_sends_nothing(looking: Scene) -> None:
    plan(looking, Call.POST, TAKEN)
    plan(looking, Call.FIND, Raises(Unreachable("gone")), times=2)
    looking.pleo.add_job(looking.item(1))
    await looking.run()
    settled = await outcome(looking)
    assert not settled.successful
    assert "In doubt" in settled.failures[0].message
    assert looking.booked == [reference(1)]
    looking.pleo.add_job(looking.item(1), id=SECOND_JOB)
    await looking.run()
    assert looking.booked == [reference(1)]
    assert looking.pleo.at(SECOND_JOB).events[0].event is JobEvent.COMPLETED


async def test_stale_search_is_not_believed_before_its_time(looking: Scene) -> None:
    plan(looking, Call.POST, TAKEN)
    plan(looking, Call.FIND, Forgets())
    looking.pleo.add_job(looking.item(1))
    await looking.run()
    await assert_everything_succeeded(looking)


async def test_what_a_job_can_not_wait_for_is_in_doubt_and_told_by_the_next_one(tmp_path: Path) -> None:
    scene = a_scene_of_class(tmp_path, KeyClass.LOOK_UP)
    scene.books = MemoryBooks(slow_books(), clock=scene.clock)
    item = scene.item(1)
    plan(scene, Call.POST, LOST)
    scene.pleo.add_job(item)
    document = (await plan_item(item, scene.planner)).documents[0]
    await scene.run()
    failure = (await outcome(scene)).failures[0]
    assert failure.code is FailureCode.BOOKS_OUTCOME_UNKNOWN
    assert "In doubt" in failure.message
    assert "loses nothing and books nothing twice" in failure.remedy
    await scene.books.post(document, content_hash(document))
    scene.pleo.add_job(item, id=SECOND_JOB)
    await scene.run()
    assert scene.booked == [reference(1)]
    assert scene.pleo.at(SECOND_JOB).status_of(item.entry_id) is ItemStatus.SUCCESSFUL


def slow_books() -> BooksSetUp:
    return books_of_class(KeyClass.LOOK_UP, settles_seconds=int(WAIT_SECONDS_MAX) + 1)


async def test_answers_lost_again_and_again_end_in_doubt(looking: Scene) -> None:
    plan(looking, Call.POST, LOST, times=LOOKS_MAX + 1)
    looking.pleo.add_job(looking.item(1))
    await looking.run()
    assert (await outcome(looking)).failures[0].code is FailureCode.BOOKS_OUTCOME_UNKNOWN
    assert not looking.booked


async def test_books_that_lose_every_answer_stop_the_job_and_leave_nothing_in_the_dark(looking: Scene) -> None:
    plan(looking, Call.POST, LOST, times=100)
    looking.pleo.add_job(*(looking.item(number) for number in range(1, 9)))
    await looking.run()
    codes = [settled.failures[0].code for settled in looking.progress.settled]
    assert len(codes) == 8
    assert codes.count(FailureCode.BOOKS_OUTCOME_UNKNOWN) == 5
    assert codes.count(FailureCode.BOOKS_TIMEOUT) == 3


async def test_a_process_that_slept_before_sending_notes_a_new_attempt(looking: Scene) -> None:
    """Others count from the stored attempt: nothing may go out long after it."""
    scene, document = looking, (await plan_item(looking.item(), looking.planner)).documents[0]
    naps = iter((3600.0, 0.0))
    sent: list[PostingRecord] = []

    class Napping(MemoryBooks):
        async def post(self, document: Document, content_hash: str, check: SendCheck = unchecked) -> PostAnswer:
            scene.clock.advance(next(naps))
            check()
            sent.append(await recorded(scene))
            return await super().post(document, content_hash, check)

    scene.books = Napping(books_of_class(KeyClass.LOOK_UP), clock=scene.clock)
    answer = await post(document, journal_key(scene.item()), JOB, while_leased(scene.desk))
    assert isinstance(answer, PostedDocument)
    assert [record.changed_at for record in sent] == [scene.clock.now()]


async def test_a_process_that_keeps_falling_asleep_sends_nothing(looking: Scene) -> None:
    scene, document = looking, (await plan_item(looking.item(), looking.planner)).documents[0]

    class Asleep(MemoryBooks):
        async def post(self, document: Document, content_hash: str, check: SendCheck = unchecked) -> PostAnswer:
            scene.clock.advance(3600.0)
            check()
            raise AssertionError(f"{document.external_reference} is sent as {content_hash}")

    scene.books = Asleep(books_of_class(KeyClass.LOOK_UP), clock=scene.clock)
    with pytest.raises(SentTooLate):
        await post(document, journal_key(scene.item()), JOB, while_leased(scene.desk))
    assert (await recorded(scene)).state is PostingState.REJECTED


async def test_shared_entry_whose_answer_was_lost_is_looked_up_late_and_booked_once(tmp_path: Path) -> None:
    scene = a_scene_of_class(tmp_path, KeyClass.LOOK_UP, journal_construction=JournalConstruction.PER_JOB)
    plan(scene, Call.POST, LOST)
    items = [scene.item(number, reconciliation_id=f"rec-{number:05}") for number in (1, 2, 3)]
    scene.pleo.add_job(*items)
    await scene.run()
    assert scene.pleo.at().events[0].event is JobEvent.COMPLETED
    assert len(scene.booked) == 1
    assert sum(scene.clock.slept_seconds) >= WAIT_SECONDS
