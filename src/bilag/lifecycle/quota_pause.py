"""A quota of hours or days is used up: what is under way is told to Pleo, and the job waits there for the next run.

A job expires an hour after its last update. Pleo knows no call that only keeps it alive, so that something true is said
again: docs/decisions/0003-inferences.md, "quota pause".
"""

import logging
from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, Final, ParamSpec, Protocol, TypeAlias, TypeVar

from bilag.domain.export_job import ItemReport, ItemStatus
from bilag.lifecycle.desk import Desk
from bilag.ports.errors import JobEnded, QuotaSpent, StoreFailed, Trouble
from bilag.ports.posting_journal import OutcomeChoice
from bilag.rules.outcome import item_report
from bilag.rules.quota_floor import calls_at_books, long_wait_warning

_OPEN: Final = (ItemStatus.PENDING, ItemStatus.IN_PROGRESS)

_log = logging.getLogger("bilag.job")


class Pausable(Protocol):
    """Whoever stops working when a quota is used up."""

    paused_by: QuotaSpent | None


Worker = TypeVar("Worker", bound=Pausable)
Given = ParamSpec("Given")
Work: TypeAlias = Callable[Concatenate[Worker, Given], Coroutine[Any, Any, None]]


def unless_paused(work: Work[Worker, Given]) -> Work[Worker, Given]:
    """Once a quota of hours is used up, no work begins: items stay as they are for the next run."""

    async def working(worker: Worker, /, *given: Given.args, **named: Given.kwargs) -> None:
        if worker.paused_by is not None:
            return
        try:
            await work(worker, *given, **named)
        except QuotaSpent as spent:
            worker.paused_by = spent

    return working


async def keep_alive(job_id: str, spent: QuotaSpent, desk: Desk) -> None:
    """Let the job live on for an hour. Raises JobEnded, StoreFailed; other trouble is only told."""
    _log.warning("job %s waits, what is booked is told to Pleo: %s", job_id, spent)
    try:
        report = await _said_before(job_id, desk) or await _still_open(job_id, desk)
        if report is not None:
            await desk.pleo.update_items(job_id, (report,))
    except (JobEnded, StoreFailed):
        raise
    except Trouble as trouble:
        _log.warning("job %s could not be kept alive: %s", job_id, trouble)


def warn_of_long_wait(job_id: str, items: int, desk: Desk) -> None:
    """Say before the first item when a daily or monthly quota can't hold the job, and how many days it takes.

    Pleo's list tells nothing of receipts, so that it can take longer.
    """
    profile = desk.books.capabilities.quota
    warning = "" if profile is None else long_wait_warning(profile, calls_at_books(items, 0, profile))
    if warning:
        _log.warning("job %s: %s", job_id, warning)


async def _said_before(job_id: str, desk: Desk) -> ItemReport | None:
    """An outcome that Pleo has taken; a repeat changes nothing but the time of the last update."""
    outcomes = await desk.journal.outcomes(job_id, choice=OutcomeChoice.ALL, offset=0, limit=1)
    return item_report(outcomes[0]) if outcomes and outcomes[0].reported else None


async def _still_open(job_id: str, desk: Desk) -> ItemReport | None:
    """That an item is in progress, where no outcome is known yet."""
    async for item in desk.pleo.job_items(job_id):
        if item.status in _OPEN:
            return ItemReport(entry_id=item.entry_id, status=ItemStatus.IN_PROGRESS)
    return None
