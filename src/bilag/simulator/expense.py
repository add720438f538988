"""What a simulated company has to export: approved expenses and the files behind them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A file behind an expense.

    `name` ends the path of the download link, `size_bytes` is announced in `files[].size`. `render` draws the
    file when it is downloaded; what it returns has `size_bytes` bytes, unless a scenario lies on purpose.
    """

    name: str
    content_type: str
    size_bytes: int
    render: Callable[[], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expense:
    """One approved expense, ready for accounting.

    `item` is an `ExportItemV3` of Pleo's Export API as a dictionary that JSON can hold, without `files`:
    the simulator adds the download links. When `raw_item` is set it is served in place of `item`, byte for
    byte, so that a scenario can hand out a malformed item.
    """

    item: dict[str, object]
    receipts: tuple[Receipt, ...] = ()
    raw_item: bytes | None = None


class ExpenseSource(Protocol):
    """The expenses of one company, drawn by index so that 100,000 of them never sit in memory together.

    The same index gives the same entry id and the same expense every time.
    """

    company_id: str

    def __len__(self) -> int:
        """How many expenses there are."""
        ...

    def entry_id(self, index: int) -> str:
        """The `accountingEntryId` at `index`, without drawing the whole expense."""
        ...

    def expense(self, index: int) -> Expense:
        """The expense at `index`."""
        ...


class ListedExpenses:
    """An expense source that holds a list, for small scenarios and tests."""

    def __init__(self, *, company_id: str, expenses: Sequence[Expense]) -> None:
        self.company_id = company_id
        self._expenses = tuple(expenses)
        self._entry_ids = tuple(_entry_id(expense, index) for index, expense in enumerate(self._expenses))
        if len(set(self._entry_ids)) != len(self._entry_ids):
            raise ValueError(f"company {company_id}: two expenses share one accountingEntryId")

    def __len__(self) -> int:
        """How many expenses are listed."""
        return len(self._expenses)

    def entry_id(self, index: int) -> str:
        """The `accountingEntryId` at `index`."""
        return self._entry_ids[index]

    def expense(self, index: int) -> Expense:
        """The expense at `index`."""
        return self._expenses[index]


def _entry_id(expense: Expense, index: int) -> str:
    if "accountingEntryId" not in expense.item:
        raise ValueError(f"expense {index} has no accountingEntryId: the simulator needs one, also for a raw item")
    return str(expense.item["accountingEntryId"])
