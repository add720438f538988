from collections.abc import Iterable
from itertools import permutations
from typing import Any

import pytest

from bilag.domain.ledger import DocumentKind
from bilag.domain.payables import Allocation, PayableKeys, Reopening, VendorDocument
from bilag.rules.settlement import as_payable_item, payable_keys
from tests.builders import money
from tests.properties.payable_streams import (
    NUMBER,
    SAME_NUMBER,
    a_credit_note,
    a_payment,
    an_invoice,
    arrived,
    taken_by,
)


def test_the_books_are_asked_for_every_key_of_a_document() -> None:
    payment = a_payment("-100.00 DKK", number=" INV-1 ", id_="pay-1", entries=("exp-1", "exp-2"))
    assert payable_keys(payment) == PayableKeys(
        vendor_number="V-1", invoice_number=NUMBER, reconciliation_ids=frozenset({"pay-1", "exp-1", "exp-2"})
    )


def test_the_books_are_asked_for_the_pair_alone_where_there_is_one() -> None:
    payment = a_payment("-100.00 DKK", number=NUMBER, id_="exp-1", entries=("exp-2",), paired_with="invoice")
    assert payable_keys(payment) == PayableKeys(vendor_number="V-1", references=frozenset({"invoice"}))


def test_a_planned_document_stands_open_with_all_its_keys() -> None:
    invoice = an_invoice("100.00 DKK", number=NUMBER, id_="exp-1", entries=("x",), paired_with="payment")
    item = as_payable_item(invoice)
    assert item.external_id == ""
    assert item.open_amount == item.amount == money("100.00 DKK")
    assert (item.kind, item.account, item.vendor) == (DocumentKind.VENDOR_INVOICE, "2440", invoice.vendor)
    assert (item.invoice_number, item.reconciliation_id, item.reconciled_entries) == (NUMBER, "exp-1", ("x",))
    assert item.paired_with == "payment"


def test_a_reimbursement_settles_all_the_expenses_that_it_names_and_nothing_else() -> None:
    expenses = [an_invoice("10.00 DKK", f"expense-{place}", id_=f"exp-{place}") for place in range(200)]
    names = tuple(f"exp-{place}" for place in range(199))
    books = arrived(*expenses)
    choice = books.arrive(a_payment("-1990.00 DKK", "reimbursement", entries=names))
    assert len(choice.settles) == len(choice.trace) == 199
    assert not choice.warnings
    assert books.open_now() == {"expense-199": 1000}


def test_the_open_part_of_a_payment_comes_back_before_the_settled_part() -> None:
    books = arrived(an_invoice("100.00 DKK", **SAME_NUMBER), a_payment("-130.00 DKK", **SAME_NUMBER))
    choice = books.arrive(a_payment("50.00 DKK", "return", **SAME_NUMBER))
    assert choice.settles == (Allocation(reference="payment", amount=money("50.00 DKK")),)
    assert choice.reopens == (Reopening(payment="payment", bill="invoice", amount=money("20.00 DKK")),)
    assert books.open_now() == {"invoice": 2000}


def test_a_payment_of_the_same_amount_comes_back_before_others_and_else_the_newest() -> None:
    bills = [an_invoice("1000.00 DKK", **SAME_NUMBER)]
    payments = [
        a_payment(f"-{amount}.00 DKK", f"payment-{place}", **SAME_NUMBER)
        for place, amount in enumerate((100, 200, 100, 300))
    ]
    same, other = a_payment("100.00 DKK", "return", **SAME_NUMBER), a_payment("50.00 DKK", "return", **SAME_NUMBER)
    assert taken_by(same, *bills, *payments) == {"payment-2": "100.00 DKK"}
    assert taken_by(other, *bills, *payments) == {"payment-3": "50.00 DKK"}


def test_a_part_of_a_reimbursement_that_comes_back_opens_the_expense_that_it_names() -> None:
    expenses = [an_invoice("10.00 DKK", f"expense-{place}", id_=f"exp-{place}") for place in range(3)]
    reimbursement = a_payment("-30.00 DKK", "reimbursement", id_="pay", entries=("exp-0", "exp-1", "exp-2"))
    books = arrived(*expenses, reimbursement)
    assert books.open_now() == {}
    books.arrive(a_payment("10.00 DKK", "c0.entry-1.vp1", entries=("exp-1",)))
    assert books.open_now() == {"expense-1": 1000}
    books.arrive(a_payment("10.00 DKK", "c0.entry-2.vp1", entries=("pay",)))
    assert books.open_now() == {"expense-1": 1000, "expense-2": 1000}


def test_a_second_return_leaves_the_first_alone() -> None:
    books = arrived(
        an_invoice("100.00 DKK", **SAME_NUMBER),
        a_payment("-100.00 DKK", **SAME_NUMBER),
        a_payment("100.00 DKK", "return", **SAME_NUMBER),
    )
    choice = books.arrive(a_payment("100.00 DKK", "return-2", **SAME_NUMBER))
    assert not choice.settles
    assert not choice.reopens
    assert len(choice.warnings) == 1
    assert choice.trace[0].refused == ("payment INV-1 2: came back already",)
    assert books.open_now() == {"invoice": 10000, "return-2": 10000}


def test_the_receipt_of_a_credit_note_is_no_return_of_a_payment() -> None:
    paid = (an_invoice("100.00 DKK", **SAME_NUMBER), a_payment("-100.00 DKK", **SAME_NUMBER))
    books = arrived(*paid, a_credit_note("-40.00 DKK", **SAME_NUMBER))
    choice = books.arrive(a_payment("40.00 DKK", "receipt", **SAME_NUMBER))
    assert choice.settles == (Allocation(reference="credit-note", amount=money("40.00 DKK")),)
    assert not choice.reopens
    assert not books.open_now()


def open_after(orders: Iterable[tuple[VendorDocument, ...]]) -> set[frozenset[tuple[object, int]]]:
    """What is open per kind, once for each different end."""
    return {frozenset(arrived(*order).open_by_kind().items()) for order in orders}


@pytest.mark.parametrize("returned", ["100.00 DKK", "60.00 DKK", "250.00 DKK"])
@pytest.mark.parametrize("second", ["-100.00 DKK", "-30.00 DKK", "-130.00 DKK"])
@pytest.mark.parametrize("first", ["-100.00 DKK", "-60.00 DKK", "-130.00 DKK"])
@pytest.mark.parametrize(
    "keys",
    [
        (SAME_NUMBER, SAME_NUMBER, SAME_NUMBER),
        ({"id_": "exp-1"}, {"entries": ("exp-1",)}, {"entries": ("exp-1",)}),
        ({"id_": "exp-1", "number": NUMBER}, {"entries": ("exp-1",)}, {"id_": "exp-1"}),
    ],
)
def test_invoice_payments_and_return_leave_the_same_open_in_any_order(
    first: str, second: str, returned: str, keys: tuple[dict[str, Any], ...]
) -> None:
    of_invoice, of_payment, of_return = keys
    documents = (
        an_invoice("100.00 DKK", **of_invoice),
        a_payment(first, "first", **of_payment),
        a_payment(second, "second", **of_payment),
        a_payment(returned, "return", **of_return),
    )
    (end,) = open_after(permutations(documents))
    assert sum(minor for _, minor in end) == sum(d.payable_amount.minor for d in documents)


def test_a_payment_that_came_back_and_was_paid_again_leaves_nothing_open_in_any_order() -> None:
    documents = (
        an_invoice("100.00 DKK", **SAME_NUMBER),
        a_payment("-100.00 DKK", "first", **SAME_NUMBER),
        a_payment("100.00 DKK", "return", **SAME_NUMBER),
        a_payment("-100.00 DKK", "second", **SAME_NUMBER),
    )
    assert open_after(permutations(documents)) == {frozenset()}


def test_a_credit_note_and_its_receipts_leave_the_same_open_in_any_order() -> None:
    documents = (
        a_credit_note("-100.00 DKK", **SAME_NUMBER),
        a_payment("60.00 DKK", "first", **SAME_NUMBER),
        a_payment("70.00 DKK", "second", **SAME_NUMBER),
        a_credit_note("-10.00 DKK", "more", **SAME_NUMBER),
    )
    (end,) = open_after(permutations(documents))
    assert dict(end) == {("V-1", "DKK", "vendor_payment", True): 2000}


def test_a_receipt_before_its_credit_note_under_the_number_of_a_payment_counts_as_a_return() -> None:
    documents = (
        an_invoice("100.00 DKK", **SAME_NUMBER),
        a_payment("-100.00 DKK", **SAME_NUMBER),
        a_credit_note("-40.00 DKK", **SAME_NUMBER),
        a_payment("40.00 DKK", "receipt", **SAME_NUMBER),
    )
    ends = open_after(permutations(documents))
    as_return = {("V-1", "DKK", "vendor_invoice", True): 4000, ("V-1", "DKK", "vendor_credit_note", False): -4000}
    assert ends == {frozenset(), frozenset(as_return.items())}
