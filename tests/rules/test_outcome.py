import pytest

from bilag.domain.export_job import ItemStatus, JobEvent, JobReport
from bilag.domain.failure import Failure, FailureCode, ItemReason, JobFailure, JobReason
from bilag.rules.outcome import (
    REASON_CHARACTERS_MAX,
    failed_job_report,
    item_report,
    job_report,
    reason_text,
    safe_text,
    softened,
    unexpected,
    untried,
)
from tests.builders import an_outcome

IBANS = [
    "DK50 0040 0440 1162 43",
    "DK5000400440116243",
    "NO9386011117947",
    "GB82 WEST 1234 5698 7654 32",
    "MT84MALT011000012345MTLCAST001S",
]


def a_failure(message: str = "The books have no account 6010 (expense).", **differences: FailureCode) -> Failure:
    code = differences.get("code", FailureCode.ACCOUNT_UNKNOWN)
    return Failure(code=code, path="accountingEntryLines[0].account.code", message=message, remedy="Create it.")


def test_a_success_is_reported_with_what_stands_in_the_books() -> None:
    outcome = an_outcome(external_id="2026-0042", external_url="https://books.example/42")
    report = item_report(outcome)
    assert report.status is ItemStatus.SUCCESSFUL
    assert (report.external_id, report.external_url) == ("2026-0042", "https://books.example/42")
    assert report.exported_at == outcome.settled_at
    assert (report.failure_reason, report.failure_reason_type) == (None, None)


def test_what_the_books_do_not_give_is_left_out_and_not_sent_empty() -> None:
    report = item_report(an_outcome())
    assert (report.external_id, report.external_url) == (None, None)


def test_a_failure_is_reported_with_message_and_remedy_and_no_date_of_export() -> None:
    report = item_report(an_outcome(failures=(a_failure(),)))
    assert report.status is ItemStatus.FAILED
    assert report.failure_reason == "The books have no account 6010 (expense). Create it."
    assert report.failure_reason_type is ItemReason.INVALID_CONFIGURATION
    assert (report.exported_at, report.external_id, report.external_url) == (None, None, None)


def test_several_problems_are_all_told_and_the_first_gives_the_type() -> None:
    second = a_failure("The expense says 1.00 DKK.", code=FailureCode.LINES_SUM_DIFFERS)
    report = item_report(an_outcome(failures=(a_failure(), second)))
    assert report.failure_reason == (
        "2 problems: (1) The books have no account 6010 (expense). Create it. (2) The expense says 1.00 DKK. Create it."
    )
    assert report.failure_reason_type is ItemReason.INVALID_CONFIGURATION
    turned = item_report(an_outcome(failures=(second, a_failure())))
    assert turned.failure_reason_type is ItemReason.VALIDATION_FAILURE


@pytest.mark.parametrize("count", [1, 2, 50])
@pytest.mark.parametrize("length", [10, 480, 499, 500, 501, 5000])
def test_no_reason_is_longer_than_its_bound(count: int, length: int) -> None:
    assert len(reason_text([a_failure("x" * length)] * count)) <= REASON_CHARACTERS_MAX


@pytest.mark.parametrize(("length", "cut"), [(499, False), (500, False), (501, True)])
def test_a_text_is_cut_only_above_the_bound_and_shows_it(length: int, *, cut: bool) -> None:
    text = safe_text("x" * length)
    assert text.endswith("…") is cut
    assert len(text) == min(length, REASON_CHARACTERS_MAX)


@pytest.mark.parametrize(
    "character", ["\x00", "\n", "\r\n", "\t", "\x1b", "\x7f", "\x85", "\u2028", "\u202e", "\u200b", "\u2066"]
)
def test_control_and_direction_characters_become_one_space(character: str) -> None:
    assert safe_text(f"before{character}{character}after") == "before after"


@pytest.mark.parametrize("iban", IBANS)
def test_a_bank_account_number_never_reaches_pleo(iban: str) -> None:
    text = safe_text(f"The payee {iban}, is blocked.")
    assert text == "The payee [bank account], is blocked."
    long = safe_text(f"{'x' * (REASON_CHARACTERS_MAX - 12)} {iban}")
    assert iban[:8] not in long


@pytest.mark.parametrize(
    "harmless",
    ["8d2c9b34-1f9e-4c1c-8a57-3f0a6a1d7701", "account 6010", "EU25", "rec-2026-10-0001", "125.00 DKK", "2026-10-15"],
)
def test_what_a_bookkeeper_needs_stays_readable(harmless: str) -> None:
    assert safe_text(f"See {harmless}.") == f"See {harmless}."


@pytest.mark.parametrize(
    ("successful", "failed", "event"),
    [
        (0, 0, JobEvent.COMPLETED),
        (1, 0, JobEvent.COMPLETED),
        (9, 1, JobEvent.COMPLETED_WITH_ERRORS),
        (1, 9, JobEvent.COMPLETED_WITH_ERRORS),
        (0, 1, JobEvent.FAILED),
        (0, 9, JobEvent.FAILED),
    ],
)
def test_the_closing_event_follows_from_how_the_items_ended(successful: int, failed: int, event: JobEvent) -> None:
    report = job_report(successful=successful, failed=failed)
    assert report.event is event
    has_reason = (report.failure_reason is not None, report.failure_reason_type is not None)
    assert has_reason == (event is JobEvent.FAILED,) * 2


def test_a_job_whose_items_all_failed_says_how_many() -> None:
    report = job_report(successful=0, failed=9)
    assert "9" in (report.failure_reason or "")
    assert report.failure_reason_type is JobReason.VALIDATION_FAILURE


def test_a_job_that_stops_as_a_whole_tells_every_problem_in_safe_text() -> None:
    problems = [
        JobFailure(reason_type=JobReason.ACCOUNTING_SYSTEM_UNREACHABLE, message="No answer\nfrom it.", remedy="Wait."),
        JobFailure(reason_type=JobReason.INVALID_CONFIGURATION, message="x" * 600, remedy="Correct it."),
    ]
    report = failed_job_report(problems)
    assert report.event is JobEvent.FAILED
    assert report.failure_reason_type is JobReason.ACCOUNTING_SYSTEM_UNREACHABLE
    assert (report.failure_reason or "").startswith("No answer from it. Wait. xxx")
    assert len(report.failure_reason or "") <= REASON_CHARACTERS_MAX


def test_a_bug_of_ours_is_told_as_one_with_a_reference_to_find_it_by() -> None:
    report = item_report(an_outcome(failures=(unexpected("a1b2c3"),)))
    assert report.failure_reason_type is ItemReason.UNEXPECTED_FAILURE
    assert "a1b2c3" in (report.failure_reason or "")


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        (JobReason.ACCOUNTING_SYSTEM_UNREACHABLE, FailureCode.BOOKS_UNREACHABLE),
        (JobReason.ACCOUNTING_SYSTEM_AUTHENTICATION_FAILURE, FailureCode.BOOKS_UNAUTHORISED),
        (JobReason.MISSING_CONFIGURATION, FailureCode.JOB_FAILED),
    ],
)
def test_an_item_of_a_job_that_failed_as_a_whole_tells_its_reason(reason: JobReason, code: FailureCode) -> None:
    report = failed_job_report([JobFailure(reason_type=reason, message="It can't.", remedy="Do this.")])
    failure = untried(report)
    assert (failure.code, failure.message) == (code, "It can't. Do this.")
    assert softened(report, failed=1) == JobReport(event=JobEvent.COMPLETED_WITH_ERRORS)
    assert softened(report, failed=0) == JobReport(event=JobEvent.COMPLETED)
