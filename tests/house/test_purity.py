import ast
from collections.abc import Iterator
from typing import Final

from tests.house.source_files import Finding, SourceFile, at, files_in, listed, parsed

# The part of the standard library that knows no clock, file, socket, randomness, environment or log.
PURE_MODULES: Final = frozenset(
    {
        *("bisect", "collections", "collections.abc", "dataclasses", "datetime", "decimal", "enum", "fractions"),
        *("functools", "itertools", "operator", "re", "string", "types", "typing", "unicodedata"),
    }
)
PURE_PACKAGES: Final = {"src/bilag/domain": ("bilag.domain",), "src/bilag/rules": ("bilag.domain", "bilag.rules")}
EFFECTS: Final = frozenset({"open", "print", "input", "eval", "exec", "compile", "breakpoint", "__import__"})
# Reading the wall clock or waiting. Everybody else is handed a ports.clock.Clock.
CLOCK_READS: Final = {
    "datetime": frozenset({"now", "utcnow", "today"}),
    "date": frozenset({"today"}),
    "time": frozenset({"time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "sleep"}),
}
CLOCKS: Final = {
    "src/bilag/app/system_clock.py": "it is the clock",
    "src/bilag/simulator/world.py": "the simulator's own default clock",
}


def impure_imports(file: SourceFile, ours: tuple[str, ...]) -> Iterator[Finding]:
    for node in file.nodes:
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            if name not in PURE_MODULES and not name.startswith(ours):
                yield at(file, node, f"imports {name}: the pure middle is handed what it needs as values")


def effects(file: SourceFile) -> Iterator[Finding]:
    for node in file.nodes:
        if isinstance(node, ast.Name) and node.id in EFFECTS:
            yield at(file, node, f"uses {node.id}: act outside of domain and rules")


def floats(file: SourceFile) -> Iterator[Finding]:
    for node in file.nodes:
        if isinstance(node, ast.Name) and node.id in {"float", "complex"}:
            yield at(file, node, f"mentions {node.id}: use int minor units, Money or Decimal")
        elif isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            yield at(file, node, f"{node.value} is a float: use int minor units, Money or Decimal")
        elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            yield at(file, node, "/ makes a float of two integers: use // and name the rounding")


def clock_reads(file: SourceFile) -> Iterator[Finding]:
    for node in file.nodes:
        if isinstance(node, ast.Attribute):
            owner = node.value
            name = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
            if node.attr in CLOCK_READS.get(name, ()):
                yield at(file, node, f"reads {name}.{node.attr}: take the time from a Clock that is passed in")
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            yield at(file, node, "imports from time: take the time from a Clock that is passed in")


def test_domain_and_rules_are_pure() -> None:
    found = [
        finding
        for folder, ours in PURE_PACKAGES.items()
        for file in files_in(folder)
        for finding in (*impure_imports(file, ours), *effects(file), *floats(file))
    ]
    assert not found, listed(found)


def test_only_the_clocks_read_the_time() -> None:
    reads = {file.path: list(clock_reads(file)) for file in files_in("src")}
    found = [finding for path, findings in reads.items() if path not in CLOCKS for finding in findings]
    assert not found, listed(found)
    assert [path for path in CLOCKS if not reads.get(path)] == [], "a clock that reads no time: take it off CLOCKS"


def test_every_kind_of_impurity_is_found() -> None:
    for text in ("import os", "from logging import getLogger", "from bilag.ports import clock"):
        assert list(impure_imports(parsed("src/bilag/rules/a.py", text), ("bilag.domain",))), text
    for text in ("x: float = 1", "x = 1.5", "x = float(1)", "x = 1 / 2", "x /= 2"):
        assert list(floats(parsed("src/bilag/rules/a.py", text))), text
    assert list(effects(parsed("src/bilag/rules/a.py", "print(1)")))
    for text in ("datetime.now(UTC)", "date.today()", "datetime.datetime.utcnow()", "time.time()"):
        assert list(clock_reads(parsed("src/bilag/a.py", text))), text
    assert not list(clock_reads(parsed("src/bilag/a.py", "clock.now()")))
