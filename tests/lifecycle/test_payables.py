"""Accounts payable through the whole way of an item: documents, settlements, and what an earlier try left."""

from dataclasses import replace
from pathlib import Path

import pytest

from bilag.adapters.accounting.memory.script import Call, ClosesPeriod, Incident, LosesAnswer, Rejects
from bilag.domain.expense_type import BookkeepingMethod, ExpenseSubtype, ExpenseType
from bilag.domain.export_item import ExportItem
from bilag.domain.failure import Failure, FailureCode
from bilag.domain.period import ClosedPeriodStep
from bilag.domain.posting_record import ItemOutcome
from bilag.lifecycle.process_item import process_item
from bilag.ports.export_api import FetchedItem
from tests.builders import OFFICE, a_line, money
from tests.lifecycle.payable_scene import (
    a_payable_scene,
    a_vendor,
    an_owing_item,
    card_purchase,
    invoice,
    open_items,
    payable_balance,
    payment,
    returned,
)
from tests.lifecycle.pleo_in_memory import JOB
from tests.lifecycle.scene import Scene

NO = Failure(code=FailureCode.BOOKS_REJECTED, path="", message="No.", remedy="Ask.")


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return a_payable_scene(tmp_path)


async def processed(scene: Scene, *items: ExportItem) -> list[ItemOutcome]:
    """The outcomes one after another, each taken by Pleo."""
    outcomes = []
    for item in items:
        outcome = await process_item(FetchedItem(item=item, page="0"), JOB, scene.desk)
        await scene.journal.record_outcome(outcome)
        await scene.journal.mark_reported(JOB, [item.entry_id], scene.clock.now())
        outcomes.append(outcome)
    return outcomes


def parts(scene: Scene) -> list[str]:
    """The parts in the books, oldest first: "1vi1" is the first invoice of expense 1."""
    return [f"{int(r.split('.')[1][-12:])}{r.rpartition('.')[2]}" for r in scene.booked]


def codes(outcome: ItemOutcome) -> list[FailureCode]:
    return [failure.code for failure in outcome.failures]


async def test_card_purchase_is_an_invoice_and_the_payment_that_settles_it(scene: Scene) -> None:
    (outcome,) = await processed(scene, card_purchase(scene, 1, receipts=2))
    assert (outcome.successful, outcome.warnings) == (True, ())
    assert parts(scene) == ["1vi1", "1vp1"]
    assert outcome.external_id == scene.books.entries[0].external_id
    assert [len(entry.files) for entry in scene.books.entries] == [2, 0]
    assert await open_items(scene) == {}
    assert await payable_balance(scene) == money("0.00 DKK")
    assert b'"vendor_payment.settles"' in outcome.plan_json


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
async def test_invoice_and_payment_meet_in_either_order(scene: Scene, order: tuple[int, ...]) -> None:
    items = {1: invoice(scene, 1), 2: payment(scene, 2)}
    first, second = [items[number] for number in order]
    (waiting,) = await processed(scene, first)
    assert (waiting.successful, waiting.warnings) == (True, ())
    assert len(await open_items(scene)) == 1
    (settling,) = await processed(scene, second)
    assert settling.successful
    assert await open_items(scene) == {}


async def test_partial_and_over_payments_stay_open_and_are_told(scene: Scene) -> None:
    _, partial, over = await processed(
        scene, invoice(scene, 1), payment(scene, 2, "60.00 DKK"), payment(scene, 3, "50.00 DKK")
    )
    assert "40.00 DKK" in partial.warnings[0]
    assert "10.00 DKK" in over.warnings[0]
    assert await open_items(scene) == {"3vp1": "-10.00 DKK"}


async def test_payment_in_another_currency_settles_nothing_and_says_so(scene: Scene) -> None:
    in_euro = payment(scene, 2, "13.40 EUR")
    _, outcome = await processed(scene, invoice(scene, 1), in_euro)
    assert outcome.successful
    assert len(outcome.warnings) == 1
    assert await open_items(scene) == {"1vi1": "100.00 DKK", "2vp1": "-13.40 EUR"}


async def test_returned_payment_opens_its_invoice_again_and_the_next_payment_settles_it(scene: Scene) -> None:
    await processed(scene, invoice(scene, 1), payment(scene, 2), returned(scene, 3))
    assert await open_items(scene) == {"1vi1": "100.00 DKK"}
    await processed(scene, payment(scene, 4))
    assert await open_items(scene) == {}
    assert await payable_balance(scene) == money("0.00 DKK")


async def test_refund_is_a_credit_note_that_its_receipt_of_money_settles(scene: Scene) -> None:
    (outcome,) = await processed(scene, an_owing_item(scene, 1, ExpenseType.REFUND, "-50.00 DKK"))
    assert outcome.successful
    assert parts(scene) == ["1cn1", "1vp1"]
    assert await open_items(scene) == {}


async def test_reimbursement_pays_the_employees_invoices_that_it_names(tmp_path: Path) -> None:
    scene = a_payable_scene(tmp_path, employees_as_vendors=True)
    laid_out = [
        scene.item(number, lines=(a_line("30.00 DKK"),), type=type_)
        for number, type_ in ((1, ExpenseType.OUT_OF_POCKET), (2, ExpenseType.MILEAGE), (3, ExpenseType.PER_DIEM))
    ]
    reimbursed = scene.item(
        4,
        lines=(a_line("60.00 DKK"),),
        type=ExpenseType.DIRECT_REIMBURSEMENT,
        subtype=ExpenseSubtype.REIMBURSEMENT_TO_EMPLOYEE,
        reconciled_entries=("rec-1", "rec-3"),
    )
    outcomes = await processed(scene, *laid_out, reimbursed)
    assert all(outcome.successful for outcome in outcomes)
    assert parts(scene) == ["1vi1", "2vi1", "3vi1", "4vp1"]
    assert await open_items(scene) == {"2vi1": "30.00 DKK"}


async def test_employee_who_is_no_vendor_fails_and_the_keys_are_named(tmp_path: Path) -> None:
    scene = a_payable_scene(tmp_path, employees_as_vendors=True)
    stranger = scene.item(1, type=ExpenseType.OUT_OF_POCKET)
    stranger = replace(stranger, user=replace(stranger.user, code="M999") if stranger.user else None)
    (outcome,) = await processed(scene, stranger)
    assert codes(outcome) == [FailureCode.VENDOR_UNKNOWN]
    assert "M999" in outcome.failures[0].message


@pytest.mark.parametrize(
    ("vendor", "code"), [("V9999", FailureCode.VENDOR_UNKNOWN), ("V1002", FailureCode.VENDOR_BLOCKED)]
)
async def test_missing_or_blocked_vendor_fails_its_item_alone(scene: Scene, vendor: str, code: FailureCode) -> None:
    bad, good = await processed(scene, invoice(scene, 1, vendor=a_vendor(vendor)), invoice(scene, 2))
    assert codes(bad) == [code]
    assert vendor in bad.failures[0].message
    assert good.successful
    assert parts(scene) == ["2vi1"]


async def test_books_that_pay_by_themselves_get_no_second_payment(scene: Scene) -> None:
    own = a_vendor("V1003", "Kassevogn")
    bought, invoiced, paid = await processed(
        scene, card_purchase(scene, 1, vendor=own), invoice(scene, 2, vendor=own), payment(scene, 3, vendor=own)
    )
    assert (bought.successful, invoiced.successful, paid.successful) == (True, True, True)
    assert [part for part in parts(scene) if part.endswith("1")] == ["1vi1", "2vi1"]
    assert paid.external_id == ""
    assert "by themselves" in paid.warnings[0]
    assert await open_items(scene) == {}


async def test_payment_that_the_books_refuse_is_booked_by_the_next_export_beside_its_invoice(scene: Scene) -> None:
    scene.books.plan(Incident(call=Call.POST, happening=Rejects(NO), about=".vp1"))
    first, again = await processed(scene, *[card_purchase(scene, 1)] * 2)
    assert codes(first) == [FailureCode.BOOKS_REJECTED]
    assert "left as it is: 1." in first.failures[0].message
    assert again.successful
    assert parts(scene) == ["1vi1", "1vp1"]
    assert await open_items(scene) == {}


async def test_expense_changed_after_half_of_it_was_booked_is_a_conflict_until_the_half_is_removed(
    scene: Scene,
) -> None:
    scene.books.plan(Incident(call=Call.POST, happening=Rejects(NO), about=".vp1"))
    dearer = card_purchase(scene, 1, "130.00 DKK")
    _, conflict = await processed(scene, card_purchase(scene, 1), dearer)
    assert codes(conflict) == [FailureCode.BOOKS_CONFLICT]
    assert "125.00 DKK" in conflict.failures[0].message
    assert parts(scene) == ["1vi1"]
    scene.books.remove(scene.booked[0])
    (mended,) = await processed(scene, dearer)
    assert mended.successful
    assert parts(scene) == ["1vi2", "1vp1"]
    assert await open_items(scene) == {}


async def test_expense_whose_method_changed_after_half_of_it_was_booked_is_a_conflict(scene: Scene) -> None:
    scene.books.plan(Incident(call=Call.POST, happening=Rejects(NO), about=".vp1"))
    as_journal = card_purchase(scene, 1, method=BookkeepingMethod.JOURNAL)
    _, conflict = await processed(scene, card_purchase(scene, 1), as_journal)
    assert codes(conflict) == [FailureCode.BOOKS_CONFLICT]
    assert parts(scene) == ["1vi1"]


async def test_expense_that_stands_as_a_journal_entry_is_not_booked_again_as_payable(scene: Scene) -> None:
    journal, payable = await processed(
        scene, card_purchase(scene, 1, method=BookkeepingMethod.JOURNAL), card_purchase(scene, 1)
    )
    assert (journal.external_id, payable.external_id) == ("1", "1")
    assert "nothing was booked" in payable.warnings[0]
    assert parts(scene) == ["1je1"]


async def test_exported_again_books_nothing(scene: Scene) -> None:
    first, again = await processed(scene, *[card_purchase(scene, 1)] * 2)
    assert again.external_id == first.external_id
    assert "nothing was booked" in again.warnings[0]
    assert parts(scene) == ["1vi1", "1vp1"]


async def test_removed_invoice_is_booked_anew_and_settled_with_the_payment_that_stands(scene: Scene) -> None:
    await processed(scene, card_purchase(scene, 1))
    scene.books.remove(scene.booked[0])
    assert len(await open_items(scene)) == 1
    (outcome,) = await processed(scene, card_purchase(scene, 1))
    assert outcome.successful
    assert parts(scene) == ["1vp1", "1vi2"]
    assert await open_items(scene) == {}


async def test_post_again_books_invoice_and_payment_once_more_as_a_pair(scene: Scene) -> None:
    await processed(scene, card_purchase(scene, 1))
    scene.with_settings(post_again=True)
    await processed(scene, card_purchase(scene, 1))
    assert parts(scene) == ["1vi1", "1vp1", "1vi2", "1vp2"]
    assert await open_items(scene) == {}


@pytest.mark.parametrize("has_effect", [True, False])
async def test_lost_answer_to_a_payment_is_looked_up_and_settles_once(scene: Scene, has_effect: bool) -> None:  # noqa: FBT001  a table of cases
    await processed(scene, invoice(scene, 1))
    scene.books.plan(Incident(call=Call.POST, happening=LosesAnswer(has_effect=has_effect), about=".vp1"))
    (outcome,) = await processed(scene, payment(scene, 2))
    assert outcome.successful
    assert parts(scene) == ["1vi1", "2vp1"]
    assert await open_items(scene) == {}


async def test_period_that_closes_between_invoice_and_payment_moves_the_payment_alone(tmp_path: Path) -> None:
    scene = a_payable_scene(tmp_path, closed_period=(ClosedPeriodStep.NEXT_OPEN_PERIOD,))
    scene.books.plan(Incident(call=Call.POST, happening=ClosesPeriod("2026-10"), about=".vp1"))
    (outcome,) = await processed(scene, card_purchase(scene, 1))
    assert outcome.successful
    assert [entry.posting_date.month for entry in scene.books.entries] == [10, 11]
    assert await open_items(scene) == {}


async def test_split_with_its_own_accounts_is_one_invoice_and_one_payment_over_the_total(scene: Scene) -> None:
    split = replace(
        card_purchase(scene, 1),
        lines=(a_line("100.00 DKK"), a_line("25.00 DKK", account=replace(OFFICE, code="6110"))),
    )
    (outcome,) = await processed(scene, split)
    assert outcome.successful
    bought, paid = (entry.document for entry in scene.books.entries)
    assert [(p.account, str(p.amount)) for p in bought.postings] == [
        ("6010", "100.00 DKK"),
        ("6110", "25.00 DKK"),
        ("2440", "125.00 DKK"),
    ]
    assert [(p.account, str(p.amount)) for p in paid.postings] == [("2440", "125.00 DKK"), ("1910", "125.00 DKK")]


async def test_many_at_once_on_one_invoice_settle_it_once(tmp_path: Path) -> None:
    scene = a_payable_scene(tmp_path)
    scene.items_at_once_max = 8
    payments = [payment(scene, number, "40.00 DKK") for number in range(2, 7)]
    scene.pleo.add_job(invoice(scene, 1, "100.00 DKK"), *payments)
    await scene.run()
    assert await payable_balance(scene) == money("-100.00 DKK")
    assert sum(money(text).minor for text in (await open_items(scene)).values()) == -10_000
    assert "1vi1" not in await open_items(scene)
