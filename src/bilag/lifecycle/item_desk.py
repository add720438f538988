"""Where the items of a job are worked off: one after another per worker, each to exactly one outcome."""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

from bilag.domain.export_item import ExportItem, MalformedItem
from bilag.domain.export_job import ExportJob, JobReport
from bilag.domain.failure import Failure, FailureCode
from bilag.domain.posting_record import ItemOutcome
from bilag.lifecycle.book import Booked
from bilag.lifecycle.case import failed_outcome
from bilag.lifecycle.desk import Desk
from bilag.lifecycle.fetch import ControlList, missing_data, not_listed
from bilag.lifecycle.job_entry import book_job_entry
from bilag.lifecycle.later_looks import LaterLooks, LookLater
from bilag.lifecycle.pre_export_validation import trouble_as_job_failure
from bilag.lifecycle.process_item import Prepared, finish_item, prepare_item
from bilag.lifecycle.quarantine import Quarantine
from bilag.lifecycle.quota_pause import unless_paused
from bilag.lifecycle.report import JobLife, Reporter
from bilag.lifecycle.unsettled import NotSettledYet, found_twice
from bilag.lifecycle.waiting_items import WaitingItems
from bilag.ports.accounting_system import Rejected
from bilag.ports.errors import (
    Forbidden,
    FoundTwice,
    NeedsPerson,
    OutcomeUnknown,
    QuotaSpent,
    StoreFailed,
    Throttled,
    TimedOut,
    Trouble,
    TryLater,
    Unauthorised,
)
from bilag.ports.export_api import FetchedItem
from bilag.rules.outcome import failed_job_report, job_report, unexpected

# So many items in a row without an answer from the books mean that the books are gone, not the items bad.
TROUBLES_IN_A_ROW_MAX: Final = 5

Result = TypeVar("Result")

_log = logging.getLogger("bilag.item")


class ItemDesk:
    """The items of one job under way: what stops them all, how many ended how, and who tells Pleo."""

    def __init__(self, job: ExportJob, desk: Desk, control: ControlList) -> None:
        """A desk for one started job, with its control list read."""
        self._job = job
        self._desk = desk
        self.control = control
        self.reporter = Reporter(job.id, desk, life=JobLife(job, desk.clock), listed=control.open)
        self.feeding_failed: Trouble | None = None
        self.paused_by: QuotaSpent | None = None
        self._stopped_by: Trouble | None = None
        self._troubles_in_a_row = 0
        self._successful = control.successful_before
        self._failed = control.failed_before
        self._at_work = 0
        self.quarantine = Quarantine(job.id, desk)
        self._waiting = WaitingItems(desk)
        self._later = LaterLooks(desk.clock)
        self._turns = asyncio.Semaphore(desk.items_at_once)
        self._one_entry_at_a_time = asyncio.Lock()

    async def work_off(self, queue: asyncio.Queue[FetchedItem | None]) -> None:
        """Take items until there are no more; who goes last books those that still wait for each other."""
        self._at_work += 1
        while (fetched := await queue.get()) is not None:
            for one in (fetched, *self._later.take_due()):
                await self._work_on(one)
        self._at_work -= 1
        if not self._at_work:
            await self._work_off_waiting()

    @unless_paused
    async def _work_on(self, fetched: FetchedItem) -> None:
        self.reporter.begin(fetched.item.entry_id)
        found = await self._prepared(fetched)
        if isinstance(found, Prepared):
            for members in self._waiting.add(found):
                await self._book_together(members)
        else:
            await self._end(fetched, found)

    async def _work_off_waiting(self) -> None:
        """Those who wait for each other, and those whose document may still arrive, until nobody waits any more."""
        while True:
            for members in self._waiting.rest():
                await self._book_together(members)
            if not self._later or self.paused_by is not None:
                return
            await self._give_up_looks()
            if self._later:
                await self._desk.clock.sleep(self._later.seconds_to_first)
            async with asyncio.TaskGroup() as group:
                for fetched in self._later.take_due():
                    group.create_task(self._work_on(fetched))

    async def _give_up_looks(self) -> None:
        """Whoever the job can't wait for is in doubt; what became of it is told by the next job."""
        seconds_left = 0.0 if self._stopped_by is not None else self.reporter.seconds_left
        for fetched, look in self._later.take_after(seconds_left):
            await self._settle(self._failed_by(fetched.item, look.failure))

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
        were_booked = self._stopped_by is None and self._successful > self.control.successful_before
        await self.quarantine.close(others_were_booked=were_booked)
        lost = sum(outcome.successful for outcome in self.reporter.refused)
        if self._stopped_by is not None and self._successful == lost:
            return failed_job_report((trouble_as_job_failure(self._stopped_by, self._desk.books.capabilities.system),))
        return job_report(successful=self._successful - lost, failed=self._failed + lost)

    async def _end(self, fetched: FetchedItem, found: ItemOutcome | LookLater) -> None:
        """Put the item aside where it has to wait, else settle it."""
        if isinstance(found, LookLater) and self._later.add(fetched, found):
            _log.warning("item %s waits until=%s job=%s", fetched.item.entry_id, found.until, self._job.id)
            return
        outcome = self._failed_by(fetched.item, found.failure) if isinstance(found, LookLater) else found
        await self.quarantine.note(fetched.item, outcome)
        await self._settle(outcome)

    async def _settle(self, outcome: ItemOutcome) -> None:
        if outcome.successful:
            self._successful += 1
        else:
            self._failed += 1
            codes = ",".join(dict.fromkeys(failure.code for failure in outcome.failures))
            _log.info("item %s failed job=%s codes=%s", outcome.entry_id, outcome.job_id, codes)
        await self.reporter.add(outcome)
        self._desk.progress.item_settled(outcome)

    async def _prepared(self, fetched: FetchedItem) -> Prepared | ItemOutcome | LookLater:
        """The item's outcome, or the item that waits for others to share an entry with."""
        async with self._turns:
            if self._stopped_by is not None:
                return self._failed_by(fetched.item, self._systemic(self._stopped_by))
            if (refused := self.quarantine.failure(fetched.item)) is not None:
                return self._failed_by(fetched.item, refused)
            _log.debug("item %s begins job=%s", fetched.item.entry_id, self._job.id)
            found = await self._come_what_may(fetched.item.entry_id, lambda: self._process(fetched))
        return self._failed_by(fetched.item, found) if isinstance(found, Failure) else found

    async def _process(self, fetched: FetchedItem) -> Prepared | ItemOutcome:
        prepared = await prepare_item(fetched, self._job.id, self._desk)
        if isinstance(prepared, ItemOutcome) or self._waiting.takes(prepared):
            return prepared
        return await finish_item(prepared)

    @unless_paused
    async def _book_together(self, members: Sequence[Prepared]) -> None:
        """One entry for all of them, and the outcome of each."""
        async with self._one_entry_at_a_time:
            shared = await self._shared(members)
        async with asyncio.TaskGroup() as group:
            for member in members:
                group.create_task(self._finish(member, shared))

    async def _shared(self, members: Sequence[Prepared]) -> Booked | Rejected | LookLater | None:
        async with self._turns:
            if self._stopped_by is not None:
                return Rejected(failures=(self._systemic(self._stopped_by),))
            about = f"{members[0].case.entry_id} and {len(members) - 1} others"
            found = await self._come_what_may(about, lambda: book_job_entry(members, self._job.id, self._desk))
        return Rejected(failures=(found,)) if isinstance(found, Failure) else found

    @unless_paused
    async def _finish(self, member: Prepared, shared: Booked | Rejected | LookLater | None) -> None:
        async with self._turns:
            found = await self._finished(member, shared)
        await self._end(member.case.fetched, found)

    async def _finished(
        self, member: Prepared, shared: Booked | Rejected | LookLater | None
    ) -> ItemOutcome | LookLater:
        if isinstance(shared, LookLater):
            member.case.clear_away()
            return shared
        if shared is None and self._stopped_by is not None:
            shared = Rejected(failures=(self._systemic(self._stopped_by),))
        if isinstance(shared, Rejected):
            return await finish_item(member, shared)  # asks the books nothing
        found = await self._come_what_may(member.case.entry_id, lambda: finish_item(member, shared))
        return self._failed_by(member.case.item, found) if isinstance(found, Failure) else found

    async def _come_what_may(self, item: str, work: Callable[[], Awaitable[Result]]) -> Result | Failure | LookLater:
        """What the work gives, or why it gives nothing: one item never keeps the others from their outcomes."""
        with self._desk.watching.item(self._job.id, item):
            return await self._tried(item, work)

    async def _tried(self, item: str, work: Callable[[], Awaitable[Result]]) -> Result | Failure | LookLater:
        try:
            result = await work()
        except (StoreFailed, QuotaSpent):
            raise
        except NotSettledYet as unsettled:
            if unsettled.lost_now:
                self._note_trouble(item, unsettled)
            return LookLater.of(unsettled)
        except FoundTwice as twice:
            _log.error("item %s in doubt job=%s: %s", item, self._job.id, twice)
            return found_twice(twice.external_reference, twice.external_ids)
        except Trouble as trouble:
            self._note_trouble(item, trouble)
            return self._systemic(trouble)
        except Exception:  # noqa: BLE001  one of the two places that may: a bug fails its item, not the job
            reference = uuid.uuid4().hex[:12]
            _log.exception("bug %s item=%s job=%s", reference, item, self._job.id)
            return unexpected(reference)
        self._troubles_in_a_row = 0
        return result

    def _note_trouble(self, item: str, trouble: Trouble) -> None:
        self._troubles_in_a_row += 1
        _log.warning("item %s met trouble job=%s: %s", item, self._job.id, trouble)
        if isinstance(trouble, NeedsPerson) or self._troubles_in_a_row >= TROUBLES_IN_A_ROW_MAX:
            if self._stopped_by is None:
                self._desk.books_line.note_trouble(trouble, self._desk.clock)
            self._stopped_by = trouble
            _log.error("job %s asks the books no more, the rest of its items fail: %s", self._job.id, trouble)

    def _failed_by(self, item: ExportItem | MalformedItem, failure: Failure) -> ItemOutcome:
        return failed_outcome(item, (failure,), self._job.id, self._desk)

    def _systemic(self, trouble: Trouble) -> Failure:
        return Failure(
            code=_code(trouble),
            path="",
            message=" ".join(
                (f"{self._desk.books.capabilities.system} could not take the expense: {trouble}.", *_notes(trouble))
            ),
            remedy="Export the expense again when the accounting system works; nothing is booked twice.",
        )


def _notes(trouble: Trouble) -> tuple[str, ...]:
    """What was added about this item on the way."""
    return tuple(getattr(trouble, "__notes__", ()))


def _code(trouble: Trouble) -> FailureCode:
    match trouble:
        case Unauthorised() | Forbidden():
            return FailureCode.BOOKS_UNAUTHORISED
        case Throttled():
            return FailureCode.BOOKS_THROTTLED
        case TimedOut() | OutcomeUnknown():
            return FailureCode.BOOKS_TIMEOUT
        case TryLater():
            return FailureCode.BOOKS_UNREACHABLE
        case _:
            return FailureCode.BOOKS_REJECTED
