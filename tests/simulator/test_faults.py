import pytest

from bilag.simulator.faults import (
    Fault,
    FaultKind,
    FaultPlan,
    FaultRule,
    html_error_page,
    throttled,
    unavailable,
)

DROP = Fault(kind=FaultKind.DROP_AFTER)
EVENTS = "/v3/export-job-events"


def test_rule_strikes_from_the_nth_match_for_as_long_as_it_says() -> None:
    plan = FaultPlan([FaultRule(fault=DROP, method="POST", path=EVENTS, nth=2, times=2)])

    met = [plan.take("POST", EVENTS) for _ in range(5)]

    assert met == [None, DROP, DROP, None, None]


@pytest.mark.parametrize(
    ("method", "path", "matches"),
    [
        ("PUT", "/v3/export-jobs/42/items", True),
        ("GET", "/v3/export-jobs/42/items", False),
        ("PUT", "/v3/export-jobs/42", False),
        ("PUT", "/v3/EXPORT-JOBS/42/items", False),
    ],
)
def test_rule_counts_only_requests_that_match(method: str, path: str, *, matches: bool) -> None:
    plan = FaultPlan([FaultRule(fault=DROP, method="PUT", path="/v3/export-jobs/*/items")])

    assert (plan.take(method, path) is not None) is matches


def test_first_rule_that_is_due_wins_and_the_others_go_on_counting() -> None:
    plan = FaultPlan([FaultRule(fault=unavailable()), FaultRule(fault=DROP, nth=2)])

    assert [plan.take("GET", "/") for _ in range(3)] == [unavailable(), DROP, None]


def test_plan_tells_which_faults_nobody_met() -> None:
    near, far = FaultRule(fault=DROP), FaultRule(fault=unavailable(), nth=7)
    plan = FaultPlan([near])
    plan.add(far)
    plan.take("GET", "/")

    assert plan.unmet() == (far,)


@pytest.mark.parametrize(("nth", "times"), [(0, 1), (1, 0)])
def test_rule_that_could_never_strike_is_refused(nth: int, times: int) -> None:
    with pytest.raises(ValueError, match="counts from 1"):
        FaultRule(fault=DROP, nth=nth, times=times)


def test_ready_made_answers_carry_their_status() -> None:
    assert throttled(7).headers[0] == ("Retry-After", "7")
    assert "Retry-After" not in dict(throttled().headers)
    assert (throttled().status, unavailable().status, html_error_page().status) == (429, 503, 502)
