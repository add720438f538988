"""Accounts payable by example. `pytest tests/golden --update` writes the expected files again; review what changed."""

import json
from collections.abc import Iterator
from typing import Final

import pytest

from bilag.domain.expense_type import BookkeepingMethod, TaxType
from bilag.domain.export_item import ExportItem
from bilag.domain.ledger import DocumentKind
from bilag.domain.payables import VendorDocument
from bilag.domain.settings import TaxStyle
from bilag.lifecycle.plan_json import plan_as_json
from bilag.rules.payables_mapping import OWES_NO_VENDOR, PAYABLES_MAPPING
from bilag.rules.payables_report import payables_report
from bilag.rules.settlement_matching import MatchingKey
from tests.golden.case_files import UnknownField
from tests.golden.payables_case import PayablesCase, payables_cases
from tests.golden.payables_view import ledger_view
from tests.rules.books_for_planning import TODAY

CASES: Final = payables_cases()
EXAMPLES_MIN: Final = 85


@pytest.mark.parametrize("case", CASES, ids=[case.folder.name for case in CASES])
async def test_an_export_item_becomes_exactly_the_expected_ledger(case: PayablesCase, *, update: bool) -> None:
    run = await case.run()
    ledger, plan = ledger_view(run), plan_as_json(run.plan)
    if update:
        case.ledger_file.write_text(ledger, encoding="utf-8")
        if case.plan_file.exists():
            case.plan_file.write_text(json.dumps(plan, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    assert ledger == case.ledger_file.read_text(encoding="utf-8")
    if case.plan_file.exists():
        assert json.loads(json.dumps(plan)) == json.loads(case.plan_file.read_bytes())


@pytest.mark.parametrize("case", CASES, ids=[case.folder.name for case in CASES])
async def test_what_is_planned_is_what_is_posted_and_open_items_explain_the_balance(case: PayablesCase) -> None:
    run = await case.run()
    assert run.plan.documents == tuple(one.document for one in run.posted)
    assert payables_report(run.after, TODAY.date()).ties_out


def asked_for_payables() -> Iterator[tuple[PayablesCase, ExportItem]]:
    for case in CASES:
        item = case.item()
        if item.method is BookkeepingMethod.ACCOUNTS_PAYABLE:
            yield case, item


def test_every_row_of_the_payables_mapping_has_an_example_with_its_whole_plan() -> None:
    shown = {(item.type, item.subtype) for case, item in asked_for_payables() if case.plan_file.exists()}
    assert PAYABLES_MAPPING.keys() | OWES_NO_VENDOR <= shown
    assert len(CASES) >= EXAMPLES_MIN


def test_every_method_tax_type_and_tax_style_has_an_example() -> None:
    items = [case.item() for case in CASES]
    assert {None, *BookkeepingMethod} <= {item.method for item in items}
    taxed = {
        (line.tax.type if line.tax else None, case.settings().tax_style)
        for case, item in asked_for_payables()
        for line in item.lines
    }
    assert taxed >= {(type_, style) for type_ in (None, *TaxType) for style in TaxStyle}


async def test_every_kind_of_document_and_every_key_settles_in_an_example() -> None:
    runs = [await case.run() for case in CASES]
    documents = [document for run in runs for document in run.plan.documents]
    settling = {document.kind for document in documents if isinstance(document, VendorDocument) and document.settles}
    assert settling == set(DocumentKind) - {DocumentKind.JOURNAL_ENTRY}
    reasons = {step.because for run in runs for step in run.plan.trace if step.subject.endswith(".settles")}
    assert len(reasons) == len(MatchingKey) + 1  # with the one of documents that wait
    assert any(isinstance(document, VendorDocument) and document.reopens for document in documents)


def test_an_example_that_names_an_unknown_field_is_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("example")
    (folder / "books.json").write_text('{"locked": []}', encoding="utf-8")
    with pytest.raises(UnknownField, match="locked"):
        PayablesCase(folder).set_up()
    (folder / "books.json").write_text('{"vendors": [{"number": "V1", "nummer": "V1"}]}', encoding="utf-8")
    with pytest.raises(UnknownField, match="nummer"):
        PayablesCase(folder).set_up()
