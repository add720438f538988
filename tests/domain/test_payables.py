from dataclasses import replace
from datetime import date

import pytest

from bilag.domain.ledger import DocumentKind, UnbalancedEntry
from bilag.domain.payables import Allocation, PayableKeys, Reopening, SharedKey, shared_keys
from tests.builders import money
from tests.payable_builders import a_payment, an_invoice

INVOICE = Allocation(reference="invoice", amount=money("100.00 DKK"))
REOPENED = Reopening(payment="payment", bill="invoice", amount=money("100.00 DKK"))


def test_an_invoice_owes_and_a_payment_takes_from_what_is_owed() -> None:
    assert an_invoice().payable_amount == money("100.00 DKK")
    assert an_invoice("-100.00 DKK").payable_amount == a_payment().payable_amount == money("-100.00 DKK")
    assert a_payment("-100.00 DKK").payable_amount == money("100.00 DKK")
    assert an_invoice().payable_account == "2440"


def test_a_vendor_document_knows_the_invoice_that_it_is_about() -> None:
    assert (an_invoice().invoice_number, an_invoice().due_date) == ("INV-1", date(2026, 11, 14))
    assert (an_invoice(invoice=None).invoice_number, an_invoice(invoice=None).due_date) == ("", None)


@pytest.mark.parametrize("kind", [DocumentKind.VENDOR_CREDIT_NOTE, DocumentKind.JOURNAL_ENTRY])
def test_what_owes_is_neither_a_credit_note_nor_a_journal_entry(kind: DocumentKind) -> None:
    with pytest.raises(AssertionError):
        replace(an_invoice(), kind=kind)


def test_what_takes_back_is_no_invoice() -> None:
    with pytest.raises(AssertionError, match="an invoice owes"):
        replace(an_invoice("-1.00 DKK"), kind=DocumentKind.VENDOR_INVOICE)


def test_a_vendor_document_without_a_payable_leg_cannot_exist() -> None:
    without = tuple(replace(p, role=p.role.EXPENSE) for p in an_invoice().postings)
    with pytest.raises(AssertionError):
        replace(an_invoice(), postings=without)
    with pytest.raises(AssertionError, match="moves what is owed"):
        replace(a_payment(), postings=without)


def test_a_vendor_document_balances_like_any_other() -> None:
    with pytest.raises(UnbalancedEntry):
        replace(an_invoice(), postings=an_invoice().postings[:1])


def test_a_document_settles_no_more_than_its_amount() -> None:
    assert a_payment(settles=(INVOICE,)).settles == (INVOICE,)
    with pytest.raises(AssertionError, match="no more than its amount"):
        a_payment("99.99 DKK", settles=(INVOICE,))
    with pytest.raises(AssertionError, match="no more than its amount"):
        a_payment(settles=(INVOICE, replace(INVOICE, amount=money("0.01 DKK"))))


def test_only_a_returned_payment_reopens() -> None:
    assert a_payment("-100.00 DKK", reopens=(REOPENED,)).reopens == (REOPENED,)
    for document in (an_invoice, a_payment):
        with pytest.raises(AssertionError, match="only a returned payment reopens"):
            document(reopens=(REOPENED,))


@pytest.mark.parametrize("nothing", ["0.00 DKK", "-1.00 DKK"])
def test_an_allocation_takes_something(nothing: str) -> None:
    with pytest.raises(AssertionError):
        replace(INVOICE, amount=money(nothing))
    with pytest.raises(AssertionError):
        replace(REOPENED, amount=money(nothing))


def keys_of_a_document(invoice: str = "", reconciliation: str = "", *reconciled: str) -> frozenset[SharedKey]:
    return shared_keys("V1", invoice, reconciliation, reconciled)


def test_documents_are_looked_for_by_invoice_number_and_by_who_reconciles_whom() -> None:
    wanted = PayableKeys(vendor_number="V1", invoice_number=" INV-1 ", reconciliation_ids=frozenset({"R-1"})).shared
    for found in (("INV-1",), ("INV-1 ",), ("", "R-1"), ("", "R-9", "R-8", "R-1")):
        assert not wanted.isdisjoint(keys_of_a_document(*found))
    for other in (("INV-2",), ("", "R-2"), ("", "", "R-2"), ("R-1",)):
        assert wanted.isdisjoint(keys_of_a_document(*other))


def test_what_is_empty_is_shared_by_nobody() -> None:
    assert keys_of_a_document(" ", "", "") == frozenset()
    assert PayableKeys(vendor_number="V1", reconciliation_ids=frozenset({""})).shared == frozenset()


def test_nothing_is_shared_across_vendors() -> None:
    keys = PayableKeys(vendor_number="V2", invoice_number="INV-1")
    assert keys.shared.isdisjoint(keys_of_a_document("INV-1"))
