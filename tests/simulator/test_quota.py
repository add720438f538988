from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import aiohttp
import pytest

from bilag.adapters.transport.metered_transport import asked_pause_seconds, named_window_seconds
from bilag.simulator.quota import QUOTAS, Limit, Quota, QuotaGate, TooMany, WaitHeader, Weighed
from bilag.simulator.server import SimulatorServer
from bilag.simulator.world import PleoWorld

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def enter(gate: QuotaGate, seconds: float = 0.0, credential: str = "ours", entries: int = 0) -> TooMany | None:
    refusal = gate.enter(credential, NOON + timedelta(seconds=seconds), entries=entries)
    if refusal is None:
        gate.leave(credential)
    return refusal


def headers(refusal: TooMany | None) -> dict[str, str]:
    assert refusal is not None
    return {name.lower(): value for name, value in refusal.headers}


def test_more_than_the_limit_within_a_window_is_refused_until_the_first_has_left_it() -> None:
    gate = QuotaGate(Quota(limits=(Limit(most=2, seconds=60),)))
    assert [enter(gate, second) is None for second in (0, 10, 59, 60, 61)] == [True, True, False, True, False]
    assert (gate.arrived, gate.refused) == (5, 2)


def test_credentials_are_counted_apart() -> None:
    gate = QuotaGate(Quota(limits=(Limit(most=1, seconds=60),)))
    assert enter(gate, credential="ours") is None
    assert enter(gate, credential="theirs") is None
    assert enter(gate, credential="ours") is not None


def test_requests_at_once_are_counted_until_they_leave() -> None:
    gate = QuotaGate(QUOTAS["netsuite"])
    assert [gate.enter("ours", NOON) is None for _ in range(6)] == [True] * 5 + [False]
    gate.leave("ours")
    assert gate.enter("ours", NOON) is None


def test_batches_and_entries_are_weighed() -> None:
    batches = QuotaGate(Quota(limits=(Limit(most=1, seconds=60, weighed=Weighed.BATCHES),)))
    assert [enter(batches, entries=n) is None for n in (0, 30, 0, 30)] == [True, True, True, False]
    entries = QuotaGate(Quota(limits=(Limit(most=100, seconds=60, weighed=Weighed.ENTRIES),)))
    assert [enter(entries, entries=n) is None for n in (99, 0, 0)] == [True, True, False]


def test_the_limit_that_was_met_is_named() -> None:
    gate = QuotaGate(QUOTAS["xero"])
    for second in range(5_000):
        assert enter(gate, second) is None
    refusal = headers(enter(gate, 5_000))
    assert refusal["x-rate-limit-problem"] == "day"
    assert named_window_seconds(refusal) == 86_400
    assert asked_pause_seconds(refusal, NOON) == 86_400 - 5_000


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        (WaitHeader.SECONDS, 60),
        (WaitHeader.DATE, 60),
        (WaitHeader.WRONG_DATE, 7_260),
        (WaitHeader.RESET_AT, 60),
        (WaitHeader.NOTHING, None),
    ],
)
def test_every_way_to_ask_for_a_pause_is_read(kind: WaitHeader, asked: float | None) -> None:
    gate = QuotaGate(Quota(limits=(Limit(most=1, seconds=60),), wait_header=kind))
    enter(gate)
    assert asked_pause_seconds(headers(enter(gate)), NOON) == asked


def test_a_date_by_a_wrong_clock_is_measured_by_that_clock() -> None:
    gate = QuotaGate(Quota(limits=(Limit(most=1, seconds=60),), wait_header=WaitHeader.WRONG_DATE))
    enter(gate)
    refusal = headers(enter(gate))
    until = parsedate_to_datetime(refusal["retry-after"])
    wrong_now = (until - timedelta(seconds=60)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert asked_pause_seconds(refusal | {"date": wrong_now}, NOON) == 60


async def test_the_server_answers_429_beyond_its_quota(world: PleoWorld) -> None:
    world.quota = QuotaGate(Quota(limits=(Limit(most=2, seconds=60),)))
    async with SimulatorServer(world) as server, aiohttp.ClientSession() as session:
        answers = []
        for _ in range(3):
            async with session.get(f"{server.api_url}/v3/export-jobs", headers={"Authorization": "Basic x"}) as answer:
                answers.append((answer.status, "Retry-After" in answer.headers))
    assert answers == [(401, False), (401, False), (429, True)]
