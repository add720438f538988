"""Metrics by themselves: lost answers that are settled, jobs that are counted once, moments of several companies."""

from dataclasses import replace
from datetime import timedelta

from bilag.adapters.store.memory import MemoryPostingJournal
from bilag.adapters.telemetry.metrics import Metrics
from bilag.adapters.telemetry.telemetry import Telemetry
from bilag.domain.transitions import PostingState
from tests.adapters.store.records import COMPANY, NOON, OTHER_COMPANY, job, posting


def value(metrics: Metrics, name: str, **labels: str) -> float:
    found = metrics.registry.get_sample_value(name, labels)
    assert found is not None, name
    return found


async def test_a_lost_answer_is_counted_once_and_once_more_when_it_is_settled() -> None:
    metrics = Metrics()
    journal = Telemetry(metrics).watched_journal(MemoryPostingJournal(), lambda: NOON)
    for state in (PostingState.INTENDED, PostingState.SENT, PostingState.UNKNOWN, PostingState.INTENDED):
        await journal.record(posting(state=state))
    for state in (PostingState.SENT, PostingState.UNKNOWN, PostingState.POSTED):
        await journal.record(posting(state=state))

    assert value(metrics, "bilag_postings_total", outcome="unknown") == 2
    assert value(metrics, "bilag_postings_total", outcome="posted") == 1
    assert value(metrics, "bilag_unknown_outcomes_settled_total", found="absent") == 1
    assert value(metrics, "bilag_unknown_outcomes_settled_total", found="booked") == 1


async def test_what_an_earlier_process_left_open_counts_as_settled_when_it_is_found() -> None:
    metrics, stored = Metrics(), MemoryPostingJournal()
    for state in (PostingState.INTENDED, PostingState.SENT):
        await stored.record(posting(state=state))
    journal = Telemetry(metrics).watched_journal(stored, lambda: NOON)
    await journal.latest(COMPANY, "entry-1")
    await journal.record(posting(state=PostingState.POSTED))

    assert value(metrics, "bilag_unknown_outcomes_settled_total", found="booked") == 1


async def test_a_job_is_counted_once_with_its_times_since_it_was_made() -> None:
    metrics, now = Metrics(), NOON + timedelta(seconds=20)
    journal = Telemetry(metrics).watched_journal(MemoryPostingJournal(), lambda: now)
    for state in ("pending", "in_progress", "in_progress", "completed", "completed"):
        await journal.record_job(replace(job(), state=state))

    assert value(metrics, "bilag_jobs_total", end="completed") == 1
    assert value(metrics, "bilag_job_start_seconds_count") == value(metrics, "bilag_job_complete_seconds_count") == 1
    assert value(metrics, "bilag_job_start_seconds_sum") == 20


def test_of_several_companies_figures_are_added_up_and_the_one_in_need_decides() -> None:
    metrics = Metrics()
    for company, hours in ((COMPANY, 1), (OTHER_COMPANY, 2)):
        metrics.left(company, open_intents=hours, receipts_owed=0, unreported=0)
        metrics.looked_well(company, NOON + timedelta(hours=hours))
    page = metrics.page().decode()

    assert value(metrics, "bilag_open_intents") == 3
    assert value(metrics, "bilag_last_good_look_timestamp_seconds") == (NOON + timedelta(hours=1)).timestamp()
    assert COMPANY not in page
    assert OTHER_COMPANY not in page


def test_off_the_journal_is_handed_through_as_it_is() -> None:
    journal = MemoryPostingJournal()
    assert Telemetry().watched_journal(journal, lambda: NOON) is journal
