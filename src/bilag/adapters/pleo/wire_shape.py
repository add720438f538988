"""What is wrong with an Export Item's shape: every problem in one pass, each with its path.

The typed decoder stops at the first problem, so this slower walk runs only for an item that it refused.
"""

from dataclasses import dataclass
from typing import Final

import msgspec
from msgspec import inspect

from bilag.adapters.pleo.raw_json import entries_of, members_of, text_of
from bilag.adapters.pleo.wire_items import NUMBER, ItemWire
from bilag.adapters.pleo.wire_values import ID_CHARACTERS_MAX, UnreadableValue, is_id, number_of
from bilag.domain.export_item import MalformedItem
from bilag.domain.failure import Failure, FailureCode

SHAPE_PROBLEMS_MAX: Final = 50

_REMEDY: Final = "Export the expense again; if it fails the same way, send this message to Pleo's support."
_ITEM: Final = inspect.type_info(ItemWire)
_ENTRY_ID: Final = "accountingEntryId"
_KINDS: Final = {
    b"{": "an object",
    b"[": "a list",
    b'"': "a text",
    b"t": "true",
    b"f": "false",
    b"n": "nothing (null)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeProblem:
    """What stands at the path, against what belongs there."""

    path: str
    message: str

    @property
    def failure(self) -> Failure:
        """The problem as the bookkeeper meets it."""
        return Failure(code=FailureCode.ITEM_MALFORMED, path=self.path, message=self.message, remedy=_REMEDY)


def malformed(raw: msgspec.Raw, reason: str) -> MalformedItem:
    """The item with all its shape problems; `reason` serves when the walk itself finds none."""
    problems: list[ShapeProblem] = []
    try:
        _walk(raw, _ITEM, "", problems)
    except RecursionError:
        problems.append(ShapeProblem(path="", message="This Export Item is nested too deeply to be read."))
    if not problems:
        problems.append(ShapeProblem(path="", message=f"This Export Item cannot be read: {reason}."))
    return MalformedItem(
        entry_id=_entry_id(raw), failures=tuple(problem.failure for problem in problems[:SHAPE_PROBLEMS_MAX])
    )


def too_large(raw: msgspec.Raw, bytes_max: int) -> MalformedItem:
    """The item that is not looked into, because it holds more than an expense can."""
    problem = ShapeProblem(path="", message=f"This Export Item is larger than {bytes_max} bytes, more than is read.")
    return MalformedItem(entry_id=_entry_id(raw), failures=(problem.failure,))


def _entry_id(raw: msgspec.Raw) -> str:
    """The id, or nothing when the JSON cannot even be opened or has none that can be used."""
    try:
        members = members_of(raw) or {}
    except RecursionError:
        return ""
    text = text_of(members[_ENTRY_ID]) if _ENTRY_ID in members else None
    return text if text is not None and is_id(text) else ""


def _walk(raw: msgspec.Raw, wanted: inspect.Type, path: str, problems: list[ShapeProblem]) -> None:
    """Compare one value with what belongs there, and go down into it."""
    match wanted:
        case _ if len(problems) >= SHAPE_PROBLEMS_MAX:
            return
        case inspect.UnionType(types=types):
            if bytes(raw) != b"null":
                (inner,) = (kind for kind in types if not isinstance(kind, inspect.NoneType))
                _walk(raw, inner, path, problems)
        case inspect.StructType():
            _walk_object(raw, wanted, path, problems)
        case inspect.ListType():
            _walk_list(raw, wanted, path, problems)
        case inspect.StrType(pattern=pattern):
            _check_text(raw, path, problems, is_id_wanted=pattern is not None)
        case inspect.Metadata(extra_json_schema={"title": title}) if title == NUMBER:
            _check_number(raw, path, problems)
        case inspect.RawType():
            pass  # lenient: read when it makes sense
        case _:
            raise AssertionError(f"the shapes of Export Items hold no {wanted}")


def _walk_object(raw: msgspec.Raw, wanted: inspect.StructType, path: str, problems: list[ShapeProblem]) -> None:
    members = members_of(raw)
    if members is None:
        problems.append(_mismatch(raw, "an object", path))
        return
    for field in wanted.fields:
        field_path = f"{path}.{field.encode_name}" if path else field.encode_name
        if field.encode_name in members:
            _walk(members[field.encode_name], field.type, field_path, problems)
        elif field.required:
            problems.append(ShapeProblem(path=field_path, message=f"Pleo left out {field_path}."))


def _walk_list(raw: msgspec.Raw, wanted: inspect.ListType, path: str, problems: list[ShapeProblem]) -> None:
    entries = entries_of(raw)
    if entries is None:
        problems.append(_mismatch(raw, "a list", path))
        return
    for position, entry in enumerate(entries):
        _walk(entry, wanted.item_type, f"{path}[{position}]", problems)


def _check_text(raw: msgspec.Raw, path: str, problems: list[ShapeProblem], *, is_id_wanted: bool) -> None:
    text = text_of(raw)
    if text is None:
        problems.append(_mismatch(raw, "a text", path))
    elif is_id_wanted and not is_id(text):
        wanted = f"an id of 1 to {ID_CHARACTERS_MAX} letters, digits and signs"
        problems.append(_mismatch(raw, wanted, path))


def _check_number(raw: msgspec.Raw, path: str, problems: list[ShapeProblem]) -> None:
    try:
        number_of(raw)
    except UnreadableValue as error:
        problems.append(ShapeProblem(path=path, message=f"Pleo sent {_kind(raw)} as {path}: {error}."))


def _mismatch(raw: msgspec.Raw, wanted: str, path: str) -> ShapeProblem:
    place = path or "an Export Item"
    return ShapeProblem(path=path, message=f"Pleo sent {_kind(raw)} as {place}: {wanted} belongs here.")


def _kind(raw: msgspec.Raw) -> str:
    text = bytes(raw)
    if text.startswith(b'"') and text_of(raw) is None:
        return "a text that is not UTF-8"
    return _KINDS.get(text[:1], "a number")
