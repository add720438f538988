import ast
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter

from tests.house.source_files import Finding, SourceFile, at, every_file, files_in, listed, parsed


def imported_modules(file: SourceFile, known: frozenset[str]) -> Iterator[str]:
    """Modules of ours that the file imports, wherever in it the import stands."""
    for node in file.nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                if inner in known or node.module in known:
                    yield inner if inner in known else node.module


def import_cycles(files: Iterable[SourceFile]) -> Iterator[Finding]:
    by_module = {file.module: file for file in files}
    known = frozenset(by_module)
    graph = {module: set(imported_modules(file, known)) for module, file in by_module.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as cycle:
        round_trip = cycle.args[1]
        yield Finding(
            by_module[round_trip[0]].path,
            1,
            f"imports go in a circle: {' <- '.join(round_trip)}; find the third module",
        )


def relative_imports(file: SourceFile) -> Iterator[Finding]:
    for node in file.nodes:
        if isinstance(node, ast.ImportFrom) and node.level:
            yield at(file, node, "relative import: write the whole name, so that a search finds it")


def hidden_imports(file: SourceFile) -> Iterator[Finding]:
    for function in file.nodes:
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    yield at(file, node, f"import inside {function.name}: move it to the top of the file")


def test_imports_form_no_circle() -> None:
    found = list(import_cycles(files_in("src")))
    assert not found, listed(found)


def test_imports_stand_at_the_top_with_their_whole_name() -> None:
    found = [f for file in every_file() for f in (*hidden_imports(file), *relative_imports(file))]
    assert not found, listed(found)


def test_a_circle_of_three_is_found() -> None:
    texts = {
        "a": "from bilag import b",
        "b": "import bilag.c",
        "c": "from bilag.a import x",
        "d": "from bilag import a",
    }
    files = [parsed(f"src/bilag/{name}.py", text) for name, text in texts.items()]
    assert list(import_cycles(files))
    assert not list(import_cycles(files[1:]))


def test_a_hidden_and_a_relative_import_are_found() -> None:
    assert list(hidden_imports(parsed("src/a.py", "def f():\n    if True:\n        import os\n")))
    assert list(relative_imports(parsed("src/a.py", "from . import b")))
