from datetime import date
from pathlib import Path

import pytest

from bilag.adapters.accounting.memory.script import Alters, Call, ClosesPeriod, Happening, Incident, Raises, Rejects
from bilag.domain.export_item import ExportItem, MalformedItem
from bilag.domain.failure import Failure, FailureCode
from bilag.domain.ledger import PostingMode
from bilag.domain.period import ClosedPeriodStep
from bilag.domain.posting_record import ItemOutcome, Part, ReceiptState
from bilag.lifecycle.book import PERIOD_REFUSALS_MAX
from bilag.lifecycle.process_item import process_item
from bilag.ports.errors import Unreachable
from bilag.ports.export_api import FetchedItem
from tests.builders import COMPANY, money
from tests.lifecycle.pleo_in_memory import JOB
from tests.lifecycle.scene import Scene, books_taking, entry_id, reference

OCTOBER, NOVEMBER = "2026-10", "2026-11"
NO = Failure(code=FailureCode.RECEIPT_DOWNLOAD, path="files[0]", message="No.", remedy="Ask.")
TO_NEXT_OPEN = (ClosedPeriodStep.NEXT_OPEN_PERIOD,)


async def processed(scene: Scene, item: ExportItem | MalformedItem | None = None, job_id: str = JOB) -> ItemOutcome:
    """The item's outcome, which Pleo has not been told of."""
    fetched = FetchedItem(item=item or scene.item(receipts=1), page="0")
    return await process_item(fetched, job_id, scene.desk)


async def told(scene: Scene, outcome: ItemOutcome) -> None:
    """Let Pleo have taken the outcome."""
    await scene.journal.record_outcome(outcome)
    await scene.journal.mark_reported(outcome.job_id, [outcome.entry_id], scene.clock.now())


def codes(outcome: ItemOutcome) -> list[FailureCode]:
    return [failure.code for failure in outcome.failures]


def plan(scene: Scene, call: Call, happening: Happening, times: int = 1) -> None:
    scene.books.plan(Incident(call=call, happening=happening, times=times))


async def test_the_whole_way_of_an_item(scene: Scene) -> None:
    outcome = await processed(scene, scene.item(receipts=2))
    assert outcome.successful
    assert (outcome.job_id, outcome.company_id, outcome.entry_id) == (JOB, COMPANY, entry_id(1))
    assert (outcome.external_id, outcome.external_url) == ("1", "memory:1")
    assert outcome.warnings == ()
    assert reference(1).encode() in outcome.plan_json
    (entry,) = scene.books.entries
    assert (entry.posting_date, entry.mode, entry.total) == (
        date(2026, 10, 15),
        PostingMode.DRAFT,
        money("125.00 DKK"),
    )
    assert len(entry.files) == 2
    assert not list(scene.spool.rglob("*.pdf"))


async def test_malformed_item_fails_with_what_is_wrong_with_it(scene: Scene) -> None:
    malformed = MalformedItem(entry_id=entry_id(1), failures=(NO,))
    outcome = await processed(scene, malformed)
    assert (outcome.failures, outcome.label) == ((NO,), "unreadable item")
    assert not scene.booked


async def test_item_with_problems_reaches_neither_books_nor_receipts(scene: Scene) -> None:
    outcome = await processed(scene, scene.item(receipts=1, lines=()))
    assert FailureCode.LINES_MISSING in codes(outcome)
    assert FailureCode.LINES_MISSING.encode() in outcome.plan_json
    assert not scene.booked
    assert not scene.pleo.downloads


async def test_receipt_that_cannot_be_had_fails_the_item_before_anything_is_booked(scene: Scene) -> None:
    item = scene.item(receipts=2)
    scene.pleo.files[item.files[0].url] = NO
    outcome = await processed(scene, item)
    assert outcome.failures == (NO,)
    assert not scene.booked
    assert not list(scene.spool.rglob("*.pdf"))


async def test_receipt_that_cannot_be_had_is_waived_where_the_settings_allow(scene: Scene) -> None:
    scene.with_settings(book_without_receipts=True)
    item = scene.item(receipts=2)
    scene.pleo.files[item.files[0].url] = NO
    outcome = await processed(scene, item)
    assert outcome.successful
    assert "Booked without a receipt" in outcome.warnings[0]
    assert len(scene.books.entries[0].files) == 1


async def test_receipt_that_the_books_refuse_fails_the_booked_item_unless_waived(scene: Scene) -> None:
    plan(scene, Call.ATTACH, Rejects(NO), times=2)
    outcome = await processed(scene)
    assert outcome.failures == (NO,)
    assert scene.booked == [reference(1)]
    scene.with_settings(book_without_receipts=True)
    again = await processed(scene)
    assert again.successful
    assert scene.booked == [reference(1)]
    record = (await scene.journal.latest(COMPANY, entry_id(1))).get(Part.JOURNAL_ENTRY)
    assert record is not None
    assert [receipt.state for receipt in await scene.journal.receipts(record.key)] == [ReceiptState.WAIVED]


async def test_receipts_that_the_books_never_take_are_told(tmp_path: Path) -> None:
    scene = Scene(tmp_path, books_taking(None))
    outcome = await processed(scene, scene.item(receipts=2))
    assert outcome.successful
    assert "2 receipts stay in Pleo" in outcome.warnings[0]


async def test_closed_period_moves_the_posting_date_and_says_so(scene: Scene) -> None:
    scene.with_settings(closed_period=TO_NEXT_OPEN)
    scene.books.close_period(OCTOBER)
    outcome = await processed(scene)
    assert scene.books.entries[0].posting_date == date(2026, 11, 1)
    assert outcome.warnings == ("Posted on 2026-11-01 instead of 2026-10-15, because that period is closed.",)


async def test_period_that_closes_between_planning_and_posting_moves_the_date(scene: Scene) -> None:
    scene.with_settings(closed_period=TO_NEXT_OPEN)
    plan(scene, Call.POST, ClosesPeriod(OCTOBER))
    outcome = await processed(scene)
    assert outcome.successful
    assert scene.books.entries[0].posting_date == date(2026, 11, 1)
    assert "2026-11-01 instead of 2026-10-15" in outcome.warnings[0]
    assert b'"postingDate":"2026-11-01"' in outcome.plan_json


async def test_period_that_closes_where_dates_are_not_moved_fails_the_item(scene: Scene) -> None:
    plan(scene, Call.POST, ClosesPeriod(OCTOBER))
    assert codes(await processed(scene)) == [FailureCode.PERIOD_CLOSED]
    assert not scene.booked


async def test_periods_that_close_one_after_another_are_tried_a_bounded_number_of_times(scene: Scene) -> None:
    scene.with_settings(closed_period=TO_NEXT_OPEN)
    for name in (OCTOBER, NOVEMBER, "2026-12", "2027-01"):
        plan(scene, Call.POST, ClosesPeriod(name))
    assert PERIOD_REFUSALS_MAX == 3
    outcome = await processed(scene)
    assert codes(outcome) == [FailureCode.PERIOD_CLOSED]
    assert NOVEMBER in outcome.failures[0].message
    assert not scene.booked


async def test_other_total_in_the_books_fails_the_item_until_somebody_corrects_it(scene: Scene) -> None:
    plan(scene, Call.POST, Alters(total=money("1.00 DKK")))
    assert codes(await processed(scene)) == [FailureCode.BOOKS_CONFLICT]
    again = await processed(scene, job_id="the next job")
    assert codes(again) == [FailureCode.BOOKS_CONFLICT]
    scene.books.edit(reference(1), Alters(total=money("125.00 DKK")))
    assert (await processed(scene, job_id="one more job")).successful
    assert scene.booked == [reference(1)]


async def test_trouble_that_concerns_every_item_is_raised(scene: Scene) -> None:
    plan(scene, Call.ACCOUNTS, Raises(Unreachable("gone")))
    with pytest.raises(Unreachable):
        await processed(scene)
    plan(scene, Call.POST, Raises(Unreachable("gone")))
    with pytest.raises(Unreachable):
        await processed(scene)
    assert not list(scene.spool.rglob("*.pdf"))


async def test_posted_and_unreported_is_told_as_if_nothing_had_happened(scene: Scene) -> None:
    scene.with_settings(closed_period=TO_NEXT_OPEN)
    scene.books.close_period(OCTOBER)
    first = await processed(scene)
    assert await processed(scene) == first
    assert scene.booked == [reference(1)]


async def test_date_moved_before_a_stop_is_told_although_the_plan_has_changed_since(scene: Scene) -> None:
    scene.with_settings(closed_period=TO_NEXT_OPEN)
    scene.books.close_period(OCTOBER)
    await processed(scene)
    scene.with_settings(closed_period=())
    outcome = await processed(scene)
    assert outcome.successful
    assert outcome.warnings == ("It stands in the books on 2026-11-01, not on its own date 2026-10-15.",)
    assert outcome.plan_json == b""


async def test_entry_is_not_compared_with_what_today_would_be_booked(scene: Scene) -> None:
    await processed(scene)
    scene.with_settings(posting_mode=PostingMode.FINAL)
    outcome = await processed(scene)
    assert (outcome.successful, outcome.warnings, outcome.plan_json) == (True, (), b"")


async def test_moved_date_that_was_told_is_not_told_again(scene: Scene) -> None:
    scene.with_settings(closed_period=TO_NEXT_OPEN)
    scene.books.close_period(OCTOBER)
    await told(scene, await processed(scene))
    (warning,) = (await processed(scene, job_id="the next job")).warnings
    assert "nothing was booked" in warning


async def test_entry_that_stands_is_reported_although_it_could_no_longer_be_booked(scene: Scene) -> None:
    first = await processed(scene)
    scene.books.close_period(OCTOBER)
    again = await processed(scene)
    assert (again.successful, again.external_id, again.warnings) == (True, first.external_id, ())


async def test_real_export_again_books_nothing_and_warns(scene: Scene) -> None:
    await told(scene, await processed(scene))
    outcome = await processed(scene, job_id="the next job")
    assert (outcome.successful, outcome.external_id) == (True, "1")
    assert "nothing was booked" in outcome.warnings[0]
    assert scene.booked == [reference(1)]


async def test_export_again_adds_a_receipt_that_came_later(scene: Scene) -> None:
    await told(scene, await processed(scene))
    outcome = await processed(scene, scene.item(receipts=2), job_id="the next job")
    assert outcome.successful
    assert len(scene.books.entries[0].files) == 2


async def test_entry_removed_from_the_books_is_booked_under_the_next_generation(scene: Scene) -> None:
    await told(scene, await processed(scene))
    scene.books.remove(reference(1))
    outcome = await processed(scene, job_id="the next job")
    assert outcome.successful
    assert "removed" in outcome.warnings[0]
    assert scene.booked == [reference(1, generation=2)]
    assert len(scene.books.entries[0].files) == 1


async def test_post_again_books_once_more_for_every_real_export(scene: Scene) -> None:
    scene.with_settings(post_again=True)
    for number in (1, 2, 3):
        job_id = f"job {number}"
        unreported = await processed(scene, job_id=job_id)
        repeated = await processed(scene, job_id=job_id)
        assert repeated.external_id == unreported.external_id == str(number)
        await told(scene, repeated)
    assert scene.booked == [reference(1, generation) for generation in (1, 2, 3)]
