"""Pleo's JSON for Export Jobs, their items' records, outcomes, events, pages and errors.

Null and missing mean the same in every optional field. A key that stands twice counts with its last value, as
msgspec reads it. Dates are text here, because one unreadable date must not hide a whole page.

https://developers.pleo.io/reference/export-api
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Final, TypeVar

import msgspec

from bilag.adapters.pleo.foreign_text import one_line
from bilag.adapters.pleo.wire_values import Id, UnreadableValue, instant_of
from bilag.domain.export_job import ExportJob, ItemReport, ItemStatus, JobEvent, JobItem, JobReport, JobStatus
from bilag.ports.errors import BadAnswer
from bilag.ports.export_api import RefusedReport

Shape = TypeVar("Shape")

MESSAGE_CHARACTERS_MAX: Final = 300
REASON_CHARACTERS_MAX: Final = 1000
WORD_CHARACTERS_MAX: Final = 100
# Far above any page or job of Pleo's; what holds more is no answer to what was asked.
PAGE_ENTRIES_MAX: Final = 10_000
NUMBER_OF_ITEMS_MAX: Final = 1_000_000_000

_ESCAPES: Final = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\."
)


class ExceptionInfo(msgspec.Struct, rename="camel"):
    """Why a call was refused."""

    type: str | None = None
    message: str | None = None


class PaginationWire(msgspec.Struct, rename="camel"):
    """Where the next page begins."""

    has_next_page: bool
    end_cursor: str | None = None


class PageWire(msgspec.Struct, rename="camel"):
    """A page whose entries are still JSON, so that each one can be read, and fail, alone."""

    data: Annotated[list[msgspec.Raw], msgspec.Meta(max_length=PAGE_ENTRIES_MAX)]
    pagination: PaginationWire


class JobWire(msgspec.Struct, rename="camel"):
    """An Export Job."""

    id: Id
    company_id: Id
    status: str
    created_at: str
    expires_in: int
    number_of_items: Annotated[int, msgspec.Meta(ge=0, le=NUMBER_OF_ITEMS_MAX)]
    is_interactive: bool
    vendor_based_bookkeeping: bool
    created_by: str | None = None
    started_at: str | None = None
    last_updated_at: str | None = None
    completed_at: str | None = None
    expired_at: str | None = None
    failure_reason: str | None = None
    failure_reason_type: str | None = None


class JobAnswerWire(msgspec.Struct, rename="camel"):
    """One Export Job."""

    data: JobWire


class JobItemWire(msgspec.Struct, rename="camel"):
    """The control record of an Export Item."""

    accounting_entry_id: Id
    status: str
    external_id: str | None = None
    external_url: str | None = None


class UpdatedItemWire(msgspec.Struct, rename="camel"):
    """An outcome that Pleo took."""

    accounting_entry_id: str


class UpdateErrorWire(msgspec.Struct, rename="camel"):
    """An outcome that Pleo did not take."""

    accounting_entry_id: str | None = None
    type: str | None = None
    message: str | None = None


class UpdateAnswerWire(msgspec.Struct, rename="camel"):
    """What became of the outcomes of one call."""

    data: list[UpdatedItemWire]
    errors: list[UpdateErrorWire] | None = None


class ItemUpdateWire(msgspec.Struct, rename="camel", omit_defaults=True):
    """An outcome on its way to Pleo; absent fields are left out, because Pleo does not take null there."""

    accounting_entry_id: str
    status: str
    exported_at: str | None = None
    external_id: str | None = None
    external_url: str | None = None
    failure_reason: str | None = None
    failure_reason_type: str | None = None


class JobEventWire(msgspec.Struct, rename="camel", omit_defaults=True):
    """A job event on its way to Pleo."""

    job_id: str
    event: str
    failure_reason: str | None = None
    failure_reason_type: str | None = None


def decoded(body: bytes, shape: type[Shape], what: str) -> Shape:
    """The body as that shape; raises BadAnswer that says where it differs, without quoting the body."""
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.ValidationError, UnicodeDecodeError, RecursionError) as error:
        reason = _reason(error)
    except msgspec.DecodeError:
        # Half of an emoji, cut off by a length limit over there, is legal JSON that msgspec does not read.
        mended = with_whole_characters(body)
        if mended != body:
            return decoded(mended, shape, what)
        reason = "it is not JSON, or was cut short"
    raise BadAnswer(f"{what}: Pleo's answer cannot be read: {reason}")


def with_whole_characters(body: bytes) -> bytes:
    """The JSON with lone halves of surrogate pairs replaced by U+FFFD, and nothing else changed."""
    return _ESCAPES.sub(lambda match: rb"\ufffd" if match[1] else match[0], body)


def job_of(wire: JobWire) -> ExportJob:
    """The job in our words; raises BadAnswer for a date that cannot be read."""
    status = _member(JobStatus, wire.status)
    created_at = _instant(wire.created_at, "createdAt")
    assert created_at is not None
    return ExportJob(
        id=wire.id,
        company_id=wire.company_id,
        status=status,
        unknown_status="" if status else one_line(wire.status, WORD_CHARACTERS_MAX),
        created_at=created_at,
        created_by=wire.created_by,
        started_at=_instant(wire.started_at, "startedAt"),
        last_updated_at=_instant(wire.last_updated_at, "lastUpdatedAt"),
        completed_at=_instant(wire.completed_at, "completedAt"),
        expired_at=_instant(wire.expired_at, "expiredAt"),
        expires_in_seconds=wire.expires_in,
        number_of_items=wire.number_of_items,
        is_interactive=wire.is_interactive,
        vendor_based_bookkeeping=wire.vendor_based_bookkeeping,
        failure_reason=wire.failure_reason and one_line(wire.failure_reason, REASON_CHARACTERS_MAX),
        failure_reason_type=wire.failure_reason_type and one_line(wire.failure_reason_type, WORD_CHARACTERS_MAX),
    )


def job_item_of(wire: JobItemWire) -> JobItem:
    """The control record in our words."""
    status = _member(ItemStatus, wire.status)
    return JobItem(
        entry_id=wire.accounting_entry_id,
        status=status,
        unknown_status="" if status else one_line(wire.status, WORD_CHARACTERS_MAX),
        external_id=wire.external_id,
        external_url=wire.external_url,
    )


def encoded_reports(reports: Sequence[ItemReport]) -> bytes:
    """The outcomes as Pleo takes them: a bare array, instants in UTC with a Z."""
    return msgspec.json.encode(
        [
            ItemUpdateWire(
                accounting_entry_id=report.entry_id,
                status=report.status,
                exported_at=None if report.exported_at is None else _utc_text(report.exported_at),
                external_id=report.external_id,
                external_url=report.external_url,
                failure_reason=report.failure_reason,
                failure_reason_type=report.failure_reason_type,
            )
            for report in reports
        ]
    )


def refused_reports(wire: UpdateAnswerWire, entry_ids: Sequence[str]) -> tuple[RefusedReport, ...]:
    """Those of the entries sent that Pleo did not take; one that the answer does not mention is among them."""
    errors = {error.accounting_entry_id: error for error in wire.errors or ()}
    taken = {item.accounting_entry_id for item in wire.data}
    unmentioned = UpdateErrorWire(message="Pleo's answer does not mention this item.")
    return tuple(
        RefusedReport(
            entry_id=entry_id,
            type=one_line(error.type or "", MESSAGE_CHARACTERS_MAX),
            message=one_line(error.message or "", MESSAGE_CHARACTERS_MAX),
        )
        for entry_id in entry_ids
        if (error := errors.get(entry_id, None if entry_id in taken else unmentioned))
    )


def encoded_event(job_id: str, event: JobEvent, report: JobReport | None) -> bytes:
    """The event as Pleo takes it; the field is `jobId`, whatever the samples print."""
    assert report is None or report.event is event
    return msgspec.json.encode(
        JobEventWire(
            job_id=job_id,
            event=event,
            failure_reason=report.failure_reason if report else None,
            failure_reason_type=report.failure_reason_type if report else None,
        )
    )


def _utc_text(moment: datetime) -> str:
    assert moment.tzinfo is not None, "an instant needs a time zone"
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


Word = TypeVar("Word", JobStatus, ItemStatus)


def _member(words: type[Word], text: str) -> Word | None:
    try:
        return words(text)
    except ValueError:
        return None


def _instant(text: str | None, field: str) -> datetime | None:
    if text is None:
        return None
    try:
        return instant_of(text)
    except UnreadableValue:
        reason = f"the job's {field} is no date"
    raise BadAnswer(f"Pleo's answer cannot be read: {reason}")


def _reason(error: Exception) -> str:
    if isinstance(error, msgspec.ValidationError):
        return str(error)
    return "it is nested too deeply" if isinstance(error, RecursionError) else "it is not UTF-8"
