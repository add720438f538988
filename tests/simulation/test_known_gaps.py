"""What the simulation has shown and what is not right yet. A gap that is closed makes its test here fail: move it."""

from pathlib import Path
from typing import Final

import pytest

from bilag.adapters.accounting.memory.script import Call, Incident, LosesAnswer, Raises
from bilag.domain.export_item import ExportItem
from bilag.domain.export_job import ItemStatus, JobEvent
from bilag.domain.payables import PayableKeys
from bilag.domain.posting_record import ReceiptState
from bilag.domain.settings import JournalConstruction
from bilag.lifecycle.plan_item import plan_item
from bilag.lifecycle.plan_json import content_hash
from bilag.ports.errors import Refused, Unreachable
from tests.lifecycle.payable_scene import a_payable_scene, invoice, open_items, payment
from tests.lifecycle.pleo_in_memory import JOB
from tests.lifecycle.pleo_script import Raises as RaisesAtPleo
from tests.lifecycle.scene import ONE_FILE, Scene, books_taking, entry_id, journal_key
from tests.simulation.standing_books import booking_of

SECOND_JOB: Final = "10b00000-0000-4000-8000-000000000002"
LOST: Final = LosesAnswer(has_effect=False)


def plan(scene: Scene, call: Call, happening: LosesAnswer | Raises, times: int = 1, about: str = "") -> None:
    scene.books.plan(Incident(call=call, happening=happening, about=about, times=times))


def sharing_scene(folder: Path) -> Scene:
    return Scene(folder, journal_construction=JournalConstruction.PER_JOB)


def shared_item(scene: Scene, number: int) -> ExportItem:
    return scene.item(number, reconciliation_id=f"rec-{number:05}")


def entries_with(scene: Scene, number: int) -> int:
    """How many entries of the books the expense is part of."""
    return sum(entry_id(number) in booking_of(entry).expenses for entry in scene.books.entries)


@pytest.mark.xfail(strict=True, reason="an item is booked by itself while the entry that it shared may still arrive")
async def test_a_shared_entry_that_arrives_late_doubles_nothing(tmp_path: Path) -> None:
    undisturbed = sharing_scene(tmp_path / "undisturbed")
    undisturbed.pleo.add_job(*(shared_item(undisturbed, number) for number in (1, 2)))
    await undisturbed.run()
    (late,) = undisturbed.books.entries

    scene = sharing_scene(tmp_path)
    items = [shared_item(scene, number) for number in (1, 2)]
    plan(scene, Call.POST, LOST, times=3)
    scene.pleo.add_job(*items)
    await scene.run()
    scene.pleo.add_job(items[0], id=SECOND_JOB)
    await scene.run()
    await scene.books.post(late.document, late.content_hash)
    assert entries_with(scene, 1) == 1


@pytest.mark.xfail(strict=True, reason="a document that arrives late has chosen what to settle before its payment came")
async def test_an_invoice_that_arrives_late_meets_its_payment(tmp_path: Path) -> None:
    scene = a_payable_scene(tmp_path)
    bill = invoice(scene, 1)
    (document,) = (await plan_item(bill, scene.planner)).documents
    plan(scene, Call.POST, LOST, times=3, about=entry_id(1))
    scene.pleo.add_job(bill, payment(scene, 2))
    await scene.run()
    await scene.books.post(document, content_hash(document))
    scene.pleo.add_job(bill, id=SECOND_JOB)
    await scene.run()
    assert scene.pleo.at(SECOND_JOB).status_of(bill.entry_id) is ItemStatus.SUCCESSFUL
    assert await open_items(scene) == {}


@pytest.mark.xfail(strict=True, reason="what an earlier try owed is never paid once other files were combined")
async def test_nothing_is_owed_once_all_receipts_are_attached_as_one_file(tmp_path: Path) -> None:
    scene = Scene(tmp_path, books_taking(ONE_FILE), book_without_receipts=True)
    item = scene.item(1, receipts=2)
    scene.pleo.plan("download", RaisesAtPleo(Unreachable("gone")))
    plan(scene, Call.POST, LosesAnswer(has_effect=True))
    plan(scene, Call.FIND, Raises(Unreachable("gone")))
    scene.pleo.add_job(item)
    await scene.run()
    scene.pleo.add_job(item, id=SECOND_JOB)
    await scene.run()
    states = [receipt.state for receipt in await scene.journal.receipts(journal_key(item))]
    assert scene.pleo.at(SECOND_JOB).status_of(item.entry_id) is ItemStatus.SUCCESSFUL
    assert ReceiptState.OWED not in states


@pytest.mark.xfail(strict=True, reason="a job that fails as a whole may end as completed_with_errors, its items untold")
async def test_a_job_that_ends_with_errors_has_told_of_every_item(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.pleo.add_job(scene.item(1))
    plan(scene, Call.PROBLEMS, Raises(Unreachable("gone")), times=3)
    refusal = Refused("no", type="INVALID_EXPORT_JOB_STATUS_CHANGE", status=422)
    scene.pleo.plan("send_event", RaisesAtPleo(refusal), skipped=1)
    await scene.run()
    (event,) = scene.pleo.at(JOB).events
    assert event.event is not JobEvent.COMPLETED_WITH_ERRORS or scene.pleo.at(JOB).accepted


@pytest.mark.xfail(strict=True, reason="a removed document comes back under its old reference, which others settled")
async def test_a_payment_removed_before_its_answer_was_known_settles_its_invoice_once(tmp_path: Path) -> None:
    scene = a_payable_scene(tmp_path)
    money = payment(scene, 2)
    plan(scene, Call.POST, LosesAnswer(has_effect=True), about=entry_id(2))
    plan(scene, Call.FIND, Raises(Unreachable("gone")), about=entry_id(2))
    scene.pleo.add_job(money, invoice(scene, 1))
    await scene.run()
    scene.books.remove(scene.booked[0])
    scene.pleo.add_job(money, id=SECOND_JOB)
    await scene.run()
    keys = PayableKeys(vendor_number="V1001", references=frozenset(scene.booked))
    for one in await scene.books.payable_items(keys):
        assert sum(allocation.amount.minor for allocation in one.settled_with) <= abs(one.amount.minor)
