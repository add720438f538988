"""Vendor documents whose answer was lost: what came of them meanwhile settles nothing twice and hides nothing."""

from pathlib import Path

import pytest

from bilag.adapters.accounting.memory.script import Call, Incident, LosesAnswer, Raises
from bilag.domain.export_item import ExportItem
from bilag.domain.export_job import ItemStatus
from bilag.ports.errors import Unreachable
from tests.lifecycle.payable_scene import a_payable_scene, card_purchase, invoice, open_items, payment
from tests.lifecycle.pleo_in_memory import JOB
from tests.lifecycle.scene import Scene, entry_id

SECOND_JOB = "10b00000-0000-4000-8000-000000000002"
THIRD_JOB = "10b00000-0000-4000-8000-000000000003"


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return a_payable_scene(tmp_path)


def nobody_knows_of(scene: Scene, about: str) -> None:
    """The document is booked, its answer lost, and the books can't be asked."""
    scene.books.plan(Incident(call=Call.POST, happening=LosesAnswer(has_effect=True), about=about))
    scene.books.plan(Incident(call=Call.FIND, happening=Raises(Unreachable("gone")), about=about))


async def exported(scene: Scene, *items: ExportItem, job_id: str) -> list[ItemStatus | None]:
    scene.pleo.add_job(*items, id=job_id)
    await scene.run()
    return [scene.pleo.at(job_id).status_of(item.entry_id) for item in items]


def parts(scene: Scene) -> list[str]:
    return [f"{int(r.split('.')[1][-12:])}{r.rpartition('.')[2]}" for r in scene.booked]


async def test_what_was_settled_and_removed_comes_back_under_the_next_reference_and_says_so(scene: Scene) -> None:
    money = payment(scene, 2)
    nobody_knows_of(scene, entry_id(2))
    await exported(scene, money, invoice(scene, 1), job_id=JOB)
    scene.books.remove(scene.booked[0])
    assert await exported(scene, money, job_id=SECOND_JOB) == [ItemStatus.SUCCESSFUL]
    assert parts(scene) == ["1vi1", "2vp2"]
    assert await open_items(scene) == {}
    (warning,) = scene.progress.settled[-1].warnings
    assert "was removed from the books; it was booked again" in warning


async def test_the_invoice_of_a_pair_comes_back_and_meets_its_payment_once(scene: Scene) -> None:
    """Pleo was never told of either, and the invoice was taken out before its own answer was known."""
    item = card_purchase(scene, 1)
    nobody_knows_of(scene, ".vp1")
    await exported(scene, item, job_id=JOB)
    scene.books.remove(scene.booked[0])
    assert await exported(scene, item, job_id=SECOND_JOB) == [ItemStatus.SUCCESSFUL]
    assert sorted(parts(scene)) == ["1vi2", "1vp1"]
    assert await open_items(scene) == {}


async def test_what_was_removed_and_settled_by_nobody_keeps_its_reference(scene: Scene) -> None:
    money = payment(scene, 2)
    nobody_knows_of(scene, entry_id(2))
    await exported(scene, money, job_id=JOB)
    scene.books.remove(scene.booked[0])
    assert await exported(scene, money, job_id=SECOND_JOB) == [ItemStatus.SUCCESSFUL]
    assert parts(scene) == ["2vp1"]


async def test_what_is_found_settled_says_nothing(scene: Scene) -> None:
    bill = invoice(scene, 1)
    await exported(scene, payment(scene, 2), job_id=JOB)
    nobody_knows_of(scene, entry_id(1))
    assert await exported(scene, bill, job_id=SECOND_JOB) == [ItemStatus.FAILED]
    assert await exported(scene, bill, job_id=THIRD_JOB) == [ItemStatus.SUCCESSFUL]
    assert scene.progress.settled[-1].warnings == ()
    assert await open_items(scene) == {}
