import ast
from collections.abc import Iterator
from typing import Final

from tests.house.source_files import Finding, SourceFile, at, every_file, listed, parsed

FUNCTION_LINES_MAX: Final = 40
FILE_LINES_MAX: Final = 300
PARAMETERS_MAX: Final = 6

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(file: SourceFile) -> Iterator[Function]:
    return (node for node in file.nodes if isinstance(node, Function))


def lines_of(node: ast.AST) -> range:
    start, end = getattr(node, "lineno", 0), getattr(node, "end_lineno", 0)
    return range(start, end + 1)


def code_lines(function: Function, file: SourceFile) -> int:
    """Lines that are neither blank, comment nor docstring; comment signs inside a text are text."""
    docstrings: set[int] = set()
    texts: set[int] = set()
    for node in ast.walk(function):
        if isinstance(node, Function | ast.ClassDef) and ast.get_docstring(node, clean=False) is not None:
            docstrings.update(lines_of(node.body[0]))
        elif isinstance(node, ast.Constant | ast.JoinedStr):
            texts.update(lines_of(node))
    lines = file.text.splitlines()
    counted = (number for number in lines_of(function) if number not in docstrings)
    return sum(
        1 for number in counted if (text := lines[number - 1].strip()) and (number in texts or not text.startswith("#"))
    )


def long_functions(file: SourceFile) -> Iterator[Finding]:
    for function in functions(file):
        if len(lines_of(function)) > FUNCTION_LINES_MAX and (count := code_lines(function, file)) > FUNCTION_LINES_MAX:
            yield at(file, function, f"{function.name} has {count} code lines, at most {FUNCTION_LINES_MAX}: split it")


def long_files(file: SourceFile) -> Iterator[Finding]:
    count = len(file.text.splitlines())
    if count > FILE_LINES_MAX:
        yield Finding(file.path, count, f"{count} lines, at most {FILE_LINES_MAX}: find the second noun in it")


def wide_signatures(file: SourceFile) -> Iterator[Finding]:
    for function in functions(file):
        spec = function.args
        names = [a.arg for a in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)]
        names += [a.arg for a in (spec.vararg, spec.kwarg) if a is not None]
        count = len(names) - (names[:1] in (["self"], ["cls"]))
        if count > PARAMETERS_MAX:
            yield at(
                file, function, f"{function.name} takes {count} parameters, at most {PARAMETERS_MAX}: name a value"
            )


def test_functions_stay_short() -> None:
    found = [finding for file in every_file() for finding in long_functions(file)]
    assert not found, listed(found)


def test_files_stay_short() -> None:
    found = [finding for file in every_file() for finding in long_files(file)]
    assert not found, listed(found)


def test_signatures_stay_narrow() -> None:
    found = [finding for file in every_file() for finding in wide_signatures(file)]
    assert not found, listed(found)


def test_a_function_one_line_too_long_is_found_and_its_docstring_is_not_counted() -> None:
    words = '    """One.\n\n    Two.\n    """\n\n    # why\n'
    at_the_limit = f"def f():\n{words}" + "    x = 1\n" * (FUNCTION_LINES_MAX - 1)
    assert not list(long_functions(parsed("src/a.py", at_the_limit)))
    assert list(long_functions(parsed("src/a.py", f"{at_the_limit}    x = 1\n")))


def test_a_comment_sign_inside_a_text_is_code() -> None:
    text = 'def f():\n    return """\n' + "# text\n" * FUNCTION_LINES_MAX + '"""\n'
    assert list(long_functions(parsed("src/a.py", text)))


def test_a_long_file_and_a_wide_signature_are_found() -> None:
    assert list(long_files(parsed("src/a.py", "x = 1\n" * (FILE_LINES_MAX + 1))))
    assert not list(wide_signatures(parsed("src/a.py", "class A:\n    def f(self, a, b, c, d, *, e, f): ...")))
    assert list(wide_signatures(parsed("src/a.py", "def f(a, b, c, d, *e, f, **g): ...")))
