"""Fetch: the control list whole, then the items page by page, matched by their accounting entry.

https://developers.pleo.io/docs/current/integration-design/exports (control layer, data layer)
"""

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Final

from bilag.domain.export_job import ExportJob, ItemStatus
from bilag.domain.failure import Failure, FailureCode
from bilag.lifecycle.desk import Desk
from bilag.ports.export_api import FetchedItem

# A list that stays shorter than the job's count is taken as it is: the count may count something else.
READINGS_MAX: Final = 3

_log = logging.getLogger("bilag.job")


@dataclass(slots=True, kw_only=True)
class ControlList:
    """Which entries of a job still need work; entries leave `open` as their data arrives."""

    open: set[str] = field(default_factory=set)
    successful_before: int = 0
    failed_before: int = 0
    unlisted: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)


async def control_list(job: ExportJob, desk: Desk) -> ControlList:
    """Read to the last page before anything is processed; only pending and in-progress entries need work.

    Pages can shift while they are read, and hide an entry. So a list with fewer entries than the job counts is read
    again, and what any reading brought counts.
    """
    control = ControlList()
    for _ in range(READINGS_MAX):
        await _read(control, job.id, desk)
        if len(control.seen) >= job.number_of_items:
            return control
        _log.warning("job %s lists %d entries, and counts %d", job.id, len(control.seen), job.number_of_items)
    return control


async def _read(control: ControlList, job_id: str, desk: Desk) -> None:
    async for record in desk.pleo.job_items(job_id):
        if record.entry_id in control.seen:
            continue  # an entry counts once
        control.seen.add(record.entry_id)
        if record.status in (ItemStatus.PENDING, ItemStatus.IN_PROGRESS):
            control.open.add(record.entry_id)
        elif record.status is ItemStatus.SUCCESSFUL:
            control.successful_before += 1
        else:
            control.failed_before += 1


async def items_to_process(job_id: str, control: ControlList, desk: Desk) -> AsyncIterator[FetchedItem]:
    """The items that need work, each once, in Pleo's order, streamed."""
    async for fetched in desk.pleo.export_items(job_id):
        entry_id = fetched.item.entry_id
        if entry_id in control.open:
            control.open.discard(entry_id)
            yield fetched
        elif entry_id not in control.seen:
            control.unlisted.add(entry_id)


def missing_data(entry_id: str) -> Failure:
    """The control list names an entry that the data layer did not bring."""
    return Failure(
        code=FailureCode.ITEM_DATA_MISSING,
        path="accountingEntryId",
        message=f"Pleo lists the expense {entry_id} in this job, but did not send its data.",
        remedy="Export the expense again; when it happens again, tell Pleo's support.",
    )


def not_listed(entry_id: str) -> Failure:
    """The data layer brought an entry that the control list does not name; it is not ours to book."""
    return Failure(
        code=FailureCode.ITEM_NOT_LISTED,
        path="accountingEntryId",
        message=f"Pleo sent data of the expense {entry_id or 'without id'}, which the job does not list; not booked.",
        remedy="Look the expense up in Pleo and export it in a new job; when it happens again, tell Pleo's support.",
    )
