"""Report: every outcome to Pleo, in batches as they finish, none forgotten and none accepted one sent again.

https://developers.pleo.io/docs/current/integration-design/exports (update export items)
"""

import asyncio
import logging
import math
from collections.abc import Collection
from typing import Final

from bilag.domain.export_job import ExportJob, ItemReport, ItemStatus
from bilag.domain.failure import FailureCode
from bilag.domain.posting_record import ItemOutcome
from bilag.lifecycle.desk import Desk
from bilag.ports.clock import Clock
from bilag.ports.errors import TryLater
from bilag.ports.export_api import RefusedReport
from bilag.rules.outcome import item_report

BATCH_MAX: Final = 100
# A job expires an hour after its last update; a batch every few minutes keeps it alive (inferred, see decisions).
SILENCE_SECONDS_MAX: Final = 240.0
# After a batch that Pleo did not take, the timer tries again.
AGAIN_SECONDS: Final = 30.0
# What is left of a job's life for telling the last outcomes and for its end.
END_SECONDS: Final = 300.0
_LIFE_SECONDS: Final = 3600
# An outcome that Pleo refuses is offered once more, then shown to a person.
OFFERS_MAX: Final = 2

_log = logging.getLogger("bilag.report")


class JobLife:
    """How long Pleo keeps a job open without hearing of it."""

    def __init__(self, job: ExportJob, clock: Clock) -> None:
        """The life of a job as Pleo has just shown it."""
        self._clock = clock
        self._last_updated_at = job.last_updated_at
        self._life_seconds = job.expires_in_seconds or _LIFE_SECONDS
        shown = job.last_updated_at or job.created_at
        silent_seconds = max(0.0, (clock.now() - shown).total_seconds())
        self._ends_at_seconds = clock.monotonic_seconds() + self._life_seconds - silent_seconds

    def heard(self) -> None:
        """Pleo has taken an outcome just now."""
        self._ends_at_seconds = self._clock.monotonic_seconds() + self._life_seconds

    def shown(self, job: ExportJob) -> None:
        """Pleo shows the job after a sign of life, which counts when it has moved the job's last update."""
        if job.last_updated_at != self._last_updated_at:
            self._last_updated_at = job.last_updated_at
            self.heard()

    @property
    def seconds_left(self) -> float:
        """How long items may still be waited for."""
        return self._ends_at_seconds - self._clock.monotonic_seconds() - END_SECONDS


class Reporter:
    """Takes outcomes as they settle and sends them in batches of up to BATCH_MAX, in order."""

    def __init__(
        self, job_id: str, desk: Desk, *, life: JobLife | None = None, listed: Collection[str] = frozenset()
    ) -> None:
        """A reporter for one job. `listed` are entries that have not begun, which a sign of life may name, too."""
        self._job_id = job_id
        self._desk = desk
        self._life = life
        self._listed = listed
        self._under_way: dict[str, None] = {}
        self._waiting: list[ItemOutcome] = []
        self._offers: dict[str, int] = {}
        self._last_sent_seconds = desk.clock.monotonic_seconds()
        self._sending = asyncio.Lock()
        self.refused: list[ItemOutcome] = []

    @property
    def seconds_left(self) -> float:
        """How long Pleo keeps the job open for items to be waited for."""
        return math.inf if self._life is None else self._life.seconds_left

    def begin(self, entry_id: str) -> None:
        """The entry is being worked on from now on."""
        self._under_way[entry_id] = None

    async def keep_alive(self) -> None:
        """Break every long silence, whether an item settles or not, until cancelled. Raises what ends the job.

        The loop's own timer: it runs beside the work and must not be what moves its time.
        """
        while True:
            silent_seconds = self._desk.clock.monotonic_seconds() - self._last_sent_seconds
            await asyncio.sleep(max(SILENCE_SECONDS_MAX - silent_seconds, AGAIN_SECONDS))
            if self._desk.clock.monotonic_seconds() - self._last_sent_seconds < SILENCE_SECONDS_MAX:
                continue
            try:
                await (self._send_batch() if self._waiting else self._give_sign_of_life())
            except TryLater as trouble:
                _log.warning("job %s could not be kept alive just now: %s", self._job_id, trouble)

    async def _give_sign_of_life(self) -> None:
        """Say of one item that it is being worked on: the only thing that Pleo takes of an item without outcome."""
        async with self._sending:
            entry_id = next(iter(self._under_way), None) or min(self._listed, default=None)
            if entry_id is None or self._waiting:
                return
            sign = ItemReport(entry_id=entry_id, status=ItemStatus.IN_PROGRESS)
            await self._desk.pleo.update_items(self._job_id, [sign])
            self._last_sent_seconds = self._desk.clock.monotonic_seconds()
        shown = await self._desk.pleo.job(self._job_id)
        if self._life is not None:
            self._life.shown(shown)
        _log.info("job %s has nothing to report, sign of life given, last_updated=%s", shown.id, shown.last_updated_at)

    async def add(self, outcome: ItemOutcome) -> None:
        """Store the outcome; send a batch when one is full or Pleo has heard nothing for too long."""
        await self._desk.journal.record_outcome(outcome)
        self._under_way.pop(outcome.entry_id, None)
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
            if self._life is not None:
                self._life.heard()
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
