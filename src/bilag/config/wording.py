"""What is wrong with bilag.toml, in words for the people who write it."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any, Final, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from bilag.config.section import SecretSource
from bilag.config.shape import Config

_LINE_CHARACTERS_MAX: Final = 60
_WHERE_IT_IS: Final = (
    'must say where the secret is, such as { env = "PLEO_API_KEY" } or { file = "secrets/pleo-api-key" };'
    " the secret itself never stands in this file"
)
_WORDS: Final = {
    "missing": "is required and missing",
    "string_type": "must be text, in quotation marks",
    "string_too_short": "must not be empty",
    "string_pattern_mismatch": "must not begin or end with a space",
    "path_type": "must be a path, in quotation marks",
    "bool_type": "must be true or false, without quotation marks",
    "int_type": "must be a whole number, without quotation marks",
    "tuple_type": "must be a list, in square brackets",
    "dict_type": "must be a table of its own, or { ... }",
    "model_type": "must be a table of its own, or { ... }",
    "uuid_type": "must be a UUID in quotation marks",
    "uuid_parsing": 'must be a UUID such as "11111111-2222-4333-8444-555555555555"',
}


def problem_key(error: ErrorDetails) -> str:
    """Where it is, in dotted form: `books.plaintext.chart[1].number`."""
    parts = [part for part in error["loc"] if part != "[key]"]
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts).lstrip(".")


def problem_message(error: ErrorDetails) -> str:
    """What is wrong and what belongs there. Never shows what was written in the place of a secret."""
    if error["type"] == "extra_forbidden":
        return _unknown_key(error)
    if error["type"] == "missing":
        return _WORDS["missing"]
    is_secret = _model_at(error["loc"]) is SecretSource
    if is_secret and error["type"] in ("model_type", "dict_type"):
        return _WHERE_IT_IS
    shown = "" if is_secret else _shown(error["input"])
    return f"{_plain(error)} (the file says {shown})" if shown else _plain(error)


def _plain(error: ErrorDetails) -> str:
    kind, bounds = error["type"], error.get("ctx", {})
    if kind in _WORDS:
        return _WORDS[kind]
    if kind.startswith("date_"):
        return "must be a date such as 2026-09-30, without quotation marks"
    match kind:
        case "enum" | "literal_error":
            return f"must be {bounds['expected']}"
        case "greater_than_equal":
            return f"must be {bounds['ge']} or more"
        case "less_than_equal":
            return f"must be {bounds['le']} or less"
        case "value_error":
            return error["msg"].removeprefix("Value error, ")
        case _:
            return error["msg"]


def _shown(value: object) -> str:
    """The value as the file has it; nothing for what takes more than a line."""
    match value:
        case str() if "://" in value and any(sign in value for sign in "@?#"):
            return ""  # a web address that may hold a password
        case str() | bool():
            text = json.dumps(value, ensure_ascii=False)
        case int() | float() | date():
            text = str(value)
        case _:
            return ""
    return text if len(text) <= _LINE_CHARACTERS_MAX else text[: _LINE_CHARACTERS_MAX - 1] + "…"


def _unknown_key(error: ErrorDetails) -> str:
    names = _names_by_table(Config)
    table = ".".join(part for part in error["loc"][:-1] if isinstance(part, str))
    wanted = str(error["loc"][-1])
    if others := [other for other, known in names.items() if wanted in known]:
        return f"is no setting of this table; it belongs under {' or '.join(f'[{other}]' for other in others)}"
    if close := get_close_matches(wanted, names.get(table, ()), n=1):
        return f"is no setting of bilag; did you mean {close[0]}?"
    return "is no setting of bilag; see docs/configuration.md for the names"


def _names_by_table(model: type[BaseModel], table: str = "") -> Mapping[str, tuple[str, ...]]:
    """The keys of every table below the model, by the table's dotted name."""
    found = {table: tuple(model.model_fields)}
    for name, field in model.model_fields.items():
        for inner in _models_in(field.annotation):
            found |= _names_by_table(inner, f"{table}.{name}".lstrip("."))
    return found


def _model_at(location: tuple[int | str, ...]) -> type[BaseModel]:
    """The table that the place lies in, or that it is."""
    model: type[BaseModel] = Config
    for part in location:
        field = model.model_fields.get(str(part))
        inner = next(_models_in(field.annotation), None) if field else None
        model = inner or model
    return model


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)
