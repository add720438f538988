import pytest

from bilag.adapters.pleo.paging import CURSOR_CHARACTERS_MAX, PAGES_MAX, pages
from bilag.adapters.pleo.wire import PageWire, PaginationWire
from bilag.ports.errors import BadAnswer


def a_page(next_cursor: str | None, *, more: bool = True) -> PageWire:
    return PageWire(data=[], pagination=PaginationWire(has_next_page=more, end_cursor=next_cursor))


class Book:
    """Pages by the cursor that leads to them."""

    def __init__(self, **book: PageWire) -> None:
        self.book = book
        self.asked: list[str] = []

    async def __call__(self, cursor: str) -> PageWire:
        self.asked.append(cursor)
        return self.book[cursor or "first"]


async def read(book: Book) -> list[str]:
    return [cursor async for cursor, _ in pages(book, "test call")]


async def test_pages_are_read_in_their_order_with_the_cursor_that_leads_to_each() -> None:
    book = Book(first=a_page("B"), B=a_page("C"), C=a_page("D", more=False))

    assert await read(book) == ["", "B", "C"]
    assert book.asked == ["", "B", "C"]


async def test_single_page_needs_no_cursor() -> None:
    assert await read(Book(first=a_page(None, more=False))) == [""]


@pytest.mark.parametrize("cursor", [None, "", "A" * (CURSOR_CHARACTERS_MAX + 1)])
async def test_next_page_without_a_way_to_it_is_a_bad_answer(cursor: str | None) -> None:
    with pytest.raises(BadAnswer, match="without a usable cursor"):
        await read(Book(first=a_page(cursor)))


@pytest.mark.parametrize("back_to", ["B", "C"])
async def test_pages_that_go_round_are_a_bad_answer(back_to: str) -> None:
    book = Book(first=a_page("B"), B=a_page("C"), C=a_page(back_to))

    with pytest.raises(BadAnswer, match="circle"):
        await read(book)

    assert len(book.asked) == 3


async def test_pages_without_end_are_a_bad_answer() -> None:
    asked = 0

    async def endless(_cursor: str) -> PageWire:
        nonlocal asked
        asked += 1
        return a_page(f"C{asked}")

    with pytest.raises(BadAnswer, match=str(PAGES_MAX)):
        _ = [None async for _ in pages(endless, "test call")]

    assert asked == PAGES_MAX
