from datetime import date
from pathlib import Path

import pytest

from bilag.domain.capabilities import TextLimits
from bilag.domain.expense_type import BookkeepingMethod
from bilag.domain.export_item import ItemFile, MalformedItem, Supplier, Tag
from bilag.domain.failure import Failure, FailureCode
from bilag.domain.ledger import PostingMode
from bilag.domain.posting_record import Part
from bilag.domain.settings import UnsetMethod
from bilag.lifecycle.plan_item import notes_of, plan_item
from tests.builders import OFFICE, a_line, a_tax, pair
from tests.lifecycle.breaker import Breaker
from tests.lifecycle.scene import ONE_FILE, Scene, books_keeping, books_taking, entry_id, reference

NO = Failure(code=FailureCode.ITEM_MALFORMED, path="type", message="No.", remedy="Ask.")
TOO_LARGE = ItemFile(url="https://files.example/1", position=0, size_bytes=31 * 1024 * 1024)


async def test_plan_is_the_document_that_would_be_booked(scene: Scene) -> None:
    scene.with_settings(version="v7", posting_mode=PostingMode.FINAL)
    plan = await plan_item(scene.item(), scene.planner, generations={Part.JOURNAL_ENTRY: 3})
    (document,) = plan.documents
    assert (plan.method, plan.settings_version, plan.failures) == (BookkeepingMethod.JOURNAL, "v7", ())
    assert document.external_reference == reference(1, generation=3)
    assert (document.mode, document.posting_date.date) == (PostingMode.FINAL, date(2026, 10, 15))
    assert {step.subject for step in plan.trace} >= {"method", "postingDate", "mode", "description"}


async def test_planning_asks_the_books_and_changes_nothing(scene: Scene) -> None:
    breaker = Breaker()
    desk = scene.desk_over(breaker.over(scene.books), scene.pleo, scene.journal)
    await plan_item(scene.item(), desk.planner)
    assert set(breaker.calls) == {"accounts", "unknown_tax_codes", "unknown_dimensions", "period_of"}
    assert not scene.booked


async def test_malformed_item_plans_to_its_failures(scene: Scene) -> None:
    plan = await plan_item(MalformedItem(entry_id=entry_id(1), failures=(NO,)), scene.planner)
    assert (plan.entry_id, plan.failures, plan.documents) == (entry_id(1), (NO,), ())


async def test_every_problem_is_told_in_one_plan(scene: Scene) -> None:
    scene.books.close_period("2026-10")
    line = a_line(
        account=None, tax=a_tax(code="X", ingoing_account="9999"), tags=(Tag(id="t", code="X", group_code="G"),)
    )
    item = scene.item(lines=(line, a_line(account=OFFICE)), amount=pair("1.00 DKK"), files=(TOO_LARGE,))
    plan = await plan_item(item, scene.planner)
    assert {failure.code for failure in plan.failures} == {
        FailureCode.CATEGORY_MISSING,
        FailureCode.LINES_SUM_DIFFERS,
        FailureCode.PERIOD_CLOSED,
        FailureCode.RECEIPT_TOO_LARGE,
        FailureCode.TAG_UNKNOWN,
        FailureCode.TAX_CODE_UNKNOWN,
    }
    assert len(plan.failures) == len(set(plan.failures))


async def test_date_that_could_not_be_read_is_told_once_and_asks_for_no_period(scene: Scene) -> None:
    impossible = Failure(code=FailureCode.DATE_IMPOSSIBLE, path="date", message="No date.", remedy="Ask.")
    breaker = Breaker()
    desk = scene.desk_over(breaker.over(scene.books), scene.pleo, scene.journal)
    plan = await plan_item(scene.item(unreadable=(impossible,)), desk.planner)
    assert plan.failures == (impossible,)
    assert "period_of" not in breaker.calls


async def test_receipts_keep_nothing_from_being_planned_where_they_are_not_needed(tmp_path: Path) -> None:
    item = Scene(tmp_path).item(files=(TOO_LARGE,))
    for scene in (Scene(tmp_path, books_taking(None)), Scene(tmp_path, book_without_receipts=True)):
        assert not (await plan_item(item, scene.planner)).failures
    assert (await plan_item(item, Scene(tmp_path, books_taking(ONE_FILE)).planner)).failures


@pytest.mark.parametrize("searched", [True, False])
async def test_books_are_searched_for_a_vendor_only_where_it_decides(
    scene: Scene,
    searched: bool,  # noqa: FBT001  a table of cases
) -> None:
    breaker = Breaker()
    scene.with_settings(method_when_unset=UnsetMethod.VENDOR_SEARCH if searched else UnsetMethod.JOURNAL)
    desk = scene.desk_over(breaker.over(scene.books), scene.pleo, scene.journal)
    await plan_item(scene.item(supplier=Supplier(name="Papirhuset", code="V-1")), desk.planner)
    assert ("vendors" in breaker.calls) is searched


async def test_notes_are_the_same_whenever_they_are_asked_for(tmp_path: Path) -> None:
    scene = Scene(tmp_path, books_keeping(TextLimits(comment_max=10)))
    item = scene.item(attendees=("Astrid Holm", "Bo Lund"))
    plan = await plan_item(item, scene.planner)
    assert notes_of(item, scene.planner) == plan.notes
    assert len(plan.notes) == 1
