from dataclasses import replace
from typing import Any, Final

import pytest

from bilag.domain.payables import Allocation, BooksVendor
from bilag.rules.settlement import as_payable_item, choose_settlement
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

SOMEBODY: Final = BooksVendor(number="V-2", name="Somebody else")


KEYS_THAT_MEET: Final[tuple[tuple[dict[str, Any], dict[str, Any], str], ...]] = (
    ({"paired_with": "payment"}, {"paired_with": "invoice"}, "accountingEntryId"),
    ({"id_": "exp-1"}, {"entries": ("exp-0", "exp-1")}, "additionalInformation.reconciledEntries"),
    ({"entries": ("pay-1",)}, {"id_": "pay-1"}, "additionalInformation.reconciledEntries"),
    ({"id_": "exp-1"}, {"id_": "exp-1"}, "additionalInformation.reconciliationId"),
    ({"number": "INV-1 "}, {"number": " INV-1"}, "additionalInformation.invoiceInformation.invoiceNumber"),
)


@pytest.mark.parametrize(("of_invoice", "of_payment", "source"), KEYS_THAT_MEET)
def test_an_invoice_and_its_payment_meet_by_any_key_in_either_order(
    of_invoice: dict[str, Any], of_payment: dict[str, Any], source: str
) -> None:
    invoice, payment = an_invoice("100.00 DKK", **of_invoice), a_payment("-100.00 DKK", **of_payment)
    for first, second in ((invoice, payment), (payment, invoice)):
        books = arrived(first)
        choice = books.arrive(second)
        assert choice.settles == (Allocation(reference=first.external_reference, amount=money("100.00 DKK")),)
        assert [step.source for step in choice.trace] == [source]
        assert not choice.warnings
        assert not books.open_now()


STRANGERS: Final[tuple[tuple[dict[str, Any], dict[str, Any]], ...]] = (
    ({}, {}),
    ({"number": "INV-1"}, {"number": "inv-1"}),
    ({"number": "INV-1"}, {"number": "INV-10"}),
    ({"number": "INV-1"}, {"number": "INV-1", "vendor": SOMEBODY}),
    ({"number": "INV-1"}, {"number": "INV-1", "paired_with": "other"}),
    ({"number": "INV-1", "paired_with": "other"}, {"number": "INV-1"}),
    ({"entries": ("x",)}, {"entries": ("x",)}),
)


@pytest.mark.parametrize(("of_invoice", "of_payment"), STRANGERS)
def test_an_equal_amount_without_a_key_brings_nobody_together(
    of_invoice: dict[str, Any], of_payment: dict[str, Any]
) -> None:
    invoice, payment = an_invoice("100.00 DKK", **of_invoice), a_payment("-100.00 DKK", **of_payment)
    assert choose_settlement(payment, [as_payable_item(invoice)]).settles == ()
    assert choose_settlement(invoice, [as_payable_item(payment)]).settles == ()


def test_bills_never_settle_bills_and_payments_of_one_direction_never_each_other() -> None:
    assert not taken_by(a_credit_note("-100.00 DKK", **SAME_NUMBER), an_invoice("100.00 DKK", **SAME_NUMBER))
    assert not taken_by(an_invoice("100.00 DKK", "second", **SAME_NUMBER), an_invoice("100.00 DKK", **SAME_NUMBER))
    assert not taken_by(a_payment("-100.00 DKK", "second", **SAME_NUMBER), a_payment("-100.00 DKK", **SAME_NUMBER))
    beside = arrived(an_invoice("100.00 EUR", **SAME_NUMBER)).choose(a_credit_note("-100.00 DKK", **SAME_NUMBER))
    assert not beside.warnings
    assert beside.trace[0].refused == ()


def test_a_document_never_settles_itself_and_a_candidate_named_twice_counts_once_as_the_books_have_it() -> None:
    invoice, payment = an_invoice("100.00 DKK", **SAME_NUMBER), a_payment("-150.00 DKK", **SAME_NUMBER)
    half = replace(as_payable_item(invoice), open_amount=money("50.00 DKK"))
    itself = replace(as_payable_item(invoice), external_reference="payment")
    choice = choose_settlement(payment, [itself, half, as_payable_item(invoice)])
    assert choice.settles == (Allocation(reference="invoice", amount=money("50.00 DKK")),)


def test_the_stronger_key_goes_before_the_older_document_and_the_older_before_the_newer() -> None:
    by_number = [an_invoice("100.00 DKK", f"number-{place}", **SAME_NUMBER) for place in (1, 2)]
    by_id = an_invoice("100.00 DKK", "same-id", id_="exp-1")
    by_entries = an_invoice("100.00 DKK", "entries", id_="exp-2")
    payment = a_payment("-350.00 DKK", number=NUMBER, id_="exp-1", entries=("exp-2",))
    assert taken_by(payment, *by_number, by_id, by_entries) == {
        "entries": "100.00 DKK",
        "same-id": "100.00 DKK",
        "number-1": "100.00 DKK",
        "number-2": "50.00 DKK",
    }


def test_paired_documents_never_come_back_or_take_part_in_anything_else() -> None:
    pair = (
        an_invoice("100.00 DKK", number=NUMBER, paired_with="payment"),
        a_payment("-100.00 DKK", number=NUMBER, paired_with="invoice"),
    )
    assert not taken_by(a_payment("100.00 DKK", "return", **SAME_NUMBER), *pair)
    assert not taken_by(a_payment("-100.00 DKK", "second", **SAME_NUMBER), pair[0])


def test_a_pair_that_was_booked_anew_meets_the_one_that_names_its_earlier_generation() -> None:
    invoice = an_invoice("100.00 DKK", "c0.entry-1.vi1", paired_with="c0.entry-1.vp1")
    anew = a_payment("-100.00 DKK", "c0.entry-1.vp2", paired_with="c0.entry-1.vi1")
    assert taken_by(anew, invoice) == {"c0.entry-1.vi1": "100.00 DKK"}
