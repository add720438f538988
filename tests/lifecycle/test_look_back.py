from dataclasses import replace

import pytest

from bilag.adapters.accounting.memory.script import Call, Incident, Raises
from bilag.domain.document import Document
from bilag.domain.export_item import ExportItem
from bilag.domain.posting_record import ItemOutcome, Part, PostingKey, PostingRecord
from bilag.domain.transitions import PostingState
from bilag.lifecycle.look_back import Standing, look_back
from bilag.lifecycle.plan_item import plan_item
from bilag.lifecycle.plan_json import content_hash
from bilag.lifecycle.post import post
from bilag.ports.accounting_system import PostedDocument
from bilag.ports.errors import Unreachable
from tests.builders import COMPANY, an_outcome
from tests.lifecycle.pleo_in_memory import JOB
from tests.lifecycle.scene import Scene, entry_id, journal_key, reference


async def document_of(scene: Scene, item: ExportItem, generation: int = 1) -> Document:
    return (await plan_item(item, scene.planner, {Part.JOURNAL_ENTRY: generation})).documents[0]


async def posted(scene: Scene, generation: int = 1) -> PostedDocument:
    document = await document_of(scene, scene.item(), generation)
    answer = await post(document, journal_key(scene.item(), generation), JOB, scene.desk)
    assert isinstance(answer, PostedDocument)
    return answer


async def reported(scene: Scene, document: PostedDocument, job_id: str = JOB) -> None:
    outcome: ItemOutcome = an_outcome(job_id=job_id, entry_id=entry_id(1), external_id=document.external_id)
    await scene.journal.record_outcome(outcome)
    await scene.journal.mark_reported(job_id, [outcome.entry_id], scene.clock.now())


async def intended(scene: Scene, *later: PostingState) -> str:
    """Our record of an entry that came this far; gives its content hash."""
    hash_ = content_hash(await document_of(scene, scene.item()))
    for state in (PostingState.INTENDED, *later):
        record = PostingRecord(
            key=journal_key(scene.item()),
            job_id=JOB,
            state=state,
            content_hash=hash_,
            changed_at=scene.clock.now(),
        )
        await scene.journal.record(record)
    return hash_


async def standing(scene: Scene) -> Standing:
    return (await look_back(entry_id(1), scene.desk)).of(Part.JOURNAL_ENTRY)


async def state(scene: Scene) -> PostingState | None:
    record = (await scene.journal.latest(COMPANY, entry_id(1))).get(Part.JOURNAL_ENTRY)
    return record.state if record else None


def key(generation: int) -> PostingKey:
    return PostingKey(company_id=COMPANY, entry_id=entry_id(1), part=Part.JOURNAL_ENTRY, generation=generation)


async def test_entry_that_was_never_tried_starts_with_the_first_generation(scene: Scene) -> None:
    assert await standing(scene) == Standing(key=key(1))


async def test_rejected_entry_is_free_to_be_sent_without_a_look(scene: Scene) -> None:
    await intended(scene, PostingState.SENT, PostingState.REJECTED)
    scene.books.plan(Incident(call=Call.FIND, happening=Raises(AssertionError("looked"))))
    assert await standing(scene) == Standing(key=key(1))


async def test_posted_and_unreported_is_reported_and_not_booked_again(scene: Scene) -> None:
    scene.with_settings(post_again=True)
    document = await posted(scene)
    found = await standing(scene)
    assert (found.key, found.posted, found.warnings) == (key(1), document, ())
    assert found.sent_hash == document.content_hash


async def test_real_export_again_is_answered_with_what_stands_and_warns(scene: Scene) -> None:
    document = await posted(scene)
    await reported(scene, document)
    found = await standing(scene)
    assert (found.key, found.posted, found.sent_hash) == (key(1), document, "")
    history = await look_back(entry_id(1), scene.desk)
    assert history.is_told
    assert "nothing was booked" in history.warnings[0]


async def test_real_export_again_raises_the_generation_where_the_settings_ask(scene: Scene) -> None:
    scene.with_settings(post_again=True)
    await reported(scene, await posted(scene))
    found = await standing(scene)
    assert (found.key, found.posted) == (key(2), None)
    assert "booked once more" in found.warnings[0]


async def test_second_generation_that_is_unreported_is_not_booked_a_third_time(scene: Scene) -> None:
    """The first generation was reported, and that says nothing of the second."""
    scene.with_settings(post_again=True)
    await reported(scene, await posted(scene))
    second = await posted(scene, generation=2)
    found = await standing(scene)
    assert (found.key, found.posted, found.warnings) == (key(2), second, ())


@pytest.mark.parametrize("was_reported", [False, True])
async def test_entry_removed_from_the_books_raises_the_generation(
    scene: Scene,
    was_reported: bool,  # noqa: FBT001  a table of cases
) -> None:
    document = await posted(scene)
    if was_reported:
        await reported(scene, document)
    scene.books.remove(reference(1))
    found = await standing(scene)
    assert (found.key, found.posted) == (key(2), None)
    assert "removed" in found.warnings[0]


async def test_intent_that_was_never_sent_changes_nothing(scene: Scene) -> None:
    await intended(scene)
    assert await standing(scene) == Standing(key=key(1))
    assert await state(scene) is PostingState.INTENDED


@pytest.mark.parametrize("later", [(), (PostingState.SENT,), (PostingState.SENT, PostingState.UNKNOWN)])
async def test_unsettled_entry_that_stands_is_posted(scene: Scene, later: tuple[PostingState, ...]) -> None:
    hash_ = await intended(scene, *later)
    await scene.books.post(await document_of(scene, scene.item()), hash_)
    found = await standing(scene)
    assert found.posted is not None
    assert (found.key, found.sent_hash) == (key(1), hash_)
    record = (await scene.journal.latest(COMPANY, entry_id(1))).get(Part.JOURNAL_ENTRY)
    assert record is not None
    assert (record.state, record.external_id) == (PostingState.POSTED, found.posted.external_id)


@pytest.mark.parametrize("later", [(PostingState.SENT,), (PostingState.SENT, PostingState.UNKNOWN)])
async def test_unsettled_entry_that_surely_is_absent_is_free_to_be_sent(
    scene: Scene, later: tuple[PostingState, ...]
) -> None:
    await intended(scene, *later)
    assert await standing(scene) == Standing(key=key(1), sent_at=scene.clock.now())
    assert await state(scene) is PostingState.UNKNOWN


async def test_books_that_cannot_be_asked_leave_the_entry_as_it_is(scene: Scene) -> None:
    await intended(scene, PostingState.SENT)
    scene.books.plan(Incident(call=Call.FIND, happening=Raises(Unreachable("gone"))))
    with pytest.raises(Unreachable):
        await standing(scene)
    assert await state(scene) is PostingState.SENT


async def test_another_company_of_the_same_entry_knows_nothing_of_it(scene: Scene) -> None:
    await posted(scene)
    scene.settings = replace(scene.settings, company_id="another company")
    assert (await standing(scene)).posted is None
