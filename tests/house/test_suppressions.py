import io
import re
import tokenize
from collections.abc import Iterator
from typing import Final

from tests.house.source_files import ROOT, Finding, SourceFile, every_file, listed, parsed

MENTION: Final = re.compile(r"#\s*(ruff:\s*)?noqa|#\s*type:\s*ignore|#\s*mypy:|#\s*pragma:|#\s*(fmt|isort):")
NOQA: Final = re.compile(r"#\s*noqa:\s*[A-Z]+[0-9]+(,\s*[A-Z]+[0-9]+)*(?P<reason>.*)")
IGNORE: Final = re.compile(r"#\s*type:\s*ignore\[[a-z-]+(,\s*[a-z-]+)*\](?P<reason>.*)")
REASON: Final = re.compile(r"[\s#-]*\w{3}.*|[\s#-]*\w+\s+\w.*")


def unexplained(file: SourceFile) -> Iterator[Finding]:
    if not MENTION.search(file.text):
        return
    for token in tokenize.generate_tokens(io.StringIO(file.text).readline):
        if token.type != tokenize.COMMENT or not MENTION.search(token.string):
            continue
        known = NOQA.search(token.string) or IGNORE.search(token.string)
        if known is None:
            problem = (
                "suppression without a code: name the one rule, `noqa: CODE  reason` or `type: ignore[code]  # reason`"
            )
            yield Finding(file.path, token.start[0], problem)
        elif not REASON.fullmatch(known["reason"]):
            yield Finding(file.path, token.start[0], "suppression without a reason: say in a few words why it is right")


def test_every_suppression_names_its_rule_and_its_reason() -> None:
    found = [finding for file in every_file() for finding in unexplained(file)]
    assert not found, listed(found)


def test_every_rule_that_the_whole_house_leaves_out_has_its_reason_beside_it() -> None:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    codes = [(number, line) for number, line in enumerate(lines, start=1) if re.match(r'\s*"[A-Z]+[0-9]*",', line)]
    assert codes, "pyproject.toml has another form now: teach this test to read it"
    found = [
        Finding("pyproject.toml", number, "no reason beside the rule") for number, line in codes if "#" not in line
    ]
    assert not found, listed(found)


def test_a_suppression_without_code_or_reason_is_found() -> None:
    for comment in (
        "# noqa",
        "# noqa: E501",
        "# type: ignore",
        "# type: ignore[arg-type]",
        "# ruff: noqa",
        "# fmt: off",
    ):
        assert list(unexplained(parsed("src/a.py", f"x = 1  {comment}\n"))), comment
    for comment in ("# noqa: E501  a web address", "# noqa: E501 -- a web address", "# type: ignore[misc]  # a stub"):
        assert not list(unexplained(parsed("src/a.py", f"x = 1  {comment}\n"))), comment
    assert not list(unexplained(parsed("src/a.py", "x = '# noqa'\n")))
