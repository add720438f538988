import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilag.adapters.transport.rate_budget import RateBudget
from tests.adapters.transport.fake_clock import FakeClock


async def test_first_calls_pass_at_once_up_to_the_burst() -> None:
    clock = FakeClock()
    budget = RateBudget(clock, calls_per_minute=60, burst=5)

    for _ in range(5):
        await budget.take()

    assert clock.slept_seconds == []


async def test_calls_after_the_burst_come_evenly() -> None:
    clock = FakeClock()
    budget = RateBudget(clock, calls_per_minute=60, burst=2)

    for _ in range(5):
        await budget.take()

    assert clock.slept_seconds == pytest.approx([1.0, 1.0, 1.0])


async def test_no_minute_sees_more_than_pleo_allows() -> None:
    clock = FakeClock()
    budget = RateBudget(clock, calls_per_minute=500, burst=50)
    starts = []

    for _ in range(2000):
        await budget.take()
        starts.append(clock.monotonic_seconds())

    busiest = max(sum(1 for start in starts if first <= start < first + 60) for first in starts)
    assert busiest <= 600
    assert starts[-1] - starts[0] <= 2000 * 60 / 500


async def test_pause_gives_the_burst_back_and_no_more() -> None:
    clock = FakeClock()
    budget = RateBudget(clock, calls_per_minute=60, burst=3)
    for _ in range(3):
        await budget.take()
    await clock.sleep(1000)
    before = clock.elapsed_seconds

    for _ in range(4):
        await budget.take()

    assert clock.elapsed_seconds - before == pytest.approx(1.0)


async def test_hold_stops_every_call_for_as_long_as_was_asked() -> None:
    clock = FakeClock()
    budget = RateBudget(clock, calls_per_minute=60, burst=10)

    budget.hold(30.0)
    await budget.take()

    assert clock.elapsed_seconds == pytest.approx(30.0)


@given(calls_per_minute=st.integers(1, 1000), burst=st.integers(1, 50), calls=st.integers(1, 100))
async def test_rate_is_never_exceeded_beyond_the_burst(calls_per_minute: int, burst: int, calls: int) -> None:
    clock = FakeClock()
    budget = RateBudget(clock, calls_per_minute=calls_per_minute, burst=burst)

    for _ in range(calls):
        await budget.take()

    assert clock.elapsed_seconds == pytest.approx(max(0, calls - burst) * 60 / calls_per_minute, abs=1e-6)
