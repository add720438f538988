"""Accounting period: which date a document is posted with, and the one move that a closed period allows.

The expense's own date comes first. The service period of an item is for accruals and never looked at here.
https://developers.pleo.io/docs/current/integration-design/exports (accounting periods)
"""

from datetime import date
from typing import assert_never

from bilag.domain.export_item import ExportItem
from bilag.domain.failure import Failure, FailureCode
from bilag.domain.period import AccountingPeriod, ClosedPeriodStep, PostingDate
from bilag.domain.plan import TraceStep
from bilag.domain.settings import ExportSettings


def expense_date(item: ExportItem, settings: ExportSettings) -> date:
    """The calendar date of the item's UTC instant, in the company's time zone.

    The calendar's first and last hours have no date in some zones; their UTC date lies in no period of any books.
    """
    try:
        return item.date.astimezone(settings.time_zone).date()
    except OverflowError:
        return item.date.date()


def candidate_date(step: ClosedPeriodStep, *, export_date: date, next_open: AccountingPeriod | None) -> date | None:
    """The date that a step proposes, or None when the books have no open period to move to."""
    match step:
        case ClosedPeriodStep.EXPORT_DATE:
            return export_date
        case ClosedPeriodStep.NEXT_OPEN_PERIOD:
            return next_open.start if next_open else None
        case _:
            assert_never(step)


def posting_date(original: date, day: date, period: AccountingPeriod, step: ClosedPeriodStep | None) -> PostingDate:
    """The settled date; `step` is what moved it, if anything did."""
    return PostingDate(original=original, date=day, period=period.name, moved_by=step if day != original else None)


def explain_date(settled: PostingDate) -> TraceStep:
    """Why the document has its date."""
    if settled.moved_by is None:
        because = f"the expense's own date lies in the open period {settled.period}"
    else:
        because = (
            f"the period of {settled.original} is closed, and the step {settled.moved_by} "
            f"moves the posting date into {settled.period}"
        )
    return TraceStep(
        subject="postingDate",
        value=settled.date.isoformat(),
        rule="accounting period",
        because=because,
        source="date" if settled.moved_by is None else "settings.bookkeeping.closed_period",
        refused=() if settled.moved_by is None else (settled.original.isoformat(),),
    )


def moved_warning(settled: PostingDate) -> tuple[str, ...]:
    """What the outcome says of a moved date, so that nobody meets it first in the books."""
    if settled.moved_by is None:
        return ()
    return (f"Posted on {settled.date} instead of {settled.original}, because that period is closed.",)


def closed_failure(original: date, period: str, tried: tuple[ClosedPeriodStep, ...]) -> Failure:
    """The expense's period is closed and no step found an open one."""
    if tried:
        steps = " or the ".join(step.replace("_", " ") for step in tried)
        after = f", and moving it to the {steps} leads into no open one"
        remedy = f"Open the period {period} or a later one in the books, then export the expense again."
    else:
        after = ", and dates are not moved"
        remedy = (
            f"Open the period {period} in the books, or let bilag move the date: set closed_period in [bookkeeping]."
        )
    return Failure(
        code=FailureCode.PERIOD_CLOSED,
        path="date",
        message=f"Closed accounting period: {original.isoformat()} lies in {period}, which is closed{after}.",
        remedy=remedy,
    )


def missing_failure(day: date) -> Failure:
    """The books have no period for the day at all."""
    return Failure(
        code=FailureCode.PERIOD_MISSING,
        path="date",
        message=f"The books have no accounting period for {day.isoformat()}.",
        remedy="Create the fiscal year or period in the books, then export the expense again.",
    )
