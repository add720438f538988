"""The comparison benchmark, small: it can be run, and it would notice a job that was not done right."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.goals import Figures, judged
from benchmarks.one_run import Row, measure, verdict
from benchmarks.report import report
from benchmarks.stub_ledger import StubLedger, checksum
from benchmarks.workloads import WORKLOADS, Contender, Part, Workload

ITEMS = 20
SMALL = Workload(key="thousand-0-10", title="small", latency_ms=0, connections=10)
WITH_FILES = replace(SMALL, file_bytes=10_000, commit_ms=1)

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads what Linux tells of processes")


def small_run(contender: Contender, workload: Workload = SMALL) -> Row:
    return measure(workload, Part(contender=contender, items=ITEMS), 1)


def entry(source: str, amount: int = 100) -> dict[str, object]:
    lines = [{"account": "1", "amount": amount}, {"account": "2", "amount": -amount}]
    return {"source": source, "currency": "DKK", "date": "2026-10-01", "lines": lines}


def found_after(ledger: StubLedger, *sources: str) -> dict[str, object]:
    tally = ledger.tally()
    return {
        "entries": tally.entries,
        "sources": tally.sources,
        "checksum": tally.checksum,
        "expected_checksum": checksum((source, "DKK", 100) for source in sources),
        "reported_right": len(sources),
        "job_status": "completed",
    }


def test_bilag_and_the_bare_loop_do_the_same_job_and_do_it_right() -> None:
    rows = [small_run(contender) for contender in (Contender.LOOP, Contender.LOOP_READ_BACK, Contender.BILAG)]
    assert [row.wrong for row in rows] == ["", "", ""]
    assert len({row.checksum for row in rows}) == 1
    assert all(row.seconds > 0 and row.cpu_ms_per_item > 0 and row.peak_mib > 0 for row in rows)
    assert [row.books_calls_per_item for row in rows] == [1.0, 2.0, 1.05]
    assert rows[2].commits > 0


def test_receipts_arrive_and_a_slower_disk_is_met_where_the_journal_commits() -> None:
    loop, bilag = (small_run(contender, WITH_FILES) for contender in (Contender.LOOP_COMMITS, Contender.BILAG))
    assert (loop.wrong, bilag.wrong) == ("", "")
    assert loop.file_bytes == bilag.file_bytes == ITEMS * WITH_FILES.file_bytes
    assert bilag.seconds > bilag.commits * WITH_FILES.commit_ms / 1000 > 0


def test_an_item_that_is_booked_twice_makes_the_run_wrong() -> None:
    ledger = StubLedger()
    for source in ("a", "b"):
        ledger.post(entry(source), key=source)
    assert verdict(found_after(ledger, "a", "b"), 2) == ""
    ledger.post(entry("b"), key="another key")
    assert "3 entries of 2 expenses" in verdict(found_after(ledger, "a", "b"), 2)
    assert "checksum" in verdict(found_after(ledger, "a", "b"), 2)


def test_another_amount_makes_the_run_wrong_although_the_count_is_right() -> None:
    ledger = StubLedger()
    ledger.post(entry("a", 101))
    assert "checksum" in verdict(found_after(ledger, "a"), 1)


def test_the_same_key_again_is_answered_with_what_stands() -> None:
    ledger = StubLedger()
    first, again = ledger.post(entry("a"), key="k"), ledger.post(entry("a"), key="k")
    assert (first.status, again.status, again.body) == (201, 200, first.body)
    assert (ledger.tally().entries, ledger.tally().repeats) == (1, 1)


def test_an_entry_that_does_not_balance_is_not_taken() -> None:
    ledger = StubLedger()
    unbalanced = entry("a") | {"lines": [{"account": "1", "amount": 5}]}
    assert ledger.post(unbalanced).status == 422
    assert (ledger.tally().entries, ledger.tally().refused) == (0, 1)


def test_a_wrong_run_counts_for_nothing_and_is_named_in_the_report() -> None:
    right = Row(workload="thousand-0-10", contender=Contender.BILAG, round=1, items=1, items_per_second=300.0)
    limit = replace(right, contender=Contender.LOOP, items_per_second=1000.0)
    wrong = replace(limit, round=2, items_per_second=9000.0, wrong="one is missing")
    results = results_of(right, limit, wrong)
    assert Figures(results).ratio("thousand-0-10", Contender.LOOP) == 0.3
    assert "one is missing" in report(results)


def test_a_goal_that_is_missed_says_by_how_much() -> None:
    right = Row(workload="thousand-0-10", contender=Contender.BILAG, round=1, items=1, items_per_second=300.0)
    limit = replace(right, contender=Contender.LOOP, items_per_second=1000.0)
    goal = judged(results_of(right, limit))[0]
    assert (goal.measured, goal.wanted, goal.is_met, goal.verdict) == (0.3, 0.6, False, "no, by a factor of 2")
    assert replace(goal, measured=0.61).verdict == "yes"
    assert replace(goal, measured=None).verdict == "not measured"


def test_no_two_workloads_share_a_key() -> None:
    assert len({workload.key for workload in WORKLOADS}) == len(WORKLOADS)


def results_of(*rows: Row) -> dict[str, object]:
    listed = [{name: getattr(row, name) for name in Row.__slots__} for row in rows]
    machine = {"machine": f"{os.cpu_count()} cores", "measured_at": "2026-11-21", "rounds": 1, "load_before": 0.0}
    return {"rows": listed, "restarts": [], "webhooks": [], **machine}
