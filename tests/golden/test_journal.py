"""Journal bookkeeping by example. `pytest tests/golden --update` writes the expected files again."""

import json

import pytest

from bilag.domain.export_item import MalformedItem
from bilag.lifecycle.plan_json import plan_as_json
from bilag.rules.expense_type_mapping import EXPENSE_TYPE_MAPPING
from tests.golden.case_files import UnknownField
from tests.golden.journal_case import JournalCase, journal_cases
from tests.rules.books_for_planning import planned

CASES = journal_cases()
EXAMPLES_MIN = 40


@pytest.mark.parametrize("case", CASES, ids=[case.folder.name for case in CASES])
async def test_an_export_item_becomes_exactly_the_expected_plan(case: JournalCase, *, update: bool) -> None:
    plan = plan_as_json(await planned(case.item(), case.settings(), case.books()))
    if update:
        case.expected_file.write_text(json.dumps(plan, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    assert json.loads(json.dumps(plan)) == json.loads(case.expected_file.read_bytes())


def test_every_expense_type_has_an_example() -> None:
    items = [item for case in CASES if not isinstance(item := case.item(), MalformedItem)]
    shown = {item.type for item in items}
    assert {type_ for type_, _ in EXPENSE_TYPE_MAPPING} <= shown
    assert len(CASES) >= EXAMPLES_MIN


def test_an_example_that_names_an_unknown_field_is_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("example")
    (folder / "settings.json").write_text('{"taxStyle": "own_line"}', encoding="utf-8")
    (folder / "books.json").write_text('{"locked": []}', encoding="utf-8")
    with pytest.raises(UnknownField, match="taxStyle"):
        JournalCase(folder).settings()
    with pytest.raises(UnknownField, match="locked"):
        JournalCase(folder).books()
