import ast
from collections.abc import Iterator
from typing import Final

import msgspec

from bilag.adapters.pleo import wire, wire_items
from tests.house.source_files import Finding, SourceFile, at, files_in, listed, parsed

# Pleo's JSON is read and written in the wire modules. The simulator speaks it too, with code of its own.
WIRE: Final = ("src/bilag/adapters/pleo/wire",)
SIMULATOR: Final = "src/bilag/simulator"
# Our own JSON, whose keys are meant to look like Pleo's: the plan, and what the commands print with --json.
OUR_JSON: Final = (
    "src/bilag/lifecycle/plan_json.py",
    "src/bilag/app/planning.py",
    "src/bilag/app/payables.py",
    "src/bilag/app/running.py",
    "src/bilag/cli",
)


def pleo_names() -> frozenset[str]:
    """The field names of Pleo's JSON that are nobody else's words."""
    structs = [
        shape
        for module in (wire, wire_items)
        for shape in vars(module).values()
        if isinstance(shape, type) and issubclass(shape, msgspec.Struct)
    ]
    names = {name for shape in structs for name in shape.__struct_encode_fields__}
    return frozenset(name for name in names if not name.islower())


def wire_keys(file: SourceFile, names: frozenset[str]) -> Iterator[Finding]:
    """Places where such a name is the key of something; a text that only mentions it, as a path does, is fine."""
    for node in file.nodes:
        keys: list[ast.expr | None] = []
        if isinstance(node, ast.Dict):
            keys = list(node.keys)
        elif isinstance(node, ast.Subscript):
            keys = [node.slice]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in {"get", "pop"}:
            keys = list(node.args[:1])
        elif isinstance(node, ast.keyword) and node.arg in {"rename", "alias"}:
            yield at(
                file, node, f"{node.arg}= shapes foreign JSON: only Pleo's wire modules and a connector's payloads do"
            )
        elif isinstance(node, ast.keyword) and node.arg in names:
            yield at(file, node, f'"{node.arg}" is a field of Pleo\'s JSON: read it in adapters/pleo/wire')
        for key in keys:
            if isinstance(key, ast.Constant) and key.value in names:
                yield at(file, node, f'"{key.value}" is a field of Pleo\'s JSON: read it in adapters/pleo/wire')


def test_pleos_field_names_stay_in_the_wire_modules() -> None:
    names = pleo_names()
    elsewhere = [file for file in files_in("src") if not file.path.startswith(WIRE)]
    checked = [file for file in elsewhere if not file.is_in(SIMULATOR, *OUR_JSON)]
    found = [finding for file in checked for finding in wire_keys(file, names)]
    assert not found, listed(found)


def test_a_field_name_used_as_a_key_is_found_and_one_in_a_path_is_not() -> None:
    names = pleo_names()
    for text in (
        'x["accountingEntryLines"]',
        'x.get("netAmount")',
        '{"companyId": 1}',
        "dict(companyId=1)",
        'class A(Struct, rename="camel"): ...',
    ):
        assert list(wire_keys(parsed("src/a.py", text), names)), text
    assert not list(wire_keys(parsed("src/a.py", 'Failure(path="accountingEntryLines[0].account")'), names))
