"""A golden example on disk: one Export Item as Pleo sends it, what differs in settings and books, and the plan.

`settings.json` and `books.json` name only what differs from the plain company of tests/builders.py and the plain
books of tests/rules/books_for_planning.py.
"""

import json
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from bilag.adapters.pleo.saved_items import decode_items_document
from bilag.domain.capabilities import TextLimits
from bilag.domain.export_item import ExportItem, MalformedItem
from bilag.domain.ledger import PostingMode
from bilag.domain.period import ClosedPeriodStep
from bilag.domain.settings import ExportSettings, TaxStyle, UnsetMethod
from tests.builders import accounts_with, per_currency, settings_with
from tests.rules.books_for_planning import JOURNAL_BOOKS, BooksForPlanning, chart_with

FOLDER: Final = Path(__file__).parent / "journal"


class UnknownField(ValueError):
    """A file names a field that the golden examples do not know."""


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
        (fetched,) = decode_items_document(b"[" + (self.folder / "item.json").read_bytes() + b"]")
        return fetched.item

    def settings(self) -> ExportSettings:
        """The plain company's settings with what differs; raises UnknownField."""
        return settings_with(**{name: _setting(name, value) for name, value in self._file("settings.json").items()})

    def books(self) -> BooksForPlanning:
        """The plain books with what differs; raises UnknownField."""
        return BooksForPlanning(**{name: _book(name, value) for name, value in self._file("books.json").items()})

    def _file(self, name: str) -> dict[str, Any]:
        path = self.folder / name
        fields: dict[str, Any] = json.loads(path.read_bytes()) if path.exists() else {}
        return {field if field != "text" else "can": value for field, value in fields.items()}


def journal_cases() -> list[JournalCase]:
    """Every golden example, by name."""
    return [JournalCase(folder) for folder in sorted(FOLDER.iterdir())]


def _setting(name: str, value: Any) -> Any:
    match name:
        case "time_zone":
            return ZoneInfo(value)
        case "accounts":
            return accounts_with(**{field: _account(text) for field, text in value.items()})
        case "tax_style":
            return TaxStyle(value)
        case "method_when_unset":
            return UnsetMethod(value)
        case "closed_period":
            return tuple(ClosedPeriodStep(step) for step in value)
        case "posting_mode":
            return PostingMode(value)
        case _:
            raise UnknownField(f"settings.json: {name}")


def _account(value: Any) -> Any:
    return per_currency(**value) if isinstance(value, dict) else value


def _book(name: str, value: Any) -> Any:
    match name:
        case "closed" | "vendors":
            return frozenset(value)
        case "first" | "last":
            return date.fromisoformat(value)
        case "can":
            return replace(JOURNAL_BOOKS, text=TextLimits(**value))
        case "chart":
            return chart_with(**value)
        case _:
            raise UnknownField(f"books.json: {name}")
