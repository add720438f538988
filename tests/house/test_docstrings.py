import ast
from collections.abc import Iterator
from typing import Final

from tests.house.source_files import Finding, SourceFile, at, files_in, listed, parsed

EXPLAINED: Final = ("src/bilag/domain", "src/bilag/rules", "src/bilag/ports", "src/bilag/lifecycle")
Named = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def public(body: list[ast.stmt]) -> Iterator[Named]:
    for node in body:
        if isinstance(node, Named) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body)


def unexplained(file: SourceFile) -> Iterator[Finding]:
    for node in public(file.tree.body):
        if not ast.get_docstring(node):
            yield at(
                file, node, f"{node.name} has no docstring: say what it is for, in which units, and what it raises"
            )


def test_everything_public_in_the_middle_says_what_it_is_for() -> None:
    found = [finding for file in files_in(*EXPLAINED) for finding in unexplained(file)]
    assert not found, listed(found)


def test_every_package_says_what_it_is_for() -> None:
    packages = [file for file in files_in("src") if file.path.endswith("__init__.py")]
    found = [
        at(f, f.tree, "a package without a docstring: one sentence") for f in packages if not ast.get_docstring(f.tree)
    ]
    assert not found, listed(found)


def test_a_method_without_a_docstring_is_found() -> None:
    text = 'class A:\n    """A."""\n\n    def b(self): ...\n\n    def _c(self): ...\n'
    assert [finding.line for finding in unexplained(parsed("src/a.py", text))] == [4]
