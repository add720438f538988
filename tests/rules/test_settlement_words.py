from dataclasses import replace
from itertools import permutations

import pytest

from bilag.domain.payables import Allocation, Reopening, VendorDocument
from bilag.rules.settlement import as_payable_item, choose_settlement
from bilag.rules.settlement_words import NAMED_MAX, REFUSED_MAX
from tests.builders import money
from tests.properties.payable_streams import (
    NUMBER,
    SAME_NUMBER,
    OpenItems,
    a_credit_note,
    a_payment,
    an_invoice,
    arrived,
)


def warned(document: VendorDocument, *standing: VendorDocument) -> tuple[str, ...]:
    return arrived(*standing).choose(document).warnings


def test_a_partial_payment_leaves_the_rest_of_the_invoice_open_and_says_so() -> None:
    invoice, payment = an_invoice("100.00 DKK", **SAME_NUMBER), a_payment("-60.00 DKK", **SAME_NUMBER)
    assert arrived(invoice, payment).open_now() == arrived(payment, invoice).open_now() == {"invoice": 4000}
    assert warned(payment, invoice) == ("This payment pays 60.00 DKK of invoice INV-1 1; 40.00 DKK stay open.",)
    assert warned(invoice, payment) == ("Payment INV-1 1 pays 60.00 DKK of this invoice; 40.00 DKK stay open.",)


def test_two_partial_payments_that_waited_are_named_together() -> None:
    waiting = [a_payment("-30.00 DKK", f"payment-{place}", **SAME_NUMBER) for place in (1, 2)]
    assert warned(an_invoice("100.00 DKK", **SAME_NUMBER), *waiting) == (
        "Payment INV-1 1, payment INV-1 2 pay 60.00 DKK of this invoice; 40.00 DKK stay open.",
    )


def test_an_overpayment_stays_open_and_says_so() -> None:
    invoice, payment = an_invoice("100.00 DKK", **SAME_NUMBER), a_payment("-130.00 DKK", **SAME_NUMBER)
    assert arrived(invoice, payment).open_now() == arrived(payment, invoice).open_now() == {"payment": -3000}
    assert warned(payment, invoice) == (
        "30.00 DKK of this payment stay open: it is more than what was open of invoice INV-1 1.",
    )
    assert warned(invoice, payment) == (
        "30.00 DKK of payment INV-1 1 stay open: it is more than this invoice asks for.",
    )


def test_a_second_payment_of_a_paid_invoice_is_an_overpayment() -> None:
    invoice, first = an_invoice("100.00 DKK", **SAME_NUMBER), a_payment("-100.00 DKK", **SAME_NUMBER)
    second = a_payment("-100.00 DKK", "second", **SAME_NUMBER)
    books = arrived(invoice, first)
    choice = books.arrive(second)
    assert choice.warnings == (
        "100.00 DKK of this payment stay open: it is more than what was open of invoice INV-1 1.",
    )
    assert [step.refused for step in choice.trace] == [("invoice INV-1 1: settled already",)]
    assert books.open_now() == {"second": -10000}


@pytest.mark.parametrize(
    ("document", "awaited", "sources"),
    [
        (
            an_invoice("100.00 DKK", number=NUMBER, id_="exp-1"),
            "waits for its payment",
            "additionalInformation.reconciliationId, additionalInformation.invoiceInformation.invoiceNumber",
        ),
        (
            a_payment("-100.00 DKK", entries=("exp-1",)),
            "waits for its invoice",
            "additionalInformation.reconciledEntries",
        ),
        (a_payment("-100.00 DKK", id_="exp-1", paired_with="invoice"), "waits for its invoice", "accountingEntryId"),
        (a_credit_note("-100.00 DKK", paired_with="payment"), "waits for its money back", "accountingEntryId"),
        (
            a_payment("100.00 DKK", paired_with="credit-note"),
            "waits for the payment that came back, or its credit note",
            "accountingEntryId",
        ),
    ],
)
def test_a_document_that_waits_says_for_what_and_warns_nobody(
    document: VendorDocument, awaited: str, sources: str
) -> None:
    choice = OpenItems().choose(document)
    (step,) = choice.trace
    assert (step.subject, step.value, step.source) == (f"{document.kind}.settles", awaited, sources)
    assert not choice.settles
    assert not choice.warnings


def test_every_allocation_is_explained_by_its_key_and_the_amount() -> None:
    books = arrived(an_invoice("500.00 DKK", id_="exp-1", number=NUMBER))
    (step,) = books.choose(a_payment("-500.00 DKK", entries=("exp-1",))).trace
    assert (step.subject, step.value, step.rule) == (
        "vendor_payment.settles",
        "invoice INV-1 1: 500.00 DKK",
        "settlement",
    )
    assert "reconciled" in step.because


def test_another_currency_is_not_settled_and_is_named() -> None:
    invoice, payment = an_invoice("100.00 EUR", **SAME_NUMBER), a_payment("-100.00 DKK", **SAME_NUMBER)
    choice = arrived(invoice).choose(payment)
    assert not choice.settles
    assert choice.warnings == (
        (
            "Not settled, because currency or account differs: "
            "this payment in DKK on account 2440, invoice INV-1 1 in EUR."
        ),
    )
    assert [step.refused for step in choice.trace] == [("invoice INV-1 1: it is in EUR",)]
    settled_elsewhere = arrived(invoice, a_payment("-100.00 EUR", "in-euro", **SAME_NUMBER))
    assert not any("differs" in text for text in settled_elsewhere.choose(payment).warnings)


def test_another_payable_account_is_not_settled_and_is_named() -> None:
    elsewhere = replace(as_payable_item(an_invoice("100.00 DKK", **SAME_NUMBER)), account="2441")
    choice = choose_settlement(a_payment("-100.00 DKK", **SAME_NUMBER), [elsewhere])
    assert not choice.settles
    assert "invoice INV-1" in choice.warnings[0]
    assert "on account 2441" in choice.warnings[0]
    assert choice.trace[0].refused[0].endswith(": it is on account 2441")


def test_a_document_that_is_settled_entirely_warns_of_no_other_currency() -> None:
    books = arrived(an_invoice("100.00 EUR", **SAME_NUMBER), an_invoice("100.00 DKK", "in-kroner", **SAME_NUMBER))
    assert not books.choose(a_payment("-100.00 DKK", **SAME_NUMBER)).warnings


def test_what_was_refused_is_told_once() -> None:
    bills = [an_invoice("10.00 DKK", f"invoice-{place}", **SAME_NUMBER) for place in range(3)]
    first, second = arrived(*bills).choose(a_payment("-20.00 DKK", **SAME_NUMBER)).trace
    assert first.refused == ("invoice INV-1 3: nothing was left for it",)
    assert second.refused == ()


def test_what_is_named_is_bounded() -> None:
    foreign = [an_invoice("1.00 EUR", f"invoice-{place}", number=NUMBER) for place in range(REFUSED_MAX + 30)]
    choice = arrived(*foreign).choose(a_payment("-100.00 DKK", **SAME_NUMBER))
    (text,) = choice.warnings
    assert text.count("invoice INV-1") == NAMED_MAX
    assert f"and {len(foreign) - NAMED_MAX} more" in text
    (step,) = choice.trace
    assert len(step.refused) == REFUSED_MAX + 1
    assert step.refused[-1] == "30 more"


def test_a_reimbursement_waits_for_expenses_that_come_later_without_a_warning() -> None:
    first, second = an_invoice("10.00 DKK", "first", id_="exp-1"), an_invoice("20.00 DKK", "second", id_="exp-2")
    reimbursement = a_payment("-30.00 DKK", "reimbursement", entries=("exp-1", "exp-2"))
    for order in permutations((first, second, reimbursement)):
        books = OpenItems()
        assert not [text for document in order for text in books.arrive(document).warnings]
        assert not books.open_now()


def test_a_reimbursement_over_more_than_its_expenses_says_so_when_the_last_one_came() -> None:
    first, second = an_invoice("10.00 DKK", "first", id_="exp-1"), an_invoice("15.00 DKK", "second", id_="exp-2")
    reimbursement = a_payment("-30.00 DKK", "reimbursement", entries=("exp-1", "exp-2"))
    for order in permutations((first, second, reimbursement)):
        books = OpenItems()
        texts = [books.arrive(document).warnings for document in order]
        assert [len(some) for some in texts] == [0, 0, 1], order


def test_a_returned_payment_settles_the_payment_and_opens_its_invoice_again() -> None:
    books = arrived(an_invoice("100.00 DKK", **SAME_NUMBER), a_payment("-100.00 DKK", **SAME_NUMBER))
    choice = books.arrive(a_payment("100.00 DKK", "return", **SAME_NUMBER))
    assert choice.settles == (Allocation(reference="payment", amount=money("100.00 DKK")),)
    assert choice.reopens == (Reopening(payment="payment", bill="invoice", amount=money("100.00 DKK")),)
    assert not choice.warnings
    assert [(step.subject, step.value) for step in choice.trace] == [
        ("vendor_payment.settles", "payment INV-1 2: 100.00 DKK"),
        ("vendor_payment.reopens", "invoice INV-1 1: 100.00 DKK"),
    ]
    assert books.open_now() == {"invoice": 10000}


def test_a_return_without_its_payment_is_a_warning_until_the_payment_comes() -> None:
    books = OpenItems()
    returned = a_payment("100.00 DKK", "return", **SAME_NUMBER)
    nothing_found = "neither a payment that came back nor a credit note is found for it"
    assert books.arrive(returned).warnings == (f"100.00 DKK of this incoming payment stay open: {nothing_found}.",)
    books.arrive(an_invoice("100.00 DKK", **SAME_NUMBER))
    books.arrive(a_payment("-100.00 DKK", **SAME_NUMBER))
    assert books.open_now() == {"invoice": 10000}
