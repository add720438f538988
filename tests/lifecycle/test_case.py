from dataclasses import replace
from pathlib import Path

import pytest

from bilag.domain.export_item import MalformedItem, Unrecognised
from bilag.domain.failure import Failure, FailureCode
from bilag.lifecycle.case import failed_outcome, label
from bilag.lifecycle.plan_item import plan_item
from tests.lifecycle.pleo_in_memory import JOB
from tests.lifecycle.scene import Scene, entry_id

MALFORMED = Failure(code=FailureCode.ITEM_MALFORMED, path="type", message="No type.", remedy="Ask Pleo.")


def test_receipts_lie_under_job_and_entry(scene: Scene) -> None:
    assert scene.case(scene.item()).folder == scene.spool / JOB / entry_id(1)


@pytest.mark.parametrize("id_", ["", "..", "../../etc", "/etc", "a/b", "a\x00b", "é", "x" * 300])
def test_hostile_ids_never_lead_out_of_the_spool(scene: Scene, id_: str) -> None:
    case = replace(scene.case(scene.item(entry_id=id_)), job_id=id_)
    assert case.folder.relative_to(scene.spool).parts == (case.folder.parent.name, case.folder.name)
    assert all(part.isalnum() and len(part) == 64 for part in case.folder.relative_to(scene.spool).parts)


def test_two_hostile_ids_never_share_a_folder(scene: Scene) -> None:
    folders: set[Path] = {scene.case(scene.item(entry_id=id_)).folder for id_ in ("a.b", "ab", "a/b", "a b", "")}
    assert len(folders) == 5


def test_label_names_type_payee_and_amount(scene: Scene) -> None:
    assert label(scene.item()) == "card purchase · Papirhuset · 125.00 DKK"
    assert label(scene.item(supplier=None)) == "card purchase · Astrid Holm · 125.00 DKK"
    assert label(scene.item(type=Unrecognised("loan"), supplier=None, user=None)) == "loan · 125.00 DKK"
    assert label(MalformedItem(entry_id="", failures=(MALFORMED,))) == "unreadable item"


async def test_failed_outcome_keeps_the_plan_that_failed(scene: Scene) -> None:
    item = scene.item(lines=())
    plan = await plan_item(item, scene.planner)
    outcome = failed_outcome(item, plan.failures, JOB, scene.desk, plan)
    assert not outcome.successful
    assert (outcome.job_id, outcome.entry_id, outcome.settled_at) == (JOB, entry_id(1), scene.clock.now())
    assert FailureCode.LINES_MISSING.encode() in outcome.plan_json
    assert failed_outcome(item, plan.failures, JOB, scene.desk).plan_json == b""
