import asyncio
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from bilag.app.looking import ServeEnd
from bilag.simulator.faults import Fault, FaultKind
from bilag.simulator.terms import JobStatus
from tests.e2e.invariants import assert_all_hold, reports_of
from tests.e2e.serving import announcement, deliver, open_served, resigned, subscribe
from tests.e2e.stage import API_KEY

# With the haste of these tests: a pause that no test outlasts, and one that is over in a moment.
RARELY = "poll_seconds = 2700\npoll_seconds_max = 2700"
OFTEN = "poll_seconds = 10\npoll_seconds_max = 10"
ITEMS = "GET /v3/export-items"
HOLD = Fault(kind=FaultKind.DELAY, seconds=60.0)


async def test_webhook_wakes_the_export_at_once(tmp_path: Path) -> None:
    async with open_served(tmp_path, serve=RARELY) as served:
        await served.looked(1)
        await subscribe(served)
        async with asyncio.timeout(5):
            job = served.stage.new_job()
            await served.until(lambda: job.status is JobStatus.COMPLETED)
            await served.until(lambda: bool(served.summaries))
        assert [summary.job.job_id for summary in served.summaries] == [job.id]
        assert_all_hold(served.stage)


async def test_job_is_found_by_polling_when_every_webhook_is_lost(tmp_path: Path) -> None:
    async with open_served(tmp_path, serve=OFTEN) as served:
        await served.looked(3)
        job = served.stage.new_job()
        await served.until(lambda: job.status is JobStatus.COMPLETED)
        assert_all_hold(served.stage)


async def test_repeated_late_and_disordered_webhooks_export_every_job_once(tmp_path: Path) -> None:
    async with open_served(tmp_path, 6, serve=RARELY) as served:
        stage = served.stage
        await served.looked(1)
        await subscribe(served)
        served.stage.world.job_created.clear()  # the test delivers by itself
        first, second = stage.new_job(indexes=range(3)), stage.new_job(indexes=range(3, 6), queued=True)
        messages = [announcement(stage, 1), announcement(stage, 0), announcement(stage, 0, age_seconds=200)]
        statuses = [await deliver(served.url, message) for message in messages * 3]
        await served.until(lambda: second.status is JobStatus.COMPLETED)
        looks = stage.witness.calls.count("GET /v3/export-jobs")
        statuses += [await deliver(served.url, message) for message in messages]
        await asyncio.sleep(0.3)

        assert set(statuses) == {204}
        assert first.status is JobStatus.COMPLETED
        assert stage.witness.calls.count("GET /v3/export-jobs") <= looks + 3, "a repeat wakes nobody"
        assert len(assert_all_hold(stage).entries) == 6


async def test_forged_and_old_webhooks_wake_nobody(tmp_path: Path) -> None:
    async with open_served(tmp_path, serve=RARELY) as served:
        stage = served.stage
        await served.looked(1)
        await subscribe(served)
        stage.world.job_created.clear()
        job = stage.new_job()
        old, forged = announcement(stage, age_seconds=400), announcement(stage)
        forged.headers["webhook-id"] = "msg_forged"
        assert [await deliver(served.url, message) for message in (old, forged)] == [401, 401]
        await asyncio.sleep(0.3)
        assert job.status is JobStatus.PENDING


async def test_events_of_other_companies_and_kinds_are_acknowledged_and_ignored(tmp_path: Path) -> None:
    async with open_served(tmp_path, serve=RARELY) as served:
        stage = served.stage
        await served.looked(1)
        await subscribe(served)
        looks = len(stage.witness.calls)
        stage.world.job_created.clear()
        stage.new_job()
        message = announcement(stage)
        (subscription,) = stage.world.subscriptions
        for old, new in ((b"v1.export-job.created", b"v1.vendor.created"), (stage.company_id.encode(), b"somebody")):
            other = replace(message, body=message.body.replace(old, new))
            assert await deliver(served.url, resigned(other, subscription.secret)) == 204
        await asyncio.sleep(0.3)
        assert len(stage.witness.calls) == looks


async def test_trouble_is_told_backs_off_and_ends_by_itself(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "bilag")
    async with open_served(tmp_path, serve=RARELY, begins=False) as served:
        served.environment["PLEO_API_KEY"] = "revoked"
        served.start()
        await served.listening.wait()
        job = served.stage.new_job()
        await served.until(lambda: "trouble 2 in a row" in caplog.text)
        status, health = await served.health()
        assert (status, health["status"]) == (200, "trouble")
        assert int(str(health["troublesInARow"])) >= 2
        served.environment["PLEO_API_KEY"] = API_KEY
        await served.until(lambda: job.status is JobStatus.COMPLETED)
        await served.until(lambda: "works again" in caplog.text)
        assert (await served.health())[1]["troublesInARow"] == 0
    assert "trouble 1 in a row, again in" in caplog.text
    assert "trouble 2 in a row, again in" in caplog.text


async def test_stop_while_nothing_is_under_way_leaves_nothing(tmp_path: Path) -> None:
    async with open_served(tmp_path, serve=RARELY) as served:
        await served.looked(1)
        served.stop.ask()
        assert await served.ended() is ServeEnd.NOTHING_LEFT


async def test_stop_lets_expenses_under_way_end_and_leaves_the_rest_to_the_next_run(tmp_path: Path) -> None:
    async with open_served(tmp_path, 130, serve=RARELY, begins=False) as served:
        stage = served.stage
        job = stage.new_job()

        def stop(call: str) -> None:
            if call == ITEMS and stage.witness.calls.count(ITEMS) == 2:
                served.stop.ask()

        stage.witness.on_call = stop
        served.start()
        end = await served.ended()
        stage.witness.on_call = lambda _: None
        assert end is ServeEnd.JOB_LEFT
        assert job.is_open
        reported = len([report for report in reports_of(job).values() if report.external_id])
        assert reported == 100, "those of the first page, and none of the second"

        await stage.run()
        assert job.status is JobStatus.COMPLETED
        assert len(assert_all_hold(stage).entries) == 130


async def test_what_does_not_end_in_time_is_left_and_webhooks_meanwhile_are_sent_away(tmp_path: Path) -> None:
    async with open_served(tmp_path, serve=f"{RARELY}\nstop_seconds = 1") as served:
        stage = served.stage
        await served.looked(1)
        await subscribe(served)
        stage.meets(HOLD, path="/v3/export-items")
        job = stage.new_job()
        await served.until(lambda: stage.world.request_counts[ITEMS] == 1)
        served.stop.ask()
        await asyncio.sleep(0)
        assert await deliver(served.url, announcement(stage)) == 503
        assert (await served.health())[0] == 503
        assert await served.ended() is ServeEnd.JOB_LEFT
        assert job.status is JobStatus.IN_PROGRESS
        await stage.run()
        assert_all_hold(stage)


async def test_second_request_to_stop_means_at_once(tmp_path: Path) -> None:
    async with open_served(tmp_path, serve=RARELY, begins=False) as served:
        stage = served.stage
        stage.meets(HOLD, path="/v3/export-items")
        stage.new_job()
        served.start()
        await served.until(lambda: stage.world.request_counts[ITEMS] == 1)
        served.stop.ask()
        served.stop.ask()
        async with asyncio.timeout(5):
            assert await served.ended() is ServeEnd.AT_ONCE
        await stage.run()
        assert_all_hold(stage)
