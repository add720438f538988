"""A lease that is lost at any moment of a job: nothing is sent after it, and another worker finishes."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pytest

from bilag.adapters.store.memory import MemoryPostingJournal
from bilag.domain.export_job import JobStatus
from bilag.domain.posting_record import Part
from bilag.domain.transitions import PostingState
from bilag.lifecycle.run_pending import run_pending
from bilag.ports.lease import LeaseLost
from tests.builders import COMPANY
from tests.lifecycle.breaker import Breaker
from tests.lifecycle.invariants import assert_everything_succeeded
from tests.lifecycle.scene import Scene, entry_id

ITEMS: Final = 3
# Told to start, an entry and its receipt for each item, told of the outcomes, told of the end.
SENDS: Final = 1 + 2 * ITEMS + 1 + 1
WRITES: Final = frozenset({"post", "attach", "attach_note", "send_event", "update_items"})


@dataclass(slots=True)
class LeaseForSends:
    """A lease that is held for so many sends."""

    sends: int
    fence: int = 1
    is_lost: bool = False

    def seconds_left(self) -> float:
        return 0.0 if self.is_lost else 100.0

    def assert_held(self) -> None:
        self.is_lost = self.is_lost or self.sends == 0
        self.sends -= 1
        if self.is_lost:
            raise LeaseLost("another worker has taken the company")


class LeasedJournal(MemoryPostingJournal):
    """Takes writes while the lease is held, as the one in PostgreSQL does."""

    lease: LeaseForSends | None = None

    def _assert_open(self) -> None:
        super()._assert_open()
        if self.lease is not None and self.lease.is_lost:
            raise LeaseLost("another worker has taken the company")


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    scene = Scene(tmp_path)
    scene.journal = LeasedJournal()
    scene.pleo.add_job(*(scene.item(number, receipts=1) for number in range(1, ITEMS + 1)))
    return scene


async def run_with(lease: LeaseForSends, scene: Scene) -> Breaker:
    """Run while the lease is held; gives what was asked of books and Pleo."""
    assert isinstance(scene.journal, LeasedJournal)
    scene.journal.lease = lease
    breaker = Breaker()
    desk = scene.desk_over(breaker.over(scene.books), breaker.over(scene.pleo), scene.journal)
    try:
        await run_pending(replace(desk, lease=lease))
    finally:
        scene.journal.lease = None
    return breaker


async def test_every_send_asks_the_lease(scene: Scene) -> None:
    lease = LeaseForSends(sends=1000)
    breaker = await run_with(lease, scene)
    assert 1000 - lease.sends == SENDS
    assert sum(call.rpartition(".")[2] in WRITES for call in breaker.calls) == SENDS


@pytest.mark.parametrize("items_at_once", [1, 3])
@pytest.mark.parametrize("sends", range(SENDS))
async def test_lease_lost_at_any_send_stops_at_once_and_the_next_worker_finishes(
    scene: Scene, sends: int, items_at_once: int
) -> None:
    scene.items_at_once_max = items_at_once
    with pytest.raises(LeaseLost):
        await run_with(LeaseForSends(sends=sends), scene)
    assert scene.pleo.at().shown.status in {JobStatus.PENDING, JobStatus.IN_PROGRESS}
    await scene.run()
    await assert_everything_succeeded(scene)


async def test_document_that_was_not_sent_for_want_of_the_lease_is_looked_up_by_the_next_worker(scene: Scene) -> None:
    scene.items_at_once_max = 1
    with pytest.raises(LeaseLost):
        await run_with(LeaseForSends(sends=1), scene)
    records = await scene.journal.latest(COMPANY, entry_id(1))
    assert records[Part.JOURNAL_ENTRY].state is PostingState.SENT
    assert scene.booked == []
