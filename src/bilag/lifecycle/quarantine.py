"""Quarantine: items that fail for a bug of ours, or whose booking meets trouble while others are booked.

They get so many tries across runs and jobs. After that they fail at once, without work and without delaying the rest,
until a person releases them or Pleo sends other content.
"""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bilag.domain.export_item import ExportItem, MalformedItem
from bilag.domain.failure import Failure, FailureCode
from bilag.domain.item_troubles import ItemTroubles
from bilag.domain.posting_record import ItemOutcome
from bilag.domain.transitions import PostingState
from bilag.lifecycle.desk import Desk

TRIES_MAX: Final = 3
_TROUBLE: Final = frozenset({FailureCode.BOOKS_UNREACHABLE, FailureCode.BOOKS_TIMEOUT})

_log = logging.getLogger("bilag.item")


class Quarantine:
    """What is known of the company's items with trouble of their own, for one job."""

    def __init__(self, job_id: str, desk: Desk) -> None:
        """Knows nothing before `load`."""
        self._job_id = job_id
        self._desk = desk
        self._known: Mapping[str, ItemTroubles] = {}
        self._suspects: list[ItemTroubles] = []

    async def load(self) -> None:
        """Read what earlier runs have stored."""
        self._known = await self._desk.journal.troubled(self._desk.settings.company_id)

    def failure(self, item: ExportItem | MalformedItem) -> Failure | None:
        """Why the item is not worked on; None when it is."""
        known = self._known.get(item.entry_id)
        if known is None or known.count < TRIES_MAX or isinstance(item, MalformedItem):
            return None
        return None if known.content_hash != item_hash(item) else quarantined(known)

    async def note(self, item: ExportItem | MalformedItem, outcome: ItemOutcome) -> None:
        """Count a bug at once; keep trouble until it is known whether it was the item's own. A success forgets all."""
        if isinstance(item, MalformedItem):
            return
        if outcome.successful:
            if item.entry_id in self._known:
                await self._store(replace(self._known[item.entry_id], count=0))
            return
        first = outcome.failures[0]
        if first.code is FailureCode.UNEXPECTED:
            await self._store(self._after(item, first))
        elif first.code in _TROUBLE or await self._has_lost_its_answer(item, first):
            self._suspects.append(self._after(item, first))

    async def close(self, *, others_were_booked: bool) -> None:
        """Books that booked other items meanwhile were not down: the trouble was the suspects' own."""
        for suspect in self._suspects if others_were_booked else ():
            await self._store(suspect)

    async def _has_lost_its_answer(self, item: ExportItem, failure: Failure) -> bool:
        """Whether the answer was lost in this very job, and the item does not only wait for an earlier one."""
        if failure.code is not FailureCode.BOOKS_OUTCOME_UNKNOWN:
            return False
        records = await self._desk.journal.latest(self._desk.settings.company_id, item.entry_id)
        return any(r.state is PostingState.UNKNOWN and r.job_id == self._job_id for r in records.values())

    def _after(self, item: ExportItem, failure: Failure) -> ItemTroubles:
        known, content_hash = self._known.get(item.entry_id), item_hash(item)
        before = known.count if known is not None and known.content_hash == content_hash else 0
        return ItemTroubles(
            company_id=self._desk.settings.company_id,
            entry_id=item.entry_id,
            content_hash=content_hash,
            count=before + 1,
            last_at=self._desk.clock.now(),
            evidence=failure.message,
        )

    async def _store(self, troubles: ItemTroubles) -> None:
        await self._desk.journal.record_troubles(troubles)
        if troubles.count >= TRIES_MAX:
            _log.error("item %s goes into quarantine after tries=%d", troubles.entry_id, troubles.count)


def quarantined(known: ItemTroubles) -> Failure:
    """The failure of an item that is not tried any more, with what happened the last time."""
    return Failure(
        code=FailureCode.QUARANTINED,
        path="",
        message=(
            f"Not tried again after {known.count} tries that went wrong, the last one at "
            f"{known.last_at:%Y-%m-%d %H:%M} UTC: {known.evidence}"
        ),
        remedy=(
            f"Look for the expense in the books. Whoever runs bilag lets it be tried again with "
            f"`bilag release {known.entry_id}`; so does a change of the expense in Pleo."
        ),
    )


def item_hash(item: ExportItem) -> str:
    """SHA-256 over the item as Pleo sent it, in hexadecimal; without links, which are new every time."""
    files = tuple(replace(file, url="") for file in item.files)
    content = replace(item, files=files, web_link=None, mobile_link=None, api_link=None)
    return hashlib.sha256(repr(content).encode()).hexdigest()
