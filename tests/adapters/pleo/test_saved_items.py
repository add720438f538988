import codecs
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilag.adapters.pleo.saved_items import UnreadableDocument, decode_items_document
from bilag.domain.export_item import ExportItem, MalformedItem
from tests.adapters.pleo.samples import ENTRY, a_page, an_item, as_json


@pytest.mark.parametrize("before", [b"", codecs.BOM_UTF8, b"\n \n"])
def test_saved_answer_and_bare_list_are_both_read(before: bytes) -> None:
    for document in (a_page([an_item()]), as_json([an_item()]), as_json({"data": [an_item()]})):
        (fetched,) = decode_items_document(before + document)

        assert isinstance(fetched.item, ExportItem)
        assert (fetched.item.entry_id, fetched.page) == (ENTRY, "")


def test_malformed_item_arrives_alone_among_the_others() -> None:
    kinds = [type(fetched.item) for fetched in decode_items_document(as_json([an_item(), {}, an_item()]))]

    assert kinds == [ExportItem, MalformedItem, ExportItem]


def test_empty_list_is_no_item() -> None:
    assert decode_items_document(b"[]") == ()


def test_half_an_emoji_does_not_hide_the_document() -> None:
    (fetched,) = decode_items_document(as_json([an_item(note="NOTE")]).replace(b"NOTE", b"\\ud83d"))

    assert isinstance(fetched.item, ExportItem)
    assert fetched.item.note == "\ufffd"


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (b"", r"line 1, column 1 \(byte 0\)"),
        (b"<html>", r"line 1, column 1 \(byte 0\)"),
        (b'{"data": [\n  {"a": tru}\n]}', r"line 2, column 10 \(byte 20\)"),
        (b"[1,\n 2,\n", r"line 3, column 1 \(byte 8\)"),
        (codecs.BOM_UTF8 + b"x", r"line 1, column 1 \(byte 3\)"),
        (b"[1] [2]", r"line 1, column 6"),
        ("[]".encode("utf-16"), r"line 1, column 1"),
    ],
)
def test_text_that_is_no_json_is_refused_with_its_place(data: bytes, where: str) -> None:
    with pytest.raises(UnreadableDocument, match=where):
        decode_items_document(data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"5", "neither an object nor a list"),
        (b'"text"', "neither an object nor a list"),
        (b"{}", 'no "data"'),
        (b'{"data": {}}', '"data" is not a list'),
        (b'{"data": null}', '"data" is not a list'),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_json_of_another_shape_is_refused_with_what_was_expected(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableDocument, match=reason):
        decode_items_document(data)


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_are_items_or_an_unreadable_document(data: bytes) -> None:
    with suppress(UnreadableDocument):
        assert all(fetched.item for fetched in decode_items_document(data))
