import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bilag.app.looking import ServeEnd
from bilag.app.running import RunSummary
from bilag.app.turns import OPEN_PER_PLACE
from bilag.config.load import ConfigInvalid
from bilag.ports.errors import NeedsPerson
from bilag.simulator.faults import Fault, FaultKind
from bilag.simulator.server import job_created_event
from bilag.simulator.terms import JobStatus
from bilag.simulator.webhook_delivery import sign
from tests.e2e.serving import Served, deliver, open_served
from tests.e2e.serving_several import OFTEN, RARELY, Tenant, assert_exported, serves, tenants
from tests.e2e.stage import Stage

LISTS = "GET /v3/export-jobs"
ITEMS = "GET /v3/export-items"
# Any way to hold a job up for longer than a test lasts.
HOLD = Fault(kind=FaultKind.DELAY, seconds=60.0)


@asynccontextmanager
async def served_for(folder: Path, *counts: int, serve: str = RARELY) -> AsyncIterator[tuple[Served, list[Tenant]]]:
    """Files and keys of companies with so many expenses; nothing runs yet."""
    async with open_served(folder, begins=False) as served:
        companies = tenants(served.stage, *counts, serve=serve)
        serves(served, companies)
        yield served, companies


async def begin(served: Served) -> None:
    served.start()
    await asyncio.wait_for(served.listening.wait(), 30)


def all_looked(stage: Stage, times: int) -> bool:
    return stage.witness.calls.count(LISTS) >= times


async def test_every_company_is_exported_with_its_own_key_into_its_own_books(tmp_path: Path) -> None:
    async with served_for(tmp_path, 5, 7, 9) as (served, companies):
        jobs = [company.new_job() for company in companies]
        await begin(served)
        await served.until(lambda: all(job.status is JobStatus.COMPLETED for job in jobs))
        await served.until(lambda: len(served.summaries) == 3)
        for company, job in zip(companies, jobs, strict=True):
            assert_exported(company, job)
        assert {summary.job.company_id for summary in served.summaries} == {company.id for company in companies}


async def test_companies_in_a_folder_are_served_as_if_each_were_named(tmp_path: Path) -> None:
    async with served_for(tmp_path, 3, 3) as (served, companies):
        folder = tmp_path / "all"
        folder.mkdir()
        for company in companies:
            own = ("[books.plaintext]", f'[state]\nfolder = "state-{company.number}"\n\n[books.plaintext]')
            company.write_config(RARELY, own)
            company.path.rename(folder / f"{company.number}.toml")
        served.places = [folder]
        jobs = [company.new_job() for company in companies]
        await begin(served)
        await served.until(lambda: all(job.status is JobStatus.COMPLETED for job in jobs))


async def test_webhook_wakes_the_company_it_names_and_only_with_a_key_of_its_own(tmp_path: Path) -> None:
    async with served_for(tmp_path, 5, 5) as (served, (one, other)):
        await begin(served)
        await served.until(lambda: all_looked(served.stage, 2))
        secrets = {company.id: await company.subscribe(served.url) for company in (one, other)}
        served.stage.world.job_created.clear()
        jobs = {company.id: company.new_job() for company in (one, other)}
        event, now = job_created_event(jobs[other.id]), datetime.now(UTC)

        crossed = await deliver(served.url, sign(event, secrets[one.id], now))
        await asyncio.sleep(0.3)
        assert (crossed, jobs[other.id].status) == (204, JobStatus.PENDING), "authentic, and ignored"
        assert (
            await deliver(served.url, sign(event, replace(secrets[other.id], secret="whsec_" + "A" * 32), now)) == 401
        )

        assert await deliver(served.url, sign(event, secrets[other.id], now)) == 204
        await served.until(lambda: jobs[other.id].status is JobStatus.COMPLETED)
        assert jobs[one.id].status is JobStatus.PENDING, "nobody woke it"
        assert_exported(other, jobs[other.id])


async def test_trouble_of_one_company_is_its_own_and_the_health_page_says_whose(tmp_path: Path) -> None:
    async with served_for(tmp_path, 3, 3, serve=OFTEN) as (served, (one, other)):
        served.environment[one.key_name] = "revoked"
        await begin(served)
        jobs = [one.new_job(), other.new_job()]
        await served.until(lambda: jobs[1].status is JobStatus.COMPLETED)
        _, health = await served.health()
        assert (health["status"], health["companiesInTrouble"]) == ("trouble", 1)
        assert isinstance(health["companies"], list)
        assert {entry["company"]: entry["status"] for entry in health["companies"]} == {
            one.id: "trouble",
            other.id: "ok",
        }
        served.environment[one.key_name] = one.key
        await served.until(lambda: jobs[0].status is JobStatus.COMPLETED)
        assert_exported(one, jobs[0])


async def test_file_that_breaks_while_serving_stops_its_company_until_it_is_mended(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with served_for(tmp_path, 3, 3, serve=OFTEN) as (served, (one, other)):
        await begin(served)
        await served.until(lambda: all_looked(served.stage, 2))
        text = one.path.read_text("utf-8")
        one.path.write_text(text + "\nwhat = 1\n[broken", "utf-8")
        await served.until(lambda: f"{one.path}: is not valid TOML" in caplog.text)
        jobs = [one.new_job(), other.new_job()]
        await served.until(lambda: jobs[1].status is JobStatus.COMPLETED)
        assert jobs[0].status is JobStatus.PENDING
        one.path.write_text(text, "utf-8")
        await served.until(lambda: jobs[0].status is JobStatus.COMPLETED)
        await served.until(lambda: f"company {one.id} works again" in caplog.text)


async def test_file_that_becomes_another_companys_is_not_followed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with served_for(tmp_path, 3, 3, serve=OFTEN) as (served, (one, other)):
        await begin(served)
        await served.until(lambda: all_looked(served.stage, 2))
        one.path.write_text(one.path.read_text("utf-8").replace(one.id, other.id), "utf-8")
        await served.until(lambda: "is that of another company now" in caplog.text)


async def test_bug_that_one_company_meets_is_told_and_stops_no_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with served_for(tmp_path, 3, 3, serve=OFTEN) as (served, (one, other)):
        jobs = [one.new_job(), other.new_job()]

        def stumbles(summary: RunSummary) -> None:
            if summary.job.company_id == one.id:
                raise ZeroDivisionError
            served.summaries.append(summary)

        served.tell = stumbles
        await begin(served)
        await served.until(lambda: all(job.status is JobStatus.COMPLETED for job in jobs))
        await served.until(lambda: "ZeroDivisionError" in caplog.text)
        await served.until(lambda: bool(served.summaries))
        assert [summary.job.company_id for summary in served.summaries] == [other.id]


async def test_large_job_makes_room_for_small_ones_and_goes_on_after_them(tmp_path: Path) -> None:
    async with served_for(tmp_path, 600, 5, 5, 5, serve=f"{OFTEN}\njobs_at_once = 1") as (served, companies):
        stage, large = served.stage, companies[0].new_job()
        await begin(served)
        await served.until(lambda: stage.witness.calls.count(ITEMS) >= 1)
        small = [company.new_job() for company in companies[1:]]
        await served.until(lambda: all(job.status is JobStatus.COMPLETED for job in small))
        assert large.status is JobStatus.IN_PROGRESS, "the small ones did not wait for its end"
        await served.until(lambda: large.status is JobStatus.COMPLETED)
        for company, job in zip(companies, [large, *small], strict=True):
            assert_exported(company, job)


async def test_number_of_companies_under_way_at_once_is_bounded(tmp_path: Path) -> None:
    async with served_for(tmp_path, *[2] * 8, serve=f"{RARELY}\njobs_at_once = 1") as (served, companies):
        jobs, most = [company.new_job() for company in companies], 0

        def count(_call: str) -> None:
            nonlocal most
            most = max(most, sum(job.status is JobStatus.IN_PROGRESS for job in jobs))

        served.stage.witness.on_call = count
        await begin(served)
        await served.until(lambda: all(job.status is JobStatus.COMPLETED for job in jobs))
        assert 1 <= most <= OPEN_PER_PLACE


async def test_empty_looks_write_nothing_and_cost_one_call_each(tmp_path: Path) -> None:
    async with served_for(tmp_path, 2, 2, serve=OFTEN) as (served, companies):
        await begin(served)
        await served.until(lambda: all_looked(served.stage, 10))
        assert set(served.stage.witness.calls) == {LISTS}
        first, second = (sorted(path.name for path in company.folder.rglob("*")) for company in companies)
        assert second == ["bilag.toml"]
        assert {name for name in first if not name.startswith("webhooks.sqlite")} == {".bilag", "bilag.toml"}


async def test_company_with_nothing_to_do_is_not_looked_into_again_after_its_first_job(tmp_path: Path) -> None:
    async with served_for(tmp_path, 2, serve=OFTEN) as (served, (one,)):
        job = one.new_job()
        await begin(served)
        await served.until(lambda: job.status is JobStatus.COMPLETED and len(served.summaries) == 1)
        journal = one.folder / ".bilag" / "posting-journal.sqlite"
        await served.until(lambda: not journal.with_name("exporting.lock").exists() or is_free(journal))
        looks, changed = served.stage.witness.calls.count(LISTS), journal.stat().st_mtime_ns
        await served.until(lambda: all_looked(served.stage, looks + 5))
        assert journal.stat().st_mtime_ns == changed


def is_free(journal: Path) -> bool:
    """Whether the journal's side files are gone: nobody has it open."""
    return not journal.with_name(journal.name + "-wal").exists()


async def test_job_that_ended_while_nobody_ran_is_told_although_pleo_lists_none(tmp_path: Path) -> None:
    async with served_for(tmp_path, 150) as (served, (one,)):
        stage = served.stage
        job = one.new_job()

        def stop(call: str) -> None:
            if call == ITEMS and stage.witness.calls.count(ITEMS) == 2:
                served.stop.ask()

        stage.witness.on_call = stop
        served.start()
        assert await served.ended() is ServeEnd.JOB_LEFT
        stage.witness.on_call = lambda _: None
        stage.clock.move(hours=2)
        served.forget()
        await begin(served)
        await served.until(lambda: bool(served.summaries))
        assert [summary.job.job_id for summary in served.summaries] == [job.id]
        served.stop.ask()
        assert await served.ended() is ServeEnd.NOTHING_LEFT


async def test_stop_lets_every_company_come_to_its_end(tmp_path: Path) -> None:
    async with served_for(tmp_path, 3, 3, serve=f"{RARELY}\nstop_seconds = 1") as (served, (one, other)):
        stage = served.stage
        stage.meets(HOLD, path="/v3/export-items")
        jobs = [one.new_job(), other.new_job()]
        await begin(served)
        await served.until(lambda: stage.world.request_counts[ITEMS] == 2)
        served.stop.ask()
        assert await served.ended() is ServeEnd.JOB_LEFT
        assert sorted(job.status for job in jobs) in (
            [JobStatus.COMPLETED, JobStatus.IN_PROGRESS],
            [JobStatus.IN_PROGRESS, JobStatus.IN_PROGRESS],
        )
        served.forget()
        await begin(served)
        await served.until(lambda: all(job.status is JobStatus.COMPLETED for job in jobs))
        for company, job in zip((one, other), jobs, strict=True):
            assert_exported(company, job)


async def test_problems_of_all_files_keep_it_from_starting_and_are_told_together(tmp_path: Path) -> None:
    async with served_for(tmp_path, 2, 2, 2) as (served, (one, _, third)):
        for company in (one, third):
            company.write_config("poll_seconds = 1")
        served.start()
        with pytest.raises(ConfigInvalid) as invalid:
            await served.ended()
        assert all(f"{company.path}: serve.poll_seconds" in str(invalid.value) for company in (one, third))
        for company in (one, third):
            company.write_config('webhook_secrets = [{ env = "HOOK" }]')
        served.forget()
        served.environment["HOOK"] = "canary-4711"
        served.start()
        with pytest.raises(NeedsPerson) as needs:
            await served.ended()
        assert all(f"{company.path}: serve.webhook_secrets[0]" in str(needs.value) for company in (one, third))
        assert "canary" not in str(needs.value)
        assert served.stage.witness.calls == []


async def test_worker_without_a_listener_exports_what_it_finds(tmp_path: Path) -> None:
    async with served_for(tmp_path, 3, 3, serve=OFTEN) as (served, companies):
        served.workers_only = True
        served.start()
        await served.until(lambda: all_looked(served.stage, 2))
        jobs = [company.new_job() for company in companies]
        await served.until(lambda: all(job.status is JobStatus.COMPLETED for job in jobs))
        assert served.url == ""
        assert not (companies[0].folder / ".bilag" / "webhooks.sqlite").exists()


async def test_log_and_health_name_no_key(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "bilag")
    async with served_for(tmp_path, 3, 3, serve=OFTEN) as (served, companies):
        served.environment[companies[0].key_name] = "revoked-never-to-be-shown"
        job = companies[1].new_job()
        await begin(served)
        await served.until(lambda: job.status is JobStatus.COMPLETED)
        text = caplog.text + str((await served.health())[1])
    assert "never-to-be-shown" not in text
