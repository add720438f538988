"""The way of one Export Item, from top to bottom."""

import shutil
from contextlib import ExitStack
from dataclasses import dataclass, replace

from bilag.domain.attachment import NoteFile
from bilag.domain.export_item import MalformedItem
from bilag.domain.plan import ItemPlan
from bilag.domain.posting_record import ItemOutcome, Part, PostingKey
from bilag.lifecycle.attach import Receipts, attach, close_debts, fetch_receipts, owe
from bilag.lifecycle.book import Booked, book, plan_beside
from bilag.lifecycle.case import Case, failed_outcome, label
from bilag.lifecycle.desk import Desk
from bilag.lifecycle.look_back import History, look_back
from bilag.lifecycle.plan_item import notes_of, plan_item
from bilag.lifecycle.plan_json import encode, plan_as_json
from bilag.lifecycle.settle import removed_unseen
from bilag.ports.accounting_system import Rejected
from bilag.ports.export_api import FetchedItem
from bilag.rules.accounting_period import moved_warning
from bilag.rules.attachment_handling import not_taken_warning
from bilag.rules.job_entry import explain_sharing, job_entry_notes, on_its_way


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
    seen = history if plan is None else await removed_unseen(plan, history, desk.planner)
    if seen is not history:
        history, plan = seen, await _plan(case, seen)
    if plan is not None and plan.failures:
        return failed_outcome(item, plan.failures, job_id, desk, plan)
    if plan is not None and plan.nothing_to_book:
        return _successful(case, Booked(documents=(), plan=plan), (plan.nothing_to_book,))
    with ExitStack() as clearing_away:
        clearing_away.callback(_clear_away, case)
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
        _clear_away(case)


def _clear_away(case: Case) -> None:
    if case.item.files:
        shutil.rmtree(case.folder, ignore_errors=True)


async def _plan(case: Case, history: History) -> ItemPlan | None:
    """What to book; for documents that stand already, what they were booked as, if that can be told."""
    if history.is_told:
        return None
    plan = await plan_item(case.item, case.desk.planner, history.generations)
    return plan_beside(plan, history)


async def _booked(prepared: Prepared) -> Booked | Rejected:
    desk = prepared.case.desk
    elsewhere = prepared.history.on_its_way(desk.clock.now())
    if elsewhere is not None and elsewhere.sent_at is not None:
        return Rejected(failures=(on_its_way(elsewhere.booked_in, elsewhere.sent_at),))
    await owe(prepared.key, prepared.receipts.files, desk, stands=bool(prepared.history.posted))
    return await book(prepared.case, prepared.history, prepared.plan)


async def _attached(prepared: Prepared, booked: Booked) -> ItemOutcome:
    case, key, receipts = prepared.case, prepared.key, prepared.receipts
    desk, first = case.desk, booked.documents[0]
    missing = await attach(case, first.external_id, key, receipts.files, _notes(case, booked))
    if missing and not desk.settings.book_without_receipts:
        return failed_outcome(case.item, missing, case.job_id, desk, booked.plan)
    waived = await close_debts(key, receipts.files, (*receipts.failures, *missing), desk)
    not_taken = not_taken_warning(len(case.item.files), desk.books.capabilities.attachments)
    given_up = prepared.history.given_up(booked.booked_in)
    warnings = (*prepared.history.warnings, *given_up, *_moved(booked.plan), *booked.warnings, *not_taken, *waived)
    return _successful(case, booked, warnings)


def _notes(case: Case, booked: Booked) -> tuple[NoteFile, ...]:
    """The notes of the item; in a document that other items have a part in, they name theirs."""
    if booked.booked_in:
        return job_entry_notes(case.item, case.desk.books.capabilities.text)
    return booked.plan.notes if booked.plan is not None else notes_of(case.item, case.desk.planner)


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
