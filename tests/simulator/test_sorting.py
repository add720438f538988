from datetime import timedelta

import pytest

from bilag.simulator.sorting import sorted_rows
from bilag.simulator.terms import PageOrder
from tests.simulator.builders import NOON

VALUES = {
    "day": lambda row: None if row[0] is None else NOON + timedelta(days=row[0]),
    "hour": lambda row: NOON + timedelta(hours=row[1]),
}


@pytest.mark.parametrize(
    ("order", "days"),
    [
        (PageOrder.ASC, [1, 2, None]),
        (PageOrder.ASC_NULLS_FIRST, [None, 1, 2]),
        (PageOrder.ASC_NULLS_LAST, [1, 2, None]),
        (PageOrder.DESC, [None, 2, 1]),
        (PageOrder.DESC_NULLS_FIRST, [None, 2, 1]),
        (PageOrder.DESC_NULLS_LAST, [2, 1, None]),
    ],
)
def test_missing_values_stand_where_the_order_says(order: PageOrder, days: list[int | None]) -> None:
    rows: list[tuple[int | None, int]] = [(2, 0), (None, 0), (1, 0)]

    assert [row[0] for row in sorted_rows(rows, [("day", order)], VALUES)] == days


def test_second_key_decides_among_equals_and_order_of_arrival_after_that() -> None:
    rows = [(1, 5, "a"), (1, 3, "b"), (0, 9, "c"), (1, 3, "d")]

    ordered = sorted_rows(rows, [("day", PageOrder.DESC), ("hour", PageOrder.ASC)], VALUES)

    assert [row[2] for row in ordered] == ["b", "d", "a", "c"]
