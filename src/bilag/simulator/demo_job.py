"""The Export Jobs that `bilag demo` shows: an autumn in the life of an invented design studio.

They are written by hand, so that every kind of expense and most questions of a bookkeeper come up once: first in
journal entries, then through accounts payable, where a later job brings what an earlier one has left open. The
accounts they need are `catalogue_chart.DEMO_CHART`; September 2026 is meant to be closed in the demo's books, and
dates are days in `catalogue.TIME_ZONE`.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final
from uuid import UUID, uuid5

from bilag.simulator.catalogue import COMPANY_ID
from bilag.simulator.demo_abroad import ABROAD, MONEY_BACK
from bilag.simulator.demo_cards import AT_HOME, SEPTEMBER
from bilag.simulator.demo_failures import FAILURES, VENDOR_FAILURES, FailingEntry
from bilag.simulator.demo_lines import reconciliation_id
from bilag.simulator.demo_money import INVOICES, WALLET
from bilag.simulator.demo_people import (
    BOUNCED_REIMBURSEMENT,
    CARD_USED_BY_MISTAKE,
    CASH_IN_BERLIN,
    TRAIN_IN_SEPTEMBER,
    TRIP_TO_ODENSE,
)
from bilag.simulator.demo_vendor_bills import BILLS_OF_NOVEMBER, BILLS_OF_OCTOBER
from bilag.simulator.demo_vendor_cards import BOUGHT_ABROAD, BOUGHT_AT_HOME, CHARGED_AND_GIVEN_BACK
from bilag.simulator.demo_vendor_people import BOUGHT_IN_NOVEMBER, OUTLAYS_OF_OCTOBER, PAID_BACK_IN_NOVEMBER
from bilag.simulator.expense import Expense, ExpenseSource, ListedExpenses
from bilag.simulator.jobs import JobOptions
from bilag.simulator.planned_jobs import PlannedJob
from bilag.simulator.scenario_entry import Entry, EntryKey
from bilag.simulator.scenario_item import write_expense

_JOURNAL_ENTRIES: Final[tuple[Mapping[int, Entry], ...]] = (
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
_VENDORS_IN_OCTOBER: Final[tuple[Mapping[int, Entry], ...]] = (
    BOUGHT_AT_HOME,
    BOUGHT_ABROAD,
    CHARGED_AND_GIVEN_BACK,
    BILLS_OF_OCTOBER,
    OUTLAYS_OF_OCTOBER,
)
_VENDORS_IN_NOVEMBER: Final[tuple[Mapping[int, Entry], ...]] = (
    BILLS_OF_NOVEMBER,
    PAID_BACK_IN_NOVEMBER,
    BOUGHT_IN_NOVEMBER,
)
# Items carry vendor and bookkeeping method only where the job asks for them.
_VENDOR_BASED: Final = JobOptions(vendor_based_bookkeeping=True)


def demo_jobs() -> tuple[PlannedJob, ...]:
    """The demo's jobs, oldest first; the same ones every time."""
    october = _in_order(_VENDORS_IN_OCTOBER, VENDOR_FAILURES)
    november = _in_order(_VENDORS_IN_NOVEMBER, {})
    return (
        PlannedJob(title="October, mostly journal entries", expenses=demo_expenses(), options=_VENDOR_BASED),
        PlannedJob(title="October, accounts payable", expenses=october, options=_VENDOR_BASED),
        PlannedJob(title="November, accounts payable", expenses=november, options=_VENDOR_BASED),
    )


def demo_expenses() -> ExpenseSource:
    """The expenses of the demo's first job in the order of their dates; the same ones every time."""
    return _in_order(_JOURNAL_ENTRIES, FAILURES)


def demo_failure_reasons() -> Mapping[str, str]:
    """Why each bad expense of the first job must fail, by `accountingEntryId`; all others can be booked."""
    return _reasons(FAILURES)


def demo_vendor_failure_reasons() -> Mapping[str, str]:
    """The same for the jobs after the first."""
    return _reasons(VENDOR_FAILURES)


def _in_order(good: Iterable[Mapping[int, Entry]], failing: Mapping[int, FailingEntry]) -> ExpenseSource:
    dated = [(entry.date, write_expense(_key(number), entry)) for entries in good for number, entry in entries.items()]
    dated += [(one.entry.date, one.write(_key(number), one.entry)) for number, one in failing.items()]
    expenses: list[Expense] = [expense for _, expense in sorted(dated, key=lambda pair: pair[0])]
    return ListedExpenses(company_id=COMPANY_ID, expenses=expenses)


def _reasons(failing: Mapping[int, FailingEntry]) -> Mapping[str, str]:
    return MappingProxyType({_key(number).entry_id: one.reason for number, one in failing.items()})


def _key(number: int) -> EntryKey:
    book_number = reconciliation_id(number)
    return EntryKey(
        company_id=COMPANY_ID,
        entry_id=str(uuid5(UUID(COMPANY_ID), book_number)),
        reconciliation_id=book_number,
    )
