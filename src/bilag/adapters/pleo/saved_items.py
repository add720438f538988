"""Reads a saved answer of `GET /v3/export-items` from a file, for planning without Pleo."""

import codecs
import re
from typing import Final

import msgspec

from bilag.adapters.pleo.paging import FIRST_PAGE
from bilag.adapters.pleo.raw_json import entries_of, members_of
from bilag.adapters.pleo.wire import with_whole_characters
from bilag.adapters.pleo.wire_item_reading import item_of
from bilag.ports.export_api import FetchedItem

_BYTE: Final = re.compile(r"\(byte (\d+)\)")
_WANTED: Final = 'expected the answer of GET /v3/export-items, {"data": [...]}, or a list of Export Items'


class UnreadableDocument(ValueError):
    """The file is not JSON, or holds no list of Export Items; the text says where."""


def decode_items_document(data: bytes) -> tuple[FetchedItem, ...]:
    """The Export Items of the document, malformed ones among them; raises UnreadableDocument."""
    body = data.removeprefix(codecs.BOM_UTF8)
    skipped_bytes = len(data) - len(body)
    mended = with_whole_characters(body)
    try:
        raw = msgspec.json.decode(mended, type=msgspec.Raw)
    except RecursionError as error:
        raise UnreadableDocument("the JSON is nested too deeply") from error
    except msgspec.DecodeError as error:
        raise UnreadableDocument(_where(str(error), mended, skipped_bytes)) from error
    return tuple(FetchedItem(item=item_of(entry), page=FIRST_PAGE) for entry in _items(raw))


def _items(raw: msgspec.Raw) -> list[msgspec.Raw]:
    if (entries := entries_of(raw)) is not None:
        return entries
    members = members_of(raw)
    if members is None:
        raise UnreadableDocument(f"the JSON is neither an object nor a list: {_WANTED}")
    if "data" not in members:
        raise UnreadableDocument(f'the JSON object has no "data": {_WANTED}')
    entries = entries_of(members["data"])
    if entries is None:
        raise UnreadableDocument(f'"data" is not a list: {_WANTED}')
    return entries


def _where(reason: str, body: bytes, skipped_bytes: int) -> str:
    """The decoder's reason with line and column, both from one; a file that ends too early breaks at its end."""
    found = _BYTE.search(reason)
    at = min(int(found[1]), len(body)) if found else len(body)
    line = body.count(b"\n", 0, at) + 1
    column = at - (body.rfind(b"\n", 0, at) + 1) + 1
    what = _BYTE.sub("", reason).strip().removeprefix("JSON is malformed: ")
    return f"not JSON at line {line}, column {column} (byte {at + skipped_bytes}): {what}"
