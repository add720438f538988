"""Settle the posting date: the expense's own, or the one that a configured step leads to."""

from datetime import date

from bilag.domain.failure import Failure
from bilag.domain.period import AccountingPeriod, PostingDate
from bilag.lifecycle.desk import Planner
from bilag.rules import accounting_period


async def assign_period(original: date, planner: Planner, refused: frozenset[str]) -> PostingDate | Failure:
    """The posting date, asking the books for the state of each period on the way, every step once.

    `refused` names periods that the books have just refused to post into, whatever they said of them before.
    """
    period = await planner.books.period_of(original)
    if period is None:
        return accounting_period.missing_failure(original)
    if _is_open(period, refused):
        return accounting_period.posting_date(original, original, period, None)
    export_date = planner.clock.now().astimezone(planner.settings.time_zone).date()
    for step in planner.settings.closed_period:
        next_open = await planner.books.next_open_period(original)
        day = accounting_period.candidate_date(step, export_date=export_date, next_open=next_open)
        moved = await planner.books.period_of(day) if day else None
        if day and moved and _is_open(moved, refused):
            return accounting_period.posting_date(original, day, moved, step)
    return accounting_period.closed_failure(original, period.name, planner.settings.closed_period)


def _is_open(period: AccountingPeriod, refused: frozenset[str]) -> bool:
    return not period.closed and period.name not in refused
