"""docs/configuration.md: every key of bilag.toml with type, default and meaning, and an example that has them all."""

import json
import types
from collections.abc import Iterator
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import annotated_types
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from bilag.config import shape, value_kinds
from bilag.config.section import SecretSource
from bilag.config.serve_shape import ListeningAddress
from docs.pages.markdown import table

EXAMPLE: Final = Path(__file__).parents[1] / "bilag.example.toml"

_INTRODUCTION: Final = """\
# Configuration

bilag reads one file, `bilag.toml`, from the working directory, from `--config FILE` or from `BILAG_CONFIG`. Relative
paths count from the file's own folder. An unknown key is an error, so that a typing mistake is never passed over. All
problems of the file are named at once. `bilag doctor` checks the file and everything that it points to.
"""
_PAYABLE: Final = """\
## Accounts payable

An expense is booked under accounts payable when Pleo says so, or when Pleo says nothing and
`method_when_unset = "vendor_search"` finds its vendor. It is a debt to the vendor then, and a payment of it.

The vendor is looked for in `[[books.plaintext.vendors]]` by one key after another. The first key that exactly one
vendor has decides; a key that several share decides nothing.

| The expense has | First | Second | Third |
| --- | --- | --- | --- |
| a vendor tagged in Pleo | code: `number` | external id: `external_id` | tax number: `tax_registration_number` |
| only a supplier | code: `number` | account: `account` | tax identifier: `tax_registration_number` |
| an employee as its vendor | code: `employee_code` | code: `number` | |

- **Nobody is found.** The `default_vendor` takes the expense; without one it fails as `vendor.unknown`. The default
  vendor takes only what is accounts payable already, since `vendor_search` does not count it as found, and nothing of
  employees.
- **The vendor is blocked.** The expense fails as `vendor.blocked`; nobody else takes it.
- **The account.** The vendor's `payable_account`; where it has none, `accounts_payable` of `[accounts]`.
- **Employees.** With `employees_as_vendors = true`, what employees lay out is an invoice of theirs and a reimbursement
  is its payment, so every employee needs an entry with the `employee_code`. Otherwise both are journal entries.
- **What pays what** is chosen as a document is booked: [ADR 6](decisions/0006-accounts-payable.md). What stays open is
  shown by `bilag payables`.
"""
_PLAIN: Final[dict[Any, str]] = {
    str: "text",
    int: "whole number",
    bool: "true or false",
    date: "date",
    Path: "path",
    UUID: "UUID",
    value_kinds.CurrencyCode: "currency code",
    value_kinds.TimeZoneName: "time zone name",
    value_kinds.WebAddress: "web address",
    value_kinds.AccountNumber: "account number",
    value_kinds.HostName: "host name",
    value_kinds.PageAddress: "web address",
    value_kinds.VariableName: "name",
    value_kinds.EndpointAddress: "web address",
    value_kinds.KeyringEntry: "name of an entry",
    SecretSource: "[secret](#a-secret)",
    ListeningAddress: "IP address",
}


def configuration_page() -> str:
    """The whole page."""
    sections = [f"## {heading}\n\n{model.__doc__}\n\n{_rows(model)}" for heading, model in _sections()]
    example = f"## Example\n\n```toml\n{EXAMPLE.read_text(encoding='utf-8')}```\n"
    return "\n".join((_INTRODUCTION, *sections, _PAYABLE, example))


def _sections() -> Iterator[tuple[str, type[BaseModel]]]:
    yield from _inside(shape.Config, "")
    yield "A secret", SecretSource


def _inside(model: type[BaseModel], path: str) -> Iterator[tuple[str, type[BaseModel]]]:
    """Every table below the model, with its heading in the file."""
    for name, kind in get_type_hints(model).items():
        if name not in model.model_fields:
            continue
        repeats = get_origin(kind) is tuple
        inner = get_args(kind)[0] if repeats or get_origin(kind) is types.UnionType else kind
        if isinstance(inner, type) and issubclass(inner, BaseModel) and inner not in _PLAIN:
            below = f"{path}{name}"
            yield f"`[[{below}]]`" if repeats else f"`[{below}]`", inner
            yield from _inside(inner, f"{below}.")


def _rows(model: type[BaseModel]) -> str:
    hints = get_type_hints(model, include_extras=True)
    rows = [
        (f"`{name}`", _type_text(hints[name]) + _bounds(field), _default(field), field.description or "")
        for name, field in model.model_fields.items()
    ]
    return table(("Key", "Type", "Default", "Meaning"), rows)


def _type_text(kind: Any) -> str:
    """The type as people who write the file call it."""
    if kind in _PLAIN:
        return _PLAIN[kind]
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (types.UnionType, Union):
        return " or ".join(_type_text(one) for one in inner if one is not type(None))
    if origin is Annotated:
        return _type_text(inner[0])
    if origin is Literal:
        return " or ".join(f'`"{word}"`' for word in inner)
    if origin is tuple:
        return f"list of {_type_text(inner[0])}"
    if origin is dict:
        return f"table of {_type_text(inner[0])} = {_type_text(inner[1])}"
    if issubclass(kind, Enum):
        return " or ".join(f'`"{word.value}"`' for word in kind)
    assert issubclass(kind, BaseModel), kind
    return "table"


def _bounds(field: FieldInfo) -> str:
    lower = next((rule.ge for rule in field.metadata if isinstance(rule, annotated_types.Ge)), None)
    upper = next((rule.le for rule in field.metadata if isinstance(rule, annotated_types.Le)), None)
    return f", {lower} to {upper}" if lower is not None else ""


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    match field.default:
        case None:
            return "none"
        case bool():
            return f"`{str(field.default).lower()}`"
        case BaseModel():
            return "the defaults below"
        case Enum():
            return f'`"{field.default.value}"`'
        case str() | Path():
            return f'`"{field.default}"`'
        case tuple():
            return f"`[{', '.join(json.dumps(one) for one in field.default)}]`"
        case _:
            return f"`{field.default}`"
