from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from bilag.lifecycle.wake import (
    GAP_SECONDS,
    HELD_SECONDS,
    JITTER_SHARE,
    TROUBLE_GAP_SECONDS_MAX,
    TROUBLE_SECONDS_FIRST,
    Looked,
    Pace,
    Rhythm,
    pause_after,
)

PACE = Pace(poll_seconds=300, poll_seconds_max=1800)

looks = st.lists(st.sampled_from(Looked), max_size=60)
jitters = st.floats(-1, 1)
paces = st.tuples(st.integers(10, 2700), st.integers(10, 2700)).map(
    lambda pair: Pace(poll_seconds=min(pair), poll_seconds_max=max(pair))
)


def after(*looked: Looked) -> Rhythm:
    return list(accumulate(looked, Rhythm.after, initial=Rhythm()))[-1]


def nominal_seconds(*looked: Looked) -> float:
    return pause_after(after(*looked), PACE, jitter=0).seconds_max


@given(looks, paces, jitters, st.floats(0, 3000))
def test_every_pause_lies_within_its_bounds(
    looked: list[Looked], pace: Pace, jitter: float, asked_seconds: float
) -> None:
    pause = pause_after(after(*looked), pace, jitter=jitter, asked_seconds=asked_seconds)
    assert 0 < pause.seconds_min <= pause.seconds_max
    assert pause.seconds_max <= max(pace.poll_seconds_max * (1 + JITTER_SHARE), asked_seconds)
    assert pause.seconds_min >= asked_seconds


@given(looks, paces, jitters)
def test_webhook_never_waits_longer_than_a_second_while_all_is_well(
    looked: list[Looked], pace: Pace, jitter: float
) -> None:
    pause = pause_after(after(*looked, Looked.NOTHING), pace, jitter=jitter)
    assert pause.seconds_min == GAP_SECONDS


@given(looks, jitters)
def test_pause_is_short_again_once_a_job_was_found(looked: list[Looked], jitter: float) -> None:
    pause = pause_after(after(*looked, Looked.FOUND), PACE, jitter=jitter)
    assert abs(pause.seconds_max - 300) <= 300 * JITTER_SHARE


@given(looks, jitters)
def test_trouble_keeps_webhooks_from_asking_again_at_once_but_not_for_long(looked: list[Looked], jitter: float) -> None:
    pause = pause_after(after(*looked, Looked.TROUBLE), PACE, jitter=jitter)
    assert TROUBLE_SECONDS_FIRST * (1 - JITTER_SHARE) <= pause.seconds_min <= TROUBLE_GAP_SECONDS_MAX


def test_pause_of_an_idle_company_doubles_up_to_its_longest() -> None:
    found = [nominal_seconds(*[Looked.NOTHING] * count) for count in (1, 2, 3, 4, 60)]
    assert found == [300, 600, 1200, 1800, 1800]


def test_pause_after_trouble_starts_short_and_doubles() -> None:
    found = [nominal_seconds(*[Looked.TROUBLE] * count) for count in (1, 2, 3, 60)]
    assert found == [5, 10, 20, 1800]


def test_trouble_does_not_make_an_idle_company_a_busy_one() -> None:
    assert nominal_seconds(*[Looked.NOTHING] * 4, Looked.TROUBLE, Looked.NOTHING) == 1800


def test_jitter_moves_the_pause_by_a_fifth_at_most() -> None:
    shortest, longest = (pause_after(Rhythm(), PACE, jitter=jitter).seconds_max for jitter in (-1.0, 1.0))
    assert (shortest, longest) == (240, 360)


@given(looks, jitters)
def test_company_that_another_worker_has_is_asked_for_again_soon(looked: list[Looked], jitter: float) -> None:
    pause = pause_after(after(*looked, Looked.HELD_ELSEWHERE), PACE, jitter=jitter)
    assert pause.seconds_max <= HELD_SECONDS * (1 + JITTER_SHARE)
    assert after(*looked, Looked.HELD_ELSEWHERE).troubles_in_a_row == 0, "it is no trouble"
