"""The posting journal in a database: one thread writes, in groups; another reads."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import Final, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from bilag.adapters.store import reads
from bilag.adapters.store import troubles as items_with_trouble
from bilag.adapters.store.faults import told_plainly
from bilag.adapters.store.group_worker import GroupWorker
from bilag.adapters.store.retention import erase
from bilag.adapters.store.rows import job_row, outcome_row, posting_row, receipt_row, zoned
from bilag.adapters.store.unsettled import Unsettled, unsettled
from bilag.adapters.store.writes import (
    MarkReported,
    StoreJob,
    StoreOutcome,
    StorePostings,
    StoreReceipts,
    StoreTroubles,
    Write,
    apply_writes,
)
from bilag.domain.item_troubles import ItemTroubles
from bilag.domain.posting_record import ItemOutcome, Part, PostingKey, PostingRecord, ReceiptRecord
from bilag.ports.errors import StoreFailed
from bilag.ports.posting_journal import JobRecord, OutcomeChoice, OutcomeTally

# What one write's content can cause: a broken constraint, or a value that the driver cannot store.
_BLAME_OF_ONE: Final = (SQLAlchemyError, ValueError, OverflowError)

Ask = TypeVar("Ask")
Answer = TypeVar("Answer")


class StoredPostingJournal:
    """A PostingJournal in the database behind the two engines, which it takes over; made by `open_posting_journal`.

    To be used from one event loop at a time. Every method raises StoreFailed while the database is locked, full,
    damaged or failing; then the change of the call is not stored, unless the answer to the commit was lost.
    `guard` is asked first in every transaction that writes, and raises what keeps it from being written.
    """

    def __init__(self, writing: Engine, reading: Engine, guard: Callable[[Connection], None]) -> None:
        self._database = str(writing.url.database)
        self._engines = (writing, reading)
        self._guard = guard
        self._writer = writing.connect()
        self._reader = reading.connect()
        self._writing_thread = ThreadPoolExecutor(1, "posting-journal-writes")
        self._reading_thread = ThreadPoolExecutor(1, "posting-journal-reads")
        self._writes = GroupWorker(self._writing_thread, self._commit)
        self._latest = GroupWorker(self._reading_thread, partial(self._read, reads.latest))
        self._receipts = GroupWorker(self._reading_thread, partial(self._read, reads.receipts))
        self._was_reported = GroupWorker(self._reading_thread, partial(self._read, reads.was_reported))
        self._closed = False

    async def latest(self, company_id: str, entry_id: str) -> Mapping[Part, PostingRecord]:
        """The record of the highest generation of every part. Raises StoreFailed."""
        return await self._latest.ask((company_id, entry_id))

    async def record(self, *records: PostingRecord) -> None:
        """Store the records; raises IllegalMove, or ReferenceTaken when another document has a reference."""
        if records:
            last = {record.key: record for record in records}
            await self._write(StorePostings(records, tuple(posting_row(record) for record in last.values())))

    async def receipts(self, key: PostingKey) -> tuple[ReceiptRecord, ...]:
        """The files that a document owes or has, in the order in which they were first stored."""
        return await self._receipts.ask(key)

    async def record_receipts(self, records: Sequence[ReceiptRecord]) -> None:
        """Store the files' states, all or none."""
        if records:
            await self._write(StoreReceipts(tuple(receipt_row(record) for record in records)))

    async def record_job(self, job: JobRecord) -> None:
        """Store the job, replacing what was known of it, except when it was first seen."""
        await self._write(StoreJob(job_row(job)))

    async def record_outcome(self, outcome: ItemOutcome) -> None:
        """Store an item's outcome, unreported, at the end of the job's order."""
        await self._write(StoreOutcome(outcome_row(outcome)))

    async def mark_reported(self, job_id: str, entry_ids: Sequence[str], at: datetime) -> None:
        """Remember when Pleo took these outcomes."""
        if entry_ids:
            await self._write(MarkReported(job_id, tuple(entry_ids), zoned(at)))

    async def unreported(self, job_id: str, limit: int) -> tuple[ItemOutcome, ...]:
        """Outcomes of the job that Pleo has not taken, oldest first."""
        return await self._ask(partial(reads.unreported, job_id=job_id, limit=limit))

    async def was_reported(self, company_id: str, entry_id: str, external_id: str) -> bool:
        """Whether Pleo ever took this document as the entry's success, in whichever job."""
        return await self._was_reported.ask((company_id, entry_id, external_id))

    async def troubled(self, company_id: str) -> Mapping[str, ItemTroubles]:
        """The company's items with trouble of their own, by their entry."""
        return await self._ask(partial(items_with_trouble.troubled, company_id=company_id))

    async def record_troubles(self, troubles: ItemTroubles) -> None:
        """Store how often the item met trouble; a count of 0 forgets it."""
        await self._write(StoreTroubles(troubles))

    async def tally(self, job_id: str) -> OutcomeTally:
        """The counts of a job."""
        return await self._ask(partial(reads.tally, job_id=job_id))

    async def job_record(self, job_id: str) -> JobRecord | None:
        """The job with this id, or None."""
        return await self._ask(partial(reads.job_record, job_id=job_id))

    async def job_records(self, limit: int) -> tuple[JobRecord, ...]:
        """The jobs seen last, newest first."""
        return await self._ask(partial(reads.job_records, limit=limit))

    async def outcomes(self, job_id: str, *, choice: OutcomeChoice, offset: int, limit: int) -> tuple[ItemOutcome, ...]:
        """A page of a job's outcomes in the order of settling, without plan_json."""
        return await self._ask(partial(reads.outcomes, job_id=job_id, choice=choice, offset=offset, limit=limit))

    async def outcome_of_entry(self, beginning: str) -> ItemOutcome | None:
        """The newest outcome of an entry whose id starts like this; one with a plan comes first."""
        return await self._ask(partial(reads.outcome_of_entry, beginning=beginning))

    async def unsettled(self, company_id: str) -> Unsettled:
        """What is left to do for the company. Looks at whole tables."""
        return await self._ask(partial(unsettled, company_id=company_id))

    async def erase(self, company_id: str, before: datetime) -> int:
        """Erase what people wrote from some records of before; how many. 0 when there are no more of them."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._writing_thread, self._erase, company_id, zoned(before))

    async def close(self) -> None:
        """Finish what was promised and let go. Closing again changes nothing."""
        if self._closed:
            return
        self._closed = True
        for worker in (self._writes, self._latest, self._receipts, self._was_reported):
            await worker.drain()
        loop = asyncio.get_running_loop()
        # Each thread closes its connection itself, after the last thing that it was asked to do.
        await loop.run_in_executor(self._reading_thread, self._reader.close)
        await loop.run_in_executor(self._writing_thread, self._writer.close)
        for thread in (self._reading_thread, self._writing_thread):
            thread.shutdown()
        for engine in self._engines:
            engine.dispose()

    async def _write(self, write: Write) -> None:
        assert not self._closed, "the journal is closed"
        await self._writes.ask(write)

    async def _ask(self, question: Callable[[Connection], Answer]) -> Answer:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._reading_thread, self._answer, question)

    def _answer(self, question: Callable[[Connection], Answer]) -> Answer:
        with told_plainly(self._database), self._reader.begin():
            return question(self._reader)

    def _read(self, read: Callable[[Connection, Sequence[Ask]], list[Answer]], asks: Sequence[Ask]) -> list[Answer]:
        with told_plainly(self._database), self._reader.begin():
            return read(self._reader, asks)

    def _erase(self, company_id: str, before: datetime) -> int:
        with told_plainly(self._database), self._writer.begin():
            self._guard(self._writer)
            return erase(self._writer, company_id, before)

    def _commit(self, writes: Sequence[Write]) -> Sequence[Exception | None]:
        """One transaction for all. When it fails for what one of them holds, each gets a transaction of its own."""
        try:
            with told_plainly(self._database), self._writer.begin():
                self._guard(self._writer)
                return apply_writes(self._writer, writes)
        except StoreFailed as trouble:
            return [type(trouble)(str(trouble)) for _ in writes]
        except _BLAME_OF_ONE as problem:
            if len(writes) == 1:
                return [problem]
        return [answer for write in writes for answer in self._commit([write])]
