"""Book: every document of one Export Item into the books, in order; what stands there already is left alone."""

import logging
from dataclasses import dataclass, replace
from typing import Final

from bilag.domain.document import Document
from bilag.domain.failure import Failure, FailureCode
from bilag.domain.ledger import Side
from bilag.domain.plan import ItemPlan, TraceStep
from bilag.domain.posting_record import Part
from bilag.lifecycle.case import Case
from bilag.lifecycle.look_back import History, Standing
from bilag.lifecycle.plan_item import plan_item
from bilag.lifecycle.plan_json import content_hash
from bilag.lifecycle.post import read_back
from bilag.lifecycle.settle import left_open, settle_and_post
from bilag.ports.accounting_system import PeriodRefused, PostedDocument, Rejected
from bilag.ports.errors import Trouble
from bilag.rules.accounting_period import closed_failure, expense_date

# A period can close between planning and posting; every refusal rules out one period.
PERIOD_REFUSALS_MAX: Final = 3

_log = logging.getLogger("bilag.item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """The item's documents in the books, the one that Pleo is told of first, with their plan where it can be told.

    `booked_in` is the external reference of a document that other items have a part in, too; empty without one.
    """

    documents: tuple[PostedDocument, ...]
    plan: ItemPlan | None = None
    warnings: tuple[str, ...] = ()
    booked_in: str = ""


def plan_beside(plan: ItemPlan, history: History) -> ItemPlan | None:
    """What is left of the plan beside documents that stand and that Pleo does not know of.

    None when nothing is left and what stands was made from other content: the day, the periods and the settings may
    have changed since. A plan that fails when what stands and what is planned don't go together.
    """
    standing = {part: s for part, s in history.standings.items() if s.posted is not None}
    if not standing:
        return plan
    if plan.nothing_to_book or (plan.failures and _is_whole(frozenset(standing))):
        return None
    if plan.failures:
        return plan
    planned = {Part.of(document.kind): document for document in plan.documents}
    if planned.keys() <= standing.keys():
        same = all(content_hash(document) == standing[part].sent_hash for part, document in planned.items())
        return plan if same else None
    if Part.JOURNAL_ENTRY in standing:
        return None
    differing = [
        s.posted
        for part, s in standing.items()
        if s.posted and (part not in planned or abs(s.posted.total) != planned[part].total(Side.DEBIT))
    ]
    return replace(plan, documents=(), failures=(_other_before(differing[0]),)) if differing else plan


def _is_whole(parts: frozenset[Part]) -> bool:
    """Whether these are surely all documents of an item."""
    bills = {Part.VENDOR_INVOICE, Part.VENDOR_CREDIT_NOTE}
    return Part.JOURNAL_ENTRY in parts or (Part.VENDOR_PAYMENT in parts and bool(bills & parts))


async def book(case: Case, history: History, plan: ItemPlan | None) -> Booked | Rejected:
    """The documents in the books: those that stand there already, and the planned ones, posted; all read back."""
    for standing in history.posted:
        assert standing.posted is not None
        _log.info("item %s stands job=%s external_id=%s", case.entry_id, case.job_id, standing.posted.external_id)
    if plan is None:
        documents = tuple(standing.posted for standing in history.posted if standing.posted is not None)
        warnings = tuple([w for standing in history.posted for w in await _moved_meanwhile(case, standing)])
        return Booked(documents=documents, warnings=warnings, booked_in=history.booked_in)
    return await _Booking(case, history, plan).run()


class _Booking:
    """One item's documents on their way, each after the one before it."""

    def __init__(self, case: Case, history: History, plan: ItemPlan) -> None:
        self._case = case
        self._history = history
        self._plan = plan
        self._documents: list[PostedDocument] = []
        self._warnings: list[str] = []
        self._settlements: list[TraceStep] = []
        self._refused_periods: frozenset[str] = frozenset()

    async def run(self) -> Booked | Rejected:
        for place in range(len(self._plan.documents)):
            try:
                rejected = await self._document(place)
            except Trouble as trouble:
                if self._documents:
                    trouble.add_note(self._booked_already())
                raise
            if rejected is not None:
                return self._beside_booked(rejected)
        return Booked(
            documents=tuple(self._documents),
            plan=replace(self._plan, trace=(*self._plan.trace, *self._settlements)),
            warnings=tuple(self._warnings),
            booked_in=self._history.booked_in,
        )

    async def _document(self, place: int) -> Rejected | None:
        case, desk = self._case, self._case.desk
        standing = self._history.of(Part.of(self._plan.documents[place].kind))
        if standing.posted is not None and standing.booked_in:
            self._documents.append(standing.posted)  # what others have a part in tells nothing of this one's amount
            return None
        if standing.posted is not None:
            self._warnings += await left_open(self._plan.documents[place], desk.planner)
            return await self._stands(place, standing.posted)
        for refusals in range(PERIOD_REFUSALS_MAX):
            document, sent_before = self._plan.documents[place], standing.sent_at is not None or refusals > 0
            chosen, answer = await settle_and_post(document, standing.key, case.job_id, desk, sent_before=sent_before)
            match answer:
                case Rejected():
                    return answer
                case PostedDocument():
                    self._plan = _with_document(self._plan, place, chosen.document)
                    self._settlements += chosen.trace
                    self._warnings += chosen.warnings
                    _log.info("item %s booked job=%s %s", case.entry_id, case.job_id, _shown(answer, self._plan, place))
                    return await self._stands(place, answer)
                case PeriodRefused():
                    failures = await self._plan_again(place, answer.period)
                    if failures:
                        return Rejected(failures=failures)
        day = expense_date(case.item, desk.settings)
        refused = ", ".join(sorted(self._refused_periods))
        return Rejected(failures=(closed_failure(day, refused, desk.settings.closed_period),))

    async def _plan_again(self, place: int, period: str) -> tuple[Failure, ...]:
        """Let what is not booked yet keep clear of a period that the books have just refused."""
        case = self._case
        self._refused_periods |= {period}
        _log.info("item %s planned again job=%s period_refused=%s", case.entry_id, case.job_id, period)
        again = await plan_item(case.item, case.desk.planner, self._history.generations, self._refused_periods)
        if not again.failures:
            done, left = self._plan.documents[:place], again.documents[place:]
            self._plan = replace(again, documents=(*done, *left))
        return again.failures

    async def _stands(self, place: int, posted: PostedDocument) -> Rejected | None:
        failures, warnings = await read_back(self._plan.documents[place], posted, self._case.desk)
        if failures:
            return Rejected(failures=failures)
        self._documents.append(posted)
        self._warnings += warnings
        return None

    def _beside_booked(self, rejected: Rejected) -> Rejected:
        """The rejection, which also tells what was booked before it."""
        if not self._documents:
            return rejected
        first, *others = rejected.failures
        told = replace(first, message=f"{first.message} {self._booked_already()}")
        return Rejected(failures=(told, *others))

    def _booked_already(self) -> str:
        booked = ", ".join(document.external_id for document in self._documents)
        return f"Already in the books, and left as it is: {booked}."


def _with_document(plan: ItemPlan, place: int, document: Document) -> ItemPlan:
    return replace(plan, documents=(*plan.documents[:place], document, *plan.documents[place + 1 :]))


def _shown(posted: PostedDocument, plan: ItemPlan, place: int) -> str:
    """The booking for the log: numbers and dates, nothing about people."""
    planned = plan.documents[place].posting_date
    moved = f" moved_from={planned.original} moved_by={planned.moved_by}" if planned.moved_by else ""
    return f"external_id={posted.external_id} posting_date={posted.posting_date}{moved}"


async def _moved_meanwhile(case: Case, standing: Standing) -> tuple[str, ...]:
    """A date that differs and was never told, found without the plan that it was booked with."""
    day = expense_date(case.item, case.desk.settings)
    if standing.posted is None or not standing.sent_hash or standing.posted.posting_date == day:
        return ()
    # What several items share has one date for all of them, within the period that each of them asked for.
    period = await case.desk.books.period_of(day) if standing.booked_in else None
    if period is not None and period.covers(standing.posted.posting_date):
        return ()
    return (f"It stands in the books on {standing.posted.posting_date}, not on its own date {day}.",)


def _other_before(posted: PostedDocument) -> Failure:
    return Failure(
        code=FailureCode.BOOKS_CONFLICT,
        path="",
        message=(
            f"An earlier try left {posted.external_id} over {posted.total} in the books, which does not go with "
            "what the expense asks for now."
        ),
        remedy="Remove that document from the books, or change the expense back, then export it again.",
    )
