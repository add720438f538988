from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from bilag.domain.export_item import ServicePeriod
from bilag.domain.failure import FailureCode
from bilag.domain.period import ClosedPeriodStep
from bilag.domain.plan import ItemPlan
from bilag.rules.accounting_period import candidate_date, closed_failure, expense_date, moved_warning
from tests.builders import an_item, settings_with
from tests.rules.books_for_planning import BooksForPlanning, month_of, planned
from tests.rules.plan_reading import entry_of, only_failure, step_of

EXPORT_DATE, NEXT_OPEN = ClosedPeriodStep.EXPORT_DATE, ClosedPeriodStep.NEXT_OPEN_PERIOD
CLOSED = BooksForPlanning(closed=frozenset({"2026-10"}))
ITEM = an_item()


def dated(plan: ItemPlan) -> tuple[str, str, str | None]:
    """Posting date, period and what moved the date."""
    settled = entry_of(plan).posting_date
    return settled.date.isoformat(), settled.period, settled.moved_by


@pytest.mark.parametrize("steps", [(), (EXPORT_DATE,), (NEXT_OPEN, EXPORT_DATE)])
async def test_an_open_period_keeps_the_expenses_own_date_whatever_steps_are_configured(
    steps: tuple[ClosedPeriodStep, ...],
) -> None:
    books = BooksForPlanning()
    plan = await planned(ITEM, settings_with(closed_period=steps), books)
    assert dated(plan) == ("2026-10-15", "2026-10", None)
    assert books.days_asked == [date(2026, 10, 15)]


async def test_a_closed_period_fails_the_item_where_dates_are_not_moved() -> None:
    failure = only_failure(await planned(ITEM, settings_with(), CLOSED))
    assert failure.code is FailureCode.PERIOD_CLOSED
    assert failure.path == "date"
    assert failure.message == (
        "Closed accounting period: 2026-10-15 lies in 2026-10, which is closed, and dates are not moved."
    )
    assert "closed_period" in failure.remedy


async def test_the_export_date_is_today_in_the_company() -> None:
    plan = await planned(ITEM, settings_with(closed_period=(EXPORT_DATE,)), CLOSED)
    assert dated(plan) == ("2026-11-21", "2026-11", "export_date")
    assert entry_of(plan).original_date == date(2026, 10, 15)


async def test_the_export_date_is_taken_in_the_companys_time_zone() -> None:
    late = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    plan = await planned(ITEM, settings_with(closed_period=(EXPORT_DATE,)), CLOSED, now=late)
    assert dated(plan) == ("2026-12-01", "2026-12", "export_date")


async def test_the_next_open_period_starts_on_its_first_day_and_passes_over_closed_ones() -> None:
    books = BooksForPlanning(closed=frozenset({"2026-10", "2026-11"}))
    plan = await planned(ITEM, settings_with(closed_period=(NEXT_OPEN,)), books)
    assert dated(plan) == ("2026-12-01", "2026-12", "next_open_period")


@pytest.mark.parametrize(
    ("steps", "moved"),
    [
        ((NEXT_OPEN, EXPORT_DATE), ("2026-12-01", "2026-12", "next_open_period")),
        ((EXPORT_DATE, NEXT_OPEN), ("2026-12-01", "2026-12", "next_open_period")),
    ],
)
async def test_steps_are_tried_in_order_until_one_leads_into_an_open_period(
    steps: tuple[ClosedPeriodStep, ...], moved: tuple[str, str, str]
) -> None:
    books = BooksForPlanning(closed=frozenset({"2026-10", "2026-11"}))
    assert dated(await planned(ITEM, settings_with(closed_period=steps), books)) == moved


async def test_the_first_step_that_leads_into_an_open_period_wins() -> None:
    both_open = BooksForPlanning(closed=frozenset({"2026-10"}))
    by_export = await planned(ITEM, settings_with(closed_period=(EXPORT_DATE, NEXT_OPEN)), both_open)
    by_period = await planned(ITEM, settings_with(closed_period=(NEXT_OPEN, EXPORT_DATE)), both_open)
    assert dated(by_export) == ("2026-11-21", "2026-11", "export_date")
    assert dated(by_period) == ("2026-11-01", "2026-11", "next_open_period")


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ((EXPORT_DATE,), "moving it to the export date leads into no open one"),
        ((NEXT_OPEN,), "moving it to the next open period leads into no open one"),
        ((EXPORT_DATE, NEXT_OPEN), "moving it to the export date or the next open period leads into no open one"),
    ],
)
async def test_steps_that_lead_nowhere_fail_the_item_and_are_each_tried_once(
    steps: tuple[ClosedPeriodStep, ...], told: str
) -> None:
    books = BooksForPlanning(closed=frozenset({"2026-10", "2026-11", "2026-12"}), last=date(2026, 12, 31))
    failure = only_failure(await planned(ITEM, settings_with(closed_period=steps), books))
    assert failure.code is FailureCode.PERIOD_CLOSED
    assert told in failure.message
    assert "closed_period" not in failure.remedy
    assert len(books.days_asked) <= 1 + len(steps)


async def test_a_period_that_was_just_refused_counts_as_closed() -> None:
    settings = settings_with(closed_period=(NEXT_OPEN,))
    plan = await planned(ITEM, settings, BooksForPlanning(), refused_periods=frozenset({"2026-10"}))
    assert dated(plan) == ("2026-11-01", "2026-11", "next_open_period")
    nowhere = await planned(ITEM, settings, refused_periods=frozenset({"2026-10", "2026-11"}))
    assert only_failure(nowhere).code is FailureCode.PERIOD_CLOSED


async def test_a_day_without_any_period_is_another_problem_than_a_closed_one() -> None:
    books = BooksForPlanning(first=date(2026, 11, 1))
    failure = only_failure(await planned(ITEM, settings_with(closed_period=(EXPORT_DATE, NEXT_OPEN)), books))
    assert failure.code is FailureCode.PERIOD_MISSING
    assert "2026-10-15" in failure.message


@pytest.mark.parametrize(
    ("instant", "zone", "day"),
    [
        ("2026-09-30T23:30:00+00:00", "Europe/Copenhagen", "2026-10-01"),
        ("2026-12-31T23:30:00+00:00", "Europe/Copenhagen", "2027-01-01"),
        ("2026-09-30T21:59:59+00:00", "Europe/Copenhagen", "2026-09-30"),
        ("2026-09-30T22:00:00+00:00", "Europe/Copenhagen", "2026-10-01"),
        ("2026-12-31T22:59:59+00:00", "Europe/Copenhagen", "2026-12-31"),
        ("2026-10-25T00:59:59+00:00", "Europe/Copenhagen", "2026-10-25"),
        ("2026-09-30T23:30:00+00:00", "UTC", "2026-09-30"),
        ("2026-10-01T03:00:00+00:00", "America/New_York", "2026-09-30"),
        ("2026-09-30T10:30:00+00:00", "Pacific/Kiritimati", "2026-10-01"),
    ],
)
async def test_the_companys_time_zone_makes_the_calendar_date_of_an_instant(instant: str, zone: str, day: str) -> None:
    item = an_item(date=datetime.fromisoformat(instant))
    plan = await planned(item, settings_with(time_zone=ZoneInfo(zone)))
    assert dated(plan) == (day, day[:7], None)


async def test_the_period_of_the_local_date_decides_not_that_of_the_utc_date() -> None:
    september_in_utc = an_item(date=datetime(2026, 9, 30, 23, 30, tzinfo=UTC))
    books = BooksForPlanning(closed=frozenset({"2026-09"}))
    assert dated(await planned(september_in_utc, settings_with(), books)) == ("2026-10-01", "2026-10", None)


@pytest.mark.parametrize(
    ("instant", "hours"),
    [(datetime(9999, 12, 31, 23, 30, tzinfo=UTC), 2), (datetime(1, 1, 1, 0, 30, tzinfo=UTC), -2)],
)
async def test_the_ends_of_the_calendar_fail_the_item_and_nothing_else(instant: datetime, hours: int) -> None:
    settings = settings_with(time_zone=timezone(timedelta(hours=hours)))
    assert expense_date(an_item(date=instant), settings) == instant.date()
    failure = only_failure(await planned(an_item(date=instant), settings))
    assert failure.code is FailureCode.PERIOD_MISSING


@pytest.mark.parametrize("year", [2020, 2026, 2040])
async def test_the_service_period_never_influences_the_posting_date(year: int) -> None:
    service = ServicePeriod(start=date(year, 1, 1), end=date(year, 12, 31))
    for books in (BooksForPlanning(), CLOSED):
        settings = settings_with(closed_period=(NEXT_OPEN,))
        with_service = await planned(an_item(service_period=service), settings, books)
        assert dated(with_service) == dated(await planned(ITEM, settings, books))


async def test_a_moved_date_is_explained_with_the_date_it_moved_away_from() -> None:
    plan = await planned(ITEM, settings_with(closed_period=(NEXT_OPEN,)), CLOSED)
    step = step_of(plan, "postingDate")
    assert (step.value, step.refused, step.source) == (
        "2026-11-01",
        ("2026-10-15",),
        "settings.bookkeeping.closed_period",
    )
    kept = step_of(await planned(ITEM, settings_with()), "postingDate")
    assert (kept.value, kept.refused, kept.source) == ("2026-10-15", (), "date")


def test_books_without_an_open_period_ahead_give_no_candidate() -> None:
    assert candidate_date(NEXT_OPEN, export_date=date(2026, 11, 21), next_open=None) is None
    december = month_of(date(2026, 12, 24))
    assert candidate_date(NEXT_OPEN, export_date=date(2026, 11, 21), next_open=december) == date(2026, 12, 1)
    assert candidate_date(EXPORT_DATE, export_date=date(2026, 11, 21), next_open=december) == date(2026, 11, 21)


def test_a_period_with_a_name_of_its_own_is_named_by_it() -> None:
    assert "2026/P11" in closed_failure(date(2026, 10, 15), "2026/P11", ()).message


async def test_a_moved_date_is_told_in_the_outcome_and_an_unmoved_one_is_not() -> None:
    moved = entry_of(await planned(ITEM, settings_with(closed_period=(NEXT_OPEN,)), CLOSED)).posting_date
    (warning,) = moved_warning(moved)
    assert "2026-11-01" in warning
    assert "2026-10-15" in warning
    assert moved_warning(entry_of(await planned(ITEM, settings_with())).posting_date) == ()
