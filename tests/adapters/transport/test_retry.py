from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilag.adapters.transport.retry import (
    RETRY_AFTER_SECONDS_MAX,
    Retrier,
    RetryPolicy,
    UnreachableUntil,
    retry_after_seconds,
)
from bilag.ports.errors import BadAnswer, OutcomeUnknown, QuotaSpent, Refused, Throttled, TimedOut, Trouble, Unreachable
from tests.adapters.transport.fake_clock import START, FakeClock

DICE = Random(7)  # noqa: S311  jitter is no secret


class Scripted:
    """Fails with each trouble in turn, then answers."""

    def __init__(self, *troubles: Exception) -> None:
        self.troubles = list(troubles)
        self.attempts = 0

    async def __call__(self) -> str:
        self.attempts += 1
        if self.troubles:
            raise self.troubles.pop(0)
        return "answer"


def a_retrier(clock: FakeClock, **bounds: float) -> Retrier:
    policy = RetryPolicy(
        attempts_max=int(bounds.get("attempts_max", 6)), deadline_seconds=bounds.get("deadline_seconds", 180.0)
    )
    return Retrier(clock, policy, DICE)


async def test_trouble_that_passes_is_met_by_asking_again() -> None:
    attempt = Scripted(Unreachable("down"), TimedOut("slow"), Throttled("busy"))

    assert await a_retrier(FakeClock()).run(attempt) == "answer"
    assert attempt.attempts == 4


@pytest.mark.parametrize("trouble", [OutcomeUnknown("lost"), Refused("no"), BadAnswer("odd"), Trouble("other")])
async def test_other_trouble_is_raised_at_once(trouble: Trouble) -> None:
    attempt = Scripted(trouble)

    with pytest.raises(type(trouble)):
        await a_retrier(FakeClock()).run(attempt)

    assert attempt.attempts == 1


async def test_bug_is_raised_at_once() -> None:
    attempt = Scripted(AssertionError("ours"))

    with pytest.raises(AssertionError):
        await a_retrier(FakeClock()).run(attempt)

    assert attempt.attempts == 1


async def test_being_told_to_slow_down_is_no_attempt_where_a_budget_learns_from_it() -> None:
    attempt = Scripted(*[Throttled("busy", 1.0)] * 1500, Unreachable("down"))
    policy = RetryPolicy(attempts_max=2, deadline_seconds=5_000.0, throttles_max=1500)

    assert await Retrier(FakeClock(), policy, DICE).run(attempt) == "answer"
    assert attempt.attempts == 1502


async def test_a_spent_quota_is_not_asked_again() -> None:
    attempt = Scripted(QuotaSpent("tomorrow", 3_600.0, START))

    with pytest.raises(QuotaSpent):
        await a_retrier(FakeClock()).run(attempt)

    assert attempt.attempts == 1


async def test_last_trouble_is_raised_when_the_attempts_are_used_up() -> None:
    attempt = Scripted(*[Unreachable(f"down {number}") for number in range(10)])

    with pytest.raises(Unreachable, match="down 2"):
        await a_retrier(FakeClock(), attempts_max=3).run(attempt)

    assert attempt.attempts == 3


async def test_waits_grow_and_stay_under_their_cap() -> None:
    clock = FakeClock()
    policy = RetryPolicy(attempts_max=9, deadline_seconds=10_000, wait_seconds_first=1.0, wait_seconds_max=16.0)
    attempt = Scripted(*[Unreachable("down")] * 8)

    await Retrier(clock, policy, DICE).run(attempt)

    for number, slept in enumerate(clock.slept_seconds):
        whole = min(2.0**number, 16.0)
        assert whole / 2 <= slept <= whole
    assert len(set(clock.slept_seconds)) == 8


async def test_no_attempt_starts_after_the_deadline() -> None:
    clock = FakeClock()
    attempt = Scripted(*[Throttled("busy", 25.0)] * 20)

    with pytest.raises(Throttled):
        await a_retrier(clock, attempts_max=20, deadline_seconds=60.0).run(attempt)

    assert clock.slept_seconds == [25.0, 25.0]


@pytest.mark.parametrize("trouble", [Throttled("busy", 12.5), UnreachableUntil("down", 12.5)])
async def test_wish_to_wait_is_honoured(trouble: Trouble) -> None:
    clock = FakeClock()

    await a_retrier(clock).run(Scripted(trouble))

    assert clock.slept_seconds == [12.5]


async def test_absurd_wish_to_wait_is_capped() -> None:
    clock = FakeClock()

    await a_retrier(clock).run(Scripted(Throttled("busy", 1e9)))

    assert clock.slept_seconds == [RETRY_AFTER_SECONDS_MAX]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120.0),
        (" 3 ", 3.0),
        ("0", 0.0),
        (format_datetime(START + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(START - timedelta(days=9), usegmt=True), 0.0),
        ("Sat, 21 Nov 2026 12:00:30 -0000", 30.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("9" * 400, None),
        ("Sat, 99 Nov 2026 12:00:30 GMT", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(text: str, seconds: float | None) -> None:
    assert retry_after_seconds({"retry-after": text}, START) == seconds


def test_missing_retry_after_says_nothing() -> None:
    assert retry_after_seconds({}, START) is None


@given(st.text())
def test_any_retry_after_is_survived(text: str) -> None:
    seconds = retry_after_seconds({"retry-after": text}, datetime(2026, 1, 1, tzinfo=UTC))

    assert seconds is None or seconds >= 0
