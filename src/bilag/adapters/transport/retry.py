"""Asking again: only after trouble that passes, with growing, jittered, capped waits and a deadline."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import Random
from typing import Final, TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception

from bilag.ports.clock import Clock
from bilag.ports.errors import QuotaSpent, Throttled, TryLater, Unreachable

Answer = TypeVar("Answer")

# A Retry-After longer than this says little about the moment and much about a wrong clock over there.
RETRY_AFTER_SECONDS_MAX: Final = 60.0
_DIGITS_MAX: Final = 9
# By then every wait has reached its longest; a thousand times would be no number any more.
_DOUBLED_MAX: Final = 30


class UnreachableUntil(Unreachable):
    """The far side is down and said for how long: `retry_after_seconds`."""

    def __init__(self, message: str, retry_after_seconds: float) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """The bounds of asking again; `deadline_seconds` counts from the first attempt to the start of the last.

    Being told to slow down is no trouble of the call where a rate budget learns from it: with `throttles_max` so many
    of them don't count as attempts, and the deadline counts from the last of them.
    """

    attempts_max: int = 6
    throttles_max: int = 0
    deadline_seconds: float = 180.0
    wait_seconds_first: float = 0.5
    wait_seconds_max: float = 20.0


class Retrier:
    """Asks again under one policy. The clock and the dice are given, so that a simulation can repeat a run."""

    def __init__(self, clock: Clock, policy: RetryPolicy | None = None, dice: Random | None = None) -> None:
        self._clock = clock
        self._policy = policy or RetryPolicy()
        self._dice = dice or Random()  # noqa: S311  jitter is no secret

    async def run(self, attempt: Callable[[], Awaitable[Answer]]) -> Answer:
        """The first answer; raises the last trouble when the policy ends, and any other trouble at once."""
        started_seconds = self._clock.monotonic_seconds()
        throttles = 0

        def is_over(state: RetryCallState) -> bool:
            nonlocal throttles, started_seconds
            if isinstance(_trouble(state), Throttled) and throttles < self._policy.throttles_max:
                throttles += 1
                started_seconds = self._clock.monotonic_seconds() + state.upcoming_sleep
                return False
            elapsed_seconds = self._clock.monotonic_seconds() - started_seconds
            return (
                state.attempt_number - throttles >= self._policy.attempts_max
                or elapsed_seconds + state.upcoming_sleep > self._policy.deadline_seconds
            )

        retrying = AsyncRetrying(
            retry=retry_if_exception(_passes_soon),
            wait=self._wait_seconds,
            stop=is_over,
            sleep=self._clock.sleep,
            reraise=True,
        )

        async def awaited() -> Answer:
            """A coroutine function, by which tenacity knows that it has to wait."""
            return await attempt()

        return await retrying(awaited)

    def _wait_seconds(self, state: RetryCallState) -> float:
        """Full jitter over half of the grown wait, never less than what the far side asked for (capped)."""
        grown = self._policy.wait_seconds_first * 2.0 ** min(state.attempt_number - 1, _DOUBLED_MAX)
        capped = min(grown, self._policy.wait_seconds_max)
        jittered = capped * self._dice.uniform(0.5, 1.0)
        trouble = _trouble(state)
        if isinstance(trouble, Throttled | UnreachableUntil) and trouble.retry_after_seconds is not None:
            return max(jittered, min(trouble.retry_after_seconds, RETRY_AFTER_SECONDS_MAX))
        return jittered


def _passes_soon(trouble: BaseException) -> bool:
    return isinstance(trouble, TryLater) and not isinstance(trouble, QuotaSpent)


def _trouble(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def retry_after_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    """How long the far side asks us to wait, in seconds or as a date; None when it did not say, or unreadably.

    A date is measured by the far side's own clock where the answer carries its time, so that a wrong one does no harm.
    https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
    """
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit() and len(text) <= _DIGITS_MAX:
        return float(text)
    moment = _date(text)
    if moment is None:
        return None
    return max(0.0, (moment - (_date(headers.get("date", "")) or now)).total_seconds())


def _date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
