"""Job entry: the journal entries of several Export Items as one, in which every item can still be found.

An item keeps its postings of expense and tax, each with its reconciliation id and its own date. What items move alike,
the wallet, the contra, the out-of-pocket and the payable account, is added up per account and side.
https://developers.pleo.io/docs/current/integration-design/exports (journal entry)
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from bilag.domain.attachment import NoteFile
from bilag.domain.capabilities import TextLimits
from bilag.domain.export_item import ExportItem
from bilag.domain.failure import Failure, FailureCode
from bilag.domain.ledger import AccountRole, Datapoints, JournalEntry, Posting, Side
from bilag.domain.money import Money
from bilag.domain.period import PostingDate
from bilag.domain.plan import TraceStep
from bilag.rules.data_mapping import map_data

# A request that we gave up can still reach the books. Twice as long as the slowest that we know of works on one; after
# that the entry counts as lost (docs/decisions/0003-inferences.md, "late entries").
ARRIVES_WITHIN: Final = timedelta(minutes=30)
_SEPARATOR: Final = " - "
_CUT: Final = "…"
# One item's share of an entry that hundreds have a part in: what a list shows, not what a letter says.
DESCRIPTION_CHARACTERS_MAX: Final = 250
_NAME_CHARACTERS_MAX: Final = 60
_NOT_IN_NAME: Final = re.compile(r"[^0-9A-Za-z_-]")

# What is added up, widest first. An item without an expense, such as a reimbursement or a wallet load, would be found
# nowhere if all of its postings were; the first set that leaves it one of its own is taken.
_ADDED_UP: Final = (
    frozenset({AccountRole.WALLET, AccountRole.CONTRA, AccountRole.OUT_OF_POCKET, AccountRole.ACCOUNTS_PAYABLE}),
    frozenset({AccountRole.WALLET, AccountRole.CONTRA}),
    frozenset({AccountRole.WALLET}),
)

_Likeness: TypeAlias = tuple[Side, str, AccountRole]


def can_join(entry: JournalEntry, limits: TextLimits) -> bool:
    """Whether the item could be found in an entry that it shares: its reconciliation id has to fit on its postings."""
    id_ = entry.datapoints.reconciliation_id
    return bool(id_.strip()) and len(id_) <= _length_max(limits)


def joined_entry(entries: Sequence[JournalEntry], reference: str, job_id: str, limits: TextLimits) -> JournalEntry:
    """One entry for all, dated as the latest of them, whatever order they come in.

    Expects entries of one currency, accounting period and mode that `can_join`. Every account is moved as much as by
    the entries one by one, on each side.
    """
    ordered = sorted(entries, key=lambda entry: (entry.original_date, entry.external_reference))
    first = ordered[0]
    assert len({(entry.currency, entry.posting_date.period, entry.mode) for entry in ordered}) == 1
    day = max(entry.posting_date.date for entry in ordered)
    postings = [posting for entry in ordered for posting in _own(entry, limits)]
    added_up = _added_up(posting for entry in ordered for posting in _shared(entry))
    about = _about(job_id, len(ordered), limits)
    return JournalEntry(
        external_reference=reference,
        posting_date=PostingDate(original=day, date=day, period=first.posting_date.period),
        mode=first.mode,
        currency=first.currency,
        postings=(*postings, *(replace(posting, description=about) for posting in added_up)),
        datapoints=Datapoints(reconciliation_id=job_id, description=about),
    )


def may_still_arrive(sent_at: datetime, now: datetime) -> bool:
    """Whether a shared entry that was sent then, and that the books do not show, has to be reckoned with.

    A document of one item needs no such rule: whatever is booked for the item later has the same reference.
    """
    return now < sent_at + ARRIVES_WITHIN


def on_its_way(reference: str, sent_at: datetime) -> Failure:
    """Why an item may not be booked elsewhere: the shared entry that it was sent with may still arrive."""
    until = (sent_at + ARRIVES_WITHIN).strftime("%Y-%m-%d %H:%M %Z")
    return Failure(
        code=FailureCode.BOOKS_OUTCOME_UNKNOWN,
        path="",
        message=(
            f"The expense was sent to the books with others in the entry {reference}, which got no answer, is not "
            f"there, and may still arrive until {until}."
        ),
        remedy="Export it again together with the expenses of that Export Job, or by itself after that time.",
    )


def given_up(reference: str) -> str:
    """The warning of an item that was booked although it had been sent in an entry that never was seen."""
    return f"It was sent in the entry {reference} before, which never arrived; if that one appears, remove this one."


def job_entry_notes(item: ExportItem, limits: TextLimits) -> tuple[NoteFile, ...]:
    """The item's attendees and settled expenses as notes of its own, since a shared entry has no field for them."""
    notes = map_data(item, replace(limits, comment_max=0)).notes
    id_ = item.reconciliation_id
    plain = _NOT_IN_NAME.sub("-", id_)[:_NAME_CHARACTERS_MAX]
    # The id in the text, too: books that know files by their contents keep the same guests of two expenses apart.
    return tuple(NoteFile(name=f"{plain}-{note.name}", text=f"Expense {id_}\n{note.text}") for note in notes)


def explain_sharing(reference: str) -> TraceStep:
    """Why the item's entry does not stand in the books by itself."""
    return TraceStep(
        subject="externalReference",
        value=reference,
        rule="journal construction",
        because="the Export Items of a job share an entry, and this one is part of it",
        source="settings.bookkeeping.journal_entries",
    )


def _own(entry: JournalEntry, limits: TextLimits) -> Iterator[Posting]:
    shared = _shared_roles(entry)
    for posting in entry.postings:
        if not _is_shared(posting, shared):
            yield replace(posting, description=_description(entry, posting.description, limits))


def _shared(entry: JournalEntry) -> Iterator[Posting]:
    shared = _shared_roles(entry)
    return (posting for posting in entry.postings if _is_shared(posting, shared))


def _shared_roles(entry: JournalEntry) -> frozenset[AccountRole]:
    return next(
        (roles for roles in _ADDED_UP if not all(_is_shared(posting, roles) for posting in entry.postings)),
        frozenset(),
    )


def _is_shared(posting: Posting, roles: frozenset[AccountRole]) -> bool:
    """Only what says nothing beside its amount can be added up without losing it."""
    return posting.role in roles and posting.tax_code is None and not posting.dimensions


def _added_up(postings: Iterable[Posting]) -> Iterator[Posting]:
    alike: dict[_Likeness, list[Posting]] = {}
    for posting in postings:
        alike.setdefault((posting.side, posting.account, posting.role), []).append(posting)
    for (side, account, role), group in sorted(alike.items()):
        amount = Money.total((posting.amount for posting in group), group[0].amount.currency)
        yield Posting(account=account, role=role, side=side, amount=amount)


def _description(entry: JournalEntry, text: str, limits: TextLimits) -> str:
    """The reconciliation id, the expense's own date, which the shared one hides, and as many words as fit."""
    id_, day = entry.datapoints.reconciliation_id, entry.original_date.isoformat()
    # Some descriptions begin with the id already.
    words = text.removeprefix(f"{id_}{_SEPARATOR}") if text != id_ else ""
    room = _length_max(limits) - len(f"{id_}{_SEPARATOR}{day}")
    parts = (id_, day if room >= 0 else "", _cut(words, room - len(_SEPARATOR)))
    return _SEPARATOR.join(filter(None, parts))


def _about(job_id: str, count: int, limits: TextLimits) -> str:
    return _cut(f"Export Job {job_id}, {count} expenses", _length_max(limits))


def _length_max(limits: TextLimits) -> int:
    if limits.description_max is None:
        return DESCRIPTION_CHARACTERS_MAX
    return min(limits.description_max, DESCRIPTION_CHARACTERS_MAX)


def _cut(text: str, length_max: int) -> str:
    if len(text) <= length_max:
        return text
    return text[: length_max - len(_CUT)].rstrip() + _CUT if length_max >= len(_CUT) else ""
