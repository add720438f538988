"""The posting journal, watched: whatever is counted of jobs, items, documents and receipts passes through here."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from bilag.adapters.telemetry.metrics import Metrics, SettledAs
from bilag.domain.export_job import JobStatus
from bilag.domain.item_troubles import ItemTroubles
from bilag.domain.posting_record import ItemOutcome, Part, PostingKey, PostingRecord, ReceiptRecord
from bilag.domain.transitions import PostingState
from bilag.ports.posting_journal import JobRecord, OutcomeChoice, OutcomeTally, PostingJournal

# Jobs whose status is remembered, so that none is counted twice.
_JOBS_REMEMBERED_MAX: Final = 1000
_ENDED: Final = frozenset(JobStatus) - {JobStatus.PENDING, JobStatus.IN_PROGRESS}
_OPEN: Final = frozenset({PostingState.SENT, PostingState.UNKNOWN})


class WatchedJournal:
    """A PostingJournal that counts what was stored, after it was. `now` tells the time. Docstrings: the port's."""

    def __init__(self, journal: PostingJournal, metrics: Metrics, now: Callable[[], datetime]) -> None:
        self._journal = journal
        self._metrics = metrics
        self._now = now
        self._lost_answers: set[PostingKey] = set()
        self._jobs: OrderedDict[str, str] = OrderedDict()

    async def latest(self, company_id: str, entry_id: str) -> Mapping[Part, PostingRecord]:
        """As the port says."""
        records = await self._journal.latest(company_id, entry_id)
        self._lost_answers.update(record.key for record in records.values() if record.state in _OPEN)
        return records

    async def record(self, *records: PostingRecord) -> None:
        """As the port says."""
        await self._journal.record(*records)
        for record in records:
            self._count(record)

    def _count(self, record: PostingRecord) -> None:
        self._metrics.posting_is(record.state)
        if record.state is PostingState.UNKNOWN:
            self._lost_answers.add(record.key)
        elif record.key in self._lost_answers and record.state is not PostingState.SENT:
            self._lost_answers.discard(record.key)
            found = SettledAs.BOOKED if record.state is PostingState.POSTED else SettledAs.ABSENT
            self._metrics.settled.labels(found).inc()

    async def receipts(self, key: PostingKey) -> tuple[ReceiptRecord, ...]:
        """As the port says."""
        return await self._journal.receipts(key)

    async def record_receipts(self, records: Sequence[ReceiptRecord]) -> None:
        """As the port says."""
        await self._journal.record_receipts(records)
        for record in records:
            self._metrics.receipts.labels(record.state).inc()

    async def record_job(self, job: JobRecord) -> None:
        """As the port says."""
        await self._journal.record_job(job)
        before = self._jobs.get(job.job_id)
        self._jobs[job.job_id] = job.state
        self._jobs.move_to_end(job.job_id)
        if len(self._jobs) > _JOBS_REMEMBERED_MAX:
            self._jobs.popitem(last=False)
        if job.state != before:
            self._job_moved(job, before)

    def _job_moved(self, job: JobRecord, before: str | None) -> None:
        seconds = (self._now() - job.created_at).total_seconds()
        if job.state == JobStatus.IN_PROGRESS and before == JobStatus.PENDING:
            self._metrics.start_seconds.observe(max(0.0, seconds))
        elif job.state in _ENDED:
            self._metrics.job_ended(job.state, None if before is None else seconds)

    async def record_outcome(self, outcome: ItemOutcome) -> None:
        """As the port says."""
        await self._journal.record_outcome(outcome)
        self._metrics.item_settled(outcome)

    async def mark_reported(self, job_id: str, entry_ids: Sequence[str], at: datetime) -> None:
        """As the port says."""
        await self._journal.mark_reported(job_id, entry_ids, at)
        self._metrics.reports.inc(len(entry_ids))

    async def unreported(self, job_id: str, limit: int) -> tuple[ItemOutcome, ...]:
        """As the port says."""
        return await self._journal.unreported(job_id, limit)

    async def was_reported(self, company_id: str, entry_id: str, external_id: str) -> bool:
        """As the port says."""
        return await self._journal.was_reported(company_id, entry_id, external_id)

    async def troubled(self, company_id: str) -> Mapping[str, ItemTroubles]:
        """As the port says."""
        return await self._journal.troubled(company_id)

    async def record_troubles(self, troubles: ItemTroubles) -> None:
        """As the port says."""
        await self._journal.record_troubles(troubles)

    async def tally(self, job_id: str) -> OutcomeTally:
        """As the port says."""
        return await self._journal.tally(job_id)

    async def job_record(self, job_id: str) -> JobRecord | None:
        """As the port says."""
        return await self._journal.job_record(job_id)

    async def job_records(self, limit: int) -> tuple[JobRecord, ...]:
        """As the port says."""
        return await self._journal.job_records(limit)

    async def outcomes(self, job_id: str, *, choice: OutcomeChoice, offset: int, limit: int) -> tuple[ItemOutcome, ...]:
        """As the port says."""
        return await self._journal.outcomes(job_id, choice=choice, offset=offset, limit=limit)

    async def outcome_of_entry(self, beginning: str) -> ItemOutcome | None:
        """As the port says."""
        return await self._journal.outcome_of_entry(beginning)

    async def close(self) -> None:
        """As the port says."""
        await self._journal.close()
