"""The lease of a company in PostgreSQL: one row, taken and renewed by the database's clock.

Lost is what is not surely held: our own deadline is counted from before each question, so that it never lies after
the database's.
"""

import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Engine, text

from bilag.adapters.store.faults import told_plainly
from bilag.ports.errors import StoreFailed
from bilag.ports.lease import HeldElsewhere, LeaseLost

# The time limit of one call over the network: what is sent with so much left has ended before anybody else begins.
SEND_SECONDS_MAX: Final = 90.0
# After a kill, another worker can take the company so much later, at most.
LEASE_SECONDS: Final = 120.0
# Two renewals may fail before sends stop.
RENEW_SECONDS: Final = 10.0

_log: Final = logging.getLogger("bilag.lease")

_TAKE: Final = text("""
    INSERT INTO company_lease AS held (company_id, holder, fence, expires_at)
    VALUES (:company, :holder, 1, clock_timestamp() + make_interval(secs => :seconds))
    ON CONFLICT (company_id) DO UPDATE
    SET holder = excluded.holder, fence = held.fence + 1, expires_at = excluded.expires_at
    WHERE held.expires_at <= clock_timestamp()
    RETURNING fence
""")
_LOOK: Final = text("""
    SELECT holder, GREATEST(0, EXTRACT(EPOCH FROM expires_at - clock_timestamp())) AS seconds
    FROM company_lease WHERE company_id = :company
""")
_RENEW: Final = text("""
    UPDATE company_lease SET expires_at = clock_timestamp() + make_interval(secs => :seconds)
    WHERE company_id = :company AND fence = :fence
    RETURNING fence
""")
# Without a holder: a lease that ran out with one was not given back, so whoever held it is dead or cut off.
_GIVE_BACK: Final = text("""
    UPDATE company_lease SET expires_at = clock_timestamp(), holder = ''
    WHERE company_id = :company AND fence = :fence
""")
_LEFT: Final = text("SELECT company_id FROM company_lease WHERE holder <> '' AND expires_at <= clock_timestamp()")
# Keeps a take-over waiting until the transaction that wrote is through.
_CHECK: Final = text("SELECT fence FROM company_lease WHERE company_id = :company FOR SHARE")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseTimes:
    """How long a lease lasts, how often it is renewed, and what a send needs of it, in seconds."""

    lease_seconds: float = LEASE_SECONDS
    renew_seconds: float = RENEW_SECONDS
    send_seconds: float = SEND_SECONDS_MAX

    def __post_init__(self) -> None:
        assert 0 < self.renew_seconds < self.lease_seconds - self.send_seconds, self


def seconds_since_boot() -> float:
    """Seconds that go on while the machine sleeps, where the system can tell."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class StoredLease:
    """A CompanyLease behind the engine, which commits every statement by itself. Made by `take_lease`."""

    def __init__(
        self,
        engine: Engine,
        company_id: str,
        *,
        fence: int,
        held_until: float,
        times: LeaseTimes,
        elapsed: Callable[[], float],
    ) -> None:
        self.fence = fence
        self._engine = engine
        self._company_id = company_id
        self._held_until = held_until
        self._times = times
        self._elapsed = elapsed
        self._why_lost = ""
        self._ended = threading.Event()
        self._renewing = threading.Thread(target=self._renew_until_ended, name="company-lease", daemon=True)

    def seconds_left(self) -> float:
        """For how long nobody else can have the company."""
        return 0.0 if self._why_lost else max(0.0, self._held_until - self._elapsed())

    def assert_held(self) -> None:
        """Raises LeaseLost, from then on always, unless the lease outlasts a send that begins now."""
        left = self.seconds_left()
        if left < self._times.send_seconds and not self._why_lost:
            self._lose(f"only {left:.0f} seconds are left, and a send may take {self._times.send_seconds:.0f}")
        self.assert_not_lost()

    def assert_not_lost(self) -> None:
        """Raises LeaseLost once the lease is known to be lost; does not look at the time that is left."""
        if self._why_lost:
            raise LeaseLost(
                f"The lease on company {self._company_id} is not held any more: {self._why_lost}. "
                "What was not sent yet is left to the next run"
            )

    def check(self, connection: Connection) -> None:
        """In the transaction of a write: raises LeaseLost when another worker has taken the company.

        Until the transaction ends nobody can take it.
        """
        self.assert_not_lost()
        newest = connection.execute(_CHECK, {"company": self._company_id}).scalar_one_or_none()
        if newest != self.fence:
            self._lose(f"another worker has taken the company (fence {newest}, ours was {self.fence})")
        self.assert_not_lost()

    def start(self) -> None:
        """Renew from now on, in a thread of its own."""
        self._renewing.start()

    def release(self) -> None:
        """Renew no more, and let the next worker have the company at once. Blocks for one answer of the database."""
        self._ended.set()
        self._renewing.join()
        try:
            with told_plainly(str(self._engine.url.database)), self._engine.connect() as connection:
                connection.execute(_GIVE_BACK, {"company": self._company_id, "fence": self.fence})
        except StoreFailed as trouble:
            _log.warning("the lease is not given back and runs out by itself: %s", trouble)
        self._lose("it was given back")

    def _renew_until_ended(self) -> None:
        while not self._ended.wait(self._times.renew_seconds) and not self._why_lost:
            asked_at = self._elapsed()
            try:
                is_ours = self._ask_for(self._times.lease_seconds)
            except StoreFailed as trouble:
                _log.warning("the lease is not renewed, %.0f seconds are left: %s", self.seconds_left(), trouble)
                continue
            if is_ours:
                self._held_until = asked_at + self._times.lease_seconds
            else:
                self._lose("another worker has taken the company")

    def _ask_for(self, seconds: float) -> bool:
        """Let the lease run for so long from now on; False when it is another worker's."""
        asked = {"company": self._company_id, "fence": self.fence, "seconds": seconds}
        with told_plainly(str(self._engine.url.database)), self._engine.connect() as connection:
            return connection.execute(_RENEW, asked).scalar_one_or_none() is not None

    def _lose(self, why: str) -> None:
        if not self._why_lost:
            self._why_lost = why
            if not self._ended.is_set():
                _log.error("lease on company %s lost: %s", self._company_id, why)


def take_lease(
    engine: Engine,
    company_id: str,
    times: LeaseTimes | None = None,
    elapsed: Callable[[], float] = seconds_since_boot,
) -> StoredLease:
    """The lease, not renewed until it is started. Raises HeldElsewhere while another worker has it, StoreFailed.

    `elapsed` tells seconds that never run backwards.
    """
    times = times or LeaseTimes()
    asked_at = elapsed()
    holder = f"{socket.gethostname()}, process {os.getpid()}, {uuid.uuid4().hex[:8]}"
    asked = {"company": company_id, "holder": holder, "seconds": times.lease_seconds}
    with told_plainly(str(engine.url.database)), engine.connect() as connection:
        fence = connection.execute(_TAKE, asked).scalar_one_or_none()
        if fence is None:
            held = connection.execute(_LOOK, {"company": company_id}).one()
            raise HeldElsewhere(
                f"Another bilag is exporting this company ({held.holder}), and its lease runs for {held.seconds:.0f} "
                "more seconds; one at a time does"
            )
    held_until = asked_at + times.lease_seconds
    return StoredLease(engine, company_id, fence=fence, held_until=held_until, times=times, elapsed=elapsed)


def left_companies(engine: Engine) -> frozenset[str]:
    """The companies whose lease ran out without being given back: their worker died or lost the database.

    The next worker that takes such a company and gives it back takes it off this list. Raises StoreFailed.
    """
    with told_plainly(str(engine.url.database)), engine.connect() as connection:
        return frozenset(connection.execute(_LEFT).scalars())
