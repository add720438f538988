"""What shall go wrong at Pleo: which call, how, after how many calls that go well, and how often."""

from dataclasses import dataclass, replace
from typing import TypeAlias

from bilag.domain.export_job import JobStatus


@dataclass(frozen=True, slots=True)
class Raises:
    """The call raises this and has no effect. A listing first brings `after_entries` of its entries."""

    error: Exception
    after_entries: int = 0


@dataclass(frozen=True, slots=True)
class LosesAnswer:
    """The call raises `error`, with its effect at Pleo or without it."""

    error: Exception
    has_effect: bool


@dataclass(frozen=True, slots=True)
class RefusesReports:
    """The call is answered with success, yet these outcomes are not taken."""

    entry_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MovesJob:
    """The job moves just before the call: it expires, or somebody else was quicker."""

    status: JobStatus
    reason_type: str = ""


Happening: TypeAlias = Raises | LosesAnswer | RefusesReports | MovesJob


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One planned happening at the method named `call`, once `skipped` calls of it went well."""

    call: str
    happening: Happening
    skipped: int = 0
    times: int = 1


class Script:
    """The incidents that are still to come."""

    def __init__(self) -> None:
        self._incidents: list[Incident] = []

    def add(self, incident: Incident) -> None:
        """Plan one more."""
        self._incidents.append(incident)

    def next(self, call: str) -> Happening | None:
        """What happens to this call; None when it goes well."""
        for position, incident in enumerate(self._incidents):
            if incident.call != call:
                continue
            if incident.skipped:
                self._incidents[position] = replace(incident, skipped=incident.skipped - 1)
                continue
            if incident.times > 1:
                self._incidents[position] = replace(incident, times=incident.times - 1)
            else:
                del self._incidents[position]
            return incident.happening
        return None
