"""A golden example on disk: one Export Item as Pleo sends it, what differs in settings and books, and the plan.

`settings.json` and `books.json` name only what differs from the plain company of tests/builders.py and the plain
books of tests/rules/books_for_planning.py.
"""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from bilag.domain.capabilities import TextLimits
from bilag.domain.export_item import ExportItem, MalformedItem
from bilag.domain.settings import ExportSettings
from tests.golden.case_files import UnknownField, fields_in, item_in, settings_in, vendors_of
from tests.rules.books_for_planning import JOURNAL_BOOKS, BooksForPlanning, chart_with

FOLDER: Final = Path(__file__).parent / "journal"
# What books.json calls a field of the books that has another name there.
_FIELDS: Final = {"text": "can", "vendors": "known_vendors"}


@dataclass(frozen=True, slots=True)
class JournalCase:
    """One folder."""

    folder: Path

    @property
    def expected_file(self) -> Path:
        """Where the plan stands."""
        return self.folder / "expected.json"

    def item(self) -> ExportItem | MalformedItem:
        """The item, read as it is read from Pleo."""
        return item_in(self.folder)

    def settings(self) -> ExportSettings:
        """The plain company's settings with what differs; raises UnknownField."""
        return settings_in(self.folder)

    def books(self) -> BooksForPlanning:
        """The plain books with what differs; raises UnknownField."""
        named = fields_in(self.folder / "books.json")
        return BooksForPlanning(**{_FIELDS.get(name, name): _book(name, value) for name, value in named.items()})


def journal_cases() -> list[JournalCase]:
    """Every golden example, by name."""
    return [JournalCase(folder) for folder in sorted(FOLDER.iterdir())]


def _book(name: str, value: Any) -> Any:
    match name:
        case "closed":
            return frozenset(value)
        case "first" | "last":
            return date.fromisoformat(value)
        case "text":
            return replace(JOURNAL_BOOKS, text=TextLimits(**value))
        case "chart":
            return chart_with(**value)
        case "vendors":
            return vendors_of(value)
        case _:
            raise UnknownField(f"books.json: {name}")
