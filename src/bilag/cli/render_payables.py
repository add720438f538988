"""The open-items report as a bookkeeper reads it: a vendor with its documents, then whether it all adds up."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich.text import Text

from bilag.cli.output import out, plain, table

ReportJson = Mapping[str, Any]

_COLOUR: Final = {"not due": "", "1-30 days": "yellow", "unmatched": "cyan"}
_HEADINGS: Final = ("  document", "number", "posted", "due", "overdue", "amount", "open")
_AGE: Final = _HEADINGS.index("overdue")


def print_payables(report: ReportJson) -> None:
    """Every vendor that has something open, and the tie to the payable accounts."""
    out.print(plain(f"Open payables on {report['day']}", "bold"))
    rows = [_row(item) for vendor in report["vendors"] for item in vendor["items"]]
    widths = [max((len(row[place]) for row in (_HEADINGS, *rows)), default=0) for place in range(len(_HEADINGS))]
    if rows:
        out.print()
        out.print(plain(_line(_HEADINGS, widths), "dim"))
    for vendor in report["vendors"]:
        balance = f"  {vendor['balance']} {vendor['currency']} on {vendor['account']}"
        out.print(plain(_name(vendor), "bold") + plain(balance, "dim"))
        for item in vendor["items"]:
            row = _row(item)
            out.print(plain(_line(row, widths), _COLOUR.get(row[_AGE], "red")))
    out.print()
    if report["ages"]:
        headings = ("by age", *report["ages"][0]["bills"], "unmatched payments")
        rows = [(one["currency"], *one["bills"].values(), one["unmatchedPayments"]) for one in report["ages"]]
        out.print(table(headings, rows, right=range(1, len(headings))))
        out.print()
    print_totals(report)


def print_totals(report: ReportJson) -> None:
    """Open items against balances, account by account."""
    if not report["accounts"]:
        out.print(plain("No payable account has been used yet."))
        return
    rows = [
        (
            one["account"],
            one["currency"],
            one["openTotal"],
            one["withoutVendor"],
            one["balance"],
            Text("✓ ties out", "green") if one["tiesOut"] else Text("✗ differs", "red"),
        )
        for one in report["accounts"]
    ]
    headings = ("payable account", "", "open items", "without a vendor", "balance in the books", "")
    out.print(table(headings, rows, right=(2, 3, 4)))
    for vendor in report["vendors"]:
        if not vendor["tiesOut"]:
            more = f"{vendor['difference']} {vendor['currency']}"
            said = f"{_name(vendor)}: the account says {more} more than its documents."
            out.print(Text("✗ ", "red") + plain(f"{said} Look for entries made or changed by hand."))


def _name(vendor: Mapping[str, Any]) -> str:
    named = vendor["vendor"]
    return f"{named['number']}  {named['name']}".rstrip() if named else "Without a vendor"


def _row(item: Mapping[str, Any]) -> tuple[str, ...]:
    is_bill = item["kind"] != "vendor_payment"
    return (
        f"  {item['document']}",
        item["invoiceNumber"] or "",
        item["postingDate"],
        (item["dueDate"] or "") if is_bill else "",
        item["age"] if is_bill else "unmatched",
        item["amount"],
        item["openAmount"],
    )


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    """The row in columns that all vendors share, figures to the right."""
    cells = [
        cell.rjust(width) if place > _AGE else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return "   ".join(cells)
