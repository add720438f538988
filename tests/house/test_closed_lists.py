import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from bilag.domain.expense_type import ExpenseSubtype, ExpenseType
from bilag.domain.export_job import JobEvent, JobStatus
from bilag.domain.failure import REASON_TYPES, FailureCode
from bilag.domain.transitions import JOB_MOVES, POSTING_MOVES, PostingState
from bilag.rules.expense_type_mapping import EXPENSE_TYPE_MAPPING
from tests.house.source_files import Finding, SourceFile, at, files_in, listed, parsed

# Where a match may leave members out: how many, and why. Numbers may only go down.
OPEN_MATCHES: Final = {
    "src/bilag/adapters/receipts/merge_child.py": (1, "whatever has no pages is refused, a format yet to come as well"),
    "src/bilag/simulator/routes_files.py": (1, "faults of other routes leave a file alone, and so does none"),
}


def enum_names(files: Iterable[SourceFile]) -> frozenset[str]:
    return frozenset(
        node.name
        for file in files
        for node in file.nodes
        if isinstance(node, ast.ClassDef)
        and any(getattr(b, "id", getattr(b, "attr", "")) in {"Enum", "StrEnum", "IntEnum"} for b in node.bases)
    )


def aliases(file: SourceFile) -> dict[str, str]:
    """What names imported under another one are really called."""
    imports = (node for node in file.nodes if isinstance(node, ast.ImportFrom))
    return {alias.asname: alias.name for node in imports for alias in node.names if alias.asname}


def enums_of(pattern: ast.pattern, real: dict[str, str]) -> set[str]:
    """The enums whose members the pattern names; an empty text stands for anything else."""
    match pattern:
        case ast.MatchOr(patterns=patterns):
            return {name for inner in patterns for name in enums_of(inner, real)}
        case ast.MatchValue(value=ast.Attribute(value=ast.Name(id=name))):
            return {real.get(name, name)}
        case _:
            return {""}


def ends_in_assert_never(case: ast.match_case) -> bool:
    is_wildcard = isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None and case.guard is None
    call = case.body[-1].value if isinstance(case.body[-1], ast.Expr) else None
    return is_wildcard and isinstance(call, ast.Call) and getattr(call.func, "id", "") == "assert_never"


def open_matches(file: SourceFile, enums: frozenset[str]) -> Iterator[Finding]:
    real = aliases(file)
    for node in file.nodes:
        if isinstance(node, ast.Match) and not ends_in_assert_never(node.cases[-1]):
            named = [c for c in node.cases if not (isinstance(c.pattern, ast.MatchAs) and c.pattern.pattern is None)]
            over = {name for case in named for name in enums_of(case.pattern, real)}
            if len(over) == 1 and over <= enums:
                yield at(
                    file, node, f"match over {min(over)} is open: name every member, end with `case _: assert_never`"
                )


def test_a_match_over_a_closed_list_names_every_member() -> None:
    files = files_in("src")
    enums = enum_names(files)
    found = [finding for file in files for finding in open_matches(file, enums)]
    counts = Counter(finding.path for finding in found)
    surplus = [f for f in found if counts[f.path] > OPEN_MATCHES.get(f.path, (0, ""))[0]]
    assert not surplus, listed(surplus)
    unused = [path for path, (allowed, _) in OPEN_MATCHES.items() if counts[path] < allowed]
    assert not unused, f"fewer open matches than allowed, lower the numbers: {unused}"


def test_every_expense_type_and_subtype_has_a_row_in_the_mapping() -> None:
    assert {type_ for type_, _ in EXPENSE_TYPE_MAPPING} == set(ExpenseType)
    assert {subtype for _, subtype in EXPENSE_TYPE_MAPPING} == {None, *ExpenseSubtype}


def test_every_status_has_its_moves() -> None:
    assert {status for status, _ in JOB_MOVES} | set(JOB_MOVES.values()) == set(JobStatus)
    assert {event for _, event in JOB_MOVES} == set(JobEvent)
    assert {state for move in POSTING_MOVES for state in move} == set(PostingState)


def test_every_failure_code_has_its_reason_type_and_is_raised_somewhere() -> None:
    assert set(REASON_TYPES) == set(FailureCode)
    source = "\n".join(file.text for file in files_in("src") if file.module != "bilag.domain.failure")
    unused = [code.name for code in FailureCode if f"FailureCode.{code.name}" not in source]
    assert not unused, f"nothing fails with these codes, remove them or use them: {unused}"


def test_an_open_match_is_found_also_under_an_alias() -> None:
    text = (
        "from m import Side as S\nmatch x:\n    case S.DEBIT:\n        f()\n    case S.CREDIT | S.BOTH:\n        g()\n"
    )
    enums = frozenset({"Side"})
    assert list(open_matches(parsed("src/a.py", text), enums))
    assert list(open_matches(parsed("src/a.py", f"{text}    case _:\n        h()\n"), enums))
    assert not list(open_matches(parsed("src/a.py", f"{text}    case _:\n        assert_never(x)\n"), enums))
    assert enum_names([parsed("src/a.py", "class Side(StrEnum): ...\nclass Money: ...")]) == enums
