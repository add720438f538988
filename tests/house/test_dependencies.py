import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from typing import Final

from tests.house.documents import page, table_rows
from tests.house.source_files import ROOT, Finding, files_in, listed

# Whose types the interface of a direct dependency speaks.
COME_WITH: Final = {"yarl": "aiohttp", "pydantic-core": "pydantic", "annotated-types": "pydantic"}
# Nobody imports these: data, or a program.
NOT_IMPORTED: Final = {"tzdata": "zoneinfo reads it where the machine has no time zones"}
# Imported where it is asked for, and told about where it is missing.
OPTIONAL: Final = {"opentelemetry": "telemetry"}
REQUIREMENT: Final = re.compile(r"([a-z0-9.-]+)(?:\[[a-z,]+\])?==(\S+)")


def named(requirement: str) -> str:
    return re.split(r"[\[<>=~! ;]", requirement)[0].lower().replace("_", "-")


def declared() -> dict[str, frozenset[str]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = {"": project["dependencies"], **project["optional-dependencies"]}
    return {group: frozenset(map(named, requirements)) for group, requirements in groups.items()}


def imported_distributions() -> Iterator[tuple[str, Finding]]:
    """Every package that `src` imports and that is neither ours nor Python's."""
    known = packages_distributions()
    for file in files_in("src"):
        for node in file.nodes:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for top in {name.partition(".")[0] for name in names} - {"bilag", *OPTIONAL, *sys.stdlib_module_names}:
                finding = Finding(
                    file.path, getattr(node, "lineno", 1), f"imports {top}, which is no direct dependency"
                )
                yield named(known[top][0]), finding


def test_every_direct_dependency_has_its_line_and_no_other_has() -> None:
    rows = table_rows(page("docs/decisions/0002-dependencies.md"))
    lines = {row[0]: row[1:] for row in rows if row[0] not in {"Package", "---"}}
    assert set(lines) == frozenset().union(*declared().values())
    for package, (why, licence) in lines.items():
        assert len(why.split()) >= 3, f"{package}: why is it the best kept for the job?"
        assert licence, f"{package}: which licence?"


def test_what_is_imported_is_declared_and_what_is_declared_is_imported() -> None:
    used = list(imported_distributions())
    allowed = declared()[""] | set(COME_WITH)
    found = [finding for package, finding in used if package not in allowed]
    assert not found, listed(found)
    unused = declared()[""] - {package for package, _ in used} - set(NOT_IMPORTED)
    assert not unused, f"nobody imports {sorted(unused)}: remove them from pyproject.toml"


def test_what_is_imported_where_it_is_asked_for_is_an_extra() -> None:
    for top, group in OPTIONAL.items():
        assert any(package.startswith(top) for package in declared()[group]), top


def test_every_locked_package_has_its_hashes() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        entries = re.split(r"^(?=\S)", page(name), flags=re.MULTILINE)
        packages = [entry for entry in entries if REQUIREMENT.match(entry)]
        assert packages, f"{name} has another form now: teach this test to read it"
        bare = [entry.split()[0] for entry in packages if "--hash=sha256:" not in entry]
        assert not bare, f"{name}: run `make lock`, no hashes for {bare}"
        others = [entry for entry in entries if entry.strip() and entry not in packages and not entry.startswith("#")]
        assert not others, f"{name}: not pinned by version: {others}"


def test_the_lock_files_hold_every_direct_dependency() -> None:
    groups = declared()
    wanted = {
        "requirements.lock": groups[""] | groups["books"] | groups["build"],
        "requirements-dev.lock": frozenset().union(*groups.values()),
    }
    for name, packages in wanted.items():
        locked = {named(found[1]) for found in re.finditer(rf"^{REQUIREMENT.pattern}", page(name), re.MULTILINE)}
        assert packages <= locked, f"{name}: run `make lock`, it lacks {sorted(packages - locked)}"
