"""The Export Job that `bilag demo` shows: one October in the life of an invented design studio.

It is written by hand, so that every kind of expense and most questions of a bookkeeper come up once. The accounts it
needs are `catalogue_chart.DEMO_CHART`; September 2026 is meant to be closed in the demo's books, and dates are days
in `catalogue.TIME_ZONE`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from uuid import UUID, uuid5

from bilag.simulator.catalogue import COMPANY_ID
from bilag.simulator.demo_abroad import ABROAD, MONEY_BACK
from bilag.simulator.demo_cards import AT_HOME, SEPTEMBER
from bilag.simulator.demo_failures import FAILURES
from bilag.simulator.demo_lines import reconciliation_id
from bilag.simulator.demo_money import INVOICES, WALLET
from bilag.simulator.demo_people import (
    BOUNCED_REIMBURSEMENT,
    CARD_USED_BY_MISTAKE,
    CASH_IN_BERLIN,
    TRAIN_IN_SEPTEMBER,
    TRIP_TO_ODENSE,
)
from bilag.simulator.expense import Expense, ExpenseSource, ListedExpenses
from bilag.simulator.scenario_entry import Entry, EntryKey
from bilag.simulator.scenario_item import write_expense

_GOOD_ENTRIES: Final[tuple[Mapping[int, Entry], ...]] = (
    SEPTEMBER,
    AT_HOME,
    ABROAD,
    MONEY_BACK,
    TRIP_TO_ODENSE,
    TRAIN_IN_SEPTEMBER,
    CASH_IN_BERLIN,
    CARD_USED_BY_MISTAKE,
    BOUNCED_REIMBURSEMENT,
    WALLET,
    INVOICES,
)


def demo_expenses() -> ExpenseSource:
    """The demo's expenses in the order of their dates; the same ones every time."""
    dated = [
        (entry.date, write_expense(_key(number), entry))
        for entries in _GOOD_ENTRIES
        for number, entry in entries.items()
    ]
    dated += [(failing.entry.date, failing.write(_key(number), failing.entry)) for number, failing in FAILURES.items()]
    expenses: list[Expense] = [expense for _, expense in sorted(dated, key=lambda pair: pair[0])]
    return ListedExpenses(company_id=COMPANY_ID, expenses=expenses)


def demo_failure_reasons() -> Mapping[str, str]:
    """Why each of the demo's bad expenses must fail, by `accountingEntryId`; all others can be booked."""
    return MappingProxyType({_key(number).entry_id: failing.reason for number, failing in FAILURES.items()})


def _key(number: int) -> EntryKey:
    book_number = reconciliation_id(number)
    return EntryKey(
        company_id=COMPANY_ID,
        entry_id=str(uuid5(UUID(COMPANY_ID), book_number)),
        reconciliation_id=book_number,
    )
