"""Pleo as the simulation has it: it also notices what no well-behaved integration sends."""

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final

from bilag.domain.export_job import ExportJob, ItemReport, ItemStatus, JobEvent, JobReport, JobStatus
from bilag.domain.failure import JobReason
from bilag.ports.clock import Clock
from bilag.ports.export_api import RefusedReport
from tests.lifecycle.pleo_in_memory import JobAtPleo, PleoInMemory
from tests.simulation.violations import Invariant, Violation

OPEN: Final = (JobStatus.PENDING, JobStatus.IN_PROGRESS)


class PleoAtWork(PleoInMemory):
    """PleoInMemory with a memory for successes, refusals and misbehaviour."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.violations: list[Violation] = []
        self.told: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.refused: set[tuple[str, str]] = set()
        self.passed: set[str] = set()

    def end(self, job_id: str, reason_type: str) -> None:
        """The job ends without us; one that has ended stays as it is."""
        job = self.at(job_id)
        if job.shown.status in OPEN:
            self._show(job, JobStatus.FAILED, reason_type)

    def note_refused(self, job_id: str, entry_ids: Sequence[str]) -> None:
        """These outcomes were offered and are not taken now."""
        self.refused |= {(job_id, entry_id) for entry_id in entry_ids}

    def shift_pages(self, job_id: str, listing: str, dice: random.Random) -> None:
        """While a list is read, an entry moves to where the reader has been, and others come once more."""
        job = self.at(job_id)
        if listing == "job_items":
            job.listed.insert(0, job.listed.pop(dice.randrange(len(job.listed))))
            return
        page = dice.choice([one for one in job.pages if one])
        job.pages[0].insert(0, page.pop(dice.randrange(len(page))))

    def is_open(self, job_id: str) -> bool:
        return self.at(job_id).shown.status in OPEN

    async def send_event(self, job_id: str, event: JobEvent, report: JobReport | None = None) -> None:
        job = self.at(job_id)
        if event is JobEvent.STARTED:
            self._check_start(job)
        else:
            assert report is not None
            self._check_end(job, report)
        await super().send_event(job_id, event, report)

    async def update_items(self, job_id: str, reports: Sequence[ItemReport]) -> tuple[RefusedReport, ...]:
        job = self.at(job_id)
        if job.events:
            self._violated(Invariant.CLOSING_EVENT, f"outcomes after the end of job {job_id[-3:]}")
        answers = await super().update_items(job_id, reports)
        left_out = {answer.entry_id for answer in answers}
        for report in reports:
            if report.entry_id in left_out:
                continue
            self.refused.discard((job_id, report.entry_id))
            if report.status is ItemStatus.SUCCESSFUL:
                self.told[report.entry_id][report.external_id or ""] += 1
        return answers

    def _check_start(self, job: JobAtPleo) -> None:
        if job.starts:
            self._violated(Invariant.ONE_START_ONE_END, f"job {job.shown.id[-3:]} is started again")
        older = [
            other.shown.id[-3:]
            for other in self.all_jobs.values()
            # A job whose start was refused is passed over until the next run.
            if _is_older(other.shown, job.shown) and self.is_open(other.shown.id) and other.shown.id not in self.passed
        ]
        if older:
            self._violated(Invariant.ORDER, f"job {job.shown.id[-3:]} starts while {older} are open")

    def _check_end(self, job: JobAtPleo, report: JobReport) -> None:
        """The closing event follows from what Pleo has taken of the items so far."""
        name = f"job {job.shown.id[-3:]}"
        if job.events:
            self._violated(Invariant.ONE_START_ONE_END, f"{name} is ended again")
            return
        if job.shown.status not in OPEN or is_whole_failure(report):
            return
        statuses = Counter(record.status for record in job.records.values())
        begun = (ItemStatus.PENDING, ItemStatus.IN_PROGRESS)
        pending = {e for e, record in job.records.items() if record.status in begun}
        lost = {entry_id for entry_id in pending if (job.shown.id, entry_id) not in self.refused}
        if lost:
            self._violated(Invariant.NOTHING_LOST, f"{name} ends, and nobody told of {sorted(lost)}")
        failed = statuses[ItemStatus.FAILED] + len(pending)
        if report.event not in _expected(statuses[ItemStatus.SUCCESSFUL], failed):
            found = f"{statuses[ItemStatus.SUCCESSFUL]} successful and {failed} not"
            self._violated(Invariant.CLOSING_EVENT, f"{name} ends as {report.event} with {found}")

    def _violated(self, invariant: Invariant, what: str) -> None:
        self.violations.append(Violation(invariant=invariant, what=what))


def is_whole_failure(report: JobReport) -> bool:
    """Whether the job failed before its items: they keep their outcomes, or get none."""
    return report.event is JobEvent.FAILED and report.failure_reason_type is not JobReason.VALIDATION_FAILURE


def _is_older(one: ExportJob, other: ExportJob) -> bool:
    return one.company_id == other.company_id and (one.created_at, one.id) < (other.created_at, other.id)


def ended_by_us(job: JobAtPleo) -> bool:
    """Whether our closing event ended the job, item by item."""
    return bool(job.events) and not is_whole_failure(job.events[0])


def _expected(successful: int, failed: int) -> tuple[JobEvent, ...]:
    if not failed:
        return (JobEvent.COMPLETED,)
    if successful:
        return (JobEvent.COMPLETED_WITH_ERRORS,)
    # Whether the word FAILED was refused before cannot be seen here, so the softer one is right as well.
    return (JobEvent.FAILED, JobEvent.COMPLETED_WITH_ERRORS)
