"""Items that wait to share a journal entry, where the settings ask for one per job. How many wait is bounded."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from bilag.domain.attachment import MIB
from bilag.domain.ledger import JournalEntry, PostingMode
from bilag.domain.money import Currency
from bilag.domain.settings import JournalConstruction
from bilag.lifecycle.desk import Desk
from bilag.lifecycle.process_item import Prepared
from bilag.rules.job_entry import can_join

# A person can still read an entry of so many items, and books can still take it; the next items share another one.
JOB_ENTRY_ITEMS_MAX: Final = 500
# Items wait in memory and their receipts on our disk. When it becomes too much of either, what waits is booked.
WAITING_ITEMS_MAX: Final = 2000
WAITING_BYTES_MAX: Final = 2048 * MIB
# Pleo hears of an item when it is booked, and gives a job up that it has heard nothing of for an hour.
WAITING_SECONDS_MAX: Final = 1200.0

# The last is the external reference of an entry that may still arrive with the items in it, else empty.
_GroupName: TypeAlias = tuple[Currency, str, PostingMode, str]


@dataclass(slots=True, kw_only=True)
class _Group:
    members: list[Prepared] = field(default_factory=list)
    files: int = 0
    size_bytes: int = 0

    def add(self, member: Prepared) -> None:
        self.members.append(member)
        self.files += len(member.receipts.files)
        self.size_bytes += sum(file.size_bytes for file in member.receipts.files)


class WaitingItems:
    """Items of one job that wait for those which share their currency, accounting period and mode.

    Items that an earlier try sent together, and whose entry may still arrive, wait for each other alone.
    """

    def __init__(self, desk: Desk) -> None:
        """Nobody waits yet."""
        self._desk = desk
        self._groups: dict[_GroupName, _Group] = {}
        self._since_seconds = 0.0

    def takes(self, prepared: Prepared) -> bool:
        """Whether the item is to share an entry. What stands already stays as it is, and vendors get their own.

        What was sent by itself and may still arrive stays by itself: under its own reference it is booked once.
        """
        history = prepared.history
        if self._desk.settings.journal_construction is not JournalConstruction.PER_JOB or history.posted:
            return False
        if any(standing.sent_at and not standing.booked_in for standing in history.standings.values()):
            return False
        documents = prepared.plan.documents if prepared.plan else ()
        limits = self._desk.books.capabilities.text
        return len(documents) == 1 and isinstance(documents[0], JournalEntry) and can_join(documents[0], limits)

    def add(self, prepared: Prepared) -> tuple[Sequence[Prepared], ...]:
        """Let the item wait; gives the groups that are to be booked now."""
        if not self._groups:
            self._since_seconds = self._desk.clock.monotonic_seconds()
        entry = entry_to_share(prepared)
        sent = prepared.history.on_its_way(self._desk.clock.now())
        name = (entry.currency, entry.posting_date.period, entry.mode, sent.booked_in if sent else "")
        group, due = self._groups.setdefault(name, _Group()), []
        if group.members and not self._fits(group, prepared):
            due.append(group.members)
            group = self._groups[name] = _Group()
        group.add(prepared)
        if len(group.members) >= JOB_ENTRY_ITEMS_MAX:
            due.append(self._groups.pop(name).members)
        return (*due, *(self.rest() if self._is_too_much() else ()))

    def rest(self) -> tuple[Sequence[Prepared], ...]:
        """Everybody who still waits, group by group; nobody waits afterwards."""
        groups, self._groups = self._groups, {}
        # What may still arrive first: only the entry that was tried last is known well enough to be sent again.
        names = sorted(groups, key=lambda name: not name[-1])
        return tuple(groups[name].members for name in names)

    def _fits(self, group: _Group, prepared: Prepared) -> bool:
        """Books that take few files for an entry can't take the receipts of many items."""
        rules = self._desk.books.capabilities.attachments
        files_max = rules.files_max if rules else None
        return files_max is None or group.files + len(prepared.receipts.files) <= files_max

    def _is_too_much(self) -> bool:
        groups = self._groups.values()
        return (
            sum(len(group.members) for group in groups) >= WAITING_ITEMS_MAX
            or sum(group.size_bytes for group in groups) >= WAITING_BYTES_MAX
            or self._desk.clock.monotonic_seconds() - self._since_seconds >= WAITING_SECONDS_MAX
        )


def entry_to_share(prepared: Prepared) -> JournalEntry:
    """What the item would be booked as by itself. Expects an item that WaitingItems takes."""
    assert prepared.plan is not None
    (entry,) = prepared.plan.documents
    assert isinstance(entry, JournalEntry)
    return entry
