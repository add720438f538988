"""Where the items of a job are worked off: one after another per worker, each to exactly one outcome."""

import asyncio
import logging
import uuid
from typing import Final

from bilag.domain.export_item import ExportItem, MalformedItem
from bilag.domain.export_job import ExportJob, JobReport
from bilag.domain.failure import Failure, FailureCode
from bilag.domain.posting_record import ItemOutcome
from bilag.lifecycle.case import failed_outcome
from bilag.lifecycle.desk import Desk
from bilag.lifecycle.fetch import ControlList, missing_data, not_listed
from bilag.lifecycle.pre_export_validation import trouble_as_job_failure
from bilag.lifecycle.process_item import process_item
from bilag.lifecycle.report import Reporter
from bilag.ports.errors import Forbidden, NeedsPerson, StoreFailed, Throttled, TimedOut, Trouble, TryLater, Unauthorised
from bilag.ports.export_api import FetchedItem
from bilag.rules.outcome import failed_job_report, job_report, unexpected

# So many items in a row without an answer from the books mean that the books are gone, not the items bad.
TROUBLES_IN_A_ROW_MAX: Final = 5

_log = logging.getLogger("bilag.item")


class ItemDesk:
    """The items of one job under way: what stops them all, how many ended how, and who tells Pleo."""

    def __init__(self, job: ExportJob, desk: Desk, control: ControlList) -> None:
        """A desk for one started job, with its control list read."""
        self._job = job
        self._desk = desk
        self.control = control
        self.reporter = Reporter(job.id, desk)
        self.feeding_failed: Trouble | None = None
        self._stopped_by: Trouble | None = None
        self._troubles_in_a_row = 0
        self._successful = control.successful_before
        self._failed = control.failed_before

    async def work_off(self, queue: asyncio.Queue[FetchedItem | None]) -> None:
        """Take items until there are no more."""
        while (fetched := await queue.get()) is not None:
            await self._settle(await self._outcome(fetched))

    async def close(self) -> JobReport:
        """Settle what never arrived, send the last outcomes, and tell how the job ends."""
        for entry_id in sorted(self.control.open):
            failure = self._systemic(self._stopped_by) if self._stopped_by else missing_data(entry_id)
            await self._settle(self._failed_by(MalformedItem(entry_id=entry_id, failures=(failure,)), failure))
        for entry_id in sorted(self.control.unlisted):
            failure = not_listed(entry_id)
            _log.error("%s", failure.message)
            stray = MalformedItem(entry_id=entry_id, failures=(failure,))
            await self._desk.journal.record_outcome(self._failed_by(stray, failure))
        await self.reporter.flush()
        _log.info(
            "job %s settled successful=%d failed=%d not_taken=%d",
            self._job.id,
            self._successful,
            self._failed,
            len(self.reporter.refused),
        )
        lost = sum(outcome.successful for outcome in self.reporter.refused)
        if self._stopped_by is not None and self._successful == lost:
            return failed_job_report((trouble_as_job_failure(self._stopped_by, self._desk.books.capabilities.system),))
        return job_report(successful=self._successful - lost, failed=self._failed + lost)

    async def _settle(self, outcome: ItemOutcome) -> None:
        if outcome.successful:
            self._successful += 1
        else:
            self._failed += 1
            codes = ",".join(dict.fromkeys(failure.code for failure in outcome.failures))
            _log.info("item %s failed job=%s codes=%s", outcome.entry_id, outcome.job_id, codes)
        await self.reporter.add(outcome)
        self._desk.progress.item_settled(outcome)

    async def _outcome(self, fetched: FetchedItem) -> ItemOutcome:
        """The item's outcome, come what may: one item never keeps the others from theirs."""
        if self._stopped_by is not None:
            return self._failed_by(fetched.item, self._systemic(self._stopped_by))
        _log.debug("item %s begins job=%s", fetched.item.entry_id, self._job.id)
        try:
            outcome = await process_item(fetched, self._job.id, self._desk)
        except StoreFailed:
            raise
        except Trouble as trouble:
            self._troubles_in_a_row += 1
            _log.warning("item %s met trouble job=%s: %s", fetched.item.entry_id, self._job.id, trouble)
            if isinstance(trouble, NeedsPerson) or self._troubles_in_a_row >= TROUBLES_IN_A_ROW_MAX:
                self._stopped_by = trouble
                _log.error("job %s asks the books no more, the rest of its items fail: %s", self._job.id, trouble)
            return self._failed_by(fetched.item, self._systemic(trouble))
        except Exception:  # noqa: BLE001  one of the two places that may: a bug fails its item, not the job
            reference = uuid.uuid4().hex[:12]
            _log.exception("bug %s item=%s job=%s", reference, fetched.item.entry_id, self._job.id)
            return self._failed_by(fetched.item, unexpected(reference))
        self._troubles_in_a_row = 0
        return outcome

    def _failed_by(self, item: ExportItem | MalformedItem, failure: Failure) -> ItemOutcome:
        return failed_outcome(item, (failure,), self._job.id, self._desk)

    def _systemic(self, trouble: Trouble) -> Failure:
        return Failure(
            code=_code(trouble),
            path="",
            message=f"{self._desk.books.capabilities.system} could not take the expense: {trouble}.",
            remedy="Export the expense again when the accounting system works; nothing is booked twice.",
        )


def _code(trouble: Trouble) -> FailureCode:
    match trouble:
        case Unauthorised() | Forbidden():
            return FailureCode.BOOKS_UNAUTHORISED
        case Throttled():
            return FailureCode.BOOKS_THROTTLED
        case TimedOut():
            return FailureCode.BOOKS_TIMEOUT
        case TryLater():
            return FailureCode.BOOKS_UNREACHABLE
        case _:
            return FailureCode.BOOKS_REJECTED
