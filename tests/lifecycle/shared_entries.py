"""A company that books one entry per job, and what must hold of its books however they came to be."""

from pathlib import Path
from typing import Any

from bilag.adapters.accounting.memory.entry import StandingEntry
from bilag.adapters.accounting.memory.set_up import BooksSetUp
from bilag.domain.export_item import ExportItem
from bilag.domain.export_job import ItemStatus
from bilag.domain.posting_record import Part, PostingRecord, ReceiptState
from bilag.domain.settings import JournalConstruction
from bilag.domain.transitions import PostingState
from tests.builders import COMPANY
from tests.lifecycle.pleo_in_memory import JOB
from tests.lifecycle.scene import SET_UP, Scene, entry_id


def a_sharing_scene(folder: Path, set_up: BooksSetUp = SET_UP, **settings: Any) -> Scene:
    """A scene that books one entry per job."""
    return Scene(folder, set_up, journal_construction=JournalConstruction.PER_JOB, **settings)


def shared_reference(job_id: str = JOB, generation: int = 1) -> str:
    """The external reference of the job's entry."""
    return f"{COMPANY[:8]}.{job_id}.je{generation}"


def members(entry: StandingEntry) -> list[int]:
    """The numbers of the expenses that an entry books, each as often as a posting begins with its id.

    An entry over one expense carries the id itself.
    """
    own = entry.document.datapoints.reconciliation_id
    begins = [own] if own.startswith("rec-") else [p.description.split(" - ")[0] for p in entry.document.postings]
    return sorted(int(text.removeprefix("rec-")) for text in begins if text.startswith("rec-"))


def told(scene: Scene, number: int, job_id: str = JOB) -> tuple[ItemStatus | None, str | None]:
    """What Pleo shows of the expense."""
    record = scene.pleo.at(job_id).records[entry_id(number)]
    return record.status, record.external_id


async def record_of(scene: Scene, number: int) -> PostingRecord:
    """What we remember of the expense's own document."""
    return (await scene.journal.latest(COMPANY, entry_id(number)))[Part.JOURNAL_ENTRY]


async def assert_each_is_booked_once(scene: Scene, *numbers: int, job_id: str = JOB) -> None:
    """Each expense stands in one entry with its receipts, is remembered there, and Pleo was told so once."""
    found = {number: entry for entry in scene.books.entries for number in members(entry)}
    assert sorted(number for entry in scene.books.entries for number in members(entry)) == sorted(numbers)
    for number, entry in found.items():
        record = await record_of(scene, number)
        assert record.state is PostingState.POSTED
        assert (record.booked_in or record.key.external_reference) == entry.external_reference
        assert record.external_id == entry.external_id
        receipts = await scene.journal.receipts(record.key)
        assert {receipt.sha256 for receipt in receipts} <= {file.sha256 for file in entry.files}
        assert all(receipt.state is ReceiptState.ATTACHED for receipt in receipts)
        if entry_id(number) in scene.pleo.at(job_id).records:
            assert told(scene, number, job_id) == (ItemStatus.SUCCESSFUL, entry.external_id)
    for entry in scene.books.entries:
        assert len(entry.files) == len({file.sha256 for file in entry.files}), entry.external_reference


async def run(scene: Scene, *items: ExportItem, job_id: str = JOB) -> list[ItemStatus | None]:
    """The statuses of these items, or of expenses 1 to 3, after their job."""
    chosen = items or tuple(scene.item(number, receipts=1) for number in (1, 2, 3))
    scene.pleo.add_job(*chosen, id=job_id)
    await scene.run()
    return [scene.pleo.at(job_id).status_of(item.entry_id) for item in chosen]


def booked(scene: Scene) -> list[list[int]]:
    """Which expenses each entry of the books holds, oldest entry first."""
    return [members(entry) for entry in scene.books.entries]
