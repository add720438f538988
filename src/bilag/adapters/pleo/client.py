"""Pleo's Export API v3 behind the port `bilag.ports.export_api.ExportApi`.

https://developers.pleo.io/reference/export-api
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path
from typing import Final

from bilag.adapters.pleo.calls import Call, PleoCalls
from bilag.adapters.pleo.downloads import ReceiptDownloads
from bilag.adapters.pleo.paging import FIRST_PAGE, PAGE_ENTRIES_WANTED, pages
from bilag.adapters.pleo.wire import (
    JobAnswerWire,
    JobItemWire,
    JobWire,
    PageWire,
    UpdateAnswerWire,
    decoded,
    encoded_event,
    encoded_reports,
    job_item_of,
    job_of,
    refused_reports,
)
from bilag.adapters.pleo.wire_item_reading import item_of
from bilag.adapters.transport.transport import AnswerTooLarge
from bilag.domain.attachment import StoredFile
from bilag.domain.export_item import ExportItem, ItemFile, MalformedItem
from bilag.domain.export_job import ExportJob, ItemReport, JobEvent, JobItem, JobReport, JobStatus
from bilag.domain.failure import Failure
from bilag.ports.errors import JobEnded, Refused
from bilag.ports.export_api import FetchedItem, LinkExpired, RefusedReport

# The reference says 100; a design page says 10. docs/decisions/0003-inferences.md
ITEMS_PER_UPDATE_MAX: Final = 100
# Jobs of one company that wait or are under way; there are a handful.
JOBS_MAX: Final = 10_000

_JOBS: Final = ("v3", "export-jobs")
_EVENTS: Final = ("v3", "export-job-events")
_ITEMS: Final = ("v3", "export-items")


class PleoExportApi:
    """The client of one credential. Every method raises the trouble of ports.errors."""

    def __init__(self, calls: PleoCalls, downloads: ReceiptDownloads) -> None:
        self._calls = calls
        self._downloads = downloads

    @property
    def calls_made(self) -> int:
        """So many requests went to Pleo's API, each repetition counted; files come from elsewhere."""
        return self._calls.calls_made

    async def jobs(self, company_id: str, statuses: Sequence[JobStatus]) -> tuple[ExportJob, ...]:
        """Every job of the company with one of the statuses, oldest first, all pages read."""
        what = "list Export Jobs"
        query = [("company_id", company_id), *(("statuses", status.value) for status in statuses)]
        found: list[ExportJob] = []
        async for _, page in pages(lambda cursor: self._page(what, _JOBS, query, cursor), what, JOBS_MAX):
            found.extend(job_of(decoded(bytes(raw), JobWire, what)) for raw in page.data)
        return tuple(sorted(found, key=lambda job: (job.created_at, job.id)))

    async def job(self, job_id: str) -> ExportJob:
        """The job as it stands now; raises JobEnded when there is none."""
        what = "read Export Job"
        body = await self._calls.body_of(Call(purpose=what, method="GET", path=(*_JOBS, job_id)))
        return job_of(decoded(body, JobAnswerWire, what).data)

    async def send_event(self, job_id: str, event: JobEvent, report: JobReport | None = None) -> None:
        """Move the job; raises Refused when Pleo does not know the move, OutcomeUnknown when the answer is lost."""
        await self._calls.body_of(
            Call(
                purpose=f"send job event {event}",
                method="POST",
                path=_EVENTS,
                body=encoded_event(job_id, event, report),
                repeatable=False,
            )
        )

    async def job_items(self, job_id: str) -> AsyncIterator[JobItem]:
        """The control layer, page by page; raises BadAnswer when paging does not advance."""
        what = "list job items"
        path = (*_JOBS, job_id, "items")
        async for _, page in pages(lambda cursor: self._page(what, path, (), cursor), what):
            for raw in page.data:
                yield job_item_of(decoded(bytes(raw), JobItemWire, what))

    async def export_items(self, job_id: str) -> AsyncIterator[FetchedItem]:
        """The data layer, streamed page by page; a malformed item arrives as such and alone."""
        what = "list Export Items"
        async for cursor, page in pages(lambda cursor: self._items_page(job_id, cursor), what):
            for raw in page.data:
                yield FetchedItem(item=item_of(raw), page=cursor)

    async def refetch(self, job_id: str, fetched: FetchedItem) -> ExportItem | None:
        """The same item with fresh file links, or None when it is gone.

        It is looked for on its own page first; when the pages moved, on all of them.
        """
        entry_id = fetched.item.entry_id
        try:
            page = await self._items_page(job_id, fetched.page)
        except JobEnded:
            raise
        except Refused:
            if fetched.page == FIRST_PAGE:
                raise
        else:
            if found := _with_entry_id(entry_id, (item_of(raw) for raw in page.data)):
                return found
        async for again in self.export_items(job_id):
            if found := _with_entry_id(entry_id, (again.item,)):
                return found
        return None

    async def update_items(self, job_id: str, reports: Sequence[ItemReport]) -> tuple[RefusedReport, ...]:
        """Report up to 100 outcomes; returns those that Pleo did not take. Raises JobEnded.

        The same outcomes may be sent again, so a lost answer is met by sending them again.
        """
        assert len(reports) <= ITEMS_PER_UPDATE_MAX, len(reports)
        if not reports:
            return ()
        what = "report items"
        body = await self._calls.body_of(
            Call(purpose=what, method="PUT", path=(*_JOBS, job_id, "items"), body=encoded_reports(reports))
        )
        return refused_reports(decoded(body, UpdateAnswerWire, what), [report.entry_id for report in reports])

    async def download(self, file: ItemFile, folder: Path, name: str) -> StoredFile | LinkExpired | Failure:
        """The file on our disk under `folder`, checked; a failure says why it cannot be had."""
        return await self._downloads.download(file, folder, name)

    async def close(self) -> None:
        """Let go of every connection."""
        await self._calls.close()
        await self._downloads.close()

    async def _items_page(self, job_id: str, cursor: str) -> PageWire:
        return await self._page("list Export Items", _ITEMS, [("job_id", job_id)], cursor)

    async def _page(self, what: str, path: Sequence[str], query: Sequence[tuple[str, str]], cursor: str) -> PageWire:
        """The page behind the cursor, with fewer entries on it when they are too large for one answer."""
        where = [("after", cursor)] if cursor != FIRST_PAGE else []
        limit, *smaller = PAGE_ENTRIES_WANTED
        while True:
            call = Call(purpose=what, method="GET", path=path, query=[*query, ("limit", str(limit)), *where])
            try:
                return decoded(await self._calls.body_of(call), PageWire, what)
            except AnswerTooLarge:
                if not smaller:
                    raise
            limit, *smaller = smaller


def _with_entry_id(entry_id: str, items: Iterable[ExportItem | MalformedItem]) -> ExportItem | None:
    return next((item for item in items if isinstance(item, ExportItem) and item.entry_id == entry_id), None)
