"""Who may export a company: one worker at a time, and surely still this one."""

import math
from typing import Protocol

from bilag.ports.errors import StoreFailed, TryLater


class LeaseLost(StoreFailed):
    """This worker may no longer export the company. Nothing more is sent and nothing more stored; another goes on."""


class HeldElsewhere(TryLater):
    """Another worker is exporting the company at the moment."""


class CompanyLease(Protocol):
    """The right to export a company, until it runs out. Can be asked from any thread."""

    @property
    def fence(self) -> int:
        """Rises whenever another worker takes the company; what is stored under an older one is refused."""
        ...

    def seconds_left(self) -> float:
        """For how long nobody else can have the company; 0 when that can't be said any more."""
        ...

    def assert_held(self) -> None:
        """Ask right before every send. Raises LeaseLost when the lease could run out while the send is under way.

        Once it has raised, the lease stays lost for this worker.
        """
        ...


class UnsharedLease:
    """The lease where the operating system keeps others away for as long as the process lives."""

    fence = 0

    def seconds_left(self) -> float:
        """Without end."""
        return math.inf

    def assert_held(self) -> None:
        """Always so."""
