"""Pleo in memory: the port of the Export API over plain values, honest about its states, with planned trouble."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from bilag.domain.attachment import StoredFile
from bilag.domain.export_item import ExportItem, ItemFile, MalformedItem
from bilag.domain.export_job import ExportJob, ItemReport, ItemStatus, JobEvent, JobItem, JobReport, JobStatus
from bilag.domain.failure import Failure
from bilag.domain.transitions import IllegalMove, job_after
from bilag.ports.clock import Clock
from bilag.ports.errors import JobEnded, Refused
from bilag.ports.export_api import FetchedItem, LinkExpired, RefusedReport
from tests.builders import COMPANY
from tests.lifecycle.pleo_script import Happening, Incident, LosesAnswer, MovesJob, Raises, RefusesReports, Script
from tests.lifecycle.receipt_files import stored

JOB: Final = "10b00000-0000-4000-8000-000000000001"
EXPIRES_IN_SECONDS: Final = 3600
UPDATE_MAX: Final = 100
_OPEN: Final = (JobStatus.PENDING, JobStatus.IN_PROGRESS)

Data = ExportItem | MalformedItem


@dataclass(slots=True, kw_only=True)
class JobAtPleo:
    """One job: what it shows, its control list as pages bring it, and its data, page by page."""

    shown: ExportJob
    listed: list[str]
    records: dict[str, JobItem]
    pages: list[list[Data]]
    accepted: list[ItemReport] = field(default_factory=list)
    events: list[JobReport] = field(default_factory=list)
    starts: int = 0

    def status_of(self, entry_id: str) -> ItemStatus | None:
        """What the control list says of the entry."""
        return self.records[entry_id].status


class PleoInMemory:
    """Keeps bilag.ports.export_api.ExportApi. Jobs expire by the clock; links expire when a test says so."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._script = Script()
        self.all_jobs: dict[str, JobAtPleo] = {}
        self.files: dict[str, bytes | Failure] = {}
        self.expired_links: set[str] = set()
        self.expired_for_good: set[str] = set()
        self.downloads: list[str] = []
        self.refetches: list[str] = []
        self.batches: list[int] = []

    def add_job(self, *items: Data, **differences: Any) -> ExportJob:
        """A pending job over these items, listed and sent in this order, unless told otherwise later."""
        shown = ExportJob(
            id=JOB,
            company_id=COMPANY,
            status=JobStatus.PENDING,
            created_at=self._clock.now(),
            last_updated_at=self._clock.now(),
            expires_in_seconds=EXPIRES_IN_SECONDS,
            number_of_items=len(items),
            is_interactive=True,
            vendor_based_bookkeeping=False,
        )
        shown = replace(shown, **differences)
        ids = [item.entry_id for item in items]
        records = {id_: JobItem(entry_id=id_, status=ItemStatus.PENDING) for id_ in ids}
        self.all_jobs[shown.id] = JobAtPleo(shown=shown, listed=ids, records=records, pages=[list(items)])
        return shown

    def plan(self, call: str, happening: Happening, *, skipped: int = 0, times: int = 1) -> None:
        """Let something go wrong."""
        self._script.add(Incident(call=call, happening=happening, skipped=skipped, times=times))

    def at(self, job_id: str = JOB) -> JobAtPleo:
        """The job as Pleo has it, expired if its time is up; raises JobEnded for an unknown one."""
        if job_id not in self.all_jobs:
            raise JobEnded("EXPORT_NOT_FOUND", type="EXPORT_NOT_FOUND", status=404)
        job = self.all_jobs[job_id]
        updated = job.shown.last_updated_at or job.shown.created_at
        is_late = self._clock.now() >= updated + timedelta(seconds=job.shown.expires_in_seconds)
        if is_late and job.shown.status in _OPEN:
            self._show(job, JobStatus.FAILED, "job_expired")
        return job

    async def jobs(self, company_id: str, statuses: Sequence[JobStatus]) -> tuple[ExportJob, ...]:
        self._meet("jobs", "")
        shown = [self.at(job_id).shown for job_id in self.all_jobs]
        found = [job for job in shown if job.company_id == company_id and job.status in statuses]
        return tuple(sorted(found, key=lambda job: (job.created_at, job.id)))

    async def job(self, job_id: str) -> ExportJob:
        self._meet("job", job_id)
        return self.at(job_id).shown

    async def send_event(self, job_id: str, event: JobEvent, report: JobReport | None = None) -> None:
        happening = self._meet("send_event", job_id)
        if isinstance(happening, LosesAnswer) and not happening.has_effect:
            raise happening.error
        self._move(self.at(job_id), event, report)
        if isinstance(happening, LosesAnswer):
            raise happening.error

    async def job_items(self, job_id: str) -> AsyncIterator[JobItem]:
        happening = self._meet("job_items", job_id)
        job = self.at(job_id)
        for position, entry_id in enumerate(job.listed):
            if isinstance(happening, Raises) and position >= happening.after_entries:
                raise happening.error
            yield job.records[entry_id]

    async def export_items(self, job_id: str) -> AsyncIterator[FetchedItem]:
        happening = self._meet("export_items", job_id)
        brought = 0
        for number, page in enumerate(self._open_job(job_id).pages):
            for item in page:
                if isinstance(happening, Raises) and brought >= happening.after_entries:
                    raise happening.error
                brought += 1
                yield FetchedItem(item=item, page=str(number))

    async def refetch(self, job_id: str, fetched: FetchedItem) -> ExportItem | None:
        entry_id = fetched.item.entry_id
        self.refetches.append(entry_id)
        self._meet("refetch", job_id)
        data = (item for page in self._open_job(job_id).pages for item in page)
        found = next((item for item in data if isinstance(item, ExportItem) and item.entry_id == entry_id), None)
        fresh = f"?fetched={len(self.refetches)}"
        return found and replace(found, files=tuple(replace(file, url=file.url + fresh) for file in found.files))

    async def update_items(self, job_id: str, reports: Sequence[ItemReport]) -> tuple[RefusedReport, ...]:
        happening = self._meet("update_items", job_id)
        if isinstance(happening, LosesAnswer) and not happening.has_effect:
            raise happening.error
        if len(reports) > UPDATE_MAX:
            raise Refused("too many", type="EXPORT_JOB_ITEMS_UPDATE_LIMIT", status=413)
        refused = happening.entry_ids if isinstance(happening, RefusesReports) else ()
        answers = self._take(self._open_job(job_id), reports, refused)
        if isinstance(happening, LosesAnswer):
            raise happening.error
        return answers

    async def download(self, file: ItemFile, folder: Path, name: str) -> StoredFile | LinkExpired | Failure:
        self.downloads.append(file.url)
        self._meet("download", "")
        link = file.url.split("?")[0]
        if file.url in self.expired_links or link in self.expired_for_good:
            return LinkExpired()
        content = self.files[link]
        if isinstance(content, Failure):
            return content
        return stored(folder, name, content)

    def _meet(self, call: str, job_id: str) -> Happening | None:
        happening = self._script.next(call)
        if isinstance(happening, MovesJob):
            self._show(self.at(job_id), happening.status, happening.reason_type)
        if isinstance(happening, Raises) and call not in ("job_items", "export_items"):
            raise happening.error
        return happening

    def _open_job(self, job_id: str) -> JobAtPleo:
        job = self.at(job_id)
        if job.shown.status not in _OPEN:
            raise JobEnded("the job has ended", type="EXPORT_JOB_STATUS_UNPROCESSABLE", status=422)
        return job

    def _move(self, job: JobAtPleo, event: JobEvent, report: JobReport | None) -> None:
        assert job.shown.status is not None
        try:
            status = job_after(job.shown.status, event)
        except IllegalMove as illegal:
            raise Refused(str(illegal), type="INVALID_EXPORT_JOB_STATUS_CHANGE", status=422) from illegal
        if event is JobEvent.STARTED:
            job.starts += 1
            self._show(job, status)
            return
        assert report is not None
        job.events.append(report)
        self._show(job, status, report.failure_reason_type or "")

    def _show(self, job: JobAtPleo, status: JobStatus, reason_type: str = "") -> None:
        now = self._clock.now()
        job.shown = replace(
            job.shown,
            status=status,
            last_updated_at=now,
            completed_at=None if status in _OPEN else now,
            failure_reason_type=reason_type or None,
        )

    def _take(self, job: JobAtPleo, reports: Sequence[ItemReport], refused: Sequence[str]) -> tuple[RefusedReport, ...]:
        self.batches.append(len(reports))
        job.shown = replace(job.shown, last_updated_at=self._clock.now())
        answers = []
        for report in reports:
            if report.entry_id in refused or report.entry_id not in job.records:
                answers.append(
                    RefusedReport(entry_id=report.entry_id, type="ACCOUNTING_ENTRY_DOES_NOT_EXIST", message="no")
                )
                continue
            job.accepted.append(report)
            job.records[report.entry_id] = JobItem(
                entry_id=report.entry_id,
                status=report.status,
                external_id=report.external_id,
                external_url=report.external_url,
            )
        return tuple(answers)
