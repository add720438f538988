"""What an entry carries beside accounts and amounts: named values, in the order in which people read them.

The comment of the datapoints is left out: attendees and settled expenses stand here one by one, uncut.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final, TypeAlias

from bilag.adapters.accounting.plaintext import vendor_fields as vendor
from bilag.domain.document import Document
from bilag.domain.export_item import BankAccount, InvoiceInformation
from bilag.domain.ledger import Datapoints, Dimension, Posting
from bilag.domain.money import Money
from bilag.domain.payables import VendorDocument

FieldValue: TypeAlias = str | date | Money
Field: TypeAlias = tuple[str, FieldValue]

EXTERNAL_REFERENCE: Final = "external_reference"
VOUCHER: Final = "voucher"
CONTENT_HASH: Final = "content_hash"
SHA256: Final = "sha256"
NUMBER: Final = "number"
# What a vendor's own account is found by: the number of the payable account, and the vendor's.
PAYABLE: Final = "payable"
VENDOR: Final = "vendor"
# Values that programs compare; their spelling must survive to the letter.
EXACT_FIELDS: Final = frozenset(
    {EXTERNAL_REFERENCE, VOUCHER, CONTENT_HASH, SHA256, NUMBER, PAYABLE, VENDOR, "tax_code", *vendor.EXACT}
)
DIMENSION: Final = "dimension_"
DIMENSION_GROUP: Final = "group_"
WEB_LINK: Final = "web_link"
_LIST_SEPARATOR: Final = "; "
_NOT_IN_NAME: Final = re.compile(r"[^a-z0-9]+")


def entry_fields(document: Document, voucher: str, content_hash: str) -> Iterator[Field]:
    """The fields of a whole entry; empty ones are left out, the reference comes first."""
    yield EXTERNAL_REFERENCE, document.external_reference
    yield VOUCHER, voucher
    yield CONTENT_HASH, content_hash
    if isinstance(document, VendorDocument):
        yield from vendor.vendor_fields(document)
    when = document.posting_date
    yield "period", when.period
    if when.moved_by is not None:
        yield "original_date", when.original
        yield "moved_by", when.moved_by.value
    for name, value in _datapoint_fields(document.datapoints):
        if value:
            yield name, value
    original = document.datapoints.original_amount
    if original is not None and original.currency != document.currency:
        yield "original_amount", original


def narration(data: Datapoints) -> str:
    """The description beside a payee: without the payee's name in front, which stands there already."""
    before = f"{' '.join(data.payee.split())} - "
    return data.description.removeprefix(before) if data.payee else data.description


def posting_fields(posting: Posting, document: Document) -> Iterator[Field]:
    """The fields of one posting; empty ones are left out, and a description that the entry itself has."""
    if posting.description != document.datapoints.description and posting.description:
        yield "description", posting.description
    if posting.tax_code:
        yield "tax_code", posting.tax_code
    if posting.tax_amount is not None:
        yield "tax_amount", posting.tax_amount
    if posting.original is not None:
        yield "original_amount", posting.original
    yield from _dimension_fields(posting.dimensions)


def _datapoint_fields(data: Datapoints) -> Iterator[tuple[str, str | date]]:
    yield vendor.RECONCILIATION_ID, data.reconciliation_id
    yield "expense_type", data.expense_type
    yield "employee", data.employee
    yield "employee_code", data.employee_code
    yield "team", data.team
    yield "team_code", data.team_code
    yield "note", data.note
    yield "attendees", _LIST_SEPARATOR.join(data.attendees)
    yield vendor.RECONCILED_ENTRIES, vendor.list_text(data.reconciled_entries)
    yield "supplier_country", data.supplier_country
    yield "merchant_category", data.merchant_category
    yield WEB_LINK, data.web_link
    if data.service_period is not None:
        yield "service_start", data.service_period.start
        yield "service_end", data.service_period.end
    if data.invoice is not None:
        yield from _invoice_fields(data.invoice)


def _invoice_fields(invoice: InvoiceInformation) -> Iterator[tuple[str, str | date]]:
    yield vendor.INVOICE_NUMBER, invoice.number
    yield "invoice_date", invoice.invoice_date
    yield vendor.INVOICE_DUE, invoice.due_date or ""
    yield "invoice_paid", invoice.payment_date or ""
    yield "invoice_status", invoice.status
    if invoice.supplier_bank_account is not None:
        yield from _bank_fields(invoice.supplier_bank_account)


def _bank_fields(bank: BankAccount) -> Iterator[tuple[str, str]]:
    yield "supplier_bank", bank.bank_name
    yield "supplier_bank_country", bank.country
    yield "supplier_bank_code", bank.bank_code or ""
    yield "supplier_account_number", bank.account_number or ""
    yield "supplier_bic", bank.bic or ""
    yield "supplier_iban", bank.iban or ""


def _dimension_fields(dimensions: Iterable[Dimension]) -> Iterator[Field]:
    """Each dimension under a name of its own, made from its group; a group that changed by that is also spelled out."""
    taken: set[str] = set()
    last_numbers: dict[str, int] = {}
    for dimension in dimensions:
        slug = _NOT_IN_NAME.sub("_", dimension.group.lower()).strip("_") or "other"
        unique = slug
        while unique in taken:
            # Counted on from the last one: an expense can carry one group thousands of times.
            last_numbers[slug] = last_numbers.get(slug, 1) + 1
            unique = f"{slug}_{last_numbers[slug]}"
        taken.add(unique)
        yield f"{DIMENSION}{unique}", dimension.code
        if unique != dimension.group:
            yield f"{DIMENSION_GROUP}{unique}", dimension.group
