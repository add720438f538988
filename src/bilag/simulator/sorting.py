"""Sorting of listings by several dates, each with its direction and its place for missing values."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar, assert_never

from bilag.simulator.terms import PageOrder

Row = TypeVar("Row")

SortValue = datetime | None


def sorted_rows(
    rows: Sequence[Row],
    sorting: Sequence[tuple[str, PageOrder]],
    values: Mapping[str, Callable[[Row], SortValue]],
) -> list[Row]:
    """The rows by the keys in `sorting`; rows that are equal in all of them keep their order.

    `values` says how a row answers each key. Without a word on missing values they count as the highest, as in
    PostgreSQL.
    """
    ordered = list(rows)
    for key, order in reversed(sorting):
        descending, missing_first = _directions(order)
        answers = [(values[key](row), row) for row in ordered]
        dated = [(moment, row) for moment, row in answers if moment is not None]
        dated.sort(key=lambda answer: answer[0], reverse=descending)
        present = [row for _, row in dated]
        missing = [row for moment, row in answers if moment is None]
        ordered = missing + present if missing_first else present + missing
    return ordered


def _directions(order: PageOrder) -> tuple[bool, bool]:
    """Whether the order descends, and whether missing values come first."""
    match order:
        case PageOrder.ASC | PageOrder.ASC_NULLS_LAST:
            return False, False
        case PageOrder.ASC_NULLS_FIRST:
            return False, True
        case PageOrder.DESC | PageOrder.DESC_NULLS_FIRST:
            return True, True
        case PageOrder.DESC_NULLS_LAST:
            return True, False
        case _:
            assert_never(order)
