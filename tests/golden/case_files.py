"""The files of a golden example: Export Items as Pleo sends them, and what differs in settings and books."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from bilag.adapters.pleo.saved_items import decode_items_document
from bilag.domain.export_item import ExportItem, MalformedItem
from bilag.domain.known_vendor import KnownVendor
from bilag.domain.ledger import PostingMode
from bilag.domain.period import ClosedPeriodStep
from bilag.domain.settings import ExportSettings, TaxStyle, UnsetMethod
from tests.builders import accounts_with, per_currency, settings_with

_VENDOR_FIELDS: Final = frozenset(field.name for field in fields(KnownVendor))


class UnknownField(ValueError):
    """A file names a field that the golden examples do not know."""


def item_in(folder: Path) -> ExportItem | MalformedItem:
    """The item, read as it is read from Pleo."""
    (fetched,) = decode_items_document(b"[" + (folder / "item.json").read_bytes() + b"]")
    return fetched.item


def fields_in(path: Path) -> dict[str, Any]:
    """What the file names; nothing where there is no file."""
    named: dict[str, Any] = json.loads(path.read_bytes()) if path.exists() else {}
    return named


def settings_in(folder: Path) -> ExportSettings:
    """The plain company's settings with what differs; raises UnknownField."""
    named = fields_in(folder / "settings.json")
    return settings_with(**{name: _setting(name, value) for name, value in named.items()})


def vendors_of(entries: list[dict[str, Any]]) -> tuple[KnownVendor, ...]:
    """Vendors as the books know them; raises UnknownField."""
    for entry in entries:
        if strange := entry.keys() - _VENDOR_FIELDS:
            raise UnknownField(f"books.json: vendors: {', '.join(sorted(strange))}")
    return tuple(KnownVendor(**entry) for entry in entries)


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
        case "default_vendor" | "employees_as_vendors":
            return value
        case _:
            raise UnknownField(f"settings.json: {name}")


def _account(value: Any) -> Any:
    return per_currency(**value) if isinstance(value, dict) else value
