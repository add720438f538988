"""Report: every outcome to Pleo, in batches as they finish, none forgotten and none accepted one sent again.

https://developers.pleo.io/docs/current/integration-design/exports (update export items)
"""

import asyncio
import logging
from typing import Final

from bilag.domain.failure import FailureCode
from bilag.domain.posting_record import ItemOutcome
from bilag.lifecycle.desk import Desk
from bilag.ports.export_api import RefusedReport
from bilag.rules.outcome import item_report

BATCH_MAX: Final = 100
# A job expires an hour after its last update; a batch every few minutes keeps it alive (inferred, see decisions).
SILENCE_SECONDS_MAX: Final = 240.0
# An outcome that Pleo refuses is offered once more, then shown to a person.
OFFERS_MAX: Final = 2

_log = logging.getLogger("bilag.report")


class Reporter:
    """Takes outcomes as they settle and sends them in batches of up to BATCH_MAX, in order."""

    def __init__(self, job_id: str, desk: Desk) -> None:
        """A reporter for one job."""
        self._job_id = job_id
        self._desk = desk
        self._waiting: list[ItemOutcome] = []
        self._offers: dict[str, int] = {}
        self._last_sent_seconds = desk.clock.monotonic_seconds()
        self._sending = asyncio.Lock()
        self.refused: list[ItemOutcome] = []

    async def add(self, outcome: ItemOutcome) -> None:
        """Store the outcome; send a batch when one is full or Pleo has heard nothing for too long."""
        await self._desk.journal.record_outcome(outcome)
        self._waiting.append(outcome)
        silent_seconds = self._desk.clock.monotonic_seconds() - self._last_sent_seconds
        if len(self._waiting) >= BATCH_MAX or silent_seconds >= SILENCE_SECONDS_MAX:
            await self._send_batch()

    async def catch_up(self) -> None:
        """Send the outcomes that an earlier run stored and did not get to Pleo, each offered once.

        What Pleo never listed in the job stays with us.
        """
        offered: set[str] = set()
        while True:
            stored = await self._desk.journal.unreported(self._job_id, BATCH_MAX + len(offered))
            fresh = [outcome for outcome in stored if outcome.entry_id not in offered][:BATCH_MAX]
            if not fresh:
                return
            offered |= {outcome.entry_id for outcome in fresh}
            self._waiting = [outcome for outcome in fresh if not _is_stray(outcome)]
            await self._send_batch()

    async def flush(self) -> None:
        """Send everything that waits; what Pleo refuses twice is left in `refused`."""
        while self._waiting:
            await self._send_batch()

    async def _send_batch(self) -> None:
        async with self._sending:
            batch, self._waiting = self._waiting[:BATCH_MAX], self._waiting[BATCH_MAX:]
            if not batch:
                return
            try:
                refused = await self._desk.pleo.update_items(self._job_id, [item_report(o) for o in batch])
            except BaseException:
                self._waiting = [*batch, *self._waiting]
                raise
            self._last_sent_seconds = self._desk.clock.monotonic_seconds()
            by_entry = {refusal.entry_id: refusal for refusal in refused}
            taken = [outcome.entry_id for outcome in batch if outcome.entry_id not in by_entry]
            await self._desk.journal.mark_reported(self._job_id, taken, self._desk.clock.now())
            _log.info("job %s reported outcomes=%d taken=%d", self._job_id, len(batch), len(taken))
            for outcome in batch:
                if outcome.entry_id in by_entry:
                    self._offer_again(outcome, by_entry[outcome.entry_id])

    def _offer_again(self, outcome: ItemOutcome, refusal: RefusedReport) -> None:
        offers = self._offers[outcome.entry_id] = self._offers.get(outcome.entry_id, 1) + 1
        if offers <= OFFERS_MAX:
            self._waiting.append(outcome)
            return
        _log.error("item %s not taken by Pleo job=%s: %s", outcome.entry_id, outcome.job_id, _why(refusal))
        self.refused.append(outcome)


def _why(refusal: RefusedReport) -> str:
    return f"{refusal.type} {refusal.message}".strip()


def _is_stray(outcome: ItemOutcome) -> bool:
    return any(failure.code is FailureCode.ITEM_NOT_LISTED for failure in outcome.failures)
