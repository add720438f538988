from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilag.adapters.pleo.wire_values import NUMBER_DIGITS_MAX, UnreadableValue, day_of, instant_of, number_of


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", "0"),
        ("-0", "0"),
        ("89696", "89696"),
        ("-1500", "-1500"),
        ("0.1", "0.1"),
        ("12.50", "12.50"),
        ("1e12", "1000000000000"),
        ("1E+12", "1000000000000"),
        ("5e-1", "0.5"),
        ("999999999999999999", "999999999999999999"),
        ("0e999999999", "0"),
        ("100000000000000000.000000", "100000000000000000"),
        ("0.000000000000000001", "0.000000000000000001"),
    ],
)
def test_number_is_read_exactly(text: str, number: str) -> None:
    assert number_of(msgspec.Raw(text.encode())) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    [
        '"12"',
        "true",
        "null",
        "[]",
        "{}",
        "",
        "NaN",
        "Infinity",
        "-",
        "1.",
        ".5",
        "01",
        "+1",
        "1_000",
        "0x10",
        "1e",
        "\u0663",
        "1000000000000000000",
        "1e18",
        "1e999999999",
        "1e-999999999",
        "0.0000000000000000001",
        "1" * 10_000,
    ],
)
def test_anything_else_is_no_number(text: str) -> None:
    with pytest.raises(UnreadableValue):
        number_of(msgspec.Raw(text.encode()))


@given(st.decimals(min_value=-(10**14), max_value=10**14, places=3))
def test_any_amount_text_is_read_exactly(amount: Decimal) -> None:
    for text in (f"{amount:f}", f"{amount:E}"):
        assert number_of(msgspec.Raw(text.encode())) == amount


@given(st.integers(-(10**NUMBER_DIGITS_MAX) + 1, 10**NUMBER_DIGITS_MAX - 1))
def test_any_whole_amount_is_read_exactly(amount: int) -> None:
    assert number_of(msgspec.Raw(str(amount).encode())) == amount


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-03-01T10:11:12Z", datetime(2026, 3, 1, 10, 11, 12, tzinfo=UTC)),
        ("2026-03-01T10:11:12.123456789Z", datetime(2026, 3, 1, 10, 11, 12, 123456, tzinfo=UTC)),
        ("2026-03-01T10:11Z", datetime(2026, 3, 1, 10, 11, tzinfo=UTC)),
        ("2026-03-01T00:30:00+01:00", datetime(2026, 2, 28, 23, 30, tzinfo=UTC)),
        ("2026-03-01T00:30:00-0500", datetime(2026, 3, 1, 5, 30, tzinfo=UTC)),
        ("2026-03-01T10:11:12", datetime(2026, 3, 1, 10, 11, 12, tzinfo=UTC)),
        ("2026-03-01", datetime(2026, 3, 1, 12, tzinfo=UTC)),
        ("2028-02-29", datetime(2028, 2, 29, 12, tzinfo=UTC)),
    ],
)
def test_date_time_and_plain_day_are_both_instants(text: str, instant: datetime) -> None:
    assert instant_of(text) == instant
    assert instant_of(text).utcoffset() == datetime.now(UTC).utcoffset()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-02-27", date(2026, 2, 27)),
        ("2026-02-27T00:00:00Z", date(2026, 2, 27)),
        ("2026-02-27T23:59:59-08:00", date(2026, 2, 27)),
        ("2026-02-27T00:00:00+02:00", date(2026, 2, 27)),
    ],
)
def test_day_is_the_one_that_is_written(text: str, day: date) -> None:
    assert day_of(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-02-29",
        "2026-02-30T10:00:00Z",
        "2026-13-01",
        "0000-01-01",
        "20260301",
        "2026-W01-1",
        "2026-060",
        "2026-03-01T25:00:00Z",
        "2026-03-01T10:00:00+99:00",
        "0001-01-01T00:00:00+10:00",
        "9999-12-31T23:59:59-10:00",
        "2026-03-01T10:11:12ZZ",
        "\u0662\u0660\u0662\u0666-03-01",
        "2026-03-01" + " " * 100,
    ],
)
def test_impossible_date_is_no_date(text: str) -> None:
    with pytest.raises(UnreadableValue):
        instant_of(text)
    with pytest.raises(UnreadableValue):
        day_of(text)


@given(st.text(alphabet="0123456789-T:Z+. ", max_size=50))
def test_any_date_text_is_read_or_refused(text: str) -> None:
    try:
        assert instant_of(text).tzinfo is UTC
        assert day_of(text).isoformat() == text[:10]
    except UnreadableValue:
        pass
