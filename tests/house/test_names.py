from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from tests.house.source_files import Finding, SourceFile, every_file, listed, parsed

HOMELESS: Final = frozenset({"util", "utils", "helper", "helpers", "common", "misc", "manager", "base"})


def homeless_names(file: SourceFile) -> Iterator[Finding]:
    path = PurePosixPath(file.path)
    for part in (*path.parts[:-1], path.stem):
        if part.lower().strip("_") in HOMELESS:
            yield Finding(file.path, 1, f'"{part}" says nothing: name the noun that this code is about')


def test_every_module_has_a_noun_for_a_name() -> None:
    found = [finding for file in every_file() for finding in homeless_names(file)]
    assert not found, listed(found)


def test_a_module_without_a_noun_is_found() -> None:
    assert list(homeless_names(parsed("src/bilag/rules/utils.py", "")))
    assert list(homeless_names(parsed("tests/common/test_money.py", "")))
    assert not list(homeless_names(parsed("src/bilag/domain/money.py", "")))
