from datetime import date

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
from bilag.domain.document import Document
from bilag.domain.failure import Failure, FailureCode
from bilag.domain.ledger import PostingMode
from bilag.domain.posting_record import Part, PostingRecord
from bilag.domain.transitions import PostingState
from bilag.lifecycle.plan_item import plan_item
from bilag.lifecycle.plan_json import content_hash
from bilag.lifecycle.post import post, read_back
from bilag.ports.accounting_system import PeriodRefused, PostAnswer, PostedDocument, Rejected
from bilag.ports.errors import BadAnswer, Throttled, Trouble, Unauthorised, Unreachable
from tests.builders import COMPANY, money
from tests.lifecycle.breaker import Breaker
from tests.lifecycle.pleo_in_memory import JOB
from tests.lifecycle.scene import Scene, entry_id, journal_key, reference

NO = Failure(code=FailureCode.BOOKS_REJECTED, path="", message="No.", remedy="Ask.")


async def document_of(scene: Scene) -> Document:
    return (await plan_item(scene.item(), scene.planner)).documents[0]


async def post_it(scene: Scene) -> PostAnswer:
    return await post(await document_of(scene), journal_key(scene.item()), JOB, scene.desk)


async def recorded(scene: Scene) -> PostingRecord:
    record = (await scene.journal.latest(COMPANY, entry_id(1))).get(Part.JOURNAL_ENTRY)
    assert record is not None
    return record


def plan(scene: Scene, call: Call, happening: Happening, times: int = 1) -> None:
    scene.books.plan(Incident(call=call, happening=happening, times=times))


def code_of(answer: PostAnswer) -> FailureCode:
    assert isinstance(answer, Rejected)
    return answer.failures[0].code


async def test_intent_is_stored_before_the_call_and_the_outcome_after(scene: Scene) -> None:
    breaker = Breaker()
    desk = scene.desk_over(breaker.over(scene.books), scene.pleo, breaker.over(scene.journal))
    document = await document_of(scene)
    answer = await post(document, journal_key(scene.item()), JOB, desk)
    assert isinstance(answer, PostedDocument)
    assert breaker.calls == ["record", "post", "record"]
    record = await recorded(scene)
    assert record.state is PostingState.POSTED
    assert (record.content_hash, record.job_id) == (content_hash(document), JOB)
    assert (record.external_id, record.posting_date) == (answer.external_id, date(2026, 10, 15))


@pytest.mark.parametrize("has_effect", [True, False])
async def test_lost_answer_is_settled_by_looking_and_books_once(
    scene: Scene,
    has_effect: bool,  # noqa: FBT001  a table of cases
) -> None:
    plan(scene, Call.POST, LosesAnswer(has_effect))
    answer = await post_it(scene)
    assert isinstance(answer, PostedDocument)
    assert scene.booked == [reference(1)]
    assert (await recorded(scene)).state is PostingState.POSTED


async def test_answer_that_cannot_be_understood_is_settled_by_looking(scene: Scene) -> None:
    plan(scene, Call.POST, Raises(BadAnswer("half a document")))
    assert isinstance(await post_it(scene), PostedDocument)
    assert scene.booked == [reference(1)]


async def test_answers_lost_too_often_leave_the_outcome_unknown(scene: Scene) -> None:
    plan(scene, Call.POST, LosesAnswer(has_effect=False), 3)
    assert code_of(await post_it(scene)) is FailureCode.BOOKS_OUTCOME_UNKNOWN
    assert (await recorded(scene)).state is PostingState.UNKNOWN
    assert not scene.booked


@pytest.mark.parametrize("trouble", [Unreachable("gone"), Unauthorised("expired"), BadAnswer("?")])
async def test_nothing_is_sent_again_while_the_books_cannot_be_asked(scene: Scene, trouble: Trouble) -> None:
    plan(scene, Call.POST, LosesAnswer(has_effect=False))
    plan(scene, Call.FIND, Raises(trouble))
    plan(scene, Call.POST, Raises(AssertionError("sent again")))
    assert code_of(await post_it(scene)) is FailureCode.BOOKS_OUTCOME_UNKNOWN
    assert (await recorded(scene)).state is PostingState.UNKNOWN


async def test_stale_look_up_books_nothing_twice(scene: Scene) -> None:
    plan(scene, Call.POST, LosesAnswer(has_effect=True))
    plan(scene, Call.FIND, Forgets())
    assert isinstance(await post_it(scene), PostedDocument)
    assert scene.booked == [reference(1)]


async def test_rejection_is_certain_and_says_why(scene: Scene) -> None:
    plan(scene, Call.POST, Rejects(NO))
    assert await post_it(scene) == Rejected(failures=(NO,))
    record = await recorded(scene)
    assert (record.state, record.note) == (PostingState.REJECTED, "No.")


async def test_closed_period_is_certain_and_may_be_tried_again(scene: Scene) -> None:
    plan(scene, Call.POST, ClosesPeriod("2026-10"))
    assert await post_it(scene) == PeriodRefused(period="2026-10")
    assert (await recorded(scene)).state is PostingState.REJECTED
    scene.books.open_period("2026-10")
    assert isinstance(await post_it(scene), PostedDocument)


@pytest.mark.parametrize("trouble", [Unreachable("gone"), Unauthorised("expired"), Throttled("slow down")])
async def test_trouble_before_any_effect_is_remembered_as_not_booked(scene: Scene, trouble: Trouble) -> None:
    plan(scene, Call.POST, Raises(trouble))
    with pytest.raises(type(trouble)):
        await post_it(scene)
    record = await recorded(scene)
    assert (record.state, record.note) == (PostingState.REJECTED, str(trouble))


async def test_bug_in_the_books_leaves_the_entry_as_sent(scene: Scene) -> None:
    """Nobody knows what a bug did before it showed, so the next try looks first."""
    plan(scene, Call.POST, Raises(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        await post_it(scene)
    assert (await recorded(scene)).state is PostingState.SENT


async def read(scene: Scene) -> tuple[tuple[Failure, ...], tuple[str, ...]]:
    answer = await post_it(scene)
    assert isinstance(answer, PostedDocument)
    return await read_back(await document_of(scene), answer, scene.desk)


async def test_entry_that_stands_as_sent_reads_back_clean(scene: Scene) -> None:
    assert await read(scene) == ((), ())


async def test_date_and_mode_changed_by_the_books_are_told(scene: Scene) -> None:
    plan(scene, Call.POST, Alters(posting_date=date(2026, 11, 1), mode=PostingMode.FINAL))
    failures, warnings = await read(scene)
    assert not failures
    assert "from 2026-10-15 to 2026-11-01" in warnings[0]
    assert "final" in warnings[1]


async def test_other_total_in_the_books_is_a_conflict(scene: Scene) -> None:
    plan(scene, Call.POST, Alters(total=money("1.00 DKK")))
    failures, _ = await read(scene)
    assert failures[0].code is FailureCode.BOOKS_CONFLICT
    assert "1.00 DKK" in failures[0].message
    assert "125.00 DKK" in failures[0].message


async def test_total_told_as_a_credit_is_the_same_total(scene: Scene) -> None:
    plan(scene, Call.POST, Alters(total=money("-125.00 DKK")))
    assert await read(scene) == ((), ())


async def test_accepted_entry_that_cannot_be_found_is_a_conflict(scene: Scene) -> None:
    plan(scene, Call.FIND, Forgets())
    failures, _ = await read(scene)
    assert failures[0].code is FailureCode.BOOKS_CONFLICT


async def test_entry_that_cannot_be_read_back_just_now_is_a_warning(scene: Scene) -> None:
    plan(scene, Call.FIND, Raises(Unreachable("gone")))
    failures, warnings = await read(scene)
    assert not failures
    assert "could not be read back" in warnings[0]
