"""What holds for the plan of any Export Item, whoever sent it and whatever is wrong with it."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from bilag.domain.export_item import ExportItem, MalformedItem
from bilag.domain.posting_record import Part
from bilag.domain.settings import ExportSettings
from bilag.lifecycle.desk import Planner
from bilag.lifecycle.plan_item import plan_item
from bilag.lifecycle.plan_json import content_hash, encode, plan_as_json
from tests.builders import settings_with
from tests.properties.strategies import PROPERTY, any_books, any_settings, bookable_items, wild_items
from tests.rules.books_for_planning import BooksForPlanning, StoppedClock, planned

AnyItem = ExportItem | MalformedItem


@PROPERTY
@given(wild_items(), any_settings(), any_books())
async def test_every_item_gets_a_plan_with_documents_or_failures_and_no_exception(
    item: AnyItem, settings: ExportSettings, books: BooksForPlanning
) -> None:
    plan = await planned(item, settings, books)
    assert bool(plan.documents) != bool(plan.failures)
    assert plan.entry_id == item.entry_id
    assert encode(plan_as_json(plan))
    assert len(set(plan.failures)) == len(plan.failures)
    if isinstance(item, MalformedItem) or item.unreadable:
        assert plan.failures


@PROPERTY
@given(wild_items(), any_settings(), any_books())
async def test_planning_twice_gives_the_same_bytes(
    item: AnyItem, settings: ExportSettings, books: BooksForPlanning
) -> None:
    first, second = await planned(item, settings, books), await planned(item, settings, books)
    assert first == second
    assert encode(plan_as_json(first)) == encode(plan_as_json(second))
    assert [content_hash(document) for document in first.documents] == [content_hash(d) for d in second.documents]


@PROPERTY
@given(st.lists(wild_items() | bookable_items(), min_size=2, max_size=4), any_settings(), any_books(), st.randoms())
async def test_the_order_of_the_items_changes_no_plan(
    items: list[AnyItem], settings: ExportSettings, books: BooksForPlanning, random: Random
) -> None:
    planner = Planner(settings=settings, books=books, clock=StoppedClock())
    in_order = [await plan_item(item, planner) for item in items]
    places = list(range(len(items)))
    random.shuffle(places)
    shuffled = {place: await plan_item(items[place], planner) for place in places}
    assert [shuffled[place] for place in range(len(items))] == in_order


@PROPERTY
@given(bookable_items(), any_settings(), any_books())
async def test_no_entry_is_dated_into_a_closed_period_and_none_moves_without_a_step(
    item: ExportItem, settings: ExportSettings, books: BooksForPlanning
) -> None:
    for document in (await planned(item, settings, books)).documents:
        settled = document.posting_date
        assert settled.period not in books.closed
        assert settled.original == item.date.astimezone(settings.time_zone).date()
        assert settled.moved_by is None or settled.moved_by in settings.closed_period


@PROPERTY
@given(bookable_items(), st.integers(1, 3))
async def test_every_generation_has_its_own_reference_over_the_same_postings(item: ExportItem, generation: int) -> None:
    planner = Planner(settings=settings_with(), books=BooksForPlanning(), clock=StoppedClock())
    (first,) = (await plan_item(item, planner, {Part.JOURNAL_ENTRY: generation})).documents
    (next_,) = (await plan_item(item, planner, {Part.JOURNAL_ENTRY: generation + 1})).documents
    assert first.postings == next_.postings
    assert first.external_reference != next_.external_reference
    assert item.entry_id in first.external_reference
