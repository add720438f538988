"""A transport within a quota: every request waits for its turn, and an answer of 429 closes the budget it came from.

For connectors whose capabilities have a quota profile. The budget belongs to one credential, so that no other waits.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from http import HTTPStatus
from typing import Final

from bilag.adapters.transport.rate_budget import RateBudget
from bilag.adapters.transport.retry import retry_after_seconds
from bilag.adapters.transport.transport import Request, Response, Transport
from bilag.domain.quota import DAY_SECONDS, MINUTE_SECONDS, ORDINARY_CALL, CallCost
from bilag.ports.clock import Clock

# Xero names the limit that was met; other vendors have no such header, which then says nothing.
PROBLEM_HEADER: Final = "x-rate-limit-problem"
RESET_HEADER: Final = "x-ratelimit-reset"
_DIGITS_MAX: Final = 15
_NAMED_SECONDS: Final = {"concurrent": 0, "minute": MINUTE_SECONDS, "appminute": MINUTE_SECONDS, "day": DAY_SECONDS}

CostOf = Callable[[Request], CallCost]


def _ordinary(_: Request) -> CallCost:
    return ORDINARY_CALL


def named_window_seconds(headers: Mapping[str, str]) -> int | None:
    """The length of the window that an answer of 429 names, 0 for calls at once, None when it names none."""
    word = headers.get(PROBLEM_HEADER, "").strip().lower().removesuffix(" limit")
    return _NAMED_SECONDS.get(word)


def asked_pause_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    """For how long an answer of 429 asks us to wait; Exact Online names the end in milliseconds since 1970."""
    asked = retry_after_seconds(headers, now)
    reset = headers.get(RESET_HEADER, "").strip()
    if asked is not None or not (reset.isascii() and reset.isdigit() and len(reset) <= _DIGITS_MAX):
        return asked
    return max(0.0, int(reset) / 1000 - now.timestamp())


class MeteredTransport:
    """A Transport over another one. `cost_of` tells batches from ordinary calls. Raises QuotaSpent, too."""

    def __init__(self, transport: Transport, budget: RateBudget, clock: Clock, cost_of: CostOf = _ordinary) -> None:
        self._transport = transport
        self._budget = budget
        self._clock = clock
        self._cost_of = cost_of

    @asynccontextmanager
    async def send(self, request: Request) -> AsyncIterator[Response]:
        """Send the request when its turn has come."""
        async with self._budget.turn(self._cost_of(request)) as turn, self._transport.send(request) as response:
            if response.status == HTTPStatus.TOO_MANY_REQUESTS:
                asked = asked_pause_seconds(response.headers, self._clock.now())
                turn.refused(asked, named_window_seconds(response.headers))
            yield response

    async def close(self) -> None:
        """Let go of every connection."""
        await self._transport.close()
