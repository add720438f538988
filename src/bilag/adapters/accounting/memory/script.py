"""What shall go wrong: which call, for whom, how, and how often. Without a script nothing does."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from bilag.domain.failure import Failure, JobFailure
from bilag.domain.ledger import PostingMode
from bilag.domain.money import Money
from bilag.ports.errors import OutcomeUnknown


class Call(StrEnum):
    """The questions and writes that books answer."""

    PROBLEMS = "problems"
    ACCOUNTS = "accounts"
    TAX_CODES = "unknown_tax_codes"
    DIMENSIONS = "unknown_dimensions"
    VENDORS = "vendors"
    PAYABLE_ITEMS = "payable_items"
    PAYABLES = "payables"
    PERIOD = "period_of"
    NEXT_PERIOD = "next_open_period"
    POST = "post"
    FIND = "find_by_reference"
    ATTACHED = "attached"
    ATTACH = "attach"
    ATTACH_NOTE = "attach_note"


@dataclass(frozen=True, slots=True)
class Raises:
    """The call raises this and has no effect: Unreachable, Unauthorised, Throttled, or a bug."""

    error: Exception


@dataclass(frozen=True, slots=True)
class LosesAnswer:
    """A write raises OutcomeUnknown, with its effect in the books or without it."""

    has_effect: bool


@dataclass(frozen=True, slots=True)
class Rejects:
    """A document or a file is refused for certain, for this reason."""

    failure: Failure


@dataclass(frozen=True, slots=True)
class NotReady:
    """`problems` names this one."""

    problem: JobFailure


@dataclass(frozen=True, slots=True, kw_only=True)
class Alters:
    """The books take a document, and without a word keep it with other values than were sent."""

    posting_date: date | None = None
    mode: PostingMode | None = None
    total: Money | None = None
    period: str = ""


@dataclass(frozen=True, slots=True)
class ClosesPeriod:
    """Somebody closes the period of this name just before the call arrives."""

    name: str


@dataclass(frozen=True, slots=True)
class Forgets:
    """A look-up does not find what is there, as a stale index does."""


Happening: TypeAlias = Raises | LosesAnswer | Rejects | NotReady | Alters | ClosesPeriod | Forgets


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One planned happening. `about` is part of the external reference concerned; empty concerns every call."""

    call: Call
    happening: Happening
    about: str = ""
    times: int = 1


class Script:
    """The incidents that are still to come, in their order."""

    def __init__(self, incidents: tuple[Incident, ...] = ()) -> None:
        self._incidents = list(incidents)

    def add(self, incident: Incident) -> None:
        """Plan one more."""
        self._incidents.append(incident)

    def next(self, call: Call, about: str) -> Happening | None:
        """What happens to this call, used up once; None when it goes well."""
        for position, incident in enumerate(self._incidents):
            if incident.call is call and incident.about in about:
                if incident.times > 1:
                    self._incidents[position] = replace(incident, times=incident.times - 1)
                else:
                    del self._incidents[position]
                return incident.happening
        return None


def lose_before(happening: Happening | None, what: str) -> None:
    """Let a write be lost on its way. Raises OutcomeUnknown."""
    if isinstance(happening, LosesAnswer) and not happening.has_effect:
        raise OutcomeUnknown(f"{what}: the connection broke before an answer came")


def lose_after(happening: Happening | None, what: str) -> None:
    """Let the answer to a write be lost. Raises OutcomeUnknown."""
    if isinstance(happening, LosesAnswer):
        raise OutcomeUnknown(f"{what}: the connection broke before an answer came")
