"""Every Python file of the house, read and parsed once, and what the checks find in it."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
FOLDERS: Final = ("src", "tests", "docs", "benchmarks")


@dataclass(frozen=True, slots=True, eq=False)
class SourceFile:
    """One file: `path` is relative to the root, `nodes` is every node of its syntax tree."""

    path: str
    text: str
    tree: ast.Module
    nodes: tuple[ast.AST, ...]

    @property
    def module(self) -> str:
        """Its dotted name as the import system knows it."""
        parts = Path(self.path).with_suffix("").parts
        inside = parts[1:] if parts[0] == "src" else parts
        return ".".join(inside[:-1] if inside[-1] == "__init__" else inside)

    def is_in(self, *folders: str) -> bool:
        """Whether it lies in one of the folders, or is one of the files."""
        return any(self.path == folder or self.path.startswith(f"{folder}/") for folder in folders)


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A place that breaks a rule, and what to do about it."""

    path: str
    line: int
    problem: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.problem}"


def parsed(path: str, text: str) -> SourceFile:
    """The text as if it stood in the file of that path."""
    tree = ast.parse(text, path)
    return SourceFile(path, text, tree, tuple(ast.walk(tree)))


@cache
def every_file() -> tuple[SourceFile, ...]:
    """The whole house, in a fixed order."""
    paths = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
    return tuple(parsed(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in paths)


def files_in(*folders: str) -> tuple[SourceFile, ...]:
    """The files of these folders."""
    return tuple(file for file in every_file() if file.is_in(*folders))


def listed(findings: Iterable[Finding]) -> str:
    """One finding a line, in the form that editors jump to."""
    return "\n" + "\n".join(str(finding) for finding in sorted(findings))


def at(file: SourceFile, node: ast.AST, problem: str) -> Finding:
    """The finding at the line of the node."""
    return Finding(file.path, getattr(node, "lineno", 1), problem)
