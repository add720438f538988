import re
import tomllib
from typing import Final

from bilag.domain.failure import REASON_TYPES, FailureCode, JobReason
from docs.pages.failures import TEXTS
from tests.house.documents import page, table_rows
from tests.house.source_files import ROOT, files_in

DATA_ENDINGS: Final = frozenset({".json", ".toml", ".txt", ".md"})


def test_every_failure_code_has_meaning_remedy_and_the_type_that_pleo_is_told() -> None:
    rows = {row[0].strip("`"): row[1:] for row in table_rows(page("docs/failures.md"))}
    for code in FailureCode:
        meaning, remedy, reason = rows[code]
        assert len(meaning.split()) >= 3, f"{code}: what happened?"
        assert remedy, f"{code}: what to do?"
        assert reason == f"`{REASON_TYPES[code]}`", code


def test_no_text_is_left_of_a_code_that_is_gone() -> None:
    texts = tomllib.loads(TEXTS.read_text(encoding="utf-8"))
    assert set(texts["item"]) == set(FailureCode)


def test_every_reason_that_fails_a_job_is_explained() -> None:
    source = "\n".join(file.text for file in files_in("src/bilag/lifecycle", "src/bilag/rules", "src/bilag/adapters"))
    sent = {JobReason[name] for name in re.findall(r"JobReason\.([A-Z_]+)\b", source)}
    assert set(tomllib.loads(TEXTS.read_text(encoding="utf-8"))["job"]) == sent


def test_every_failure_code_is_reproduced_by_a_test_or_a_golden_example() -> None:
    code_files = [file.text for file in files_in("tests") if not file.is_in("tests/house")]
    data_files = [
        path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*") if path.suffix in DATA_ENDINGS
    ]
    everything = "\n".join((*code_files, *data_files))
    missing = [
        code.name
        for code in FailureCode
        if not re.search(rf'FailureCode\.{code.name}\b|"{re.escape(code)}"', everything)
    ]
    assert not missing, f"no test and no golden example reproduces {missing}"
