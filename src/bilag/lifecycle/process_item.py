"""The way of one Export Item, from top to bottom."""

import logging
import shutil
from dataclasses import dataclass
from typing import Final

from bilag.domain.export_item import MalformedItem
from bilag.domain.plan import ItemPlan
from bilag.domain.posting_record import ItemOutcome, Part
from bilag.lifecycle.attach import attach, fetch_receipts, owe, waive
from bilag.lifecycle.case import Case, failed_outcome, label
from bilag.lifecycle.desk import Desk
from bilag.lifecycle.look_back import Standing, look_back
from bilag.lifecycle.plan_item import plan_item
from bilag.lifecycle.plan_json import content_hash, encode, plan_as_json
from bilag.lifecycle.post import post, read_back
from bilag.ports.accounting_system import PeriodRefused, PostedDocument, Rejected
from bilag.ports.export_api import FetchedItem
from bilag.rules.accounting_period import closed_failure, expense_date, moved_warning
from bilag.rules.attachment_handling import not_taken_warning

# A period can close between planning and posting; every refusal rules out one period.
PERIOD_REFUSALS_MAX: Final = 3

_log = logging.getLogger("bilag.item")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Booked:
    """A document in the books, with its plan and what is worth saying about it."""

    document: PostedDocument
    plan: ItemPlan | None = None
    warnings: tuple[str, ...] = ()


async def process_item(fetched: FetchedItem, job_id: str, desk: Desk) -> ItemOutcome:
    """Look back, plan (validate, method, accounts, data, period, mode), fetch receipts, post once, attach, read back.

    Raises trouble that concerns every item; what concerns this one alone is in the outcome.
    """
    item = fetched.item
    if isinstance(item, MalformedItem):
        return failed_outcome(item, item.failures, job_id, desk)
    case = Case(item=item, fetched=fetched, job_id=job_id, desk=desk)
    standing = await look_back(item.entry_id, Part.JOURNAL_ENTRY, desk)
    plan = await _plan(case, standing)
    if plan is not None and plan.failures:
        return failed_outcome(item, plan.failures, job_id, desk, plan)
    try:
        return await _book_with_receipts(case, standing, plan)
    finally:
        shutil.rmtree(case.folder, ignore_errors=True)


async def _book_with_receipts(case: Case, standing: Standing, plan: ItemPlan | None) -> ItemOutcome:
    desk, tolerant = case.desk, case.desk.settings.book_without_receipts
    receipts = await fetch_receipts(case)
    if receipts.failures and not tolerant:
        return failed_outcome(case.item, receipts.failures, case.job_id, desk, plan)
    await owe(standing.key, receipts.files, desk)
    booked = await _book(case, standing, plan)
    if isinstance(booked, Rejected):
        return failed_outcome(case.item, booked.failures, case.job_id, desk, plan)
    missing = await attach(case, booked.document.external_id, standing.key, receipts.files)
    if missing and not tolerant:
        return failed_outcome(case.item, missing, case.job_id, desk, booked.plan)
    waived = await waive(standing.key, (*receipts.failures, *missing), desk)
    not_taken = not_taken_warning(len(case.item.files), desk.books.capabilities.attachments)
    moved = [w for d in (booked.plan.documents if booked.plan else ()) for w in moved_warning(d.posting_date)]
    return ItemOutcome(
        job_id=case.job_id,
        company_id=desk.settings.company_id,
        entry_id=case.item.entry_id,
        settled_at=desk.clock.now(),
        label=label(case.item),
        external_id=booked.document.external_id,
        external_url=booked.document.external_url,
        warnings=(*standing.warnings, *moved, *booked.warnings, *not_taken, *waived),
        plan_json=encode(plan_as_json(booked.plan)) if booked.plan else b"",
    )


async def _plan(case: Case, standing: Standing) -> ItemPlan | None:
    """What to book; for a document that stands already and is not reported, what it was booked as, if that can be told.

    The day, the periods and the settings may have changed since, so only a plan of the same content counts.
    """
    if standing.posted is not None and not standing.sent_hash:
        return None
    plan = await plan_item(case.item, case.desk.planner, standing.key.generation)
    if standing.posted is None:
        return plan
    is_same = not plan.failures and content_hash(plan.documents[0]) == standing.sent_hash
    return plan if is_same else None


async def _book(case: Case, standing: Standing, plan: ItemPlan | None) -> _Booked | Rejected:
    """The document in the books: the one that stands there already, or the planned one, posted; both read back."""
    if standing.posted is not None:
        _log.info("item %s stands job=%s external_id=%s", case.entry_id, case.job_id, standing.posted.external_id)
    if plan is None:
        assert standing.posted is not None
        return _Booked(document=standing.posted, warnings=_moved_meanwhile(case, standing))
    if standing.posted is not None:
        return await _read_back(plan, standing.posted, case.desk)
    refused: frozenset[str] = frozenset()
    for _ in range(PERIOD_REFUSALS_MAX):
        if plan.failures:
            return Rejected(failures=plan.failures)
        answer = await post(plan.documents[0], standing.key, case.job_id, case.desk)
        match answer:
            case Rejected():
                return answer
            case PostedDocument():
                _log.info("item %s booked job=%s %s", case.entry_id, case.job_id, _shown(answer, plan))
                return await _read_back(plan, answer, case.desk)
            case PeriodRefused():
                refused |= {answer.period}
                _log.info("item %s planned again job=%s period_refused=%s", case.entry_id, case.job_id, answer.period)
                plan = await plan_item(case.item, case.desk.planner, standing.key.generation, refused)
    settings = case.desk.settings
    day = expense_date(case.item, settings)
    return Rejected(failures=(closed_failure(day, ", ".join(sorted(refused)), settings.closed_period),))


def _shown(posted: PostedDocument, plan: ItemPlan) -> str:
    """The booking for the log: numbers and dates, nothing about people."""
    planned = plan.documents[0].posting_date
    moved = f" moved_from={planned.original} moved_by={planned.moved_by}" if planned.moved_by else ""
    return f"external_id={posted.external_id} posting_date={posted.posting_date}{moved}"


async def _read_back(plan: ItemPlan, posted: PostedDocument, desk: Desk) -> _Booked | Rejected:
    failures, warnings = await read_back(plan.documents[0], posted, desk)
    return Rejected(failures=failures) if failures else _Booked(document=posted, plan=plan, warnings=warnings)


def _moved_meanwhile(case: Case, standing: Standing) -> tuple[str, ...]:
    """A date that differs and was never told, found without the plan that it was booked with."""
    day = expense_date(case.item, case.desk.settings)
    if standing.posted is None or not standing.sent_hash or standing.posted.posting_date == day:
        return ()
    return (f"It stands in the books on {standing.posted.posting_date}, not on its own date {day}.",)
