import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilag.adapters.transport.rate_budget import RateBudget
from bilag.domain.quota import CallCost, Counted, QuotaProfile, QuotaWindow
from bilag.domain.quota_profiles import EXACT_ONLINE, QUICKBOOKS_ONLINE, XERO, pleo_profile
from bilag.ports.errors import QuotaSpent
from tests.adapters.transport.fake_clock import FakeClock
from tests.simulation.virtual_loop import VirtualClock, run_virtually


def a_profile(*windows: tuple[int, int], at_once: int | None = None) -> QuotaProfile:
    declared = tuple(QuotaWindow(limit=limit, seconds=seconds) for limit, seconds in windows)
    return QuotaProfile(name="Books", windows=declared, at_once_max=at_once)


async def starts_of(budget: RateBudget, clock: FakeClock, calls: int) -> list[float]:
    found = []
    for _ in range(calls):
        async with budget.turn():
            found.append(clock.monotonic_seconds())
    return found


async def test_calls_within_the_limit_pass_at_once() -> None:
    clock = FakeClock()
    await starts_of(RateBudget(clock, a_profile((5, 60))), clock, 5)
    assert clock.slept_seconds == []


async def test_the_next_call_waits_until_the_first_has_left_the_window() -> None:
    clock = FakeClock()
    starts = await starts_of(RateBudget(clock, a_profile((2, 60))), clock, 5)
    assert [start - starts[0] for start in starts] == pytest.approx([0, 0, 60, 60, 120], abs=0.01)


async def test_a_call_counts_until_its_answer_came() -> None:
    """The far side may have counted it as late as that."""
    clock = FakeClock()
    budget = RateBudget(clock, a_profile((1, 60)))
    async with budget.turn():
        await clock.sleep(30)
    async with budget.turn():
        assert clock.elapsed_seconds == pytest.approx(90, abs=0.01)


@pytest.mark.parametrize("calls_per_minute", [60, 500, 600])
async def test_no_minute_sees_more_than_was_set_for_pleo(calls_per_minute: int) -> None:
    clock = FakeClock()
    starts = await starts_of(RateBudget(clock, pleo_profile(calls_per_minute)), clock, 2000)
    assert all(later - first >= 60 for first, later in zip(starts, starts[calls_per_minute:], strict=False)), (
        "more than the limit within a minute"
    )
    assert starts[-1] - starts[0] <= 1.01 * 2000 * 60 / calls_per_minute


@given(
    windows=st.lists(st.tuples(st.integers(1, 30), st.integers(1, 20)), min_size=1, max_size=3),
    gaps=st.lists(st.floats(0, 5), min_size=1, max_size=120),
    at_once=st.integers(1, 8),
)
def test_our_own_count_never_exceeds_a_window_or_the_calls_at_once(
    windows: list[tuple[int, int]], gaps: list[float], at_once: int
) -> None:
    starts: list[float] = []
    under_way = 0

    async def course() -> None:
        clock = VirtualClock()
        budget = RateBudget(clock, a_profile(*windows, at_once=at_once))

        async def one(gap: float) -> None:
            nonlocal under_way
            async with budget.turn():
                under_way += 1
                assert under_way <= at_once
                starts.append(clock.monotonic_seconds())
                await clock.sleep(gap)
                under_way -= 1

        await asyncio.gather(*(one(gap) for gap in gaps))

    run_virtually(1, course())
    starts.sort()
    for limit, seconds in windows:
        assert all(later - first >= seconds - 1e-6 for first, later in zip(starts, starts[limit:], strict=False))


async def test_callers_are_served_in_the_order_in_which_they_came() -> None:
    clock = FakeClock()
    budget = RateBudget(clock, a_profile((1, 10)))
    served: list[int] = []

    async def one(number: int) -> None:
        async with budget.turn():
            served.append(number)

    await asyncio.gather(*(one(number) for number in range(6)))
    assert served == sorted(served)


async def test_a_caller_that_gives_up_holds_nobody_up() -> None:
    clock = VirtualClock
    profile = a_profile((10, 10), at_once=1)
    budget = RateBudget(clock(), profile)
    async with budget.turn():
        waiting = asyncio.create_task(starts_of(budget, FakeClock(), 1))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    async with asyncio.timeout(10), budget.turn():
        assert budget.use.at_once == 1


async def test_batches_have_a_window_of_their_own() -> None:
    clock = FakeClock()
    budget = RateBudget(clock, QUICKBOOKS_ONLINE)
    for _ in range(41):
        async with budget.turn(CallCost(entries=30, is_batch=True)):
            pass
    assert 60 <= clock.elapsed_seconds < 64


async def test_a_batch_costs_its_entries_where_entries_are_counted() -> None:
    clock = FakeClock()
    window = QuotaWindow(limit=100, seconds=60, counted=Counted.ENTRIES)
    budget = RateBudget(clock, QuotaProfile(name="Books", windows=(window,)))
    for _ in range(3):
        async with budget.turn(CallCost(entries=50, is_batch=True)):
            pass
    assert clock.elapsed_seconds == pytest.approx(60, abs=0.5)


async def test_a_call_larger_than_the_limit_goes_alone() -> None:
    clock = FakeClock()
    window = QuotaWindow(limit=10, seconds=60, counted=Counted.ENTRIES)
    budget = RateBudget(clock, QuotaProfile(name="Books", windows=(window,)))
    for _ in range(2):
        async with budget.turn(CallCost(entries=50, is_batch=True)):
            pass
    assert clock.elapsed_seconds == pytest.approx(60, abs=0.5)


async def test_refusal_closes_the_budget_for_as_long_as_was_asked() -> None:
    clock = FakeClock()
    budget, other = (RateBudget(clock, a_profile((60, 60))) for _ in range(2))
    async with budget.turn() as turn:
        turn.refused(30.0)
    async with other.turn():
        assert clock.elapsed_seconds == 0
    async with budget.turn():
        assert clock.elapsed_seconds == pytest.approx(30.0, abs=0.01)


async def test_a_wish_that_only_a_wrong_clock_can_have_is_bounded() -> None:
    clock = FakeClock()
    budget = RateBudget(clock, EXACT_ONLINE)
    async with budget.turn() as turn:
        turn.refused(5 * 86_400.0)
    async with budget.turn():
        assert clock.elapsed_seconds == pytest.approx(60.0, abs=0.01)


async def test_a_wait_of_hours_is_told_and_nothing_is_sent() -> None:
    clock = FakeClock()
    budget = RateBudget(clock, XERO)
    with pytest.raises(QuotaSpent) as raised:
        await starts_of(budget, clock, 5_001)
    assert budget.calls_made == 5_000
    assert "Xero takes no more calls until 2026-11-22 12:0" in str(raised.value)
    assert "5,000" in str(raised.value)
    assert raised.value.until.date().isoformat() == "2026-11-22"


async def test_a_day_that_the_far_side_names_is_believed() -> None:
    clock = FakeClock()
    budget = RateBudget(clock, XERO)
    async with budget.turn() as turn:
        turn.refused(7_200.0, named_seconds=86_400)
    with pytest.raises(QuotaSpent):
        async with budget.turn():
            pass


async def test_the_budget_opens_by_itself_after_a_day() -> None:
    clock = FakeClock()
    budget = RateBudget(clock, XERO)
    with pytest.raises(QuotaSpent) as raised:
        await starts_of(budget, clock, 5_001)
    await clock.sleep(raised.value.retry_after_seconds or 0)
    assert len(await starts_of(budget, clock, 60)) == 60


async def test_a_limit_that_is_half_of_what_was_declared_is_learned() -> None:
    """At the far side no more than 30 pass within a minute; it says when the next one may come."""
    clock = FakeClock()
    budget = RateBudget(clock, a_profile((60, 60)))
    passed: list[float] = []
    while len(passed) < 1_000:
        async with budget.turn() as turn:
            now = clock.monotonic_seconds()
            within = [moment for moment in passed[-30:] if now - moment < 60]
            if len(within) < 30:
                passed.append(now)
            else:
                turn.refused(float(-(-(within[0] + 60 - now) // 1)))
    assert budget.calls_refused <= 0.02 * budget.calls_made
    assert 1_000 * 60 / 30 / clock.elapsed_seconds >= 0.9


async def test_a_limit_lowered_by_mistake_comes_back() -> None:
    clock = FakeClock()
    budget = RateBudget(clock, a_profile((60, 60)))
    async with budget.turn() as turn:
        turn.refused(None)
    starts = await starts_of(budget, clock, 20_000)
    last = starts[-240:]
    assert last[-1] - last[0] <= 240


def test_refusals_for_calls_at_once_lower_those() -> None:
    clock = VirtualClock()
    profile = QuotaProfile(name="Books", at_once_max=5, answer_milliseconds=1_000)
    at_work = refusals = 0

    async def one(budget: RateBudget) -> None:
        nonlocal at_work, refusals
        async with budget.turn() as turn:
            at_work += 1
            if at_work > 2:
                refusals += 1
                turn.refused(None)
            else:
                await clock.sleep(1)
            at_work -= 1

    async def course() -> RateBudget:
        budget = RateBudget(clock, profile)
        await asyncio.gather(*(one(budget) for _ in range(200)))
        return budget

    budget = run_virtually(3, course())
    assert budget.use.at_once_max == 2
    assert refusals <= 4
