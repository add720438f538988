import pytest

from benchmarks.quota import courses, is_kept, page
from benchmarks.quota_course import Course, Knowledge, measure
from bilag.domain.quota import QuotaProfile
from bilag.domain.quota_profiles import EXACT_ONLINE, XERO

ITEMS = 300
KNOWING = tuple(course for course in courses(short=True) if course.knowledge is not Knowledge.NONE)


@pytest.mark.parametrize("course", KNOWING, ids=lambda c: f"{c.profile.name}-{c.items}-{c.files}-{c.knowledge}")
def test_every_goal_is_kept(course: Course) -> None:
    row = measure(course)
    assert is_kept(row), row
    assert row.own_count_exceeded == 0 or course.knowledge is Knowledge.TWICE
    assert row.refused == 0 or course.knowledge is Knowledge.TWICE


@pytest.mark.parametrize("profile", [XERO, EXACT_ONLINE], ids=lambda profile: profile.name)
def test_a_job_that_no_day_holds_pauses_and_goes_on_by_itself(profile: QuotaProfile) -> None:
    row = measure(Course(profile=profile, items=5_200, files=5_200))
    assert row.pauses > 0
    assert row.calls == row.needed_calls
    assert is_kept(row), row


def test_the_same_seed_gives_the_same_figures() -> None:
    course = Course(profile=XERO, items=ITEMS, files=ITEMS, knowledge=Knowledge.TWICE)
    assert measure(course) == measure(course)


def test_a_client_without_a_budget_is_refused_more_often() -> None:
    """Otherwise the far side would not count, and the other figures would say nothing."""
    row = measure(Course(profile=XERO, items=ITEMS, files=ITEMS, knowledge=Knowledge.NONE))
    assert row.refused > 10
    assert row.own_count_exceeded > 0


def test_the_report_shows_every_job() -> None:
    rows = [measure(Course(profile=XERO, items=100, files=0, knowledge=knowledge)) for knowledge in Knowledge]
    text = page(rows)
    assert text.count("| Xero |") == 2
    assert max(len(line) for line in text.splitlines()) <= 125
