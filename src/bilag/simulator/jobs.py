"""One simulated Export Job: its items, its legal moves and its expiry."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import compress
from typing import assert_never

from bilag.simulator.companies import Company, EntryState
from bilag.simulator.refusals import Refusal, RefusalType
from bilag.simulator.terms import ItemFailureReason, ItemStatus, JobEvent, JobFailureReason, JobStatus

# Pleo: a job expires one hour after its last update, https://developers.pleo.io (webhook event samples).
EXPIRES_IN_SECONDS = 3600

OPEN_STATUSES = frozenset({JobStatus.PENDING, JobStatus.IN_PROGRESS})

# Published: `started` opens a job, an end event closes it, nothing leads back. Inferred, as Pleo publishes no
# table: `started` comes once, an end event comes once, and only `failed` may end a job that was never started.
JOB_MOVES: dict[tuple[JobStatus, JobEvent], JobStatus] = {
    (JobStatus.PENDING, JobEvent.STARTED): JobStatus.IN_PROGRESS,
    (JobStatus.PENDING, JobEvent.FAILED): JobStatus.FAILED,
    (JobStatus.IN_PROGRESS, JobEvent.FAILED): JobStatus.FAILED,
    (JobStatus.IN_PROGRESS, JobEvent.COMPLETED): JobStatus.COMPLETED,
    (JobStatus.IN_PROGRESS, JobEvent.COMPLETED_WITH_ERRORS): JobStatus.COMPLETED_WITH_ERRORS,
}

# Inferred: an item gets one final status. The same status may be sent again, because an integration that lost the
# answer has no other way to be sure.
FINAL_ITEM_STATUSES = frozenset({ItemStatus.SUCCESSFUL, ItemStatus.FAILED, ItemStatus.ABANDONED})

_ITEM_STATUSES = tuple(ItemStatus)
_CODES = {status: code for code, status in enumerate(_ITEM_STATUSES)}
_ABANDONS = bytes(
    code if status in FINAL_ITEM_STATUSES else _CODES[ItemStatus.ABANDONED]
    for code, status in enumerate(_ITEM_STATUSES)
) + bytes(256 - len(_ITEM_STATUSES))
_IS_SUCCESSFUL = bytes(code == _CODES[ItemStatus.SUCCESSFUL] for code in range(256))


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOptions:
    """How a job is asked for. `again` lets in entries that were exported before."""

    created_by: str | None = None
    is_interactive: bool = True
    vendor_based_bookkeeping: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemReport:
    """What the integration said about one item, as it said it."""

    status: ItemStatus
    exported_at: datetime | None = None
    external_id: str | None = None
    external_url: str | None = None
    failure_reason: str | None = None
    failure_reason_type: ItemFailureReason | None = None


class Job:
    """One Export Job. Per item it keeps a byte of status, and a report once the item was reported.

    `indexes` are the places of its entries in the company's source, ascending.
    """

    def __init__(
        self,
        job_id: str,
        company: Company,
        indexes: Sequence[int],
        *,
        number: int,
        options: JobOptions,
        created_at: datetime,
    ) -> None:
        self.id = job_id
        self.number = number
        self.company = company
        self.indexes = indexes
        self.options = options
        self.status = JobStatus.PENDING
        self.expires_in_seconds = EXPIRES_IN_SECONDS
        self.created_at = created_at
        self.last_updated_at = created_at
        self.started_at: datetime | None = None
        self.completed_at: datetime | None = None
        self.expired_at: datetime | None = None
        self.failure_reason: str | None = None
        self.failure_reason_type: JobFailureReason | None = None
        self._statuses = bytearray(len(indexes))
        self._reports: dict[int, ItemReport] = {}
        self._currencies: frozenset[str] | None = None
        company.mark(indexes, EntryState.LOCKED)

    def __len__(self) -> int:
        """How many items the job has."""
        return len(self.indexes)

    @property
    def is_open(self) -> bool:
        """Whether the job can still change."""
        return self.status in OPEN_STATUSES

    def place_of(self, entry_id: str) -> int | None:
        """Where an accounting entry stands in the job, `None` when it is not part of it."""
        index = self.company.index_of(entry_id)
        if index is None:
            return None
        place = bisect_left(self.indexes, index)
        return place if place < len(self.indexes) and self.indexes[place] == index else None

    def entry_id(self, place: int) -> str:
        """The `accountingEntryId` of the item at `place`."""
        return self.company.source.entry_id(self.indexes[place])

    def item_status(self, place: int) -> ItemStatus:
        """The status of the item at `place`."""
        return _ITEM_STATUSES[self._statuses[place]]

    def item_report(self, place: int) -> ItemReport:
        """What was reported about the item at `place`, empty besides the status when nothing was."""
        return self._reports.get(place) or ItemReport(status=self.item_status(place))

    def next_place(self, start: int, status: ItemStatus) -> int:
        """The first place from `start` on whose item has `status`, -1 when there is none."""
        return self._statuses.find(_CODES[status], start)

    def previous_place(self, end: int, status: ItemStatus) -> int:
        """The last place below `end` whose item has `status`, -1 when there is none."""
        return self._statuses.rfind(_CODES[status], 0, end)

    def tally(self) -> dict[ItemStatus, int]:
        """How many items have each status."""
        return {status: self._statuses.count(code) for code, status in enumerate(_ITEM_STATUSES)}

    def require_open(self) -> None:
        """Refuse to read or change the items of a finished job."""
        if not self.is_open:
            message = f"Export Job {self.id} is finished ({self.status}) and can no longer be processed."
            raise Refusal(RefusalType.EXPORT_JOB_STATUS_UNPROCESSABLE, message)

    def require_contra_accounts(self) -> None:
        """Refuse a job with wallet currencies that have no contra account."""
        mapped = self.company.contra_currencies
        if mapped is None:
            return
        if self._currencies is None:
            self._currencies = self.company.wallet_currencies(self.indexes)
        require_mapped(self._currencies, mapped)

    def report_item(self, place: int, report: ItemReport, now: datetime) -> str:
        """Take over a report; answers why not, or an empty text. Any accepted report renews the job's hour."""
        status = self.item_status(place)
        if status in FINAL_ITEM_STATUSES and report.status is not status:
            return f"The item is {status} already and cannot become {report.status}."
        self._statuses[place] = _CODES[report.status]
        self._reports[place] = report
        self.last_updated_at = now
        return ""

    def receive(
        self,
        event: JobEvent,
        now: datetime,
        *,
        failure_reason: str | None = None,
        failure_reason_type: JobFailureReason | None = None,
    ) -> None:
        """Make the move that `event` asks for, or refuse it and change nothing."""
        target = JOB_MOVES.get((self.status, event))
        if target is None:
            raise _illegal_move(f"{event} is not possible while the Export Job is {self.status}.")
        _require_outcome(event, self.tally())
        self.status = target
        self.last_updated_at = now
        if event is JobEvent.STARTED:
            self.started_at = now
        else:
            self.completed_at = now
            self.failure_reason = failure_reason
            self.failure_reason_type = failure_reason_type
            self._close()

    def expire_if_due(self, now: datetime) -> None:
        """Fail an open job that nobody updated for as long as Pleo waits."""
        due_at = self.last_updated_at + timedelta(seconds=self.expires_in_seconds)
        if self.is_open and due_at <= now:
            self.status = JobStatus.FAILED
            self.expired_at = due_at
            self.failure_reason = "The Export Job had no update before it expired."
            self.failure_reason_type = JobFailureReason.JOB_EXPIRED
            self._close()

    def _close(self) -> None:
        """Abandon what was never finished and let go of the entries that may be exported again."""
        self._statuses = self._statuses.translate(_ABANDONS)
        self.company.mark(self.indexes, EntryState.FREE)
        self.company.mark(compress(self.indexes, self._statuses.translate(_IS_SUCCESSFUL)), EntryState.EXPORTED)


def require_mapped(currencies: frozenset[str], mapped: frozenset[str]) -> None:
    """Refuse wallet currencies without a contra account, naming them."""
    missing = sorted(currencies - mapped)
    if missing:
        message = f"Contra accounts are not fully configured. Please map contra accounts for {', '.join(missing)}."
        raise Refusal(RefusalType.MISSING_CONTRA_ACCOUNTS, message)


def _require_outcome(event: JobEvent, tally: dict[ItemStatus, int]) -> None:
    """Refuse an end event that the items contradict. Inferred: Pleo publishes no such check."""
    unreported = tally[ItemStatus.PENDING] + tally[ItemStatus.IN_PROGRESS]
    unsuccessful = tally[ItemStatus.FAILED] + tally[ItemStatus.ABANDONED]
    match event:
        case JobEvent.STARTED | JobEvent.FAILED:
            return
        case JobEvent.COMPLETED | JobEvent.COMPLETED_WITH_ERRORS if unreported:
            raise _illegal_move(f"{event} needs a final status for every item, {unreported} have none.")
        case JobEvent.COMPLETED:
            if unsuccessful:
                raise _illegal_move(f"{event} says that all items were exported, {unsuccessful} were not.")
        case JobEvent.COMPLETED_WITH_ERRORS:
            if not unsuccessful:
                raise _illegal_move(f"{event} says that some items were not exported, all of them were.")
        case _:
            assert_never(event)


def _illegal_move(message: str) -> Refusal:
    return Refusal(RefusalType.INVALID_EXPORT_JOB_STATUS_CHANGE, f"Export Job status change failed. {message}")
