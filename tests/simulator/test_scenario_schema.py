"""Every generated item has the shape that Pleo publishes.

The OpenAPI file is not part of this repository: BILAG_PLEO_OPENAPI names it, else it is looked for next to the
repository. It needs three mends before real items pass (masks given as patterns, enums without their null, nulls in
Pleo's own samples).
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from bilag.simulator.demo_job import demo_expenses, demo_jobs
from bilag.simulator.expense import ExpenseSource
from bilag.simulator.scenario import SeededExpenses
from bilag.simulator.scenario_entry import VENDOR_TYPES, EntryType

COMPANY = "9b2f1c2e-5a37-4f6b-8f21-0a6f3d5c7e10"
ROOT = Path(__file__).resolve().parents[2]
NULL_IN_SAMPLES = ("subType", "failureReasonType")


def openapi_path() -> Path:
    named = os.environ.get("BILAG_PLEO_OPENAPI")
    return Path(named) if named else ROOT.parent / "shared" / "pleo" / "export-api-v3.openapi.json"


def mend(schema: Any) -> None:
    if isinstance(schema, list):
        for part in schema:
            mend(part)
        return
    if not isinstance(schema, dict):
        return
    if schema.get("x-pattern-is-hint"):
        schema.pop("pattern", None)
    if "enum" in schema and "null" in schema.get("type", ()) and None not in schema["enum"]:
        schema["enum"].append(None)
    for name in NULL_IN_SAMPLES:
        if isinstance(schema.get("properties"), dict) and name in schema["properties"]:
            schema["properties"][name]["type"] = ["string", "null"]
    for part in schema.values():
        mend(part)


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    path = openapi_path()
    if not path.is_file():
        pytest.skip(f"Pleo's OpenAPI file is not at {path}; name it in BILAG_PLEO_OPENAPI")
    document = json.loads(path.read_text(encoding="utf-8"))
    mend(document)
    document["$ref"] = "#/components/schemas/ExportItemV3"
    return Draft202012Validator(document, format_checker=FormatChecker())


def complaints(validator: Draft202012Validator, item: object) -> list[str]:
    as_sent = json.loads(json.dumps(item))
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(as_sent)]


def test_schema_check_notices_a_bad_date_a_bad_id_and_a_missing_amount(validator: Draft202012Validator) -> None:
    item = dict(SeededExpenses(COMPANY, 1, 7).expense(0).item)
    item |= {"date": "31 October", "companyId": "ours"}
    del item["amount"]

    assert len(complaints(validator, item)) == 3


@pytest.mark.parametrize(
    "source",
    [
        SeededExpenses(COMPANY, 400, 7),
        SeededExpenses(COMPANY, 100, 8, payable_share=1.0),
        SeededExpenses(COMPANY, 100, 9, failing_share=1.0),
    ],
    ids=["usual", "payable", "failing"],
)
def test_seeded_items_have_the_published_shape(validator: Draft202012Validator, source: ExpenseSource) -> None:
    for index in range(len(source)):
        assert complaints(validator, source.expense(index).item) == []


def test_demo_items_have_the_published_shape_but_the_malformed_one(validator: Draft202012Validator) -> None:
    source = demo_expenses()
    expenses = [source.expense(index) for index in range(len(source))]

    for expense in expenses:
        assert complaints(validator, expense.item) == []
    (raw_item,) = [expense.raw_item for expense in expenses if expense.raw_item is not None]
    assert complaints(validator, json.loads(raw_item)) == [
        "$.amount.inWalletCurrency.value: 'abc' is not of type 'number'"
    ]


def test_items_of_all_the_demos_jobs_have_the_published_shape(validator: Draft202012Validator) -> None:
    tagged = set()
    for job in demo_jobs():
        for index in range(len(job.expenses)):
            item = job.expenses.expense(index).item
            assert complaints(validator, item) == []
            if item["vendor"] is not None:
                tagged.add(item["type"])
    assert tagged == VENDOR_TYPES | {EntryType.CARD_INVOICE}


def test_announced_files_fit_the_published_shape_of_an_attachment(validator: Draft202012Validator) -> None:
    source = demo_expenses()
    for index in range(len(source)):
        expense = source.expense(index)
        files = [
            {"url": f"https://files.example/{receipt.name}", "type": receipt.content_type, "size": receipt.size_bytes}
            for receipt in expense.receipts
        ]
        assert complaints(validator, expense.item | {"files": files}) == []
