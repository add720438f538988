"""Plans and documents as JSON: the shape of docs/plan.md, and the content that a hash stands for."""

import hashlib
import json
from typing import Any

from bilag.domain.document import Document
from bilag.domain.export_item import InvoiceInformation
from bilag.domain.failure import Failure
from bilag.domain.ledger import Datapoints, Posting
from bilag.domain.money import Money
from bilag.domain.payables import Allocation, BooksVendor, Reopening, VendorDocument
from bilag.domain.plan import ItemPlan, TraceStep


def plan_as_json(plan: ItemPlan) -> dict[str, Any]:
    """One item's plan, JSON-ready; amounts are decimal strings, dates ISO 8601."""
    return {
        "accountingEntryId": plan.entry_id,
        "method": plan.method,
        "settingsVersion": plan.settings_version,
        "documents": [document_as_json(document) for document in plan.documents],
        "notes": [{"name": note.name, "text": note.text} for note in plan.notes],
        "nothingToBook": plan.nothing_to_book or None,
        "failures": [failure_as_json(failure) for failure in plan.failures],
        "trace": [_trace(step) for step in plan.trace],
    }


def document_as_json(document: Document) -> dict[str, Any]:
    """One document, JSON-ready."""
    return _content(document) | {
        "settles": [_allocation(one) for one in document.settles] if isinstance(document, VendorDocument) else [],
        "reopens": [_reopening(one) for one in document.reopens] if isinstance(document, VendorDocument) else [],
    }


def _content(document: Document) -> dict[str, Any]:
    """What the document says by itself, whatever stands in the books beside it."""
    vendor = document.vendor if isinstance(document, VendorDocument) else None
    return {
        "kind": document.kind,
        "date": document.original_date.isoformat(),
        "postingDate": document.posting_date.date.isoformat(),
        "period": document.posting_date.period,
        "movedBy": document.posting_date.moved_by,
        "mode": document.mode,
        "currency": document.currency.code,
        "externalReference": document.external_reference,
        "vendor": _vendor(vendor) if vendor else None,
        "postings": [_posting(posting) for posting in document.postings],
        "datapoints": _datapoints(document.datapoints),
    }


def failure_as_json(failure: Failure) -> dict[str, str]:
    """One failure, JSON-ready."""
    return {
        "code": failure.code,
        "path": failure.path,
        "message": failure.message,
        "remedy": failure.remedy,
        "reasonType": failure.reason_type,
    }


def encode(value: object) -> bytes:
    """The one canonical spelling: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def content_hash(document: Document) -> str:
    """SHA-256 over the canonical JSON of the document without what it settles, in hexadecimal."""
    return hashlib.sha256(encode(_content(document))).hexdigest()


def _vendor(vendor: BooksVendor) -> dict[str, str]:
    return {"number": vendor.number, "name": vendor.name}


def _allocation(allocation: Allocation) -> dict[str, str]:
    return {"externalReference": allocation.reference, "amount": allocation.amount.decimal_text()}


def _reopening(reopening: Reopening) -> dict[str, str]:
    return {"payment": reopening.payment, "bill": reopening.bill, "amount": reopening.amount.decimal_text()}


def _posting(posting: Posting) -> dict[str, Any]:
    return {
        "account": posting.account,
        "role": posting.role,
        "side": posting.side,
        "amount": posting.amount.decimal_text(),
        "taxCode": posting.tax_code,
        "taxAmount": posting.tax_amount.decimal_text() if posting.tax_amount else None,
        "dimensions": [{"group": dimension.group, "code": dimension.code} for dimension in posting.dimensions],
        "description": posting.description,
        "original": _money(posting.original),
    }


def _money(money: Money | None) -> dict[str, str] | None:
    return {"amount": money.decimal_text(), "currency": money.currency.code} if money else None


def _datapoints(data: Datapoints) -> dict[str, Any]:
    invoice, service = data.invoice, data.service_period
    return {
        "reconciliationId": data.reconciliation_id,
        "description": data.description,
        "comment": data.comment,
        "payee": data.payee,
        "reconciledEntries": list(data.reconciled_entries),
        "attendees": list(data.attendees),
        "employee": data.employee,
        "employeeCode": data.employee_code,
        "team": data.team,
        "teamCode": data.team_code,
        "supplierCountry": data.supplier_country,
        "merchantCategory": data.merchant_category,
        "note": data.note,
        "webLink": data.web_link,
        "expenseType": data.expense_type,
        "originalAmount": _money(data.original_amount),
        "servicePeriod": {"from": service.start.isoformat(), "to": service.end.isoformat()} if service else None,
        "invoice": _invoice(invoice) if invoice else None,
    }


def _invoice(invoice: InvoiceInformation) -> dict[str, Any]:
    bank = invoice.supplier_bank_account
    return {
        "number": invoice.number,
        "invoiceDate": invoice.invoice_date.isoformat(),
        "dueDate": invoice.due_date.isoformat() if invoice.due_date else None,
        "paymentDate": invoice.payment_date.isoformat() if invoice.payment_date else None,
        "status": invoice.status,
        "supplierBankAccount": {
            "bankName": bank.bank_name,
            "country": bank.country,
            "accountNumber": bank.account_number,
            "bankCode": bank.bank_code,
            "bic": bank.bic,
            "iban": bank.iban,
        }
        if bank
        else None,
    }


def _trace(step: TraceStep) -> dict[str, Any]:
    return {
        "subject": step.subject,
        "value": step.value,
        "rule": step.rule,
        "because": step.because,
        "source": step.source,
        "refused": list(step.refused),
    }
