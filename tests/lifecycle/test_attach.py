from dataclasses import replace
from pathlib import Path

import pytest

from bilag.adapters.accounting.memory.script import Call, Happening, Incident, LosesAnswer, Raises, Rejects
from bilag.domain.attachment import StoredFile
from bilag.domain.capabilities import TextLimits
from bilag.domain.export_item import ExportItem, ItemFile
from bilag.domain.failure import Failure, FailureCode
from bilag.domain.posting_record import ReceiptRecord, ReceiptState
from bilag.lifecycle.attach import Receipts, attach, close_debts, fetch_receipts, owe
from bilag.lifecycle.case import Case
from bilag.lifecycle.plan_item import notes_of, plan_item
from bilag.lifecycle.plan_json import content_hash
from bilag.ports.accounting_system import PostedDocument
from bilag.ports.errors import JobEnded, StoreFailed, Unreachable
from tests.lifecycle.pleo_script import Raises as PleoRaises
from tests.lifecycle.receipt_files import sha256
from tests.lifecycle.scene import ONE_FILE, Scene, books_keeping, books_taking, journal_key

NO = Failure(code=FailureCode.RECEIPT_DOWNLOAD, path="files[0]", message="No.", remedy="Ask.")
TOO_LARGE = 31 * 1024 * 1024


def link(position: int) -> str:
    return f"https://files.example/1/{position}"


def content(position: int) -> bytes:
    return f"receipt {position} of expense 1".encode()


def plan(scene: Scene, call: Call, happening: Happening, times: int = 1) -> None:
    scene.books.plan(Incident(call=call, happening=happening, times=times))


def in_pleo(scene: Scene, receipts: int) -> Case:
    """An item of a job in Pleo, under way."""
    item = scene.item(receipts=receipts)
    scene.pleo.add_job(item)
    return scene.case(item)


async def in_books(scene: Scene, item: ExportItem) -> str:
    """The external id of the item's document, which is booked."""
    document = (await plan_item(item, scene.planner)).documents[0]
    answer = await scene.books.post(document, content_hash(document))
    assert isinstance(answer, PostedDocument)
    return answer.external_id


async def attached(scene: Scene, case: Case) -> tuple[Failure, ...]:
    """What is wrong after the item was booked and its receipts were linked."""
    external_id = await in_books(scene, case.item)
    receipts = await fetch_receipts(case)
    key = journal_key(case.item)
    await owe(key, receipts.files, scene.desk)
    return await attach(case, external_id, key, receipts.files, notes_of(case.item, scene.planner))


async def states(scene: Scene, case: Case) -> list[ReceiptState]:
    return [record.state for record in await scene.journal.receipts(journal_key(case.item))]


async def test_receipts_come_in_pleos_order_with_names_of_ours(scene: Scene) -> None:
    receipts = await fetch_receipts(in_pleo(scene, 3))
    assert [file.sha256 for file in receipts.files] == [sha256(content(position)) for position in range(3)]
    assert [file.name for file in receipts.files] == ["rec-1-1.pdf", "rec-1-2.pdf", "rec-1-3.pdf"]
    assert not receipts.failures
    assert not scene.pleo.refetches


async def test_expired_link_is_renewed_once_and_serves_the_other_receipts_too(scene: Scene) -> None:
    case = in_pleo(scene, 3)
    scene.pleo.expired_links |= {link(position) for position in range(3)}
    receipts = await fetch_receipts(case)
    assert len(receipts.files) == 3
    assert len(scene.pleo.refetches) == 1
    assert scene.pleo.downloads == [link(0), *(f"{link(position)}?fetched=1" for position in range(3))]


async def test_links_that_stay_expired_fail_after_one_renewal_for_all(scene: Scene) -> None:
    case = in_pleo(scene, 3)
    scene.pleo.expired_for_good |= {link(position) for position in range(3)}
    receipts = await fetch_receipts(case)
    assert [failure.path for failure in receipts.failures] == ["files[0].url", "files[1].url", "files[2].url"]
    assert all(failure.code is FailureCode.RECEIPT_DOWNLOAD for failure in receipts.failures)
    assert len(scene.pleo.refetches) == 1


async def test_item_that_is_gone_or_lost_receipts_when_renewed_fails_its_receipt(scene: Scene) -> None:
    case = in_pleo(scene, 2)
    scene.pleo.expired_links |= {link(1)}
    scene.pleo.at().pages = [[scene.item(receipts=1)]]
    assert [failure.path for failure in (await fetch_receipts(case)).failures] == ["files[1].url"]
    scene.pleo.at().pages = []
    assert [failure.path for failure in (await fetch_receipts(case)).failures] == ["files[1].url"]


@pytest.mark.parametrize("trouble", [Unreachable("gone"), JobEnded("over")])
async def test_renewal_that_fails_is_the_receipts_failure(scene: Scene, trouble: Exception) -> None:
    case = in_pleo(scene, 1)
    scene.pleo.expired_links.add(link(0))
    scene.pleo.plan("refetch", PleoRaises(trouble))
    assert len((await fetch_receipts(case)).failures) == 1


async def test_trouble_on_the_way_to_a_receipt_is_that_receipts_failure(scene: Scene) -> None:
    case = in_pleo(scene, 2)
    scene.pleo.plan("download", PleoRaises(Unreachable("storage is gone")))
    receipts = await fetch_receipts(case)
    assert (receipts.failures[0].code, receipts.failures[0].path) == (FailureCode.RECEIPT_DOWNLOAD, "files[0]")
    assert "storage is gone" in receipts.failures[0].message
    assert len(receipts.files) == 1


async def test_receipt_that_pleo_cannot_give_says_why(scene: Scene) -> None:
    case = in_pleo(scene, 1)
    scene.pleo.files[link(0)] = NO
    assert await fetch_receipts(case) == Receipts(failures=(NO,))


async def test_receipt_announced_as_too_large_is_not_fetched(scene: Scene) -> None:
    case = scene.case(scene.item(files=(ItemFile(url=link(0), position=0, size_bytes=TOO_LARGE),)))
    (failure,) = (await fetch_receipts(case)).failures
    assert failure.code is FailureCode.RECEIPT_TOO_LARGE
    assert not scene.pleo.downloads


async def test_several_receipts_become_one_where_the_books_take_one(tmp_path: Path) -> None:
    scene = Scene(tmp_path, books_taking(ONE_FILE))
    receipts = await fetch_receipts(in_pleo(scene, 2))
    assert [file.sha256 for file in receipts.files] == [sha256(content(0) + content(1))]


async def test_receipts_that_cannot_become_one_fail_and_say_why(tmp_path: Path) -> None:
    async def cannot(*_: object, **__: object) -> Failure:
        return NO

    scene = Scene(tmp_path, books_taking(ONE_FILE))
    case = in_pleo(scene, 2)
    case = replace(case, desk=replace(case.desk, combine=cannot))
    assert await fetch_receipts(case) == Receipts(failures=(NO,))


async def test_books_without_attachments_fetch_nothing(tmp_path: Path) -> None:
    scene = Scene(tmp_path, books_taking(None))
    assert await fetch_receipts(in_pleo(scene, 2)) == Receipts()
    assert not scene.pleo.downloads


async def test_receipts_are_owed_and_then_attached(scene: Scene) -> None:
    case = in_pleo(scene, 2)
    await in_books(scene, case.item)
    await owe(journal_key(case.item), (await fetch_receipts(case)).files, scene.desk)
    assert await states(scene, case) == [ReceiptState.OWED] * 2
    assert await attached(scene, case) == ()
    assert await states(scene, case) == [ReceiptState.ATTACHED] * 2


async def test_what_is_linked_already_is_left_alone(scene: Scene) -> None:
    case = in_pleo(scene, 2)
    assert await attached(scene, case) == ()
    assert await attached(scene, case) == ()
    assert len(scene.books.entries[0].files) == 2


async def test_lost_answer_to_a_file_that_arrived_is_seen_by_looking(scene: Scene) -> None:
    case = in_pleo(scene, 1)
    plan(scene, Call.ATTACH, LosesAnswer(has_effect=True))
    assert await attached(scene, case) == ()
    assert len(scene.books.entries[0].files) == 1
    assert await states(scene, case) == [ReceiptState.ATTACHED]


async def test_file_that_got_lost_stays_owed_and_is_added_by_the_next_export(scene: Scene) -> None:
    case = in_pleo(scene, 1)
    plan(scene, Call.ATTACH, LosesAnswer(has_effect=False))
    (failure,) = await attached(scene, case)
    assert failure.code is FailureCode.RECEIPT_UPLOAD
    assert "The entry is booked" in failure.message
    assert await states(scene, case) == [ReceiptState.OWED]
    assert await attached(scene, case) == ()
    assert await states(scene, case) == [ReceiptState.ATTACHED]


async def test_file_that_the_books_refuse_leaves_the_others_attached(scene: Scene) -> None:
    case = in_pleo(scene, 2)
    plan(scene, Call.ATTACH, Rejects(NO))
    assert await attached(scene, case) == (NO,)
    assert await states(scene, case) == [ReceiptState.OWED, ReceiptState.ATTACHED]


@pytest.mark.parametrize("call", [Call.ATTACHED, Call.ATTACH])
async def test_trouble_with_a_file_is_its_failure_and_no_more(scene: Scene, call: Call) -> None:
    case = in_pleo(scene, 2)
    plan(scene, call, Raises(Unreachable("gone")))
    assert [failure.code for failure in await attached(scene, case)] == [FailureCode.RECEIPT_UPLOAD]
    assert len(scene.books.entries[0].files) == 1


@pytest.mark.parametrize("has_effect", [True, False])
async def test_note_goes_along_once_whatever_became_of_its_answer(
    tmp_path: Path,
    has_effect: bool,  # noqa: FBT001  a table of cases
) -> None:
    scene = Scene(tmp_path, books_keeping(TextLimits(comment_max=10)))
    case = scene.case(scene.item(attendees=("Astrid Holm", "Bo Lund")))
    plan(scene, Call.ATTACH_NOTE, LosesAnswer(has_effect))
    assert await attached(scene, case) == ()
    (note,) = scene.books.entries[0].notes
    assert "Bo Lund" in note.text


async def test_note_that_the_books_do_not_take_is_a_failure(tmp_path: Path) -> None:
    scene = Scene(tmp_path, books_keeping(TextLimits(comment_max=10)))
    case = scene.case(scene.item(attendees=("Astrid Holm", "Bo Lund")))
    plan(scene, Call.ATTACH_NOTE, Raises(Unreachable("gone")))
    assert [failure.code for failure in await attached(scene, case)] == [FailureCode.RECEIPT_UPLOAD]


async def test_waiving_marks_what_is_still_owed_and_says_so(scene: Scene) -> None:
    case = in_pleo(scene, 2)
    plan(scene, Call.ATTACH, Rejects(NO))
    missing = await attached(scene, case)
    warnings = await close_debts(journal_key(case.item), (), missing, scene.desk)
    assert await states(scene, case) == [ReceiptState.WAIVED, ReceiptState.ATTACHED]
    assert "No." in warnings[0]


async def test_what_an_earlier_try_owed_is_replaced_where_nothing_is_missing(scene: Scene) -> None:
    case = in_pleo(scene, 2)
    first, second = (await fetch_receipts(case)).files
    await owe(journal_key(case.item), (first, second), scene.desk)
    await scene.journal.record_receipts([_attached_now(case, second)])
    assert await close_debts(journal_key(case.item), (second,), (), scene.desk) == ()
    assert await states(scene, case) == [ReceiptState.REPLACED, ReceiptState.ATTACHED]


async def test_what_a_standing_document_has_is_not_owed_again(scene: Scene) -> None:
    """An item whose outcome never reached Pleo is worked on once more, and may be stopped amid that."""
    case = in_pleo(scene, 2)
    first, second = (await fetch_receipts(case)).files
    await scene.journal.record_receipts([_attached_now(case, first)])
    await owe(journal_key(case.item), (first, second), scene.desk, stands=True)
    assert await states(scene, case) == [ReceiptState.ATTACHED, ReceiptState.OWED]


async def test_an_expense_without_files_asks_nothing_about_debts(scene: Scene) -> None:
    case = in_pleo(scene, 1)
    await owe(journal_key(case.item), (await fetch_receipts(case)).files, scene.desk)
    assert await close_debts(journal_key(case.item), (), (), scene.desk) == ()
    assert await states(scene, case) == [ReceiptState.OWED]


def _attached_now(case: Case, file: StoredFile) -> ReceiptRecord:
    key = journal_key(case.item)
    return ReceiptRecord(key=key, sha256=file.sha256, name=file.name, state=ReceiptState.ATTACHED)


async def test_a_full_disk_stops_the_run_and_fails_no_expense(scene: Scene) -> None:
    scene.pleo.plan("download", PleoRaises(OSError(28, "No space left on device")))
    with pytest.raises(StoreFailed, match="No space left"):
        await fetch_receipts(in_pleo(scene, 1))
