"""One Export Job, from top to bottom."""

import asyncio
import logging
from contextlib import suppress
from typing import Final

from bilag.domain.export_job import ExportJob, JobReport
from bilag.domain.failure import JobFailure, JobReason
from bilag.lifecycle.complete import complete
from bilag.lifecycle.desk import Desk
from bilag.lifecycle.fetch import control_list, items_to_process
from bilag.lifecycle.item_desk import ItemDesk
from bilag.lifecycle.note_calls import note_calls
from bilag.lifecycle.pre_export_validation import pre_export_validation
from bilag.lifecycle.quota_pause import keep_alive, warn_of_long_wait
from bilag.lifecycle.report import Reporter
from bilag.lifecycle.start import remember, start
from bilag.ports.errors import JobEnded, QuotaSpent, Refused, Trouble
from bilag.ports.export_api import FetchedItem
from bilag.rules.outcome import failed_job_report

# Pleo's word for it: https://developers.pleo.io/reference/export-api/multi-currency-configuration
MISSING_CONTRA_ACCOUNTS: Final = "missing_contra_accounts"

_log = logging.getLogger("bilag.job")


async def run_job(job: ExportJob, desk: Desk) -> JobReport | None:
    """Start, validate, fetch, process, report, complete. None when the job is not, or no longer, ours to end.

    Trouble with Pleo or with our own disk leaves the job in progress, to be taken up again by the next run; so does
    QuotaSpent, which says until when.
    """
    before = desk.calls_made()
    try:
        report = await _run_job(job, desk)
    except QuotaSpent:
        await note_calls(job.id, before, desk)
        raise
    await note_calls(job.id, before, desk)
    return report


async def _run_job(job: ExportJob, desk: Desk) -> JobReport | None:
    try:
        started = await start(job, desk)
        if started is None:
            return None
        _log.info("job %s started items=%d status_before=%s", job.id, started.number_of_items, job.status)
        try:
            return await complete(started, await _closing_event(started, desk), desk)
        except QuotaSpent as spent:
            await keep_alive(job.id, spent, desk)
            raise
    except JobEnded as ended:
        _log.warning("job %s ended under our hands, what was booked is remembered: %s", job.id, ended)
        with suppress(JobEnded):  # Pleo may not even know it any more
            await remember(await desk.pleo.job(job.id), desk)
        return None


async def _closing_event(job: ExportJob, desk: Desk) -> JobReport:
    """How the job ends: every item on its way, unless something keeps the whole job from being exported."""
    failures = await pre_export_validation(job, desk)
    if failures:
        _log.warning("job %s fails as a whole: %s", job.id, " ".join(failure.message for failure in failures))
        return failed_job_report(failures)
    try:
        return await _export(job, desk)
    except Refused as refused:
        if refused.type.lower() != MISSING_CONTRA_ACCOUNTS:
            raise
        return failed_job_report((_contra_accounts(refused),))


async def _export(job: ExportJob, desk: Desk) -> JobReport:
    """Every item to its outcome, every outcome to Pleo; returns the closing event that follows from them."""
    await Reporter(job.id, desk).catch_up()
    control = await control_list(job, desk)
    _log.info(
        "job %s listed open=%d successful_before=%d failed_before=%d",
        job.id,
        len(control.open),
        control.successful_before,
        control.failed_before,
    )
    warn_of_long_wait(job.id, len(control.open), desk)
    desk.progress.job_started(job, len(control.open))
    items = ItemDesk(job, desk, control)
    await items.quarantine.load()
    try:
        async with asyncio.TaskGroup() as group:
            beside = group.create_task(items.reporter.keep_alive())
            await _work_off(job, items, desk)
            beside.cancel()
    except BaseExceptionGroup as trouble:
        raise _first(trouble) from trouble
    left = items.paused_by or items.feeding_failed
    if left is not None:
        await items.reporter.flush()
        raise left
    return await items.close()


async def _work_off(job: ExportJob, items: ItemDesk, desk: Desk) -> None:
    queue: asyncio.Queue[FetchedItem | None] = asyncio.Queue(maxsize=2 * desk.items_at_once)
    async with asyncio.TaskGroup() as group:
        for _ in range(desk.items_at_once):
            group.create_task(items.work_off(queue))
        group.create_task(_feed(job, items, queue, desk))


async def _feed(job: ExportJob, items: ItemDesk, queue: asyncio.Queue[FetchedItem | None], desk: Desk) -> None:
    """Bring the items to the workers; when Pleo stops sending, let what is under way come to its end first."""
    try:
        async for fetched in items_to_process(job.id, items.control, desk):
            await queue.put(fetched)
    except Trouble as trouble:
        _log.warning("job %s gets no more items from Pleo: %s", job.id, trouble)
        items.feeding_failed = trouble
    for _ in range(desk.items_at_once):
        await queue.put(None)


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The trouble that made the others stop."""
    first: BaseException = group
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    return first


def _contra_accounts(refused: Refused) -> JobFailure:
    return JobFailure(
        reason_type=JobReason.MISSING_CONFIGURATION,
        message=f"Contra accounts are missing in Pleo: {refused}.",
        remedy="Map a contra account for every currency in Pleo's accounting settings, then export again.",
    )
