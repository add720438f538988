"""The same expenses in a second job: booked once, unless somebody asks for more."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bilag.simulator.terms import JobStatus
from tests.e2e.expenses import seeded
from tests.e2e.invariants import assert_all_hold, reports_of
from tests.e2e.stage import Stage, open_stage
from tests.e2e.standing_books import books_in

COUNT = 12


@pytest.fixture
async def exported(tmp_path: Path) -> AsyncIterator[Stage]:
    """A company whose twelve expenses were exported once."""
    async with open_stage(tmp_path / "company", seeded(COUNT, receipt_share=0.5)) as stage:
        stage.new_job()
        await stage.run()
        assert len(assert_all_hold(stage).entries) == COUNT
        yield stage


def remove_entry(stage: Stage, voucher: str) -> None:
    """What a person does with an editor: the entry goes, and the lines that name its receipts."""
    for path in (stage.books / "journal").glob("*.beancount"):
        text = path.read_text()
        text = re.sub(rf"; voucher {voucher}\n.*?; end of voucher {voucher}\n", "", text, flags=re.DOTALL)
        path.write_text(re.sub(rf'(?m)^\S+ document .*\n  voucher: "{voucher}"\n(  .*\n)*', "", text))


async def test_run_with_nothing_waiting_changes_nothing(exported: Stage) -> None:
    before = {path: path.read_bytes() for path in exported.books.rglob("*") if path.is_file()}

    assert await exported.run() == ()
    assert {path: path.read_bytes() for path in exported.books.rglob("*") if path.is_file()} == before


async def test_second_job_with_the_same_expenses_reports_the_entries_that_stand(exported: Stage) -> None:
    first = exported.jobs[0]
    second = exported.new_job(again=True, indexes=range(COUNT))
    (summary,) = await exported.run()

    told_first = {entry_id: report.external_id for entry_id, report in reports_of(first).items()}
    told_second = {entry_id: report.external_id for entry_id, report in reports_of(second).items()}
    assert told_second == told_first
    assert len(assert_all_hold(exported).entries) == COUNT
    assert second.status is JobStatus.COMPLETED
    assert len(summary.with_warnings) == COUNT
    assert all("nothing was booked" in outcome.warnings[0] for outcome in summary.with_warnings)


async def test_post_again_books_a_second_generation_beside_the_first(exported: Stage) -> None:
    exported.write_bookkeeping("post_again = true")
    second = exported.new_job(again=True, indexes=range(3))
    await exported.run()

    entries = books_in(exported.books).entries
    new = [entry for entry in entries if entry.generation == "je2"]
    assert len(entries) == COUNT + 3
    assert {entry.entry_id for entry in new} == reports_of(second).keys()
    assert {entry.voucher for entry in new} == {report.external_id for report in reports_of(second).values()}
    for entry in new:
        (earlier,) = (one for one in entries if one.entry_id == entry.entry_id and one.generation == "je1")
        assert (entry.day, entry.postings, entry.files) == (earlier.day, earlier.postings, earlier.files)
    assert_all_hold(exported)


async def test_post_again_after_a_third_export_goes_on_counting(exported: Stage) -> None:
    exported.write_bookkeeping("post_again = true")
    for _ in range(2):
        exported.new_job(again=True, indexes=range(1))
        await exported.run()

    assert sorted(entry.generation for entry in books_in(exported.books).entries)[-3:] == ["je1", "je2", "je3"]
    assert_all_hold(exported)


async def test_entry_that_a_person_removed_is_booked_again_under_the_next_generation(exported: Stage) -> None:
    (victim, *_) = (entry for entry in books_in(exported.books).entries if entry.files)
    remove_entry(exported, victim.voucher)
    second = exported.new_job(again=True, indexes=range(COUNT))
    (summary,) = await exported.run()

    books = assert_all_hold(exported)
    again = books.by_entry_id()[victim.entry_id]
    assert again.generation == "je2"
    assert again.voucher > victim.voucher
    assert (again.day, again.postings, again.files) == (victim.day, victim.postings, victim.files)
    assert reports_of(second)[victim.entry_id].external_id == again.voucher
    warnings = {outcome.entry_id: outcome.warnings[0] for outcome in summary.with_warnings}
    assert "removed from the books" in warnings[victim.entry_id]
    assert len(books.entries) == COUNT


async def test_loss_of_our_own_memory_books_nothing_twice(exported: Stage) -> None:
    for path in (exported.folder / ".bilag").iterdir():
        path.unlink()
    exported.jobs.clear()
    second = exported.new_job(again=True, indexes=range(COUNT))
    await exported.run()

    assert second.status is JobStatus.COMPLETED
    assert len(assert_all_hold(exported).entries) == COUNT


async def test_jobs_in_a_queue_are_worked_off_oldest_first(tmp_path: Path) -> None:
    async with open_stage(tmp_path, seeded(30)) as stage:
        for part in (range(10), range(10, 25), range(25, 30)):
            stage.new_job(queued=True, indexes=part)
        summaries = await stage.run()

        assert [summary.job.job_id for summary in summaries] == [job.id for job in stage.jobs]
        assert {job.status for job in stage.jobs} == {JobStatus.COMPLETED}
        assert_all_hold(stage)
