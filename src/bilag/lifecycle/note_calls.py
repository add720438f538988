"""Calls: how many a job took at Pleo and at the accounting system, remembered with the job for `bilag show`."""

from dataclasses import replace

from bilag.domain.quota import CallsMade
from bilag.lifecycle.desk import Desk


async def note_calls(job_id: str, before: CallsMade, desk: Desk) -> None:
    """Add what was called since `before`. A run that was killed, or met other trouble, is not counted."""
    made = desk.calls_made()
    pleo, books = made.pleo - before.pleo, made.books - before.books
    if not pleo and not books:
        return
    record = await desk.journal.job_record(job_id)
    if record is not None:
        await desk.journal.record_job(
            replace(record, pleo_calls=record.pleo_calls + pleo, books_calls=record.books_calls + books)
        )
