"""The metrics. Every name begins with bilag_; labels are closed lists, so that no id ever becomes one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector, generate_latest

from bilag import __version__
from bilag.domain.export_job import ExportJob, JobStatus
from bilag.domain.failure import FailureCode
from bilag.domain.posting_record import ItemOutcome, ReceiptState
from bilag.domain.transitions import PostingState

_CALL_SECONDS: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 90.0)
# A job that nobody starts expires after an hour; a large one takes hours.
_START_SECONDS: Final = (1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 1800.0, 3600.0)
_COMPLETE_SECONDS: Final = (5.0, 15.0, 60.0, 300.0, 900.0, 1800.0, 3600.0, 7200.0, 14400.0)
# Postings whose way into the books came to an end, or may have.
_POSTING_ENDS: Final = (PostingState.POSTED, PostingState.REJECTED, PostingState.UNKNOWN)


class SettledAs(StrEnum):
    """What a look in the books found of a document whose answer was lost."""

    BOOKED = "booked"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyFigures:
    """What is known of a company since its last look; moments in seconds since 1970, 0 for never."""

    waiting: float = 0
    oldest: float = 0
    open_intents: float = 0
    receipts_owed: float = 0
    unreported: float = 0
    good_look: float = 0


class Metrics:
    """What is counted, in a registry of its own. To be told from the event loop; `page` may be asked from anywhere."""

    def __init__(self) -> None:
        """Everything at zero. Counters whose labels are known beforehand begin to exist at once."""
        self.registry = CollectorRegistry()
        self._companies: dict[str, CompanyFigures] = {}
        ProcessCollector(registry=self.registry)
        Info("bilag", "The version that runs.", registry=self.registry).info({"version": __version__})
        self._count_work()
        self._count_calls()
        self._show_state()
        self._begin_to_exist()

    def _count_work(self) -> None:
        self.jobs = self._counter("bilag_jobs", "Export Jobs that came to an end, by Pleo's status.", "end")
        self.items = self._counter("bilag_items", "Export Items that were settled.", "outcome")
        self.failures = self._counter("bilag_item_failures", "Failures of Export Items, by their code.", "code")
        self.postings = self._counter(
            "bilag_postings", "Documents sent to the books, by what became of them.", "outcome"
        )
        self.settled = self._counter("bilag_unknown_outcomes_settled", "Lost answers settled by looking.", "found")
        self.receipts = self._counter("bilag_receipts", "Receipts of documents, by what was noted of them.", "state")
        self.reports = self._counter("bilag_reports_taken", "Outcomes of Export Items that Pleo took.")
        self.start_seconds = self._histogram(
            "bilag_job_start_seconds", "From the making of an Export Job to its start.", _START_SECONDS
        )
        self.complete_seconds = self._histogram(
            "bilag_job_complete_seconds", "From the making of an Export Job to its end.", _COMPLETE_SECONDS
        )

    def _count_calls(self) -> None:
        self.calls = self._counter("bilag_calls", "Calls over HTTP, by far side and status class.", "side", "status")
        self.throttled = self._counter("bilag_calls_throttled", "Calls answered with status 429.", "side")
        self.call_seconds = self._histogram(
            "bilag_call_seconds", "From a call to the end of its answer.", _CALL_SECONDS, "side"
        )
        self.webhooks = self._counter("bilag_webhooks", "Webhooks, by what became of them.", "end")
        self.troubles = self._counter("bilag_troubles", "Looks at Pleo that ended in trouble, by its kind.", "kind")
        self.leases_lost = self._counter("bilag_leases_lost", "Times that another worker took the company.")

    def _show_state(self) -> None:
        self.in_a_row = self._gauge("bilag_troubles_in_a_row", "Looks in a row that ended in trouble.")
        self.good_look = self._gauge("bilag_last_good_look_timestamp_seconds", "When a look last went well; 0: never.")
        self.waiting = self._gauge("bilag_jobs_waiting", "Export Jobs that waited at the last look.")
        self.oldest = self._gauge(
            "bilag_oldest_waiting_job_timestamp_seconds", "When the oldest waiting Export Job was made; 0: none waits."
        )
        self.open_intents = self._gauge("bilag_open_intents", "Documents of which it is not known if they are booked.")
        self.receipts_owed = self._gauge("bilag_receipts_owed", "Receipts that documents in the books still lack.")
        self.unreported = self._gauge("bilag_outcomes_unreported", "Outcomes that Pleo has not taken.")

    def _begin_to_exist(self) -> None:
        """A rate needs a zero to begin with: an alert would miss the first of a counter that appears with it."""
        _zero(self.jobs, [status for status in JobStatus if status not in (JobStatus.PENDING, JobStatus.IN_PROGRESS)])
        _zero(self.items, ["booked", "failed"])
        _zero(self.failures, list(FailureCode))
        _zero(self.postings, _POSTING_ENDS)
        _zero(self.settled, list(SettledAs))
        _zero(self.receipts, list(ReceiptState))

    def item_settled(self, outcome: ItemOutcome) -> None:
        """One more item has its outcome."""
        self.items.labels("booked" if outcome.successful else "failed").inc()
        for code in {failure.code for failure in outcome.failures}:
            self.failures.labels(code).inc()

    def posting_is(self, state: PostingState) -> None:
        """A document's way came to this state."""
        if state in _POSTING_ENDS:
            self.postings.labels(state).inc()

    def job_ended(self, status: str, seconds: float | None) -> None:
        """A job came to its end, so long after it was made; None when we only heard of it."""
        self.jobs.labels(status).inc()
        if seconds is not None:
            self.complete_seconds.observe(max(0.0, seconds))

    def jobs_found(self, company_id: str, jobs: Sequence[ExportJob]) -> None:
        """What Pleo lists of the company."""
        waiting = [job.created_at.timestamp() for job in jobs if job.status is JobStatus.PENDING]
        self._now(company_id, waiting=len(waiting), oldest=min(waiting, default=0.0))

    def left(self, company_id: str, *, open_intents: int, receipts_owed: int, unreported: int) -> None:
        """What is open in the company's posting journal after the work."""
        self._now(company_id, open_intents=open_intents, receipts_owed=receipts_owed, unreported=unreported)

    def looked_well(self, company_id: str, at: datetime) -> None:
        """A look at Pleo came to its end without trouble."""
        self._now(company_id, good_look=at.timestamp())

    def _now(self, company_id: str, **figures: float) -> None:
        known = self._companies.get(company_id, CompanyFigures())
        self._companies[company_id] = replace(known, **figures)

    def called(self, side: str, status: int | None, seconds: float) -> None:
        """A call came to its end; `status` is None when it got no answer."""
        self.calls.labels(side, "none" if status is None else f"{status // 100}xx").inc()
        self.call_seconds.labels(side).observe(seconds)
        if status == 429:  # noqa: PLR2004  the one status that has a counter of its own
            self.throttled.labels(side).inc()

    def add_up(self) -> None:
        """Bring the gauges up to date: sums over the companies; of moments, the one that most needs a look."""
        figures = self._companies.values()
        self.waiting.set(sum(one.waiting for one in figures))
        self.oldest.set(min((one.oldest for one in figures if one.oldest), default=0))
        self.open_intents.set(sum(one.open_intents for one in figures))
        self.receipts_owed.set(sum(one.receipts_owed for one in figures))
        self.unreported.set(sum(one.unreported for one in figures))
        self.good_look.set(min((one.good_look for one in figures), default=0))

    def counters(self) -> tuple[Counter, ...]:
        """Everything that only grows."""
        return tuple(value for value in vars(self).values() if isinstance(value, Counter))

    def page(self) -> bytes:
        """Everything in Prometheus' text format."""
        self.add_up()
        return generate_latest(self.registry)

    def _counter(self, name: str, says: str, *labels: str) -> Counter:
        return Counter(name, says, labels, registry=self.registry)

    def _gauge(self, name: str, says: str) -> Gauge:
        return Gauge(name, says, registry=self.registry)

    def _histogram(self, name: str, says: str, bounds: Sequence[float], *labels: str) -> Histogram:
        return Histogram(name, says, labels, buckets=bounds, registry=self.registry)


def _zero(counter: Counter, labels: Sequence[str]) -> None:
    for label in labels:
        counter.labels(label)


def shown_health(metrics: Metrics, health: Mapping[str, object]) -> bytes:
    """The page, with what the health page knows."""
    in_a_row = health.get("troublesInARow")
    metrics.in_a_row.set(in_a_row if isinstance(in_a_row, int) else 0)
    return metrics.page()
