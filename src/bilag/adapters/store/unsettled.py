"""How much of a company's posting journal is still open. Looks at whole tables: to be asked seldom."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, and_, bindparam, func, select

from bilag.adapters.store.schema import item_outcome, posting_journal, receipt_obligation
from bilag.domain.posting_record import ReceiptState
from bilag.domain.transitions import PostingState

_POSTING: Final = posting_journal.c
_RECEIPT: Final = receipt_obligation.c
_OUTCOME: Final = item_outcome.c
_OPEN: Final = (PostingState.INTENDED, PostingState.SENT, PostingState.UNKNOWN)

_OPEN_INTENTS: Final = (
    select(func.count())
    .select_from(posting_journal)
    .where(_POSTING.company_id == bindparam("company"), _POSTING.state.in_([str(state) for state in _OPEN]))
)
# What a document that was refused owes, nobody is owed.
_RECEIPTS_OWED: Final = (
    select(func.count())
    .select_from(
        receipt_obligation.join(
            posting_journal,
            and_(*(_RECEIPT[name] == _POSTING[name] for name in ("entry_id", "company_id", "part", "generation"))),
        )
    )
    .where(
        _RECEIPT.company_id == bindparam("company"),
        _RECEIPT.state == str(ReceiptState.OWED),
        _POSTING.state == str(PostingState.POSTED),
    )
)
_UNREPORTED: Final = (
    select(func.count())
    .select_from(item_outcome)
    .where(_OUTCOME.company_id == bindparam("company"), _OUTCOME.reported_at.is_(None))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsettled:
    """Documents of which nobody knows if they are booked, receipts that booked ones lack, outcomes not taken."""

    open_intents: int
    receipts_owed: int
    unreported: int


def unsettled(connection: Connection, company_id: str) -> Unsettled:
    """How many of each the company has."""
    asked = {"company": company_id}
    return Unsettled(
        open_intents=connection.execute(_OPEN_INTENTS, asked).scalar_one(),
        receipts_owed=connection.execute(_RECEIPTS_OWED, asked).scalar_one(),
        unreported=connection.execute(_UNREPORTED, asked).scalar_one(),
    )
