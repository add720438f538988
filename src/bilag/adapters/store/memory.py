"""The posting journal in memory: the same promises but the disk, for tests."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from typing import assert_never

from bilag.adapters.store.moves import Standing, standing_after
from bilag.domain.item_troubles import ItemTroubles
from bilag.domain.posting_record import ItemOutcome, Part, PostingKey, PostingRecord, ReceiptRecord
from bilag.ports.posting_journal import JobRecord, OutcomeChoice, OutcomeTally


class MemoryPostingJournal:
    """A PostingJournal that forgets everything when it goes. Raises what the one on disk raises, except trouble."""

    def __init__(self) -> None:
        self._standings: dict[str, Standing] = {}
        self._latest: dict[tuple[str, str], dict[Part, PostingRecord]] = {}
        self._receipts: dict[PostingKey, dict[str, ReceiptRecord]] = {}
        self._jobs: dict[str, JobRecord] = {}
        self._outcomes: dict[tuple[str, str], ItemOutcome] = {}
        self._troubles: dict[tuple[str, str], ItemTroubles] = {}
        self._taken: set[tuple[str, str]] = set()
        self._closed = False

    async def latest(self, company_id: str, entry_id: str) -> Mapping[Part, PostingRecord]:
        """The record of the highest generation of every part."""
        return dict(self._latest.get((company_id, entry_id), {}))

    async def record(self, *records: PostingRecord) -> None:
        """Store the records; raises IllegalMove, or ReferenceTaken when another document has a reference."""
        self._assert_open()
        moved: dict[str, Standing] = {}
        for record in records:
            reference = record.key.external_reference
            moved[reference] = standing_after(moved.get(reference) or self._standings.get(reference), record)
        self._standings |= moved
        for record in records:
            self._keep(replace(record, changed_at=_utc(record.changed_at)))

    def _keep(self, stored: PostingRecord) -> None:
        key = stored.key
        parts = self._latest.setdefault((key.company_id, key.entry_id), {})
        if key.part not in parts or parts[key.part].key.generation <= key.generation:
            parts[key.part] = stored

    async def receipts(self, key: PostingKey) -> tuple[ReceiptRecord, ...]:
        """The files that a document owes or has, in the order in which they were first stored."""
        return tuple(self._receipts.get(key, {}).values())

    async def record_receipts(self, records: Sequence[ReceiptRecord]) -> None:
        """Store the files' states."""
        self._assert_open()
        for record in records:
            self._receipts.setdefault(record.key, {})[record.sha256] = record

    async def record_job(self, job: JobRecord) -> None:
        """Store the job, replacing what was known of it, except when it was first seen."""
        self._assert_open()
        known = self._jobs.get(job.job_id, job)
        self._jobs[job.job_id] = replace(
            job,
            created_at=_utc(job.created_at),
            first_seen_at=_utc(known.first_seen_at),
            ended_at=job.ended_at and _utc(job.ended_at),
            started_at=job.started_at and _utc(job.started_at),
            pleo_calls=max(job.pleo_calls, known.pleo_calls),
            books_calls=max(job.books_calls, known.books_calls),
        )

    async def record_outcome(self, outcome: ItemOutcome) -> None:
        """Store an item's outcome, unreported, at the end of the job's order."""
        self._assert_open()
        item = (outcome.job_id, outcome.entry_id)
        self._outcomes.pop(item, None)
        self._outcomes[item] = replace(outcome, settled_at=_utc(outcome.settled_at), reported=False)

    async def mark_reported(self, job_id: str, entry_ids: Sequence[str], at: datetime) -> None:
        """Remember when Pleo took these outcomes."""
        self._assert_open()
        assert at.utcoffset() is not None, f"{at} has no time zone"
        for item in ((job_id, entry_id) for entry_id in entry_ids):
            if item in self._outcomes:
                outcome = self._outcomes[item] = replace(self._outcomes[item], reported=True)
                if outcome.successful:
                    self._taken.add(item)

    async def unreported(self, job_id: str, limit: int) -> tuple[ItemOutcome, ...]:
        """Outcomes of the job that Pleo has not taken, oldest first."""
        waiting = (outcome for outcome in self._of_job(job_id) if not outcome.reported)
        return tuple(islice(waiting, limit))

    async def was_reported(self, company_id: str, entry_id: str, external_id: str) -> bool:
        """Whether Pleo ever took this document as the entry's success, in whichever job."""
        document = (company_id, entry_id, external_id)
        return any(
            document == (outcome.company_id, outcome.entry_id, outcome.external_id) and item in self._taken
            for item, outcome in self._outcomes.items()
        )

    async def troubled(self, company_id: str) -> Mapping[str, ItemTroubles]:
        """The company's items with trouble of their own, by their entry."""
        return {entry_id: one for (company, entry_id), one in self._troubles.items() if company == company_id}

    async def record_troubles(self, troubles: ItemTroubles) -> None:
        """Store how often the item met trouble; a count of 0 forgets it."""
        self._assert_open()
        self._troubles.pop((troubles.company_id, troubles.entry_id), None)
        if troubles.count:
            self._troubles[troubles.company_id, troubles.entry_id] = troubles

    async def tally(self, job_id: str) -> OutcomeTally:
        """The counts of a job."""
        outcomes = self._of_job(job_id)
        return OutcomeTally(
            successful=sum(outcome.successful for outcome in outcomes),
            failed=sum(not outcome.successful for outcome in outcomes),
            unreported=sum(not outcome.reported for outcome in outcomes),
        )

    async def job_record(self, job_id: str) -> JobRecord | None:
        """The job with this id, or None."""
        return self._jobs.get(job_id)

    async def job_records(self, limit: int) -> tuple[JobRecord, ...]:
        """The jobs seen last, newest first."""
        newest_first = sorted(self._jobs.values(), key=lambda job: (job.first_seen_at, job.job_id), reverse=True)
        return tuple(newest_first[:limit])

    async def outcomes(self, job_id: str, *, choice: OutcomeChoice, offset: int, limit: int) -> tuple[ItemOutcome, ...]:
        """A page of a job's outcomes in the order of settling, without plan_json."""
        wanted = (outcome for outcome in self._of_job(job_id) if _is_chosen(outcome, choice))
        return tuple(replace(outcome, plan_json=b"") for outcome in islice(wanted, offset, offset + limit))

    async def outcome_of_entry(self, beginning: str) -> ItemOutcome | None:
        """The newest outcome of an entry whose id starts like this; one with a plan comes first."""
        newest_first = [o for o in reversed(self._outcomes.values()) if o.entry_id.startswith(beginning)]
        return next((o for o in newest_first if o.plan_json), newest_first[0] if newest_first else None)

    async def close(self) -> None:
        """Take no more writes. Closing again changes nothing."""
        self._closed = True

    def _of_job(self, job_id: str) -> list[ItemOutcome]:
        return [outcome for outcome in self._outcomes.values() if outcome.job_id == job_id]

    def _assert_open(self) -> None:
        assert not self._closed, "the journal is closed"


def _is_chosen(outcome: ItemOutcome, choice: OutcomeChoice) -> bool:
    match choice:
        case OutcomeChoice.ALL:
            return True
        case OutcomeChoice.FAILED:
            return not outcome.successful
        case OutcomeChoice.WITH_WARNINGS:
            return bool(outcome.warnings)
        case _:
            assert_never(choice)


def _utc(moment: datetime) -> datetime:
    assert moment.utcoffset() is not None, f"{moment} has no time zone"
    return moment.astimezone(UTC)
