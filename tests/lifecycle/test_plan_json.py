import hashlib
import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bilag.domain.document import Document
from bilag.domain.export_item import BankAccount, InvoiceInformation, ServicePeriod
from bilag.domain.failure import Failure, FailureCode
from bilag.domain.ledger import PostingMode
from bilag.domain.plan import ItemPlan
from bilag.lifecycle.plan_item import plan_item
from bilag.lifecycle.plan_json import content_hash, document_as_json, encode, plan_as_json
from tests.builders import a_line, a_posting_date, money, pair
from tests.lifecycle.scene import Scene, entry_id, reference

NO = Failure(code=FailureCode.ITEM_MALFORMED, path="type", message="No.", remedy="Ask.")


async def document_of(scene: Scene, **differences: Any) -> Document:
    plan = await plan_item(scene.item(**differences), scene.planner)
    assert not plan.failures
    return plan.documents[0]


async def test_amounts_are_exact_texts_and_dates_iso(scene: Scene) -> None:
    document = document_as_json(await document_of(scene, lines=(a_line(pair("125.10 DKK", "16.78 EUR")),)))
    assert (document["date"], document["postingDate"], document["period"]) == (
        "2026-10-15",
        "2026-10-15",
        "2026-10",
    )
    assert (document["externalReference"], document["currency"]) == (reference(1), "DKK")
    debit, credit = document["postings"]
    assert (debit["account"], debit["side"], debit["amount"]) == ("6010", "debit", "125.10")
    assert debit["original"] == {"amount": "16.78", "currency": "EUR"}
    assert (credit["account"], credit["side"], credit["amount"]) == ("1910", "credit", "125.10")


async def test_plan_survives_json_as_it_is(scene: Scene) -> None:
    plan = plan_as_json(await plan_item(scene.item(), scene.planner))
    assert json.loads(encode(plan)) == plan
    assert plan["accountingEntryId"] == entry_id(1)
    assert {"subject", "value", "rule", "because", "source", "refused"} == set(plan["trace"][0])


async def test_failures_carry_pleos_type_too() -> None:
    plan = plan_as_json(ItemPlan(entry_id="e", method=None, failures=(NO,)))
    assert plan["failures"] == [
        {
            "code": "item.malformed",
            "path": "type",
            "message": "No.",
            "remedy": "Ask.",
            "reasonType": "validation_failure",
        }
    ]


def test_spelling_is_canonical() -> None:
    assert encode({"b": 1, "a": "ø"}) == '{"a":"ø","b":1}'.encode()
    assert encode({"a": "ø", "b": 1}) == encode({"b": 1, "a": "ø"})


async def test_hash_stands_for_the_canonical_text(scene: Scene) -> None:
    document = await document_of(scene)
    said = document_as_json(document)
    by_itself = {key: value for key, value in said.items() if key not in ("settles", "reopens")}
    assert content_hash(document) == hashlib.sha256(encode(by_itself)).hexdigest()
    assert content_hash(document) == content_hash(await document_of(scene))


@pytest.mark.parametrize(
    "differences",
    [
        {"external_reference": "another"},
        {"mode": PostingMode.FINAL},
        {"posting_date": a_posting_date(date=date(2026, 11, 1), moved_by="export_date")},
        {"postings": ()},
    ],
)
async def test_hash_tells_other_content(scene: Scene, differences: dict[str, Any]) -> None:
    document = await document_of(scene)
    if "postings" in differences:
        differences = {"postings": tuple(replace(p, amount=money("1.00 DKK")) for p in document.postings)}
    assert content_hash(replace(document, **differences)) != content_hash(document)


async def test_every_datapoint_is_told(scene: Scene) -> None:
    bank = BankAccount(bank_name="Banken", country="DK", iban="DK5000400440116243", bic="DABADKKK")
    invoice = InvoiceInformation(
        number="F-1", invoice_date=date(2026, 10, 1), due_date=date(2026, 10, 31), status="paid"
    )
    document = await document_of(
        scene,
        service_period=ServicePeriod(start=date(2026, 10, 1), end=date(2026, 12, 31)),
        invoice=replace(invoice, supplier_bank_account=bank),
        attendees=("Bo Lund",),
        note="Paper",
    )
    told = document_as_json(document)["datapoints"]
    assert told["servicePeriod"] == {"from": "2026-10-01", "to": "2026-12-31"}
    assert told["invoice"]["dueDate"] == "2026-10-31"
    assert told["invoice"]["paymentDate"] is None
    assert told["invoice"]["supplierBankAccount"]["iban"] == "DK5000400440116243"
    assert (told["attendees"], told["note"], told["reconciliationId"]) == (["Bo Lund"], "Paper", "rec-1")
    assert document_as_json(await document_of(scene))["datapoints"]["invoice"] is None
