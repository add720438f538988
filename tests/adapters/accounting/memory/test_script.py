from datetime import date

import pytest

from bilag.adapters.accounting.memory.connector import MemoryBooks
from bilag.adapters.accounting.memory.script import (
    Alters,
    Call,
    ClosesPeriod,
    Forgets,
    Happening,
    Incident,
    LosesAnswer,
    NotReady,
    Raises,
    Rejects,
    Script,
)
from bilag.domain.attachment import NoteFile
from bilag.domain.failure import Failure, FailureCode, JobFailure, JobReason
from bilag.domain.payables import PayableKeys, VendorKey, VendorQuery
from bilag.ports.accounting_system import PeriodRefused, PostedDocument, Rejected
from bilag.ports.errors import OutcomeUnknown, Throttled, Trouble, Unauthorised, Unreachable
from tests.adapters.accounting.memory.samples import HASH, REFERENCE, SET_UP, a_document, a_file, posted

NO = Failure(code=FailureCode.BOOKS_REJECTED, path="", message="No.", remedy="Ask.")
NOTE = NoteFile(name="a.txt", text="b")


def books_where(call: Call, happening: Happening, about: str = "") -> MemoryBooks:
    return MemoryBooks(SET_UP, [Incident(call=call, happening=happening, about=about)])


@pytest.mark.parametrize("has_effect", [True, False])
async def test_lost_answer_leaves_the_effect_or_not(has_effect: bool) -> None:  # noqa: FBT001  a table of cases
    books = books_where(Call.POST, LosesAnswer(has_effect))
    with pytest.raises(OutcomeUnknown):
        await books.post(a_document(), HASH)
    assert len(books.entries) == has_effect
    await posted(books)
    assert len(books.entries) == 1


@pytest.mark.parametrize("has_effect", [True, False])
async def test_lost_answer_to_a_file_leaves_the_effect_or_not(has_effect: bool) -> None:  # noqa: FBT001  a table of cases
    books = books_where(Call.ATTACH, LosesAnswer(has_effect))
    books.plan(Incident(call=Call.ATTACH_NOTE, happening=LosesAnswer(has_effect)))
    entry = await posted(books)
    with pytest.raises(OutcomeUnknown):
        await books.attach(entry.external_id, a_file())
    with pytest.raises(OutcomeUnknown):
        await books.attach_note(entry.external_id, NOTE)
    assert (len(books.entries[0].files), len(books.entries[0].notes)) == (has_effect, has_effect)


@pytest.mark.parametrize("error", [Unreachable("gone"), Unauthorised("expired"), Throttled("slow down", 3.0)])
async def test_trouble_comes_before_any_effect(error: Trouble) -> None:
    books = books_where(Call.POST, Raises(error))
    with pytest.raises(type(error)):
        await books.post(a_document(), HASH)
    assert not books.entries


async def test_every_question_can_meet_trouble() -> None:
    gone = Raises(Unreachable("gone"))
    books = MemoryBooks(SET_UP, [Incident(call=call, happening=gone, times=2) for call in Call])
    questions = (
        books.problems,
        lambda: books.accounts(["6010"]),
        lambda: books.unknown_tax_codes(["K25"]),
        lambda: books.unknown_dimensions([]),
        lambda: books.vendors(VendorQuery(key=VendorKey.CODE, value="V1001", source="vendor.code")),
        lambda: books.payable_items(PayableKeys(vendor_number="V1001")),
        books.payables,
        lambda: books.period_of(date(2026, 10, 1)),
        lambda: books.next_open_period(date(2026, 10, 1)),
        lambda: books.find_by_reference(REFERENCE),
        lambda: books.attached("1"),
    )
    for ask in questions:
        for _ in range(2):
            with pytest.raises(Unreachable):
                await ask()
        await ask()


async def test_rejection_is_certain() -> None:
    books = books_where(Call.POST, Rejects(NO))
    books.plan(Incident(call=Call.ATTACH, happening=Rejects(NO)))
    books.plan(Incident(call=Call.ATTACH_NOTE, happening=Rejects(NO)))
    assert await books.post(a_document(), HASH) == Rejected(failures=(NO,))
    assert not books.entries
    entry = await posted(books)
    assert await books.attach(entry.external_id, a_file()) == NO
    assert await books.attach_note(entry.external_id, NOTE) == NO
    assert not books.entries[0].files


async def test_books_that_are_not_ready_say_why() -> None:
    problem = JobFailure(reason_type=JobReason.INVALID_CONFIGURATION, message="Locked.", remedy="Unlock.")
    books = books_where(Call.PROBLEMS, NotReady(problem))
    assert await books.problems() == (problem,)
    assert await books.problems() == ()


async def test_date_moved_without_a_word_shows_when_read_back() -> None:
    books = books_where(Call.POST, Alters(posting_date=date(2026, 11, 1)))
    assert (await posted(books)).posting_date == date(2026, 11, 1)
    assert books.entries[0].document.posting_date.date == date(2026, 10, 15)


async def test_period_can_close_between_a_question_and_the_entry() -> None:
    books = books_where(Call.POST, ClosesPeriod("2026-10"))
    period = await books.period_of(date(2026, 10, 15))
    assert period is not None
    assert not period.closed
    assert await books.post(a_document(), HASH) == PeriodRefused(period="2026-10")


async def test_stale_index_finds_nothing_once() -> None:
    books = books_where(Call.FIND, Forgets())
    await posted(books)
    assert await books.find_by_reference(REFERENCE) is None
    assert await books.find_by_reference(REFERENCE) is not None


async def test_incident_about_one_document_spares_the_others() -> None:
    books = books_where(Call.POST, Rejects(NO), about="entry-2")
    assert isinstance(await books.post(a_document(), HASH), PostedDocument)
    assert isinstance(await books.post(a_document("4b1f0c5e.entry-2.je1"), HASH), Rejected)


def test_incidents_come_in_their_order_and_as_often_as_planned() -> None:
    script = Script((Incident(call=Call.POST, happening=Rejects(NO), times=2),))
    script.add(Incident(call=Call.POST, happening=LosesAnswer(has_effect=True)))
    assert script.next(Call.FIND, "") is None
    met = [script.next(Call.POST, "") for _ in range(4)]
    assert met == [Rejects(NO), Rejects(NO), LosesAnswer(has_effect=True), None]
