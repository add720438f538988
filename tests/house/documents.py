"""The pages, read once."""

import re
from functools import cache
from pathlib import Path
from typing import Final

from tests.house.source_files import ROOT

DOCS: Final = ROOT / "docs"
DECISIONS: Final = DOCS / "decisions"
_CELL: Final = re.compile(r"(?<!\\)\|")


@cache
def page(name: str) -> str:
    """The text of a page, by its path below the root."""
    return (ROOT / name).read_text(encoding="utf-8")


def every_page() -> tuple[Path, ...]:
    """Every Markdown page of the project."""
    return (*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md")))


def table_rows(text: str) -> list[list[str]]:
    """The cells of every row of every table in the text, headings included."""
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in _CELL.split(row)[1:-1]] for row in rows]
