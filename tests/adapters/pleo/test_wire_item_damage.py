"""Whatever arrives in the place of an Export Item: one item is lost at most, and nothing is raised."""

import json
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from bilag.adapters.pleo.wire_item_reading import item_of
from bilag.domain.export_item import ExportItem, MalformedItem
from tests.adapters.pleo.samples import an_item, as_json

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def settle(raw: bytes) -> None:
    match item_of(msgspec.Raw(raw)):
        case ExportItem() as item:
            assert item.entry_id
        case MalformedItem() as item:
            assert item.failures


@given(JSON)
def test_any_json_becomes_an_item_or_a_malformed_one(document: object) -> None:
    settle(json.dumps(document).encode())


@given(st.binary())
def test_any_bytes_become_a_malformed_item(raw: bytes) -> None:
    settle(raw)


def places(document: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in the document that can be replaced."""
    found = [path] if path else []
    members = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for key, inner in members:
        found += places(inner, (*path, key))
    return found


@given(st.sampled_from(places(an_item())), JSON)
def test_any_value_in_any_place_becomes_an_item_or_a_malformed_one(place: tuple[Any, ...], value: object) -> None:
    document: Any = json.loads(json.dumps(an_item()))
    target = document
    for key in place[:-1]:
        target = target[key]
    target[place[-1]] = value

    settle(json.dumps(document).encode())


@given(st.integers(0, len(as_json(an_item()))), st.binary(max_size=3))
def test_item_damaged_anywhere_never_raises(at: int, damage: bytes) -> None:
    whole = as_json(an_item())

    settle(whole[:at] + damage + whole[at + len(damage) :])
