"""Quotas that answer as vendors do: what they count, and what they say when it is too much.

The figures are those of the vendors' pages; how an answer looks is known for Xero and Exact Online, and otherwise the
usual form: status 429, some with Retry-After. A refused request does not count.
"""

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from enum import StrEnum
from math import ceil
from types import MappingProxyType
from typing import assert_never

DAY_SECONDS = 86_400
_MINUTE_SECONDS = 60


class WaitHeader(StrEnum):
    """How a vendor says how long to wait."""

    SECONDS = "seconds"  # Retry-After in seconds
    DATE = "date"  # Retry-After as a date
    WRONG_DATE = "wrong_date"  # a date by a clock that is two hours ahead
    RESET_AT = "reset_at"  # X-RateLimit-Reset in milliseconds since 1970
    NOTHING = "nothing"


class Weighed(StrEnum):
    """What a limit weighs: every request, batches alone, or the entries of a batch."""

    REQUESTS = "requests"
    BATCHES = "batches"
    ENTRIES = "entries"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """So much of what is weighed within so many seconds; `problem` is what the vendor calls it."""

    most: int
    seconds: float
    problem: str = ""
    weighed: Weighed = Weighed.REQUESTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """What a vendor allows one credential, and how it refuses. `problem_header` names the limit that was met."""

    limits: tuple[Limit, ...] = ()
    at_once: int | None = None
    wait_header: WaitHeader = WaitHeader.SECONDS
    problem_header: str = ""
    kind: str = "TOO_MANY_REQUESTS"

    def halved(self) -> "Quota":
        """The same vendor, who allows half of it."""
        limits = tuple(
            Limit(most=max(1, limit.most // 2), seconds=limit.seconds, problem=limit.problem, weighed=limit.weighed)
            for limit in self.limits
        )
        return Quota(
            limits=limits,
            at_once=None if self.at_once is None else max(1, self.at_once // 2),
            wait_header=self.wait_header,
            problem_header=self.problem_header,
            kind=self.kind,
        )


_MINUTE_AND_DAY = (
    Limit(most=60, seconds=_MINUTE_SECONDS, problem="minute"),
    Limit(most=5_000, seconds=DAY_SECONDS, problem="day"),
)

QUOTAS: Mapping[str, Quota] = MappingProxyType(
    {
        "pleo": Quota(limits=(Limit(most=600, seconds=_MINUTE_SECONDS),)),
        "pleo-half": Quota(limits=(Limit(most=250, seconds=_MINUTE_SECONDS),)),
        "pleo-silent": Quota(
            limits=(Limit(most=600, seconds=_MINUTE_SECONDS),),
            wait_header=WaitHeader.NOTHING,
        ),
        "pleo-wrong-clock": Quota(
            limits=(Limit(most=600, seconds=_MINUTE_SECONDS),),
            wait_header=WaitHeader.WRONG_DATE,
        ),
        "xero": Quota(limits=_MINUTE_AND_DAY, at_once=5, problem_header="X-Rate-Limit-Problem"),
        "quickbooks-online": Quota(
            limits=(
                Limit(most=10, seconds=1),
                Limit(most=40, seconds=_MINUTE_SECONDS, weighed=Weighed.BATCHES),
                Limit(most=500, seconds=_MINUTE_SECONDS),
            ),
            wait_header=WaitHeader.NOTHING,
            kind="ThrottleExceeded",
        ),
        "business-central": Quota(
            limits=(Limit(most=6_000, seconds=5 * _MINUTE_SECONDS),), at_once=5, kind="Application_TooManyRequests"
        ),
        "e-conomic": Quota(limits=(Limit(most=50_000, seconds=DAY_SECONDS),)),
        "exact-online": Quota(limits=_MINUTE_AND_DAY, wait_header=WaitHeader.RESET_AT),
        "fortnox": Quota(limits=(Limit(most=25, seconds=5),), wait_header=WaitHeader.NOTHING),
        "netsuite": Quota(at_once=5, wait_header=WaitHeader.NOTHING, kind="CONCURRENCY_LIMIT_EXCEEDED"),
        "sage-intacct": Quota(
            limits=(Limit(most=100_000, seconds=31 * DAY_SECONDS, weighed=Weighed.ENTRIES),), at_once=2
        ),
        "visma-eaccounting": Quota(limits=(Limit(most=600, seconds=_MINUTE_SECONDS),)),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TooMany:
    """A refusal for haste: what goes into the answer besides status 429."""

    kind: str
    headers: tuple[tuple[str, str], ...]
    limit: Limit | None


@dataclass(slots=True)
class _Count:
    at_once: int = 0
    arrivals: list[deque[tuple[float, int]]] = field(default_factory=list)
    sums: list[int] = field(default_factory=list)


class QuotaGate:
    """Counts the requests of every credential by the moment of their arrival, in sliding windows."""

    def __init__(self, quota: Quota) -> None:
        self.quota = quota
        self.arrived = 0
        self.refused = 0
        self._counts: defaultdict[str, _Count] = defaultdict(self._new_count)

    def enter(self, credential: str, now: datetime, *, entries: int = 0) -> TooMany | None:
        """Let a request in, which then has to leave again, or say why not. A batch has at least one of `entries`."""
        self.arrived += 1
        count, moment = self._counts[credential], now.timestamp()
        weights = [_weight(limit, entries) for limit in self.quota.limits]
        met, seconds = self._met(count, weights, moment)
        if self.quota.at_once is not None and count.at_once >= self.quota.at_once:
            self.refused += 1
            return TooMany(kind=self.quota.kind, headers=self._headers("concurrent", 1.0, now), limit=None)
        if met is not None:
            self.refused += 1
            return TooMany(kind=self.quota.kind, headers=self._headers(met.problem, seconds, now), limit=met)
        count.at_once += 1
        for place, weight in enumerate(weights):
            if weight:
                count.arrivals[place].append((moment, weight))
                count.sums[place] += weight
        return None

    def leave(self, credential: str) -> None:
        """The answer is on its way."""
        self._counts[credential].at_once -= 1

    def _met(self, count: _Count, weights: list[int], moment: float) -> tuple[Limit | None, float]:
        """The limit that is exceeded for longest, and for how long."""
        met, longest = None, 0.0
        for place, limit in enumerate(self.quota.limits):
            arrivals = count.arrivals[place]
            while arrivals and arrivals[0][0] + limit.seconds <= moment:
                count.sums[place] -= arrivals.popleft()[1]
            if weights[place] and arrivals and count.sums[place] + weights[place] > limit.most:
                left = arrivals[0][0] + limit.seconds - moment
                if left > longest:
                    met, longest = limit, left
        return met, longest

    def _headers(self, problem: str, seconds: float, now: datetime) -> tuple[tuple[str, str], ...]:
        named = ((self.quota.problem_header, problem),) if self.quota.problem_header and problem else ()
        whole = ceil(seconds)
        match self.quota.wait_header:
            case WaitHeader.SECONDS:
                return (*named, ("Retry-After", str(whole)))
            case WaitHeader.DATE | WaitHeader.WRONG_DATE:
                ahead = timedelta(hours=2) if self.quota.wait_header is WaitHeader.WRONG_DATE else timedelta()
                until = now.replace(microsecond=0) + timedelta(seconds=whole) + ahead
                return (*named, ("Retry-After", format_datetime(until, usegmt=True)))
            case WaitHeader.RESET_AT:
                return (*named, ("X-RateLimit-Reset", str(ceil((now.timestamp() + seconds) * 1000))))
            case WaitHeader.NOTHING:
                return named
            case _:
                assert_never(self.quota.wait_header)

    def _new_count(self) -> _Count:
        places = range(len(self.quota.limits))
        return _Count(arrivals=[deque() for _ in places], sums=[0 for _ in places])


def _weight(limit: Limit, entries: int) -> int:
    match limit.weighed:
        case Weighed.REQUESTS:
            return 1
        case Weighed.BATCHES:
            return 1 if entries else 0
        case Weighed.ENTRIES:
            return max(1, entries)
        case _:
            assert_never(limit.weighed)
