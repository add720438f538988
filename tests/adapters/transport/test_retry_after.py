"""How long somebody asks us to wait, read from the answer's headers."""

from datetime import UTC, datetime

import pytest

from bilag.adapters.transport.retry import retry_after_seconds

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
AT_NINE_SECONDS = "Sat, 21 Nov 2026 12:00:09 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "٣"}, None),  # a digit, but none that a server may send
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": " 120 "}, 120.0),
        ({"retry-after": AT_NINE_SECONDS}, 9.0),
        ({"retry-after": "Sat, 21 Nov 2026 11:59:00 GMT"}, 0.0),
    ],
)
def test_seconds_and_dates_are_understood_and_nothing_else(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_seconds(headers, NOW) == seconds


@pytest.mark.parametrize(
    ("their_clock", "seconds"),
    [
        ("Sat, 21 Nov 2026 12:00:04 GMT", 5.0),
        ("Sat, 21 Nov 2026 11:50:09 GMT", 600.0),
        ("Sat, 21 Nov 2026 13:00:00 GMT", 0.0),
        ("yesterday", 9.0),
    ],
)
def test_a_date_is_measured_by_the_clock_of_whoever_sent_it(their_clock: str, seconds: float) -> None:
    headers = {"retry-after": AT_NINE_SECONDS, "date": their_clock}
    assert retry_after_seconds(headers, NOW) == seconds
