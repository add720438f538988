"""Telemetry of one process: what watches the ports, put together. Off, it hands everything through as it is."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    asynccontextmanager,
    contextmanager,
    nullcontext,
)
from datetime import datetime

from bilag.adapters.telemetry.metrics import Metrics
from bilag.adapters.telemetry.spans import Spans
from bilag.adapters.telemetry.under_way import UnderWay, working_on
from bilag.adapters.telemetry.watched_journal import WatchedJournal
from bilag.adapters.transport.call_watch import CALL_WATCH
from bilag.adapters.transport.transport import Request, Response
from bilag.domain.export_job import ExportJob
from bilag.ports.errors import Trouble
from bilag.ports.lease import LeaseLost
from bilag.ports.posting_journal import PostingJournal


class Telemetry:
    """Watches the work (the port Watching), the journal and the calls. Log records have their ids in any case."""

    def __init__(self, metrics: Metrics | None = None, spans: Spans | None = None) -> None:
        self.metrics = metrics
        self._spans = spans

    def jobs_found(self, company_id: str, jobs: Sequence[ExportJob]) -> None:
        """As the port says."""
        if self.metrics:
            self.metrics.jobs_found(company_id, jobs)

    @contextmanager
    def job(self, job_id: str) -> Iterator[None]:
        """As the port says."""
        with working_on(UnderWay(job_id=job_id)), self._span("export job", job_id):
            yield

    @contextmanager
    def item(self, job_id: str, entry_id: str) -> Iterator[None]:
        """As the port says."""
        with working_on(UnderWay(job_id=job_id, entry_id=entry_id)), self._span("export item", job_id, entry_id):
            yield

    @contextmanager
    def look(self, *calm: type[Trouble]) -> Iterator[None]:
        """Around one look at Pleo with everything that follows from it. What is `calm` is no trouble."""
        watch = None if self.metrics is None and self._spans is None else self
        token = CALL_WATCH.set(watch)
        try:
            yield
        except Trouble as trouble:
            if self.metrics and not isinstance(trouble, calm):
                self.metrics.troubles.labels(type(trouble).__name__).inc()
                self.metrics.leases_lost.inc(isinstance(trouble, LeaseLost))
            raise
        finally:
            CALL_WATCH.reset(token)

    @asynccontextmanager
    async def around(
        self, call: AbstractAsyncContextManager[Response], request: Request, side: str
    ) -> AsyncIterator[Response]:
        """A call, counted and with its span."""
        status: int | None = None
        loop = asyncio.get_running_loop()
        started_seconds = loop.time()
        attributes = {"http.request.method": request.method, "bilag.side": side}
        try:
            with self._spans.around(request.purpose, attributes) if self._spans else nullcontext():
                try:
                    async with call as response:
                        status = response.status
                        if self._spans:
                            self._spans.add("http.response.status_code", status)
                        yield response
                except Trouble as trouble:
                    if self._spans:
                        self._spans.add("error.type", type(trouble).__name__)
                    raise
        finally:
            if self.metrics:
                self.metrics.called(side, status, loop.time() - started_seconds)

    def watched_journal(self, journal: PostingJournal, now: Callable[[], datetime]) -> PostingJournal:
        """The journal, counted."""
        return WatchedJournal(journal, self.metrics, now) if self.metrics else journal

    def looked_well(self, company_id: str, at: datetime) -> None:
        """A look came to its end without trouble."""
        if self.metrics:
            self.metrics.looked_well(company_id, at)

    def webhook(self, end: str) -> None:
        """A webhook came to this end."""
        if self.metrics:
            self.metrics.webhooks.labels(end).inc()

    def close(self) -> None:
        """Send what is left of the traces. Blocks for some seconds at most."""
        if self._spans:
            self._spans.close()

    def _span(self, name: str, job_id: str, entry_id: str = "") -> AbstractContextManager[None]:
        if self._spans is None:
            return nullcontext()
        ids = {"bilag.job.id": job_id} | ({"bilag.item.id": entry_id} if entry_id else {})
        return self._spans.around(name, ids)
