"""The way of one Export Item, from top to bottom."""

import shutil
from contextlib import ExitStack
from dataclasses import dataclass, replace

from bilag.domain.export_item import MalformedItem
from bilag.domain.plan import ItemPlan
from bilag.domain.posting_record import ItemOutcome, Part, PostingKey
from bilag.lifecycle.attach import Receipts, attach, fetch_receipts, owe, waive
from bilag.lifecycle.book import Booked, book, plan_beside
from bilag.lifecycle.case import Case, failed_outcome, label
from bilag.lifecycle.desk import Desk
from bilag.lifecycle.look_back import History, look_back
from bilag.lifecycle.plan_item import plan_item
from bilag.lifecycle.plan_json import encode, plan_as_json
from bilag.ports.accounting_system import Rejected
from bilag.ports.export_api import FetchedItem
from bilag.rules.accounting_period import moved_warning
from bilag.rules.attachment_handling import not_taken_warning
from bilag.rules.job_entry import explain_sharing


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """An item that only waits to be booked: what stands of it, what is planned beside that, its receipts on our disk.

    `plan` is None when nothing is left to book, and what stands was made from other content.
    """

    case: Case
    history: History
    plan: ItemPlan | None
    receipts: Receipts

    @property
    def key(self) -> PostingKey:
        """The document that has the receipts, and that Pleo is told of."""
        if self.plan is not None:
            return self.history.of(Part.of(self.plan.documents[0].kind)).key
        return self.history.posted[0].key


async def process_item(fetched: FetchedItem, job_id: str, desk: Desk) -> ItemOutcome:
    """Look back, plan (validate, method, accounts, data, period, mode), fetch receipts, post once, attach, read back.

    Raises trouble that concerns every item; what concerns this one alone is in the outcome.
    """
    prepared = await prepare_item(fetched, job_id, desk)
    return prepared if isinstance(prepared, ItemOutcome) else await finish_item(prepared)


async def prepare_item(fetched: FetchedItem, job_id: str, desk: Desk) -> ItemOutcome | Prepared:
    """Everything that comes before booking. Whoever gets a Prepared finishes it, which clears its receipts away."""
    item = fetched.item
    if isinstance(item, MalformedItem):
        return failed_outcome(item, item.failures, job_id, desk)
    case = Case(item=item, fetched=fetched, job_id=job_id, desk=desk)
    history = await look_back(item.entry_id, desk)
    if history.failures:
        return failed_outcome(item, history.failures, job_id, desk)
    plan = await _plan(case, history)
    if plan is not None and plan.failures:
        return failed_outcome(item, plan.failures, job_id, desk, plan)
    if plan is not None and plan.nothing_to_book:
        return _successful(case, Booked(documents=(), plan=plan), (plan.nothing_to_book,))
    with ExitStack() as clearing_away:
        clearing_away.callback(shutil.rmtree, case.folder, ignore_errors=True)
        receipts = await fetch_receipts(case)
        if receipts.failures and not desk.settings.book_without_receipts:
            return failed_outcome(item, receipts.failures, job_id, desk, plan)
        clearing_away.pop_all()
    return Prepared(case=case, history=history, plan=plan, receipts=receipts)


async def finish_item(prepared: Prepared, shared: Booked | Rejected | None = None) -> ItemOutcome:
    """Book and attach. `shared` is what became of a document that the item shares; None books it by itself."""
    case = prepared.case
    try:
        booked = await _booked(prepared) if shared is None else shared
        if isinstance(booked, Rejected):
            return failed_outcome(case.item, booked.failures, case.job_id, case.desk, prepared.plan)
        if shared is not None:
            booked = replace(booked, plan=prepared.plan)
        return await _attached(prepared, booked)
    finally:
        if case.item.files:
            shutil.rmtree(case.folder, ignore_errors=True)


async def _plan(case: Case, history: History) -> ItemPlan | None:
    """What to book; for documents that stand already, what they were booked as, if that can be told."""
    if history.is_told:
        return None
    plan = await plan_item(case.item, case.desk.planner, history.generations)
    return plan_beside(plan, history)


async def _booked(prepared: Prepared) -> Booked | Rejected:
    await owe(prepared.key, prepared.receipts.files, prepared.case.desk)
    return await book(prepared.case, prepared.history, prepared.plan)


async def _attached(prepared: Prepared, booked: Booked) -> ItemOutcome:
    case, key, receipts = prepared.case, prepared.key, prepared.receipts
    desk, first = case.desk, booked.documents[0]
    missing = await attach(case, first.external_id, key, receipts.files, is_shared=bool(booked.booked_in))
    if missing and not desk.settings.book_without_receipts:
        return failed_outcome(case.item, missing, case.job_id, desk, booked.plan)
    waived = await waive(key, (*receipts.failures, *missing), desk)
    not_taken = not_taken_warning(len(case.item.files), desk.books.capabilities.attachments)
    warnings = (*prepared.history.warnings, *_moved(booked.plan), *booked.warnings, *not_taken, *waived)
    return _successful(case, booked, warnings)


def _moved(plan: ItemPlan | None) -> tuple[str, ...]:
    documents = plan.documents if plan else ()
    return tuple(dict.fromkeys(warning for d in documents for warning in moved_warning(d.posting_date)))


def _successful(case: Case, booked: Booked, warnings: tuple[str, ...]) -> ItemOutcome:
    desk, first, plan = case.desk, next(iter(booked.documents), None), booked.plan
    if plan is not None and booked.booked_in:
        plan = replace(plan, trace=(*plan.trace, explain_sharing(booked.booked_in)))
    return ItemOutcome(
        job_id=case.job_id,
        company_id=desk.settings.company_id,
        entry_id=case.item.entry_id,
        settled_at=desk.clock.now(),
        label=label(case.item),
        external_id=first.external_id if first else "",
        external_url=first.external_url if first else "",
        warnings=warnings,
        plan_json=encode(plan_as_json(plan)) if plan else b"",
    )
