"""Which items share an entry, and how long they wait for each other."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from bilag.domain.attachment import MIB
from bilag.domain.capabilities import TextLimits
from bilag.domain.expense_type import BookkeepingMethod
from bilag.domain.export_item import ExportItem
from bilag.domain.export_job import ItemStatus, JobEvent
from bilag.domain.ledger import JournalEntry
from bilag.domain.settings import JournalConstruction
from bilag.lifecycle.attach import Receipts
from bilag.lifecycle.process_item import Prepared, prepare_item
from bilag.lifecycle.waiting_items import (
    JOB_ENTRY_ITEMS_MAX,
    WAITING_BYTES_MAX,
    WAITING_ITEMS_MAX,
    WAITING_SECONDS_MAX,
    WaitingItems,
)
from bilag.ports.errors import Unreachable
from bilag.ports.export_api import FetchedItem
from tests.builders import EUR, a_line
from tests.lifecycle.breaker import Breaker
from tests.lifecycle.every_stop import run_with
from tests.lifecycle.payable_scene import a_payable_scene, card_purchase
from tests.lifecycle.pleo_in_memory import JOB
from tests.lifecycle.pleo_script import Raises as PleoRaises
from tests.lifecycle.scene import ONE_FILE, Scene, books_keeping, books_taking, reference
from tests.lifecycle.shared_entries import (
    a_sharing_scene,
    assert_each_is_booked_once,
    booked,
    members,
    record_of,
    run,
    shared_reference,
)

OK = ItemStatus.SUCCESSFUL


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return a_sharing_scene(tmp_path)


async def prepared(scene: Scene, item: ExportItem | None = None) -> Prepared:
    found = await prepare_item(FetchedItem(item=item or scene.item(), page="0"), JOB, scene.desk)
    assert isinstance(found, Prepared)
    return found


async def test_other_constructions_share_nothing(tmp_path: Path) -> None:
    for construction in (JournalConstruction.SPLIT, JournalConstruction.PER_ITEM):
        scene = Scene(tmp_path, journal_construction=construction)
        assert await run(scene) == [OK, OK, OK]
        assert scene.booked == [reference(1), reference(2), reference(3)]


async def test_only_item_is_booked_by_itself(scene: Scene) -> None:
    assert await run(scene, scene.item(1, receipts=1)) == [OK]
    assert scene.booked == [reference(1)]
    assert (await record_of(scene, 1)).booked_in == ""


async def test_currencies_and_periods_have_entries_of_their_own(scene: Scene) -> None:
    september = datetime(2026, 9, 30, 12, tzinfo=UTC)
    last = datetime(2026, 10, 31, 12, tzinfo=UTC)
    items = [
        scene.item(1),
        scene.item(2, date=last),
        scene.item(3, date=september),
        scene.item(4, date=september),
        scene.item(5, lines=(a_line("9.00 EUR"),)),
        scene.item(6, lines=(a_line("8.00 EUR"),)),
    ]
    assert await run(scene, *items) == [OK] * 6
    assert booked(scene) == [[1, 2], [3, 4], [5, 6]]
    assert scene.booked == [shared_reference(generation=generation) for generation in (1, 2, 3)]
    assert [entry.posting_date for entry in scene.books.entries] == [
        date(2026, 10, 31),
        date(2026, 9, 30),
        date(2026, 10, 15),
    ]
    assert scene.books.entries[2].document.currency == EUR


async def test_vendors_have_documents_of_their_own(tmp_path: Path) -> None:
    scene = a_payable_scene(tmp_path)
    scene.with_settings(journal_construction=JournalConstruction.PER_JOB)
    items = [scene.item(1), card_purchase(scene, 2), scene.item(3)]
    assert items[1].method is BookkeepingMethod.ACCOUNTS_PAYABLE
    assert await run(scene, *items) == [OK, OK, OK]
    assert [r.rpartition(".")[2] for r in scene.booked] == ["vi1", "vp1", "je1"]
    assert members(scene.books.entries[2]) == [1, 3]


async def test_what_waits_is_booked_when_pleo_stops_sending(scene: Scene) -> None:
    scene.pleo.plan("export_items", PleoRaises(Unreachable("gone"), after_entries=2))
    with pytest.raises(Unreachable):
        await run(scene)
    assert booked(scene) == [[1, 2]]
    await scene.run()
    assert booked(scene) == [[1, 2], [3]]
    assert scene.pleo.at().events[0].event is JobEvent.COMPLETED


async def test_books_that_take_one_file_get_an_entry_per_receipt(tmp_path: Path) -> None:
    scene = a_sharing_scene(tmp_path, books_taking(ONE_FILE))
    items = [scene.item(number, receipts=receipts) for number, receipts in ((1, 1), (2, 0), (3, 2), (4, 0))]
    assert await run(scene, *items) == [OK] * 4
    assert booked(scene) == [[1, 2], [3, 4]]
    assert [len(entry.files) for entry in scene.books.entries] == [1, 1]


async def test_entries_that_are_booked_at_the_same_time_have_references_of_their_own(tmp_path: Path) -> None:
    scene = a_sharing_scene(tmp_path, books_taking(ONE_FILE))
    scene.items_at_once_max = 8
    numbers = range(1, 41)
    scene.pleo.add_job(*(scene.item(number, receipts=number % 2) for number in numbers))
    await run_with(scene, Breaker())
    await assert_each_is_booked_once(scene, *numbers)
    assert scene.pleo.at().events[0].event is JobEvent.COMPLETED


async def test_item_whose_id_does_not_fit_on_a_posting_is_booked_by_itself(tmp_path: Path) -> None:
    scene = a_sharing_scene(tmp_path, books_keeping(TextLimits(description_max=6)))
    items = [scene.item(1), scene.item(2, reconciliation_id="rec-2000"), scene.item(3)]
    assert await run(scene, *items) == [OK] * 3
    assert booked(scene) == [[2000], [1, 3]]


class Crowd(Breaker):
    """Counts how many calls are under way together."""

    def __init__(self) -> None:
        super().__init__()
        self.under_way = self.most = 0

    async def call(self, name: str, carry_out: Callable[[], Awaitable[Any]]) -> Any:
        self.under_way += name in ("attach", "attach_note", "attached")
        self.most = max(self.most, self.under_way)
        try:
            return await super().call(name, carry_out)
        finally:
            self.under_way -= name in ("attach", "attach_note", "attached")


async def test_items_of_an_entry_ask_the_books_no_more_at_once_than_others(scene: Scene) -> None:
    scene.items_at_once_max, crowd = 3, Crowd()
    scene.pleo.add_job(*(scene.item(number, receipts=2) for number in range(1, 13)))
    await run_with(scene, crowd)
    assert booked(scene) == [list(range(1, 13))]
    assert crowd.most == 3


async def test_receipts_lie_on_our_disk_as_long_as_their_item_waits(scene: Scene) -> None:
    (file,) = (await prepared(scene, scene.item(receipts=1))).receipts.files
    assert [str(path) for path in scene.spool.rglob("*.pdf")] == [file.path]


async def test_entry_never_has_more_items_than_its_bound(scene: Scene) -> None:
    waiting, one = WaitingItems(scene.desk), await prepared(scene)
    due = [waiting.add(one) for _ in range(JOB_ENTRY_ITEMS_MAX + 1)]
    assert [len(groups) for groups in due if groups] == [1]
    assert len(due[-2][0]) == JOB_ENTRY_ITEMS_MAX
    assert [len(group) for group in waiting.rest()] == [1]
    assert waiting.rest() == ()


async def test_too_many_waiting_items_are_booked_whatever_their_groups(scene: Scene) -> None:
    one, waiting = await prepared(scene), WaitingItems(scene.desk)
    for number in range(1, WAITING_ITEMS_MAX):
        assert waiting.add(in_period(one, f"period {number % 10}")) == ()
    assert len(waiting.add(one)) == 11


async def test_too_many_bytes_of_waiting_receipts_are_booked(scene: Scene) -> None:
    one = await prepared(scene, scene.item(receipts=1))
    (file,) = one.receipts.files
    heavy = replace(one, receipts=Receipts(files=(replace(file, size_bytes=30 * MIB),)))
    waiting = WaitingItems(scene.desk)
    fits = WAITING_BYTES_MAX // (30 * MIB)
    assert [waiting.add(heavy) for _ in range(fits)] == [()] * fits
    assert [len(group) for group in waiting.add(heavy)] == [fits + 1]


async def test_items_wait_no_longer_than_pleo_keeps_a_silent_job(scene: Scene) -> None:
    waiting, one = WaitingItems(scene.desk), await prepared(scene)
    assert waiting.add(one) == ()
    scene.clock.advance(WAITING_SECONDS_MAX)
    assert [len(group) for group in waiting.add(one)] == [2]
    assert waiting.add(one) == ()


def in_period(one: Prepared, period: str) -> Prepared:
    assert one.plan is not None
    (entry,) = one.plan.documents
    assert isinstance(entry, JournalEntry)
    moved = replace(entry, posting_date=replace(entry.posting_date, period=period))
    return replace(one, plan=replace(one.plan, documents=(moved,)))
