"""What both journals promise about the outcomes of items and their reports."""

from dataclasses import replace

import pytest

from bilag.ports.posting_journal import OutcomeChoice, OutcomeTally, PostingJournal
from tests.adapters.store.records import (
    COMPANY,
    JOB,
    NO_CATEGORY,
    NOON,
    OTHER_COMPANY,
    OTHER_JOB,
    outcome,
)


async def test_outcome_comes_back_as_it_was_stored(journal: PostingJournal) -> None:
    stored = outcome(failures=(NO_CATEGORY, NO_CATEGORY), plan_json=b'{"documents": []}' * 100)
    await journal.record_outcome(stored)
    assert await journal.unreported(JOB, 10) == (stored,)
    assert await journal.outcome_of_entry("entry-1") == stored


async def test_unreported_outcomes_come_oldest_first_and_no_more_than_asked(journal: PostingJournal) -> None:
    for number in (3, 1, 2):
        await journal.record_outcome(outcome(f"entry-{number}"))
    await journal.record_outcome(outcome("entry-4", job_id=OTHER_JOB))
    assert await journal.unreported(JOB, 2) == (outcome("entry-3"), outcome("entry-1"))


async def test_reported_outcomes_are_owed_no_longer(journal: PostingJournal) -> None:
    for entry_id in ("entry-1", "entry-2", "entry-3"):
        await journal.record_outcome(outcome(entry_id))
    await journal.mark_reported(JOB, ["entry-1", "entry-3", "never-seen"], NOON)
    await journal.mark_reported(OTHER_JOB, ["entry-2"], NOON)
    await journal.mark_reported(JOB, [], NOON)
    assert await journal.unreported(JOB, 10) == (outcome("entry-2"),)
    assert await journal.outcome_of_entry("entry-1") == replace(outcome("entry-1"), reported=True)


async def test_new_outcome_replaces_the_earlier_one_and_goes_to_the_end(journal: PostingJournal) -> None:
    await journal.record_outcome(outcome("entry-1"))
    await journal.record_outcome(outcome("entry-2"))
    await journal.mark_reported(JOB, ["entry-1"], NOON)
    again = outcome("entry-1", failures=(NO_CATEGORY,))
    await journal.record_outcome(again)
    assert await journal.unreported(JOB, 10) == (outcome("entry-2"), again)


async def test_outcome_is_stored_unreported_whatever_it_says(journal: PostingJournal) -> None:
    await journal.record_outcome(replace(outcome(), reported=True))
    assert await journal.unreported(JOB, 10) == (outcome(),)
    assert not await journal.was_reported(COMPANY, "entry-1", outcome("entry-1").external_id)


async def test_success_counts_as_reported_only_once_pleo_took_it(journal: PostingJournal) -> None:
    await journal.record_outcome(outcome("entry-1"))
    assert not await journal.was_reported(COMPANY, "entry-1", outcome("entry-1").external_id)
    await journal.mark_reported(JOB, ["entry-1"], NOON)
    assert await journal.was_reported(COMPANY, "entry-1", outcome("entry-1").external_id)
    assert not await journal.was_reported(OTHER_COMPANY, "entry-1", outcome("entry-1").external_id)


async def test_another_document_of_a_reported_entry_is_not_reported(journal: PostingJournal) -> None:
    await journal.record_outcome(outcome("entry-1"))
    await journal.mark_reported(JOB, ["entry-1"], NOON)
    await journal.record_outcome(replace(outcome("entry-1", job_id=OTHER_JOB), external_id="4712"))
    assert await journal.was_reported(COMPANY, "entry-1", "4711")
    assert not await journal.was_reported(COMPANY, "entry-1", "4712")


async def test_reported_failure_is_no_reported_success(journal: PostingJournal) -> None:
    await journal.record_outcome(outcome(failures=(NO_CATEGORY,)))
    await journal.mark_reported(JOB, ["entry-1"], NOON)
    assert not await journal.was_reported(COMPANY, "entry-1", outcome("entry-1").external_id)


async def test_reported_success_is_remembered_when_the_outcome_is_replaced(journal: PostingJournal) -> None:
    await journal.record_outcome(outcome())
    await journal.mark_reported(JOB, ["entry-1"], NOON)
    await journal.record_outcome(outcome(failures=(NO_CATEGORY,)))
    await journal.mark_reported(JOB, ["entry-1"], NOON)
    assert await journal.was_reported(COMPANY, "entry-1", outcome("entry-1").external_id)


async def test_tally_counts_one_job(journal: PostingJournal) -> None:
    assert await journal.tally(JOB) == OutcomeTally()
    for number in range(5):
        await journal.record_outcome(outcome(f"entry-{number}", failures=(NO_CATEGORY,) * (number % 2)))
    await journal.record_outcome(outcome("entry-9", job_id=OTHER_JOB))
    await journal.mark_reported(JOB, ["entry-0", "entry-1"], NOON)
    assert await journal.tally(JOB) == OutcomeTally(successful=3, failed=2, unreported=3)


async def test_outcomes_are_paged_in_order_without_their_plans(journal: PostingJournal) -> None:
    for number in range(6):
        failures = (NO_CATEGORY,) * (number % 2)
        await journal.record_outcome(outcome(f"entry-{number}", failures=failures, plan_json=b"{}"))
    page = await journal.outcomes(JOB, choice=OutcomeChoice.ALL, offset=2, limit=2)
    assert page == (outcome("entry-2"), outcome("entry-3", failures=(NO_CATEGORY,)))


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (OutcomeChoice.ALL, ["entry-1", "entry-2", "entry-3", "entry-4"]),
        (OutcomeChoice.FAILED, ["entry-3", "entry-4"]),
        (OutcomeChoice.WITH_WARNINGS, ["entry-2", "entry-4"]),
    ],
)
async def test_outcomes_are_listed_by_choice(
    journal: PostingJournal, choice: OutcomeChoice, expected: list[str]
) -> None:
    for number in range(1, 5):
        failures = (NO_CATEGORY,) * (number > 2)
        warnings = ("The posting date moved.",) * (number % 2 == 0)
        await journal.record_outcome(outcome(f"entry-{number}", failures=failures, warnings=warnings))
    listed = await journal.outcomes(JOB, choice=choice, offset=0, limit=5)
    assert [found.entry_id for found in listed] == expected


async def test_newest_outcome_of_an_entry_wins_across_jobs(journal: PostingJournal) -> None:
    await journal.record_outcome(outcome(job_id=JOB, plan_json=b"{}"))
    newest = outcome(job_id=OTHER_JOB, plan_json=b"[]")
    await journal.record_outcome(newest)
    assert await journal.outcome_of_entry("entry-1") == newest


async def test_outcome_with_a_plan_comes_before_a_newer_one_without(journal: PostingJournal) -> None:
    planned = outcome(job_id=JOB, plan_json=b"{}")
    await journal.record_outcome(planned)
    await journal.record_outcome(outcome(job_id=OTHER_JOB))
    assert await journal.outcome_of_entry("entry-1") == planned


async def test_entry_is_found_by_the_beginning_of_its_id(journal: PostingJournal) -> None:
    await journal.record_outcome(outcome("3f2a-11"))
    await journal.record_outcome(outcome("4f2a-12"))
    assert await journal.outcome_of_entry("3f2a") == outcome("3f2a-11")
    for absent in ("f2a", "3f2a-111", "3f3", "_f2a", "%"):
        assert await journal.outcome_of_entry(absent) is None
