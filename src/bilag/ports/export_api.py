"""What we ask of Pleo: jobs, items, events, outcomes, receipts."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bilag.domain.attachment import StoredFile
from bilag.domain.export_item import ExportItem, ItemFile, MalformedItem
from bilag.domain.export_job import ExportJob, ItemReport, JobEvent, JobItem, JobReport, JobStatus
from bilag.domain.failure import Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedItem:
    """An Export Item and the page it came from, so that it can be fetched again when its links expired."""

    item: ExportItem | MalformedItem
    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedReport:
    """An outcome that Pleo did not take, although the call as a whole was answered with success."""

    entry_id: str
    type: str
    message: str


@dataclass(frozen=True, slots=True)
class LinkExpired:
    """The file's link is no longer good; fetching the item again gives a new one."""


class ExportApi(Protocol):
    """Pleo's Export API v3. Every method raises the trouble of ports.errors; retries lie behind it."""

    async def jobs(self, company_id: str, statuses: Sequence[JobStatus]) -> tuple[ExportJob, ...]:
        """Every job of the company with one of the statuses, oldest first, all pages read."""
        ...

    async def job(self, job_id: str) -> ExportJob:
        """The job as it stands now; raises JobEnded when there is none."""
        ...

    async def send_event(self, job_id: str, event: JobEvent, report: JobReport | None = None) -> None:
        """Move the job; raises Refused for a move Pleo does not know, OutcomeUnknown for a lost answer."""
        ...

    def job_items(self, job_id: str) -> AsyncIterator[JobItem]:
        """The control layer, page by page; raises BadAnswer when paging does not advance."""
        ...

    def export_items(self, job_id: str) -> AsyncIterator[FetchedItem]:
        """The data layer, streamed page by page; a malformed item arrives as such and alone."""
        ...

    async def refetch(self, job_id: str, fetched: FetchedItem) -> ExportItem | None:
        """The same item with fresh file links, or None when it is gone."""
        ...

    async def update_items(self, job_id: str, reports: Sequence[ItemReport]) -> tuple[RefusedReport, ...]:
        """Report up to 100 outcomes; returns those that Pleo did not take. Raises JobEnded."""
        ...

    async def download(self, file: ItemFile, folder: Path, name: str) -> StoredFile | LinkExpired | Failure:
        """The file on our disk under `folder`, checked; a failure says why it cannot be had."""
        ...
