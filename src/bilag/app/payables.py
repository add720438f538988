"""What vendors are owed, read from the books on their own: nothing of ours is asked but the configuration."""

from datetime import date
from pathlib import Path
from typing import Any, assert_never

from bilag.app.system_clock import SYSTEM_CLOCK
from bilag.app.wiring import open_planner
from bilag.config.load import load_config
from bilag.domain.ledger import DocumentKind
from bilag.domain.payables import PayableItem
from bilag.ports.clock import Clock
from bilag.rules.payables_report import AgedItem, PayablesReport, VendorPayables, age_totals, payables_report


async def report_payables(config_path: Path, day: date | None = None, clock: Clock = SYSTEM_CLOCK) -> dict[str, Any]:
    """The open items on a day, today by default, JSON-ready; amounts are decimal strings, positive where we owe.

    Raises ConfigInvalid, and the trouble of reading the books.
    """
    async with open_planner(load_config(config_path), clock) as planner:
        today = clock.now().astimezone(planner.settings.time_zone).date()
        return _report(payables_report(await planner.books.payables(), day or today))


def _report(report: PayablesReport) -> dict[str, Any]:
    return {
        "day": report.day.isoformat(),
        "tiesOut": report.ties_out,
        "vendors": [_vendor(vendor) for vendor in report.vendors],
        "ages": [
            {
                "currency": totals.unmatched_payments.currency.code,
                "bills": {band: amount.decimal_text() for band, amount in totals.bills.items()},
                "unmatchedPayments": totals.unmatched_payments.decimal_text(),
            }
            for totals in age_totals(report)
        ],
        "accounts": [
            {
                "account": total.account,
                "currency": total.balance.currency.code,
                "openTotal": total.open_total.decimal_text(),
                "withoutVendor": total.without_vendor.decimal_text(),
                "balance": total.balance.decimal_text(),
                "tiesOut": total.ties_out,
            }
            for total in report.totals
        ],
    }


def _vendor(vendor: VendorPayables) -> dict[str, Any]:
    return {
        "vendor": {"number": vendor.vendor_number, "name": vendor.vendor_name} if vendor.vendor_number else None,
        "account": vendor.account,
        "currency": vendor.currency.code,
        "openTotal": vendor.open_total.decimal_text(),
        "balance": vendor.balance.decimal_text(),
        "difference": vendor.difference.decimal_text(),
        "tiesOut": vendor.ties_out,
        "items": [_item(aged) for aged in vendor.items],
    }


def _item(aged: AgedItem) -> dict[str, Any]:
    item = aged.item
    return {
        "kind": item.kind,
        "document": _in_words(item),
        "externalReference": item.external_reference,
        "externalId": item.external_id,
        "postingDate": item.posting_date.isoformat(),
        "dueDate": item.due_date.isoformat() if item.due_date else None,
        "overdueDays": aged.overdue_days,
        "age": aged.band,
        "invoiceNumber": item.invoice_number or None,
        "amount": item.amount.decimal_text(),
        "openAmount": item.open_amount.decimal_text(),
    }


def _in_words(item: PayableItem) -> str:
    """What the open document is, as a bookkeeper calls it."""
    match item.kind:
        case DocumentKind.VENDOR_INVOICE:
            return "invoice"
        case DocumentKind.VENDOR_CREDIT_NOTE:
            return "credit note"
        case DocumentKind.VENDOR_PAYMENT:
            return "returned payment" if item.amount.minor > 0 else "payment"
        case DocumentKind.JOURNAL_ENTRY:
            raise AssertionError("a journal entry is no payable")
        case _:
            assert_never(item.kind)
