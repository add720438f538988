"""What the simulation has found and what was mended since, each as the shortest way to it."""

from pathlib import Path
from typing import Final

from bilag.adapters.accounting.memory.script import Call, Incident, LosesAnswer, Raises
from bilag.domain.export_item import ExportItem
from bilag.domain.export_job import ItemStatus, JobEvent, JobStatus
from bilag.domain.payables import PayableKeys
from bilag.domain.period import ClosedPeriodStep
from bilag.domain.posting_record import ReceiptState
from bilag.domain.settings import JournalConstruction
from bilag.lifecycle.plan_item import plan_item
from bilag.lifecycle.plan_json import content_hash
from bilag.ports.errors import OutcomeUnknown, Refused, Throttled, Unreachable
from tests.lifecycle.payable_scene import a_payable_scene, card_purchase, invoice, open_items, payment
from tests.lifecycle.pleo_in_memory import JOB
from tests.lifecycle.pleo_script import LosesAnswer as LosesEvent
from tests.lifecycle.pleo_script import MovesJob
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


async def test_a_first_send_that_arrives_late_is_found_by_the_next_export(tmp_path: Path) -> None:
    scene = Scene(tmp_path, closed_period=(ClosedPeriodStep.NEXT_OPEN_PERIOD,))
    item = scene.item(1)
    (document,) = (await plan_item(item, scene.planner)).documents
    plan(scene, Call.POST, LOST)
    plan(scene, Call.POST, Raises(Throttled("too many calls")))
    scene.pleo.add_job(item)
    await scene.run()
    await scene.books.post(document, content_hash(document))
    scene.books.close_period("2026-10")
    scene.pleo.add_job(item, id=SECOND_JOB)
    await scene.run()
    assert scene.pleo.at(SECOND_JOB).status_of(item.entry_id) is ItemStatus.SUCCESSFUL


async def test_an_entry_that_arrives_late_is_not_booked_again_in_a_shared_one(tmp_path: Path) -> None:
    scene = sharing_scene(tmp_path)
    items = [shared_item(scene, number) for number in (1, 2)]
    (document,) = (await plan_item(items[0], scene.planner)).documents
    plan(scene, Call.POST, LOST)
    plan(scene, Call.POST, Raises(Throttled("too many calls")))
    scene.pleo.add_job(items[0])
    await scene.run()
    await scene.books.post(document, content_hash(document))
    scene.pleo.add_job(*items, id=SECOND_JOB)
    await scene.run()
    assert entries_with(scene, 1) == 1


async def test_a_failure_names_the_invoice_that_was_booked_before_its_payment_met_trouble(tmp_path: Path) -> None:
    scene = a_payable_scene(tmp_path)
    plan(scene, Call.POST, Raises(Unreachable("gone")), about=".vp")
    scene.pleo.add_job(card_purchase(scene, 1))
    await scene.run()
    (booked,) = scene.books.entries
    (report,) = scene.pleo.at().accepted
    assert report.status is ItemStatus.FAILED
    assert booked.external_id in (report.failure_reason or "").replace(".", " ").split()


async def test_a_job_whose_start_got_lost_still_goes_before_a_younger_one(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.pleo.add_job(scene.item(1))
    scene.clock.advance(1.0)
    scene.pleo.add_job(scene.item(2), id=SECOND_JOB)
    scene.pleo.plan("send_event", LosesEvent(OutcomeUnknown("no answer"), has_effect=False))
    await scene.run()
    await scene.run()
    assert [entry.external_reference.split(".")[1] for entry in scene.books.entries] == [entry_id(1), entry_id(2)]


async def test_post_again_books_no_second_payment_when_a_person_removed_the_invoice(tmp_path: Path) -> None:
    """Pleo was never told of any of it."""
    scene = a_payable_scene(tmp_path, post_again=True)
    item = card_purchase(scene, 1)
    for number in (1, 2):
        scene.pleo.add_job(item, id=f"{JOB[:-1]}{number}")
        scene.pleo.plan("update_items", MovesJob(JobStatus.FAILED, "canceled_by_user"))
        await scene.run()
        if number == 1:
            scene.books.remove(scene.booked[0])
    scene.pleo.add_job(item, id=f"{JOB[:-1]}3")
    await scene.run()
    assert len([one for one in scene.booked if ".vp" in one]) == 1


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


async def test_an_invoice_that_arrives_late_says_that_it_stands_open_beside_its_payment(tmp_path: Path) -> None:
    """What stands can't choose again what it settles, so a person is told to settle the two."""
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
    assert await open_items(scene) == {"1vi1": "100.00 DKK", "2vp1": "-100.00 DKK"}
    (warning,) = scene.progress.settled[-1].warnings
    assert "100.00 DKK of this invoice stay open beside payment INV-1" in warning


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
    assert states == [ReceiptState.REPLACED, ReceiptState.ATTACHED]


async def test_a_job_that_ends_with_errors_has_told_of_every_item(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.pleo.add_job(scene.item(1), scene.item(2))
    plan(scene, Call.PROBLEMS, Raises(Unreachable("gone")), times=3)
    refusal = Refused("no", type="INVALID_EXPORT_JOB_STATUS_CHANGE", status=422)
    scene.pleo.plan("send_event", RaisesAtPleo(refusal), skipped=1)
    await scene.run()
    (event,) = scene.pleo.at(JOB).events
    assert event.event is JobEvent.COMPLETED_WITH_ERRORS
    told = scene.pleo.at(JOB).accepted
    assert [report.status for report in told] == [ItemStatus.FAILED, ItemStatus.FAILED]
    assert all("can't take entries" in (report.failure_reason or "") for report in told)


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
    assert await open_items(scene) == {}
    assert [reference.rpartition(".")[2] for reference in scene.booked] == ["vi1", "vp2"]
