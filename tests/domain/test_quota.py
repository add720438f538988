import pytest

from bilag.domain.quota import DAY_SECONDS, MICROSECONDS, ORDINARY_CALL, QuotaProfile, QuotaWindow
from bilag.domain.quota_profiles import ACCOUNTING_PROFILES, NETSUITE, XERO, pleo_profile
from bilag.domain.quota_use import GRAINS_PER_WINDOW, QuotaUse, begun, ended, refused, unused, wait_before

SECOND = MICROSECONDS


def after_calls(profile: QuotaProfile, calls: int, at_us: int = 0) -> QuotaUse:
    use = unused(profile)
    for _ in range(calls):
        use = ended(begun(use, ORDINARY_CALL, at_us), ORDINARY_CALL, at_us)
    return use


def limits(use: QuotaUse) -> list[int]:
    return [window.limit for window in use.windows]


def test_nothing_used_up_lets_a_call_begin() -> None:
    assert all(wait_before(unused(profile), ORDINARY_CALL, 0) is None for profile in ACCOUNTING_PROFILES)


def test_a_full_window_names_itself_and_when_it_opens() -> None:
    wait = wait_before(after_calls(XERO, 60), ORDINARY_CALL, 5 * SECOND)
    assert wait is not None
    assert wait.until_us == 60 * SECOND
    assert wait.window == XERO.windows[0]


def test_calls_under_way_fill_a_window_without_an_end() -> None:
    use = unused(QuotaProfile(name="Books", windows=(QuotaWindow(limit=2, seconds=1),)))
    for _ in range(2):
        use = begun(use, ORDINARY_CALL, 0)
    wait = wait_before(use, ORDINARY_CALL, 10 * SECOND)
    assert wait is not None
    assert wait.until_us is None


def test_what_is_remembered_of_a_window_stays_small() -> None:
    use = unused(QuotaProfile(name="Books", windows=(QuotaWindow(limit=100_000, seconds=DAY_SECONDS),)))
    for second in range(0, 2 * DAY_SECONDS, 60):
        use = ended(begun(use, ORDINARY_CALL, second * SECOND), ORDINARY_CALL, second * SECOND)
    assert len(use.windows[0].grains) <= GRAINS_PER_WINDOW + 1
    assert use.windows[0].counted(2 * DAY_SECONDS * SECOND) >= DAY_SECONDS // 60


@pytest.mark.parametrize(
    ("asked_seconds", "named_seconds", "lowered"),
    [(30, None, [40, 5_000]), (None, None, [40, 5_000]), (3_600, None, [60, 5_000]), (30, DAY_SECONDS, [60, 2_500])],
)
def test_refusal_lowers_the_window_that_it_most_likely_speaks_of(
    asked_seconds: int | None, named_seconds: int | None, lowered: list[int]
) -> None:
    use = refused(
        after_calls(XERO, 40),
        begun_us=0,
        now_us=SECOND,
        asked_us=None if asked_seconds is None else asked_seconds * SECOND,
        named_seconds=named_seconds,
    )
    assert limits(use) == lowered


def test_calls_that_were_under_way_when_a_limit_was_learned_lower_it_no_further() -> None:
    use = after_calls(XERO, 40)
    for number in range(5):
        use = refused(use, begun_us=0, now_us=SECOND + number, asked_us=SECOND)
    assert limits(use) == [40, 5_000]


def test_a_window_that_is_nearly_empty_is_not_blamed_for_calls_at_once() -> None:
    use = unused(XERO)
    for _ in range(5):
        use = begun(use, ORDINARY_CALL, 0)
    use = refused(use, begun_us=0, now_us=SECOND, asked_us=SECOND)
    assert limits(use) == [60, 5_000]
    assert use.at_once_max == 4


def test_calls_at_once_are_tried_higher_after_a_while() -> None:
    use = unused(NETSUITE)
    for _ in range(5):
        use = begun(use, ORDINARY_CALL, 0)
    use = refused(use, begun_us=0, now_us=SECOND, asked_us=None)
    for _ in range(5):
        use = ended(use, ORDINARY_CALL, SECOND)
    assert begun(use, ORDINARY_CALL, 60 * SECOND).at_once_max == 4
    assert begun(use, ORDINARY_CALL, 3_600 * SECOND).at_once_max == 5


def test_pleo_is_asked_a_tenth_of_a_minutes_calls_at_once() -> None:
    assert [(w.limit, w.seconds) for w in pleo_profile().windows] == [(50, 6), (500, 60)]
    assert [(w.limit, w.seconds) for w in pleo_profile(1).windows] == [(1, 6), (1, 60)]


def test_every_profile_has_a_source_and_only_assumed_answers_say_so() -> None:
    for profile in (pleo_profile(), *ACCOUNTING_PROFILES):
        assert profile.sources, profile.name
        assert all(source.startswith("https://") for source in profile.sources)
        assert bool(profile.answer_milliseconds) == ("assumed" in profile.note), profile.name
