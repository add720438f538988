"""Stopping a bilag that keeps running: what is under way comes to its end, nothing new is begun."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path

from bilag.domain.attachment import StoredFile
from bilag.domain.export_item import ExportItem, ItemFile
from bilag.domain.export_job import ExportJob, ItemReport, JobEvent, JobItem, JobReport, JobStatus
from bilag.domain.failure import Failure
from bilag.ports.errors import Trouble
from bilag.ports.export_api import ExportApi, FetchedItem, LinkExpired, RefusedReport


class Stopping(Trouble):
    """We are being stopped, and no more work is fetched. A job that `is_left` in progress is the next run's."""

    def __init__(self, *, is_left: bool) -> None:
        super().__init__("bilag is being stopped")
        self.is_left = is_left


class StopRequest:
    """Somebody wants us to stop: asked once, when what is under way has ended; asked again, at once."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.at_once = asyncio.Event()

    def ask(self) -> None:
        """One more request."""
        if self.asked.is_set():
            self.at_once.set()
        self.asked.set()


async def _go_on() -> None:
    """Nobody waits."""


class StoppableExportApi:
    """Pleo, until we are stopped. Then no job is begun and no item fetched: both raise Stopping.

    Before every item `make_room` is awaited, where others may go first. Outcomes and receipts of items that are under
    way still go through.
    """

    def __init__(
        self, pleo: ExportApi, is_stopping: Callable[[], bool], make_room: Callable[[], Awaitable[None]] = _go_on
    ) -> None:
        self._pleo = pleo
        self._is_stopping = is_stopping
        self._make_room = make_room

    async def jobs(self, company_id: str, statuses: Sequence[JobStatus]) -> tuple[ExportJob, ...]:
        """As the port says; raises Stopping."""
        self._go_on(is_left=False)
        return await self._pleo.jobs(company_id, statuses)

    async def job(self, job_id: str) -> ExportJob:
        """As the port says."""
        return await self._pleo.job(job_id)

    async def send_event(self, job_id: str, event: JobEvent, report: JobReport | None = None) -> None:
        """As the port says; raises Stopping instead of starting a job."""
        if event is JobEvent.STARTED:
            self._go_on(is_left=False)
        await self._pleo.send_event(job_id, event, report)

    async def job_items(self, job_id: str) -> AsyncIterator[JobItem]:
        """As the port says; raises Stopping."""
        async for item in self._pleo.job_items(job_id):
            self._go_on(is_left=True)
            yield item

    async def export_items(self, job_id: str) -> AsyncIterator[FetchedItem]:
        """As the port says; raises Stopping."""
        async for fetched in self._pleo.export_items(job_id):
            await self._make_room()
            self._go_on(is_left=True)
            yield fetched

    async def refetch(self, job_id: str, fetched: FetchedItem) -> ExportItem | None:
        """As the port says."""
        return await self._pleo.refetch(job_id, fetched)

    async def update_items(self, job_id: str, reports: Sequence[ItemReport]) -> tuple[RefusedReport, ...]:
        """As the port says."""
        return await self._pleo.update_items(job_id, reports)

    async def download(self, file: ItemFile, folder: Path, name: str) -> StoredFile | LinkExpired | Failure:
        """As the port says."""
        return await self._pleo.download(file, folder, name)

    def _go_on(self, *, is_left: bool) -> None:
        if self._is_stopping():
            raise Stopping(is_left=is_left)
