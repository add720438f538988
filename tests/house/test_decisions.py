import re
from datetime import date
from typing import Final

from bilag.rules.expense_type_mapping import EXPENSE_TYPE_MAPPING
from tests.house.documents import DECISIONS, page, table_rows
from tests.house.source_files import ROOT

HEAD: Final = re.compile(r"# (\d+)\. .+\n\nDate: (\d{4}-\d{2}-\d{2})\. Status: (accepted|replaced by \[\d+)")
SOURCE: Final = ROOT / "src/bilag"
INFERENCES: Final = "docs/decisions/0003-inferences.md"


def test_every_decision_is_numbered_dated_and_has_a_status() -> None:
    paths = sorted(DECISIONS.glob("*.md"))
    for number, path in enumerate(paths, start=1):
        head = HEAD.match(path.read_text(encoding="utf-8"))
        assert head, f"{path.name}: start with `# N. Title`, then `Date: YYYY-MM-DD. Status: accepted`"
        assert path.name.startswith(f"{number:04d}-"), f"{path.name} should be number {number}"
        assert int(head[1]) == number, path.name
        assert date.fromisoformat(head[2]).year > 2025, path.name


def test_every_inference_says_why_where_and_how_to_change_it() -> None:
    entries = [" ".join(text.split()) for text in page(INFERENCES).split("\n\n") if text.startswith("**")]
    assert entries
    for entry in entries:
        for words in ("*Because*", "*Lives in* `", "*To change*"):
            assert words in entry, f"{words} is missing: {entry[:60]}"


def test_every_place_that_an_inference_names_exists() -> None:
    for path, name in re.findall(r"`([a-z_/]+\.py):(\w+)`", page(INFERENCES)):
        file = SOURCE / path
        assert file.exists(), f"{path} does not exist"
        assert re.search(rf"\b{name}\b", file.read_text(encoding="utf-8")), f"{path} knows no {name}"


def test_every_row_of_the_expense_type_mapping_has_its_basis() -> None:
    rows = [row for row in table_rows(page(INFERENCES)) if len(row) == 5 and row[0] not in {"Type", "---"}]
    for (type_, _), mapping in EXPENSE_TYPE_MAPPING.items():
        matching = [row for row in rows if re.search(rf"\b{type_}\b", row[0])]
        counters = {row[2].replace("-", "_").replace(" ", "_") for row in matching}
        sides = {row[1].replace("-", "_").replace(" ", "_") for row in matching}
        assert mapping.counter.value in counters, f"{type_} against {mapping.counter}: {counters}"
        assert f"{mapping.lines.value},_{mapping.lines_side.value}" in sides, f"{type_}: {sides}"
        assert all(row[4] for row in matching), type_
