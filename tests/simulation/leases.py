"""Leases of companies as a shared database keeps them, for two workers of one company in one simulated world."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from bilag.ports.lease import LeaseLost

# As docs/decisions/0009-several-machines.md has them.
LEASE_SECONDS: Final = 120.0
RENEW_SECONDS: Final = 10.0
SEND_SECONDS: Final = 90.0


@dataclass(slots=True, kw_only=True)
class _Row:
    fence: int = 0
    expires_at: float = 0.0


@dataclass(slots=True)
class LeaseTable:
    """The table of the database, which has the only clock that decides who may take a company."""

    _rows: dict[str, _Row] = field(default_factory=dict)

    def take(self, company_id: str) -> "WorkerLease | None":
        """The lease, or None while somebody has it."""
        row, now = self._rows.setdefault(company_id, _Row()), _now()
        if row.expires_at > now:
            return None
        row.fence += 1
        row.expires_at = now + LEASE_SECONDS
        return WorkerLease(self, company_id, row.fence)

    def renew(self, company_id: str, fence: int, seconds: float) -> bool:
        """Let it run for so long from now on; False when it is another worker's."""
        row = self._rows[company_id]
        if row.fence != fence:
            return False
        row.expires_at = _now() + seconds
        return True

    def is_newest(self, company_id: str, fence: int) -> bool:
        """Whether nobody has taken the company since."""
        return self._rows[company_id].fence == fence


class WorkerLease:
    """A CompanyLease of one worker. It is lost for the worker before the table gives it to another."""

    def __init__(self, table: LeaseTable, company_id: str, fence: int) -> None:
        self.fence = fence
        self._table = table
        self._company_id = company_id
        self._held_until = _now() + LEASE_SECONDS
        self._is_lost = False

    @property
    def is_newest(self) -> bool:
        """Whether nobody else has the company."""
        return self._table.is_newest(self._company_id, self.fence)

    def seconds_left(self) -> float:
        return 0.0 if self._is_lost else max(0.0, self._held_until - _now())

    def assert_held(self) -> None:
        self._is_lost = self._is_lost or self.seconds_left() < SEND_SECONDS
        if self._is_lost:
            raise LeaseLost("the lease may run out while the send is under way")

    def assert_newest(self) -> None:
        """What the journal asks in the transaction of every write."""
        self._is_lost = self._is_lost or not self.is_newest
        if self._is_lost:
            raise LeaseLost("another worker has taken the company")

    def renew(self) -> None:
        """Ask for more time; counted from before the question."""
        asked_at = _now()
        if self._table.renew(self._company_id, self.fence, LEASE_SECONDS):
            self._held_until = asked_at + LEASE_SECONDS
        else:
            self._is_lost = True

    def give_back(self) -> None:
        """Let the next worker have the company at once."""
        self._is_lost = True
        self._table.renew(self._company_id, self.fence, 0.0)


def _now() -> float:
    return asyncio.get_running_loop().time()
