"""What holds for the texts that people meet: descriptions, comments, notes and reasons."""

from hypothesis import given
from hypothesis import strategies as st

from bilag.domain.capabilities import TextLimits
from bilag.domain.export_item import ExportItem, MalformedItem
from bilag.domain.failure import FailureCode
from bilag.domain.settings import ExportSettings
from bilag.rules.data_mapping import map_data
from bilag.rules.outcome import REASON_CHARACTERS_MAX, reason_text, safe_text
from tests.builders import settings_with
from tests.properties.strategies import PROPERTY, any_books, any_settings, bookable_items, text_limits, wild_items
from tests.rules.books_for_planning import BooksForPlanning, planned

ids = st.text(min_size=1, max_size=80)


def fits(text: str, limit: int | None) -> bool:
    return limit is None or len(text) <= limit


@PROPERTY
@given(bookable_items(), text_limits)
def test_the_reconciliation_id_is_whole_where_the_books_keep_it_or_the_item_fails(
    item: ExportItem, limits: TextLimits
) -> None:
    mapped = map_data(item, limits)
    data, id_ = mapped.datapoints, item.reconciliation_id
    assert data.reconciliation_id == id_
    if mapped.failures:
        assert [failure.code for failure in mapped.failures] == [FailureCode.TEXT_TOO_LONG]
        assert not fits(id_, limits.reference_max)
        assert not fits(id_, limits.description_max)
    else:
        assert fits(id_, limits.reference_max) or data.description.startswith(id_)


@PROPERTY
@given(bookable_items(), text_limits)
def test_no_text_is_longer_than_the_books_keep(item: ExportItem, limits: TextLimits) -> None:
    data = map_data(item, limits).datapoints
    assert fits(data.description, limits.description_max)
    assert fits(data.comment, limits.comment_max)


@PROPERTY
@given(bookable_items(), text_limits)
def test_no_attendee_and_no_settled_expense_is_lost(item: ExportItem, limits: TextLimits) -> None:
    mapped = map_data(item, limits)
    for label, values in (("Settles", item.reconciled_entries), ("Attendees", item.attendees)):
        listed = f"{label}: {', '.join(' '.join(value.split()) for value in values)}"
        noted = "\n".join((f"{label}:", *values, ""))
        assert not values or listed in mapped.datapoints.comment or noted in {note.text for note in mapped.notes}


@PROPERTY
@given(wild_items(), any_settings(), any_books())
async def test_every_failure_says_what_is_wrong_and_what_to_do_in_text_that_pleo_can_show(
    item: ExportItem | MalformedItem, settings: ExportSettings, books: BooksForPlanning
) -> None:
    plan = await planned(item, settings, books)
    given_to_us = item.failures if isinstance(item, MalformedItem) else item.unreadable
    for failure in plan.failures:
        assert failure in given_to_us or (failure.path and failure.message.endswith(".") and failure.remedy)
    if plan.failures:
        reason = reason_text(plan.failures)
        assert len(reason) <= REASON_CHARACTERS_MAX
        assert reason == safe_text(reason)


@PROPERTY
@given(st.text())
def test_a_safe_text_is_one_bounded_line_and_stays_as_it_is(text: str) -> None:
    line = safe_text(text)
    assert len(line) <= REASON_CHARACTERS_MAX
    assert safe_text(line) == line
    assert len(line.splitlines()) <= 1
    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in line)


@PROPERTY
@given(bookable_items())
async def test_a_description_is_never_empty_and_fits_one_line(item: ExportItem) -> None:
    (document,) = (await planned(item, settings_with())).documents
    assert document.datapoints.description
    assert len(document.datapoints.description.splitlines()) == 1
