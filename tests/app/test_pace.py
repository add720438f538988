from dataclasses import replace
from datetime import timedelta

from bilag.app.pace import Quotas, pace_of
from bilag.domain.quota_profiles import XERO, pleo_profile
from bilag.ports.posting_journal import JobRecord
from tests.adapters.store.records import NOON, job

QUOTAS = Quotas(pleo=pleo_profile())


def ended_after(seconds: float, items: int, *, pleo_calls: int = 0, books_calls: int = 0) -> JobRecord:
    return replace(
        job(),
        number_of_items=items,
        started_at=NOON,
        ended_at=NOON + timedelta(seconds=seconds),
        pleo_calls=pleo_calls,
        books_calls=books_calls,
    )


def test_a_large_job_is_told_beside_its_floor() -> None:
    pace = pace_of(ended_after(12.3, 3_200, pleo_calls=98), QUOTAS)
    assert pace is not None
    assert pace.sentence() == "12.3 s, 2.05 times the floor of 6.0 s (500 calls a minute)"
    assert pace.as_json() == {
        "seconds": 12.3,
        "callsToPleo": 98,
        "callsToBooks": 0,
        "floorSeconds": 6.0,
        "overFloor": 2.05,
        "boundBy": "Pleo",
    }


def test_a_small_job_has_no_floor_to_be_held_against() -> None:
    pace = pace_of(ended_after(1.5, 110, pleo_calls=11), QUOTAS)
    assert pace is not None
    assert pace.sentence() == "1.5 s, 11 calls within what may go at once (500 calls a minute)"
    assert pace.as_json()["overFloor"] is None


def test_the_side_that_takes_longer_gives_the_floor() -> None:
    pace = pace_of(ended_after(1_008, 1_000, pleo_calls=32, books_calls=1_020), replace(QUOTAS, books=XERO))
    assert pace is not None
    assert pace.sentence() == "16.8 min, 1.05 times the floor of 16.0 min (60 calls a minute)"


def test_a_job_that_is_open_or_of_an_earlier_version_has_no_pace() -> None:
    whole = ended_after(1, 1)
    assert pace_of(replace(whole, started_at=None), QUOTAS) is None
    assert pace_of(replace(whole, ended_at=None), QUOTAS) is None
