import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilag.simulator.paging import LIMIT_DEFAULT, ListedRows, PageRequest, cut_page
from bilag.simulator.refusals import Refusal

CURSOR = re.compile(r"^[A-Z2-7=~]+$")


def rows_of(flags: list[bool]) -> ListedRows[tuple[int, bool]]:
    """Rows that are marked with 1000 and up; those whose flag is down are filtered out."""
    return ListedRows(tuple(enumerate(flags)), mark=lambda row: row[0] + 1000, matches=lambda row: row[1])


@given(flags=st.lists(st.booleans(), max_size=30), limit=st.integers(min_value=1, max_value=7))
def test_following_end_cursors_reads_every_row_once_in_order(flags: list[bool], limit: int) -> None:
    rows = rows_of(flags)
    seen: list[int] = []
    page = cut_page(rows, PageRequest(limit=limit))
    seen += page.places
    while page.pagination["hasNextPage"]:
        page = cut_page(rows, PageRequest(limit=limit, after=str(page.pagination["endCursor"])))
        assert page.places
        seen += page.places

    assert seen == [place for place, flag in enumerate(flags) if flag]


@given(flags=st.lists(st.booleans(), max_size=30), limit=st.integers(min_value=1, max_value=7))
def test_walking_back_from_the_end_meets_the_same_rows(flags: list[bool], limit: int) -> None:
    rows = rows_of(flags)
    whole = cut_page(rows, PageRequest(limit=100))
    seen = list(whole.places[-1:])
    cursor = str(whole.pagination.get("endCursor", ""))
    while cursor:
        page = cut_page(rows, PageRequest(limit=limit, before=cursor))
        seen = [*page.places, *seen]
        cursor = str(page.pagination["startCursor"]) if page.pagination["hasPreviousPage"] else ""

    assert seen == list(whole.places)


@given(
    flags=st.lists(st.booleans(), max_size=30),
    offset=st.integers(min_value=0, max_value=2**63 - 1),
    limit=st.integers(min_value=0, max_value=40),
)
def test_offset_counts_only_rows_that_pass_the_filter(flags: list[bool], offset: int, limit: int) -> None:
    matching = [place for place, flag in enumerate(flags) if flag]

    page = cut_page(rows_of(flags), PageRequest(limit=limit, offset=offset))

    assert list(page.places) == matching[offset : offset + limit]
    assert page.pagination["total"] == len(matching)
    assert page.pagination["hasNextPage"] is (offset + limit < len(matching))
    assert page.pagination["hasPreviousPage"] is (offset > 0 and bool(matching))


def test_cursors_have_the_published_shape() -> None:
    page = cut_page(rows_of([True] * 30), PageRequest())

    assert len(page.places) == LIMIT_DEFAULT
    assert CURSOR.fullmatch(str(page.pagination["startCursor"]))
    assert CURSOR.fullmatch(str(page.pagination["endCursor"]))


@pytest.mark.parametrize("cursor", ["~~~~", "MZXW6===", "AAAA", "OJXXOMJQGAYA", "A" * 100, "row1", "ONXW2ZI="])
def test_cursor_of_no_row_is_refused(cursor: str) -> None:
    with pytest.raises(Refusal, match="not a cursor of this listing"):
        cut_page(rows_of([True]), PageRequest(after=cursor))


def test_stuck_cursor_never_moves_on() -> None:
    rows = rows_of([True] * 5)
    first = cut_page(rows, PageRequest(limit=2, stuck=True))
    second = cut_page(rows, PageRequest(limit=2, after=str(first.pagination["endCursor"]), stuck=True))

    assert second.pagination["endCursor"] == first.pagination["endCursor"]
    assert second.pagination["hasNextPage"] is True


def test_repeated_row_begins_the_page_with_the_last_row_of_the_page_before() -> None:
    rows = rows_of([True] * 5)
    first = cut_page(rows, PageRequest(limit=2))
    second = cut_page(rows, PageRequest(limit=2, after=str(first.pagination["endCursor"]), repeats_row=True))

    assert (first.places, second.places) == ((0, 1), (1, 2))
