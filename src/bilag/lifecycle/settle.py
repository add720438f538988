"""Settle: what a vendor document pays, is paid by, or opens again, among what stands in the books."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Final

from bilag.domain.document import Document
from bilag.domain.failure import Failure, FailureCode
from bilag.domain.payables import PayableItem, VendorDocument
from bilag.domain.plan import ItemPlan, TraceStep
from bilag.domain.posting_record import Part, PostingKey
from bilag.lifecycle.desk import Desk, Planner
from bilag.lifecycle.look_back import History, removed_before
from bilag.lifecycle.post import post
from bilag.ports.accounting_system import PeriodRefused, PostedDocument, Rejected, SettlementRefused
from bilag.rules.settlement import as_payable_item, choose_settlement, payable_keys
from bilag.rules.settlement_words import still_open

# What was open can be taken by a person in the books; every refusal looks anew.
CHOICES_MAX: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A document with what it settles, why, and what stays open."""

    document: Document
    trace: tuple[TraceStep, ...] = ()
    warnings: tuple[str, ...] = ()


async def settled(document: Document, planner: Planner, planned: Sequence[PayableItem] = ()) -> Settled:
    """The document with its settlement, as the books are now and as if `planned` stood there already."""
    if not isinstance(document, VendorDocument):
        return Settled(document=document)
    standing = await planner.books.payable_items(payable_keys(document))
    choice = choose_settlement(document, (*standing, *planned))
    return Settled(
        document=replace(document, settles=choice.settles, reopens=choice.reopens),
        trace=choice.trace,
        warnings=choice.warnings,
    )


async def with_settlements(plan: ItemPlan, planner: Planner) -> ItemPlan:
    """The plan with what each document would settle if it were posted now."""
    documents: list[Document] = []
    trace: list[TraceStep] = []
    planned: list[PayableItem] = []
    for document in plan.documents:
        found = await settled(document, planner, planned)
        documents.append(found.document)
        trace += found.trace
        if isinstance(document, VendorDocument):
            planned.append(as_payable_item(document))
    return replace(plan, documents=tuple(documents), trace=(*plan.trace, *trace))


async def removed_unseen(plan: ItemPlan, history: History, planner: Planner) -> History:
    """The history with what was in the books and removed there before its answer was known, told from its traces.

    Whatever another document settled has stood. It is booked anew under the next generation like all that was removed;
    under the old reference that settlement would count once more, beside the new one.
    """
    standings = dict(history.standings)
    for document in plan.documents:
        part = Part.of(document.kind)
        known = standings.get(part)
        if not isinstance(document, VendorDocument) or known is None or known.posted or not known.sent_at:
            continue
        for item in await planner.books.payable_items(payable_keys(document)):
            if document.external_reference in item.misses:
                standings[part] = removed_before(known.key, item.external_reference)
    return replace(history, standings=standings) if standings != history.standings else history


async def left_open(document: Document, planner: Planner) -> tuple[str, ...]:
    """What a document that stands could still settle now, as a warning.

    One that arrived late had chosen before others came, and what stands can't choose again.
    """
    if not isinstance(document, VendorDocument):
        return ()
    keys = payable_keys(document)
    own_too = replace(keys, references=keys.references | {document.external_reference})
    standing = {item.external_reference: item for item in await planner.books.payable_items(own_too)}
    own = standing.get(document.external_reference)
    could_settle = choose_settlement(document, tuple(standing.values())).settles
    return still_open(document, own, [standing[one.reference] for one in could_settle]) if own else ()


async def settle_and_post(
    document: Document, key: PostingKey, job_id: str, desk: Desk, *, sent_before: bool
) -> tuple[Settled, PostedDocument | PeriodRefused | Rejected]:
    """Post the document with what it settles. Nobody else chooses for this vendor until the books have answered."""
    async with _alone(document, desk):
        refusal = ""
        for choices in range(CHOICES_MAX):
            chosen = await settled(document, desk.planner)
            answer = await post(chosen.document, key, job_id, desk, sent_before=sent_before or choices > 0)
            if not isinstance(answer, SettlementRefused):
                return chosen, answer
            refusal = answer.reference
    return chosen, Rejected(failures=(_not_open(refusal),))


def _alone(document: Document, desk: Desk) -> AbstractAsyncContextManager[object]:
    """The vendor's turn; a document with a pair of its own meets nobody else, and needs none."""
    if not isinstance(document, VendorDocument) or document.paired_with:
        return nullcontext()
    return desk.vendor_turns.of(document.vendor.number)


def _not_open(reference: str) -> Failure:
    return Failure(
        code=FailureCode.BOOKS_CONFLICT,
        path="",
        message=f"What this document would settle, {reference}, changes in the books again and again.",
        remedy="Export the expense again when nobody else works on this vendor; nothing was booked.",
    )
