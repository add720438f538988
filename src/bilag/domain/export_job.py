"""Pleo's Export Job, its items' records in the control layer, and what we report on both."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bilag.domain.failure import ItemReason, JobReason


class JobStatus(StrEnum):
    """Where an Export Job stands in Pleo."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    COMPLETED_WITH_ERRORS = "completed_with_errors"
    FAILED = "failed"


class JobEvent(StrEnum):
    """What we may tell Pleo about an Export Job."""

    STARTED = "started"
    COMPLETED = "completed"
    COMPLETED_WITH_ERRORS = "completed_with_errors"
    FAILED = "failed"


class ItemStatus(StrEnum):
    """Where an Export Item stands in the control layer of its job."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    SUCCESSFUL = "successful"
    FAILED = "failed"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportJob:
    """A group of accounting-ready expenses that waits for one integration run.

    `expires_in_seconds` counts from `last_updated_at`. A `status` that this version does not know is kept as
    text in `unknown_status`, so that one new value does not hide the other jobs.
    """

    id: str
    company_id: str
    status: JobStatus | None
    unknown_status: str = ""
    created_at: datetime
    created_by: str | None = None
    started_at: datetime | None = None
    last_updated_at: datetime | None = None
    completed_at: datetime | None = None
    expired_at: datetime | None = None
    expires_in_seconds: int
    number_of_items: int
    is_interactive: bool
    vendor_based_bookkeeping: bool
    failure_reason: str | None = None
    failure_reason_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobItem:
    """The control record of one Export Item: whether work is left, and what was reported before."""

    entry_id: str
    status: ItemStatus | None
    unknown_status: str = ""
    external_id: str | None = None
    external_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemReport:
    """One item's outcome in the words that Pleo takes; `status` is SUCCESSFUL or FAILED.

    IN_PROGRESS is no outcome: it says that the item is being worked on.
    """

    entry_id: str
    status: ItemStatus
    exported_at: datetime | None = None
    external_id: str | None = None
    external_url: str | None = None
    failure_reason: str | None = None
    failure_reason_type: ItemReason | None = None

    def __post_init__(self) -> None:
        said = (ItemStatus.SUCCESSFUL, ItemStatus.FAILED, ItemStatus.IN_PROGRESS)
        assert self.status in said, self.status
        assert (self.status is ItemStatus.FAILED) == (self.failure_reason_type is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobReport:
    """The one closing event of a job; a reason goes along with FAILED only."""

    event: JobEvent
    failure_reason: str | None = None
    failure_reason_type: JobReason | None = None

    def __post_init__(self) -> None:
        assert self.event is not JobEvent.STARTED
        assert (self.event is JobEvent.FAILED) == (self.failure_reason_type is not None)
