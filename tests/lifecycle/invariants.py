"""What must hold once every job has ended, however often the process was stopped on the way."""

from collections import Counter

from bilag.domain.export_job import ItemStatus, JobEvent
from bilag.domain.posting_record import Part, ReceiptState
from bilag.domain.transitions import PostingState
from bilag.ports.posting_journal import OutcomeChoice
from tests.builders import COMPANY
from tests.lifecycle.pleo_in_memory import JOB
from tests.lifecycle.scene import Scene


def assert_nothing_is_booked_twice(scene: Scene) -> None:
    """At most one entry for each expense, each file linked to it once."""
    entries = Counter(entry.external_reference.split(".")[1] for entry in scene.books.entries)
    assert not [entry_id for entry_id, count in entries.items() if count > 1], entries
    for entry in scene.books.entries:
        assert len(entry.files) == len({file.sha256 for file in entry.files}), entry.external_reference


def assert_pleo_agrees_with_the_books(scene: Scene, job_id: str = JOB) -> None:
    """Every item has its end, and a success names the entry that stands for it."""
    standing = {entry.external_reference.split(".")[1]: entry.external_id for entry in scene.books.entries}
    for entry_id, record in scene.pleo.at(job_id).records.items():
        assert record.status in (ItemStatus.SUCCESSFUL, ItemStatus.FAILED), entry_id
        if record.status is ItemStatus.SUCCESSFUL:
            assert record.external_id == standing[entry_id]


def assert_job_ended_once(scene: Scene, event: JobEvent | None = None, job_id: str = JOB) -> None:
    """One start and one closing event, which follows from the items."""
    job = scene.pleo.at(job_id)
    assert job.starts == 1
    assert len(job.events) == 1
    assert event is None or job.events[0].event is event


async def assert_everything_succeeded(scene: Scene, job_id: str = JOB) -> None:
    """Each item booked once, with its receipts, reported with one external id, and nothing left owing."""
    assert_nothing_is_booked_twice(scene)
    assert_pleo_agrees_with_the_books(scene, job_id)
    assert_job_ended_once(scene, JobEvent.COMPLETED, job_id)
    job = scene.pleo.at(job_id)
    assert len(scene.books.entries) == len(job.records)
    for entry in scene.books.entries:
        entry_id = entry.external_reference.split(".")[1]
        record = (await scene.journal.latest(COMPANY, entry_id)).get(Part.JOURNAL_ENTRY)
        assert record is not None
        assert record.state is PostingState.POSTED
        receipts = await scene.journal.receipts(record.key)
        assert {r.sha256 for r in receipts} == {file.sha256 for file in entry.files}
        assert all(receipt.state is ReceiptState.ATTACHED for receipt in receipts)
        assert await scene.journal.was_reported(COMPANY, entry_id, entry.external_id)
        told = {(report.status, report.external_id) for report in job.accepted if report.entry_id == entry_id}
        assert told == {(ItemStatus.SUCCESSFUL, entry.external_id)}
    assert (await scene.journal.tally(job_id)).unreported == 0


async def assert_every_move_is_told_and_explained(scene: Scene, where: str) -> None:
    """Three expenses of October, booked into November, say so and why."""
    warned = await scene.journal.outcomes(JOB, choice=OutcomeChoice.WITH_WARNINGS, offset=0, limit=10)
    assert [len(outcome.warnings) for outcome in warned] == [1, 1, 1], where
    for outcome in warned:
        assert "2026-11-01 instead of 2026-10-15" in outcome.warnings[0], where
        with_plan = await scene.journal.outcome_of_entry(outcome.entry_id)
        assert with_plan is not None
        assert with_plan.plan_json, where
