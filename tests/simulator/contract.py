"""Checks answers against Pleo's published OpenAPI file.

The file does not belong to this repository. `BILAG_PLEO_OPENAPI` says where it is; without it, it is looked for next
to the repository. Hand an `AnswerContract` to `SimulatorServer(on_answer=...)` and call `assert_kept` at the end.
"""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bilag.simulator.middlewares import UNKNOWN_PATH, Exchange

MEDIA_TYPE = "application/json;charset=UTF-8"

_BESIDE_THE_REPOSITORY = Path(__file__).parents[3] / "shared" / "pleo" / "export-api-v3.openapi.json"
_NULLABLE_IN_ANSWERS = {
    "ExportItemV3": ("subType",),
    "ExportJobV3": ("failureReasonType",),
    "ExportJobItemV3": ("failureReasonType",),
}
_REFUSALS = range(400, 500)
_SHOWN_MAX = 5


def contract_path() -> Path:
    """Where the published file should be."""
    return Path(os.environ.get("BILAG_PLEO_OPENAPI", _BESIDE_THE_REPOSITORY))


def contract_is_at_hand() -> bool:
    """Whether the published file is there."""
    return contract_path().is_file()


def require_contract() -> dict[str, Any]:
    """The published file with its known slips mended; skips the test when it is not there."""
    if not contract_is_at_hand():
        pytest.skip(f"Pleo's OpenAPI file is not at {contract_path()}; set BILAG_PLEO_OPENAPI to check against it")
    return load_contract(contract_path())


@cache
def load_contract(path: Path) -> dict[str, Any]:
    """The published file, where date masks posing as patterns are gone and nulls that Pleo sends are allowed."""
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    _mend(document)
    schemas = document["components"]["schemas"]
    for name, fields in _NULLABLE_IN_ANSWERS.items():
        for field in fields:
            schemas[name]["properties"][field]["type"] = ["string", "null"]
    return document


class AnswerContract:
    """Collects what is wrong with the answers it sees, so that a server can go on while a test runs.

    A violation whose text holds one of `tolerated` is let pass: that is for items that are malformed on purpose.
    """

    def __init__(self, document: dict[str, Any], *, tolerated: tuple[str, ...] = ()) -> None:
        self._document = document
        self._tolerated = tolerated
        self._validators: dict[str, Draft202012Validator] = {}
        self.violations: list[str] = []
        self.checked = 0

    def __call__(self, exchange: Exchange) -> None:
        """Check one answer, unless a fault was asked for."""
        if exchange.faulted:
            return
        self.checked += 1
        where = f"{exchange.method} {exchange.path} -> {exchange.status}"
        found = (f"{where}: {problem}" for problem in self.problems(exchange))
        self.violations += [text for text in found if not any(part in text for part in self._tolerated)]

    def assert_kept(self) -> None:
        """Fail when any answer broke the contract."""
        assert not self.violations, "\n".join(self.violations[:_SHOWN_MAX])

    def problems(self, exchange: Exchange) -> list[str]:
        """Everything that is wrong with one answer."""
        described = self._described(exchange)
        schema = _schema_of(described)
        if schema is None and exchange.status in _REFUSALS:
            schema = {"$ref": "#/components/schemas/ExceptionInfo"}
        elif described is None:
            return ["the published file knows no such answer"]
        if schema is None:
            return ["a body where none is published"] if exchange.body else []
        if exchange.content_type != MEDIA_TYPE:
            return [f"media type {exchange.content_type!r}"]
        return self._violations(schema, exchange.body)

    def _described(self, exchange: Exchange) -> dict[str, Any] | None:
        if exchange.path == UNKNOWN_PATH:
            return None
        operation = self._document["paths"][exchange.path].get(exchange.method.lower(), {})
        described: dict[str, Any] | None = operation.get("responses", {}).get(str(exchange.status))
        return described

    def _violations(self, schema: dict[str, Any], body: bytes) -> list[str]:
        key = json.dumps(schema)
        if key not in self._validators:
            whole = {**schema, "components": self._document["components"]}
            checker = Draft202012Validator.FORMAT_CHECKER
            self._validators[key] = Draft202012Validator(whole, format_checker=checker)
        try:
            value = json.loads(body)
        except ValueError as error:
            return [f"body is no JSON: {error}"]
        return [f"{error.json_path}: {error.message[:200]}" for error in self._validators[key].iter_errors(value)]


def _schema_of(described: dict[str, Any] | None) -> dict[str, Any] | None:
    content: dict[str, Any] = (described or {}).get("content", {})
    return next((media["schema"] for media in content.values()), None)


def _mend(node: object) -> None:
    if isinstance(node, list):
        for part in node:
            _mend(part)
    if not isinstance(node, dict):
        return
    if node.get("x-pattern-is-hint") is True:
        node.pop("pattern", None)
    if isinstance(node.get("enum"), list) and "null" in node.get("type", ()) and None not in node["enum"]:
        node["enum"].append(None)
    for part in node.values():
        _mend(part)
