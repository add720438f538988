"""Settle: what a vendor document pays, is paid by, or opens again, among what stands in the books."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Final

from bilag.domain.document import Document
from bilag.domain.failure import Failure, FailureCode
from bilag.domain.payables import PayableItem, VendorDocument
from bilag.domain.plan import ItemPlan, TraceStep
from bilag.domain.posting_record import PostingKey
from bilag.lifecycle.desk import Desk, Planner
from bilag.lifecycle.post import post
from bilag.ports.accounting_system import PeriodRefused, PostedDocument, Rejected, SettlementRefused
from bilag.rules.settlement import as_payable_item, choose_settlement, payable_keys

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


async def settle_and_post(
    document: Document, key: PostingKey, job_id: str, desk: Desk
) -> tuple[Settled, PostedDocument | PeriodRefused | Rejected]:
    """Post the document with what it settles. Nobody else chooses for this vendor until the books have answered."""
    async with _alone(document, desk):
        refusal = ""
        for _ in range(CHOICES_MAX):
            chosen = await settled(document, desk.planner)
            answer = await post(chosen.document, key, job_id, desk)
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
