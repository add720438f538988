"""What the simulation has found and what was mended since, each as the shortest way to it."""

from pathlib import Path
from typing import Final

from bilag.adapters.accounting.memory.script import Call, Incident, LosesAnswer, Raises
from bilag.domain.export_item import ExportItem
from bilag.domain.export_job import ItemStatus, JobStatus
from bilag.domain.period import ClosedPeriodStep
from bilag.domain.settings import JournalConstruction
from bilag.lifecycle.plan_item import plan_item
from bilag.lifecycle.plan_json import content_hash
from bilag.ports.errors import OutcomeUnknown, Throttled, Unreachable
from tests.lifecycle.payable_scene import a_payable_scene, card_purchase
from tests.lifecycle.pleo_in_memory import JOB
from tests.lifecycle.pleo_script import LosesAnswer as LosesEvent
from tests.lifecycle.pleo_script import MovesJob
from tests.lifecycle.scene import Scene, entry_id
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
