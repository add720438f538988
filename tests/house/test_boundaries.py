import ast
from collections import Counter
from collections.abc import Iterator
from typing import Final

from tests.house.source_files import Finding, SourceFile, at, files_in, listed, parsed

# Where a broad `except` may stand: how many, and why. Numbers may only go down.
BROAD_EXCEPTS: Final = {
    "src/bilag/cli/main.py": (1, "a bug is shown as one, with its traceback and its own exit code"),
    "src/bilag/lifecycle/item_desk.py": (1, "a bug fails its item, not the job"),
    "src/bilag/lifecycle/report.py": (1, "puts the batch back, then raises what it caught"),
}
BROAD: Final = frozenset({"Exception", "BaseException"})
MOCK_MODULES: Final = ("unittest.mock", "mock", "pytest_mock")
# What a test may change around the process. Modules of ours get their surroundings as arguments instead.
MONKEYPATCH_MAY: Final = frozenset({"setenv", "delenv", "chdir"})


def broad_excepts(file: SourceFile) -> Iterator[Finding]:
    for node in file.nodes:
        caught: list[ast.expr] = []
        if isinstance(node, ast.ExceptHandler):
            caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type] if node.type else []
            if node.type is None:
                yield at(file, node, "bare except: name what can happen here")
        elif isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "suppress":
            caught = list(node.args)
        for kind in caught:
            if isinstance(kind, ast.Name) and kind.id in BROAD:
                yield at(file, node, f"catches {kind.id}: name what can happen here, and let a bug be a bug")


def patches(file: SourceFile) -> Iterator[Finding]:
    for node in file.nodes:
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        if any(name in MOCK_MODULES for name in names):
            yield at(file, node, "mocks: pass an honest stand-in as an argument")
        if isinstance(node, ast.arg) and node.arg == "mocker":
            yield at(file, node, "mocks: pass an honest stand-in as an argument")
        match node:
            case ast.Attribute(value=ast.Name(id="monkeypatch"), attr=name) if name not in MONKEYPATCH_MAY:
                yield at(file, node, f"monkeypatch.{name}: pass the difference as an argument")


def prints(file: SourceFile) -> Iterator[Finding]:
    for node in file.nodes:
        if isinstance(node, ast.Name) and node.id == "print":
            yield at(file, node, "prints: only the face in src/bilag/cli speaks to the terminal")


def test_broad_excepts_stand_only_where_they_are_explained() -> None:
    found = [finding for file in files_in("src") for finding in broad_excepts(file)]
    counts = Counter(finding.path for finding in found)
    surplus = [f for f in found if counts[f.path] > BROAD_EXCEPTS.get(f.path, (0, ""))[0]]
    assert not surplus, listed(surplus)
    unused = [path for path, (allowed, _) in BROAD_EXCEPTS.items() if counts[path] < allowed]
    assert not unused, f"fewer broad excepts than allowed, lower the numbers: {unused}"


def test_tests_fake_the_edge_and_patch_nothing() -> None:
    found = [finding for file in files_in("tests") for finding in patches(file)]
    assert not found, listed(found)


def test_only_the_face_prints() -> None:
    found = [f for file in files_in("src") if not file.is_in("src/bilag/cli") for f in prints(file)]
    assert not found, listed(found)


def test_every_kind_of_broad_except_is_found() -> None:
    for clause in ("except:", "except Exception:", "except (OSError, BaseException) as e:"):
        assert list(broad_excepts(parsed("src/a.py", f"try:\n    f()\n{clause}\n    pass"))), clause
    assert list(broad_excepts(parsed("src/a.py", "with contextlib.suppress(Exception): f()")))
    assert not list(broad_excepts(parsed("src/a.py", "try:\n    f()\nexcept OSError:\n    pass")))


def test_every_kind_of_patch_is_found() -> None:
    for text in (
        "from unittest import mock",
        "import unittest.mock",
        "def test_a(mocker): ...",
        "def test_a(monkeypatch):\n    monkeypatch.setattr(a, 'b', 1)",
    ):
        assert list(patches(parsed("tests/test_a.py", text))), text
    assert not list(patches(parsed("tests/test_a.py", "monkeypatch.setenv('A', 'b')")))
    assert list(prints(parsed("src/a.py", "print(1)")))
