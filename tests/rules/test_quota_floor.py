import pytest

from bilag.domain.quota import MICROSECONDS, QuotaProfile, QuotaWindow
from bilag.domain.quota_profiles import (
    ACCOUNTING_PROFILES,
    BUSINESS_CENTRAL,
    EXACT_ONLINE,
    FORTNOX,
    NETSUITE,
    QUICKBOOKS_ONLINE,
    SAGE_INTACCT,
    XERO,
    pleo_profile,
)
from bilag.rules.quota_floor import JobCalls, calls_at_books, calls_at_pleo, floor_us, long_wait_warning, per_window

MINUTE = 60 * MICROSECONDS
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def floor(profile: QuotaProfile, items: int, files: int = 0) -> int:
    return floor_us(profile, calls_at_books(items, files, profile))


@pytest.mark.parametrize(("items", "calls"), [(0, 2), (1, 5), (100, 5), (101, 8), (1_000, 32), (100_000, 3_002)])
def test_calls_at_pleo_are_two_and_three_for_each_hundred_items(items: int, calls: int) -> None:
    assert calls_at_pleo(items) == JobCalls(calls=calls)


def test_a_hundred_thousand_items_need_six_minutes_at_pleo() -> None:
    assert floor_us(pleo_profile(), calls_at_pleo(100_000)) == 6 * MINUTE


@pytest.mark.parametrize(
    ("profile", "items", "files", "least_us", "most_us"),
    [
        (XERO, 1_000, 0, 0, 0),
        (XERO, 1_000, 1_000, 16 * MINUTE, 17 * MINUTE),
        (XERO, 100_000, 0, 33 * MINUTE, 33 * MINUTE),
        (XERO, 100_000, 100_000, 20 * DAY, 21 * DAY),
        (QUICKBOOKS_ONLINE, 1_000, 1_000, 2 * MINUTE, 3 * MINUTE),
        (QUICKBOOKS_ONLINE, 100_000, 0, 83 * MINUTE, 84 * MINUTE),
        (BUSINESS_CENTRAL, 100_000, 0, 80 * MINUTE, 84 * MINUTE),
        (EXACT_ONLINE, 100_000, 100_000, 59 * DAY, 60 * DAY),
        (FORTNOX, 100_000, 0, 5 * HOUR, 6 * HOUR),
        (NETSUITE, 1_000, 0, 4 * MINUTE, 5 * MINUTE),
        (SAGE_INTACCT, 100_000, 100_000, 31 * DAY, 32 * DAY),
    ],
)
def test_floors_are_those_of_the_published_limits(
    profile: QuotaProfile, items: int, files: int, least_us: int, most_us: int
) -> None:
    assert least_us <= floor(profile, items, files) <= most_us


def test_nothing_to_send_takes_no_time() -> None:
    assert all(floor(profile, 0) == 0 for profile in ACCOUNTING_PROFILES)


def test_shorter_windows_bound_what_longer_ones_leave() -> None:
    windows = (QuotaWindow(limit=10, seconds=1), QuotaWindow(limit=100, seconds=60))
    profile = QuotaProfile(name="Books", windows=windows)
    assert floor_us(profile, JobCalls(calls=150)) == 64 * MICROSECONDS


def test_a_job_that_a_day_can_not_hold_says_so_with_its_days() -> None:
    warning = long_wait_warning(XERO, calls_at_books(1_000, 6_000, XERO))
    assert warning == (
        "Xero takes 5,000 calls a day, this job needs at least 6,020: it will take about 2 days, pausing whenever the "
        "quota is used up."
    )


def test_a_job_that_fits_says_nothing() -> None:
    assert long_wait_warning(XERO, calls_at_books(1_000, 1_000, XERO)) == ""
    assert long_wait_warning(FORTNOX, calls_at_books(100_000, 0, FORTNOX)) == ""


def test_windows_have_plain_names() -> None:
    seconds = (1, 5, 60, 300, 3_600, 86_400, 31 * 86_400)
    assert [per_window(QuotaWindow(limit=1, seconds=s)) for s in seconds] == [
        "a second",
        "in 5 seconds",
        "a minute",
        "in 5 minutes",
        "an hour",
        "a day",
        "a month",
    ]
