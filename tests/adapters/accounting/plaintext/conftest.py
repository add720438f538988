from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bilag.adapters.accounting.plaintext.config import PlaintextConfig, Syntax
from bilag.adapters.accounting.plaintext.connector import PlaintextBooks
from tests.adapters.accounting.plaintext.oracles import HLEDGER, assert_accepted
from tests.adapters.accounting.plaintext.samples import FixedClock, a_config

Opener = Callable[..., PlaintextBooks]


@pytest.fixture(params=list(Syntax))
def syntax(request: pytest.FixtureRequest) -> Syntax:
    chosen: Syntax = request.param
    if chosen is Syntax.HLEDGER and HLEDGER is None:
        pytest.skip("hledger is not installed, so nobody could judge these books")
    return chosen


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the books lie."""
    made = tmp_path / "books"
    made.mkdir()
    return made


@pytest.fixture
async def open_books(folder: Path) -> AsyncIterator[Opener]:
    """Opens the books; all are closed at the end, and what lies in the folder is judged by its own program."""
    opened: list[PlaintextBooks] = []

    def opener(syntax: Syntax = Syntax.BEANCOUNT, config: PlaintextConfig | None = None) -> PlaintextBooks:
        books = PlaintextBooks(config or a_config(folder, syntax), FixedClock())
        opened.append(books)
        return books

    yield opener
    for books in opened:
        await books.close()
    assert_accepted(folder)
