"""Expenses, sources and a clock for the simulator's tests: defaults first, the difference named."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from bilag.simulator.expense import Expense, ListedExpenses, Receipt

COMPANY = "11111111-1111-4111-8111-111111111111"
OTHER_COMPANY = "22222222-2222-4222-8222-222222222222"
API_KEY = "key-of-the-company"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, moment: datetime = NOON) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        """The time."""
        return self.moment

    def move(self, **duration: float) -> None:
        """Let time pass."""
        self.moment += timedelta(**duration)


def entry_id(number: int) -> str:
    """The accounting entry id of the expense `number`."""
    return str(UUID(int=(0xB11A6 << 64) + number, version=4))


def an_item(number: int = 0, *, company_id: str = COMPANY, currency: str = "DKK") -> dict[str, object]:
    """A card purchase of one line."""
    amount = {
        "inSupplierCurrency": {"currency": currency, "value": 12_500 + number},
        "inWalletCurrency": {"currency": currency, "value": 12_500 + number},
    }
    line = {
        "accountingEntryLineId": str(UUID(int=number, version=4)),
        "account": {"id": str(UUID(int=7, version=4)), "name": "Travel", "code": "4010"},
        "lineAmount": amount,
        "netAmount": amount,
    }
    return {
        "_links": {},
        "accountingEntryId": entry_id(number),
        "companyId": company_id,
        "type": "card_purchase",
        "date": "2026-02-27T09:30:00Z",
        "amount": amount,
        "accountingEntryLines": [line],
        "additionalInformation": {"reconciliationId": f"R{number}"},
        "bookkeeping": {"method": "journal"},
    }


def a_receipt(name: str = "receipt-1.pdf", content: bytes = b"%PDF-1.7 receipt") -> Receipt:
    """A small receipt."""
    return Receipt(name=name, content_type="application/pdf", size_bytes=len(content), render=lambda: content)


def expenses(count: int, **differences: Any) -> tuple[Expense, ...]:
    """Some card purchases, each with one receipt."""
    return tuple(Expense(item=an_item(number, **differences), receipts=(a_receipt(),)) for number in range(count))


def a_source(count: int = 3, *, company_id: str = COMPANY, **differences: Any) -> ListedExpenses:
    """A company with a few card purchases."""
    return ListedExpenses(company_id=company_id, expenses=expenses(count, company_id=company_id, **differences))


class DrawnExpenses:
    """A source of any length that holds nothing; `on_draw` sees every index that is drawn."""

    def __init__(self, count: int, on_draw: Callable[[int], None] = lambda _: None) -> None:
        self.company_id = COMPANY
        self._count = count
        self._on_draw = on_draw

    def __len__(self) -> int:
        """How many expenses there are."""
        return self._count

    def entry_id(self, index: int) -> str:
        """The entry id at `index`."""
        return entry_id(index)

    def expense(self, index: int) -> Expense:
        """The expense at `index`."""
        self._on_draw(index)
        return Expense(item=an_item(index))
