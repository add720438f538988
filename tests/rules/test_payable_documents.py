from dataclasses import replace
from typing import Any

import pytest

from bilag.domain.expense_type import ExpenseType, TaxType
from bilag.domain.export_item import ExportItem
from bilag.domain.failure import Failure, FailureCode
from bilag.domain.ledger import Datapoints, DocumentKind, PostingMode
from bilag.domain.payables import BooksVendor, VendorDocument
from bilag.domain.plan import TraceStep
from bilag.domain.settings import ExportSettings, JournalConstruction, TaxStyle
from bilag.rules.item_validation import check_item, mapping_row
from bilag.rules.payable_accounts import map_payable_accounts
from bilag.rules.payable_documents import VendorHead, document_kinds, draw_up_vendor_documents, payable_problems
from bilag.rules.payables_mapping import payable_row
from tests.builders import (
    COMPANY,
    TRAVEL,
    a_line,
    a_posting_date,
    a_tag,
    a_tax,
    an_item,
    money,
    pair,
    settings_with,
)
from tests.payable_builders import PAPIRHUSET

INVOICE, CREDIT, PAYMENT = DocumentKind.VENDOR_INVOICE, DocumentKind.VENDOR_CREDIT_NOTE, DocumentKind.VENDOR_PAYMENT
REFERENCES = {INVOICE: "entry.vi1", CREDIT: "entry.cn1", PAYMENT: "entry.vp1"}
OWN_LINE = settings_with()
ON_LINE = settings_with(tax_style=TaxStyle.CODE_ON_LINE)
REVERSE = a_tax("31.25 DKK", type=TaxType.REVERSE, code="EU25")
SETTLING = replace(PAPIRHUSET, settles_on_posting=True)


def drawn(
    item: ExportItem, settings: ExportSettings = OWN_LINE, vendor: BooksVendor = PAPIRHUSET, **differences: Any
) -> tuple[tuple[VendorDocument, ...], tuple[TraceStep, ...]]:
    """The documents of an item that nothing objects to, and why."""
    row, payable = mapping_row(item), payable_row(item)
    assert row
    assert payable
    accounts = map_payable_accounts(item, row, payable, vendor, settings)
    assert not accounts.failures
    head = VendorHead(
        references=REFERENCES,
        posting_date=a_posting_date(),
        mode=PostingMode.FINAL,
        datapoints=Datapoints(reconciliation_id="rec", description="Papirhuset - Toner"),
        vendor=vendor,
    )
    return draw_up_vendor_documents(item, row, payable, accounts, settings.tax_style, replace(head, **differences))


def told(document: VendorDocument) -> list[str]:
    """Every posting in order: "debit 6010 125.00 DKK"."""
    return [f"{p.side} {p.account} {p.amount}" for p in document.postings]


def step_of(trace: tuple[TraceStep, ...], subject: str) -> TraceStep:
    (step,) = (step for step in trace if step.subject == subject)
    return step


def test_a_card_purchase_is_an_invoice_and_its_payment_which_name_each_other() -> None:
    (invoice, payment), _ = drawn(an_item())
    assert [invoice.kind, payment.kind] == [INVOICE, PAYMENT]
    assert told(invoice) == ["debit 6010 125.00 DKK", "credit 2440 125.00 DKK"]
    assert told(payment) == ["debit 2440 125.00 DKK", "credit 1910 125.00 DKK"]
    assert (invoice.external_reference, invoice.paired_with) == ("entry.vi1", "entry.vp1")
    assert (payment.external_reference, payment.paired_with) == ("entry.vp1", "entry.vi1")
    assert not [document for document in (invoice, payment) if document.settles or document.reopens]


@pytest.mark.parametrize("type_", [ExpenseType.INVOICE, ExpenseType.INVOICE_PAYMENT])
def test_what_comes_alone_is_paired_with_nothing(type_: ExpenseType) -> None:
    (document,), _ = drawn(an_item(type=type_))
    assert document.paired_with == ""


def test_the_documents_carry_vendor_mode_date_and_the_text_of_the_expense() -> None:
    documents, _ = drawn(an_item(), mode=PostingMode.DRAFT)
    for document in documents:
        assert (document.vendor, document.mode) == (PAPIRHUSET, PostingMode.DRAFT)
        assert document.posting_date == a_posting_date()
        assert {posting.description for posting in document.postings} == {"Papirhuset - Toner"}


@pytest.mark.parametrize("type_", [TaxType.INCLUSIVE, TaxType.EXCLUSIVE])
def test_tax_has_its_own_posting_on_the_invoice_and_none_on_the_payment(type_: TaxType) -> None:
    (invoice, payment), _ = drawn(an_item(a_line(tax=a_tax(type=type_))))
    assert told(invoice) == ["debit 6010 100.00 DKK", "debit 2640 25.00 DKK", "credit 2440 125.00 DKK"]
    assert [posting.tax_code for posting in invoice.postings] == ["K25", "K25", None]
    assert told(payment) == ["debit 2440 125.00 DKK", "credit 1910 125.00 DKK"]
    assert [posting.tax_code for posting in payment.postings] == [None, None]


@pytest.mark.parametrize("type_", list(TaxType))
def test_tax_as_a_code_on_the_line_leaves_the_invoice_line_whole(type_: TaxType) -> None:
    (invoice, _), _ = drawn(an_item(a_line(tax=a_tax(type=type_))), ON_LINE)
    assert told(invoice) == ["debit 6010 125.00 DKK", "credit 2440 125.00 DKK"]
    assert [(p.tax_code, p.tax_amount) for p in invoice.postings] == [("K25", money("25.00 DKK")), (None, None)]


def test_reverse_charge_leaves_the_vendor_what_was_paid() -> None:
    (invoice, payment), _ = drawn(an_item(a_line(tax=REVERSE)))
    assert told(invoice) == [
        "debit 6010 125.00 DKK",
        "debit 2640 31.25 DKK",
        "credit 2610 31.25 DKK",
        "credit 2440 125.00 DKK",
    ]
    assert payment.payable_amount == money("-125.00 DKK")


def test_a_refund_with_reverse_charge_is_a_credit_note_that_takes_both_taxes_back() -> None:
    (credit_note, receipt), _ = drawn(an_item(a_line(tax=REVERSE), type=ExpenseType.REFUND))
    assert credit_note.kind is CREDIT
    assert told(credit_note) == [
        "credit 6010 125.00 DKK",
        "credit 2640 31.25 DKK",
        "debit 2610 31.25 DKK",
        "debit 2440 125.00 DKK",
    ]
    assert told(receipt) == ["credit 2440 125.00 DKK", "debit 1910 125.00 DKK"]
    assert credit_note.paired_with == receipt.external_reference


def test_a_split_is_one_invoice_with_a_posting_for_each_line_and_one_payment_of_the_total() -> None:
    office = a_line("125.00 DKK", tax=a_tax(), tags=(a_tag("C-100"),))
    travel = a_line("80.00 DKK", account=TRAVEL, tags=(a_tag("P-2604", "PROJECT"),))
    discount = a_line("-5.00 DKK", account=TRAVEL)
    (invoice, payment), _ = drawn(an_item(office, travel, discount), ON_LINE)
    assert told(invoice) == [
        "debit 6010 125.00 DKK",
        "debit 6110 80.00 DKK",
        "credit 6110 5.00 DKK",
        "credit 2440 200.00 DKK",
    ]
    assert [[d.code for d in p.dimensions] for p in invoice.postings] == [["C-100"], ["P-2604"], [], []]
    assert told(payment) == ["debit 2440 200.00 DKK", "credit 1910 200.00 DKK"]
    assert not any(posting.dimensions for posting in payment.postings)


@pytest.mark.parametrize("construction", list(JournalConstruction))
def test_an_invoice_keeps_its_lines_however_journal_entries_are_made(construction: JournalConstruction) -> None:
    settings = settings_with(journal_construction=construction)
    (invoice, _), _ = drawn(an_item(a_line("10.00 DKK"), a_line("20.00 DKK")), settings)
    assert len(invoice.postings) == 3


def test_the_original_currency_travels_along_on_both_documents() -> None:
    line = a_line(pair("250.00 DKK", "33.51 EUR"), tax=a_tax(pair("50.00 DKK", "6.70 EUR")))
    (invoice, payment), _ = drawn(an_item(line))
    assert [str(posting.original) for posting in invoice.postings] == ["26.81 EUR", "6.70 EUR", "33.51 EUR"]
    assert [str(posting.original) for posting in payment.postings] == ["33.51 EUR", "33.51 EUR"]


def test_no_payment_is_drawn_up_where_the_books_pay_the_vendor_by_themselves() -> None:
    (invoice,), trace = drawn(an_item(), vendor=SETTLING)
    assert (invoice.kind, invoice.paired_with) == (INVOICE, "")
    step = step_of(trace, "documents")
    assert step.value == "vendor_invoice"
    assert step.refused == ("vendor_payment: the books pay invoices of this vendor by themselves",)


def test_a_payment_alone_to_such_a_vendor_leaves_nothing_to_book() -> None:
    documents, trace = drawn(an_item(type=ExpenseType.INVOICE_PAYMENT), vendor=SETTLING)
    assert documents == ()
    assert step_of(trace, "documents").value == "none"


@pytest.mark.parametrize("vendor", [PAPIRHUSET, SETTLING])
@pytest.mark.parametrize("type_", [ExpenseType.CARD_PURCHASE, ExpenseType.REFUND, ExpenseType.INVOICE_PAYMENT])
def test_the_kinds_are_known_before_anything_is_drawn_up(type_: ExpenseType, vendor: BooksVendor) -> None:
    item = an_item(type=type_)
    row, payable = mapping_row(item), payable_row(item)
    assert row
    assert payable
    kinds = document_kinds(item, row, payable, vendor)
    assert kinds == tuple(document.kind for document in drawn(item, vendor=vendor)[0])


@pytest.mark.parametrize("settings", [OWN_LINE, ON_LINE])
def test_every_posting_of_every_document_says_why(settings: ExportSettings) -> None:
    documents, trace = drawn(an_item(a_line(tax=a_tax()), a_line(account=TRAVEL)), settings)
    for document in documents:
        for index, posting in enumerate(document.postings):
            subject = f"{document.kind}.postings[{index}]"
            assert step_of(trace, f"{subject}.account").value == posting.account
            assert step_of(trace, f"{subject}.side").value == posting.side
            assert step_of(trace, f"{subject}.amount").value == str(posting.amount)
            if posting.tax_code:
                assert step_of(trace, f"{subject}.taxCode").value == posting.tax_code
    assert all(step.because and step.source and step.rule for step in trace)
    assert "expense is debited against accounts payable" in step_of(trace, "vendor_invoice.postings[0].side").because
    assert "accounts payable is debited against wallet" in step_of(trace, "vendor_payment.postings[0].side").because


@pytest.mark.parametrize("type_", [ExpenseType.CARD_PURCHASE, ExpenseType.INVOICE, ExpenseType.INVOICE_PAYMENT])
def test_lines_that_cancel_out_owe_nobody_and_fail(type_: ExpenseType) -> None:
    item = an_item(a_line("40.00 DKK"), a_line("-40.00 DKK", account=TRAVEL), type=type_)
    (failure,) = payable_problems(item)
    assert failure.code is FailureCode.AMOUNT_DIRECTION_UNCLEAR
    assert "journal" in failure.remedy
    assert check_item(item, COMPANY) == ()


@pytest.mark.parametrize(
    "item",
    [
        an_item(a_line("0.00 DKK")),
        an_item(a_line("1.00 DKK"), a_line("-1.00 DKK"), type=ExpenseType.REFUND),
        an_item(a_line("1.00 DKK"), amount=pair("0.00 DKK")),
        an_item(a_line("1.00 DKK"), a_line("-1.00 EUR"), amount=pair("0.00 DKK")),
        an_item(lines=()),
    ],
)
def test_what_item_validation_says_of_the_amount_is_not_said_twice(item: ExportItem) -> None:
    assert len(check_item(item, COMPANY)) == 1
    assert payable_problems(item) == ()


def test_an_amount_that_could_not_be_read_is_no_amount_that_cancels_out() -> None:
    unreadable = Failure(code=FailureCode.AMOUNT_INEXACT, path="amount", message="No.", remedy="No.")
    item = an_item(a_line("1.00 DKK"), a_line("-1.00 DKK"), unreadable=(unreadable,))
    assert payable_problems(item) == ()
    assert payable_problems(an_item()) == ()
