"""The demo's jobs after the first, as Pleo tells their items, by book number."""

from typing import Any, Final

from bilag.simulator.demo_job import demo_jobs, demo_vendor_failure_reasons
from bilag.simulator.expense import Expense

OCTOBER: Final = 1
NOVEMBER: Final = 2


def expenses_of(position: int) -> tuple[Expense, ...]:
    """The expenses of the job at this position."""
    source = demo_jobs()[position].expenses
    return tuple(source.expense(index) for index in range(len(source)))


def items_of(*positions: int) -> dict[str, Any]:
    """The items of some jobs by their reconciliation id, without those that must fail."""
    items: list[Any] = [expense.item for position in positions for expense in expenses_of(position)]
    return {
        item["additionalInformation"]["reconciliationId"]: item
        for item in items
        if item["accountingEntryId"] not in demo_vendor_failure_reasons()
    }


def value(item: Any) -> int:
    """What the item comes to, in hundredths of the wallet's currency."""
    found: int = item["amount"]["inWalletCurrency"]["value"]
    return found


def currency(item: Any) -> str:
    """The wallet's currency."""
    found: str = item["amount"]["inWalletCurrency"]["currency"]
    return found


def vendor_name(item: Any) -> str:
    """The tagged vendor, empty without one."""
    return item["vendor"]["name"] if item["vendor"] else ""


def invoice_number(item: Any) -> str:
    """The vendor's number of the invoice, empty without one."""
    invoice = item["additionalInformation"]["invoiceInformation"]
    return invoice["invoiceNumber"] if invoice else ""
