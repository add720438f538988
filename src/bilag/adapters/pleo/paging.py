"""Reads every page of a list and notices when the list has no end."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

from bilag.adapters.pleo.wire import PageWire
from bilag.ports.errors import BadAnswer

# Asked for, one after another while an answer is too large; Pleo publishes neither its default nor its maximum, so
# whatever comes is taken.
PAGE_ENTRIES_WANTED: Final = (100, 10, 1)
PAGES_MAX: Final = 10_000
# On all pages of a list together: ten times the largest Export Job that we are built for.
ENTRIES_MAX: Final = 1_000_000
CURSOR_CHARACTERS_MAX: Final = 4096
FIRST_PAGE: Final = ""

FetchPage = Callable[[str], Awaitable[PageWire]]


async def pages(fetch: FetchPage, what: str, entries_max: int = ENTRIES_MAX) -> AsyncIterator[tuple[str, PageWire]]:
    """Each page with the cursor that leads to it, FIRST_PAGE first.

    Raises BadAnswer when a page promises another one and names no way to it, names one that was read already,
    or when there are more than PAGES_MAX of them or more than `entries_max` entries.
    """
    cursor = FIRST_PAGE
    seen = {cursor}
    entries = 0
    for _ in range(PAGES_MAX):
        page = await fetch(cursor)
        entries += len(page.data)
        if entries > entries_max:
            raise BadAnswer(f"{what}: Pleo sends more than {entries_max} entries")
        yield cursor, page
        if not page.pagination.has_next_page:
            return
        cursor = page.pagination.end_cursor or ""
        if not cursor or len(cursor) > CURSOR_CHARACTERS_MAX:
            raise BadAnswer(f"{what}: Pleo promises another page without a usable cursor to it")
        if cursor in seen:
            raise BadAnswer(f"{what}: Pleo's pages go round in a circle")
        seen.add(cursor)
    raise BadAnswer(f"{what}: Pleo sends more than {PAGES_MAX} pages")
