"""Pages as Pleo publishes them: cursors, offset, limit, and what a page says about itself."""

import re
from base64 import b32decode, b32encode
from binascii import Error as Base32Error
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Generic, Protocol, TypeVar

from bilag.simulator.refusals import bad_request
from bilag.simulator.terms import PageOrder

# Pleo publishes neither the default nor the highest page size of the Export API. These two are what its
# accounting entries API uses; a larger limit is cut down in silence.
LIMIT_DEFAULT = 20
LIMIT_MAX = 100

_CURSOR_SHAPE = re.compile(r"[A-Z2-7=~]+")
_CURSOR_CHARACTERS_MAX = 64
_MARK_SHAPE = re.compile(rb"row([0-9]{1,15})")

Row = TypeVar("Row")


class Rows(Protocol):
    """The rows of a listing in their order, addressed by place from 0, some of them filtered out.

    A mark is what a cursor carries: it finds its row again when other rows came or changed.
    """

    def __len__(self) -> int:
        """How many rows there are, those that the filter hides included."""
        ...

    def total(self) -> int:
        """How many rows pass the filter."""
        ...

    def upward(self, start: int) -> Iterator[int]:
        """Places that pass the filter from `start` on, lowest first."""
        ...

    def downward(self, start: int) -> Iterator[int]:
        """Places that pass the filter below `start`, highest first."""
        ...

    def mark(self, place: int) -> int:
        """The mark of the row at `place`."""
        ...

    def place(self, mark: int) -> int | None:
        """Where the row with `mark` stands, `None` when the listing never held it."""
        ...


class ListedRows(Generic[Row]):
    """Rows of a small listing that is sorted and filtered in memory."""

    def __init__(
        self, rows: Sequence[Row], *, mark: Callable[[Row], int], matches: Callable[[Row], bool] = lambda _: True
    ) -> None:
        self._rows = rows
        self._mark = mark
        self._matches = matches

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    def __getitem__(self, place: int) -> Row:
        """The row at `place`."""
        return self._rows[place]

    def total(self) -> int:
        """How many rows pass the filter."""
        return sum(1 for row in self._rows if self._matches(row))

    def upward(self, start: int) -> Iterator[int]:
        """Places that pass the filter from `start` on, lowest first."""
        return (place for place in range(start, len(self._rows)) if self._matches(self._rows[place]))

    def downward(self, start: int) -> Iterator[int]:
        """Places that pass the filter below `start`, highest first."""
        return (place for place in range(start - 1, -1, -1) if self._matches(self._rows[place]))

    def mark(self, place: int) -> int:
        """The mark of the row at `place`."""
        return self._mark(self._rows[place])

    def place(self, mark: int) -> int | None:
        """Where the row with `mark` stands."""
        return next((place for place, row in enumerate(self._rows) if self._mark(row) == mark), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """Which page is asked for.

    `stuck` and `repeats_row` are faults: an end cursor that does not move on, and a page that begins with the
    last row of the page before.
    """

    limit: int = LIMIT_DEFAULT
    after: str = ""
    before: str = ""
    offset: int | None = None
    sorting: tuple[tuple[str, PageOrder], ...] = ()
    parameters: dict[str, list[str]] = field(default_factory=dict)
    stuck: bool = False
    repeats_row: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The places on one page and what the answer's `pagination` says."""

    places: tuple[int, ...]
    pagination: dict[str, object]


def cut_page(rows: Rows, asked: PageRequest) -> Page:
    """Cut the asked page out of `rows`; refuses a cursor that belongs to no row."""
    if asked.before:
        end = _place_of(rows, asked.before, "before")
        places = tuple(reversed(tuple(islice(rows.downward(end), asked.limit))))
        start = places[0] if places else end
    else:
        start = _start(rows, asked)
        places = tuple(islice(rows.upward(start), asked.limit))
        end = places[-1] + 1 if places else start
    pagination: dict[str, object] = {
        "currentRequestPagination": _echo(asked),
        "hasNextPage": asked.stuck or _any(rows.upward(end)),
        "hasPreviousPage": _any(rows.downward(start)),
        "total": rows.total(),
    }
    if places:
        pagination["startCursor"] = _cursor(rows.mark(places[0]))
        pagination["endCursor"] = _end_cursor(rows, asked, places)
    return Page(places=places, pagination=pagination)


def _start(rows: Rows, asked: PageRequest) -> int:
    if asked.after:
        return _place_of(rows, asked.after, "after") + (0 if asked.repeats_row else 1)
    skipped = min(asked.offset or 0, rows.total())
    return next(islice(rows.upward(0), skipped, None), len(rows))


def _any(places: Iterator[int]) -> bool:
    return next(places, None) is not None


def _cursor(mark: int) -> str:
    return b32encode(b"row%d" % mark).decode("ascii")


def _end_cursor(rows: Rows, asked: PageRequest, places: tuple[int, ...]) -> str:
    if asked.stuck:
        return asked.after or _cursor(rows.mark(places[0]))
    return _cursor(rows.mark(places[-1]))


def _place_of(rows: Rows, cursor: str, parameter: str) -> int:
    place = None
    if len(cursor) <= _CURSOR_CHARACTERS_MAX and _CURSOR_SHAPE.fullmatch(cursor):
        mark = _MARK_SHAPE.fullmatch(_decoded(cursor))
        place = rows.place(int(mark[1])) if mark else None
    if place is None:
        raise bad_request(f"{parameter}: not a cursor of this listing; send one that a page gave you")
    return place


def _decoded(cursor: str) -> bytes:
    try:
        return b32decode(cursor)
    except Base32Error:
        return b""


def _echo(asked: PageRequest) -> dict[str, object]:
    echo: dict[str, object] = {"parameters": asked.parameters, "limit": asked.limit}
    if asked.after:
        echo["after"] = asked.after
    if asked.before:
        echo["before"] = asked.before
    if asked.offset is not None:
        echo["offset"] = asked.offset
    if asked.sorting:
        echo["sortingKeys"] = [key for key, _ in asked.sorting]
        echo["sortingOrder"] = [order for _, order in asked.sorting]
    return echo
