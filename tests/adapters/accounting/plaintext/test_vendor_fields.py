import pytest
from beancount.parser import parser
from hypothesis import given, settings

from bilag.adapters.accounting.plaintext.amounts import Unreadable
from bilag.adapters.accounting.plaintext.books import dialect_of
from bilag.adapters.accounting.plaintext.config import Syntax
from bilag.adapters.accounting.plaintext.dialect import NewEntry
from bilag.adapters.accounting.plaintext.settling import vendor_difference
from bilag.adapters.accounting.plaintext.text_escape import holdable
from bilag.adapters.accounting.plaintext.vendor_fields import read_vendor_fields
from bilag.domain.payables import VendorDocument
from tests.adapters.accounting.plaintext.any_documents import vendor_documents
from tests.adapters.accounting.plaintext.payable_samples import an_invoice
from tests.adapters.accounting.plaintext.samples import HASH, an_entry

ACCOUNTS = {"6010": "Expenses:6010", "6110": "Expenses:6110", "1910": "Assets:1910", "6800": "Liabilities:6800"}
OWN = "Liabilities:6800:V1"


def text_of(document: VendorDocument, syntax: Syntax) -> str:
    entry = NewEntry(
        document=document,
        content_hash=HASH,
        voucher="2026-000001",
        accounts=ACCOUNTS,
        vendor_accounts={"6800": OWN},
    )
    return dialect_of(syntax).entry_text(entry)


@pytest.mark.parametrize("syntax", list(Syntax))
@settings(max_examples=200, deadline=None)
@given(document=vendor_documents())
def test_whatever_a_vendor_document_says_is_read_back(document: VendorDocument, syntax: Syntax) -> None:
    standing = dialect_of(syntax).read_entry(text_of(document, syntax))
    vendor, invoice = standing.vendor, document.datapoints.invoice
    assert vendor is not None
    assert vendor.vendor_number == holdable(document.vendor.number)
    if vendor.vendor_number == document.vendor.number:
        assert vendor_difference(standing, document, {OWN: ("6800", document.vendor.number)}) == ""
    assert vendor.reconciliation_id == holdable(document.datapoints.reconciliation_id)
    assert vendor.reconciled_entries == tuple(holdable(one) for one in document.datapoints.reconciled_entries if one)
    assert vendor.invoice_number == (holdable(invoice.number) if invoice else "")
    assert vendor.due_date == document.due_date


@settings(max_examples=100, deadline=None)
@given(document=vendor_documents())
def test_beancount_takes_any_vendor_document_as_one_transaction(document: VendorDocument) -> None:
    entries, errors, _ = parser.parse_string(text_of(document, Syntax.BEANCOUNT), dedent=False)
    assert (errors, len(entries)) == ([], 1)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("settles", "a 1.00"),
        ("settles", "a -1.00 DKK"),
        ("settles", "a 0.00 DKK"),
        ("settles", "a 1.00 DKK b"),
        ("reopens", "a 1.00 DKK"),
        ("invoice_due", "tomorrow"),
        ("document_kind", "journal_entry"),
    ],
)
def test_fields_beyond_reading_are_told(field: str, value: str) -> None:
    with pytest.raises(Unreadable, match=value.split(maxsplit=1)[0]):
        read_vendor_fields({"document_kind": "vendor_invoice", field: value})


@pytest.mark.parametrize("syntax", list(Syntax))
def test_a_written_entry_that_says_something_else_is_seen(syntax: Syntax) -> None:
    invoice, accounts = an_invoice(), {OWN: ("6800", "V1001")}
    standing = dialect_of(syntax).read_entry(text_of(invoice, syntax))
    assert vendor_difference(standing, invoice, accounts) == ""
    assert "instead of" in vendor_difference(standing, an_invoice(amount="100.01 DKK"), accounts)
    assert "instead of" in vendor_difference(standing, an_invoice(paired_with="x"), accounts)
    assert "vendor document" in vendor_difference(standing, an_entry(), accounts)
