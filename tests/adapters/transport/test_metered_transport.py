import pytest

from bilag.adapters.transport.metered_transport import MeteredTransport, named_window_seconds
from bilag.adapters.transport.rate_budget import RateBudget
from bilag.adapters.transport.transport import Request
from bilag.domain.quota_profiles import XERO
from bilag.ports.errors import QuotaSpent
from tests.adapters.pleo.scripted_transport import Canned, ScriptedTransport
from tests.adapters.transport.fake_clock import FakeClock

ASK = Request(method="GET", url="https://books.example/entries", purpose="ask")


async def status(transport: MeteredTransport) -> int:
    async with transport.send(ASK) as response:
        return response.status


def metered(clock: FakeClock, *answers: Canned) -> tuple[MeteredTransport, RateBudget, ScriptedTransport]:
    wire, budget = ScriptedTransport(*answers), RateBudget(clock, XERO)
    return MeteredTransport(wire, budget, clock), budget, wire


async def test_every_request_takes_a_turn() -> None:
    clock = FakeClock()
    transport, budget, _ = metered(clock, *[Canned()] * 61)
    assert {await status(transport) for _ in range(61)} == {200}
    assert budget.calls_made == 61
    assert clock.elapsed_seconds == pytest.approx(60, abs=0.5)


async def test_too_many_calls_close_the_budget_and_the_answer_goes_through() -> None:
    clock = FakeClock()
    transport, budget, _ = metered(clock, Canned(status=429, headers={"retry-after": "20"}), Canned())
    assert await status(transport) == 429
    assert await status(transport) == 200
    assert budget.calls_refused == 1
    assert clock.elapsed_seconds == pytest.approx(20, abs=0.5)


async def test_a_day_that_is_named_is_not_waited_for_and_nothing_is_sent() -> None:
    clock = FakeClock()
    headers = {"retry-after": "36000", "x-rate-limit-problem": "day"}
    transport, _, wire = metered(clock, Canned(status=429, headers=headers), Canned())
    await status(transport)
    with pytest.raises(QuotaSpent):
        await status(transport)
    assert len(wire.requests) == 1


@pytest.mark.parametrize(
    ("word", "seconds"), [("Day", 86_400), ("minute limit", 60), ("concurrent", 0), ("", None), ("whatever", None)]
)
def test_the_window_that_an_answer_names_is_read(word: str, seconds: int | None) -> None:
    assert named_window_seconds({"x-rate-limit-problem": word}) == seconds


async def test_closing_lets_go_of_the_transport_below() -> None:
    transport, _, wire = metered(FakeClock())
    await transport.close()
    assert wire.is_closed
