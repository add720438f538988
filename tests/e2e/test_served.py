"""`bilag serve` as a real process: stopped by signals, and killed in the middle of acknowledging."""

import asyncio
import signal
import socket
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bilag.simulator.faults import Fault, FaultKind
from bilag.simulator.server import job_created_event
from bilag.simulator.terms import JobStatus
from bilag.simulator.webhook_delivery import SignedMessage, sign
from tests.cli.terminal import Terminal
from tests.e2e.invariants import assert_all_hold
from tests.e2e.processes import ended, start, until
from tests.e2e.serving import Served, deliver, open_served, subscribe, subscription_of, write_serve
from tests.e2e.stage import API_KEY, Stage

WEBHOOKS = 150
LISTS = "GET /v3/export-jobs"
ITEMS = "GET /v3/export-items"


def a_free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


async def prepared(served: Served) -> None:
    """An address that stays the same from start to start, known to Pleo, whose deliveries are the test's own."""
    port = a_free_port()
    write_serve(served.stage, "poll_seconds = 2700\npoll_seconds_max = 2700\nstop_seconds = 1", port=port)
    served.url = f"http://127.0.0.1:{port}/webhooks/pleo"
    await subscribe(served)
    served.stage.world.job_created.clear()


def ids_on_disk(stage: Stage) -> set[str]:
    with closing(sqlite3.connect(stage.folder / ".bilag" / "webhooks.sqlite")) as database:
        return {webhook_id for (webhook_id,) in database.execute("SELECT webhook_id FROM received_webhooks")}


def has_ids(stage: Stage) -> bool:
    try:
        return bool(ids_on_disk(stage))
    except sqlite3.Error:
        return False


def many(stage: Stage) -> list[SignedMessage]:
    """Webhooks of the stage's job, each with an id of its own."""
    event, subscription = job_created_event(stage.jobs[0]), subscription_of(stage)
    return [sign(event, subscription, datetime.now(UTC), webhook_id=f"msg_{n}") for n in range(WEBHOOKS)]


async def test_killed_between_commit_and_acknowledgement_takes_the_repeat_and_exports_once(tmp_path: Path) -> None:
    async with open_served(tmp_path, begins=False) as served:
        stage = served.stage
        await prepared(served)
        first = await start(stage, "serve")
        assert await until(lambda: stage.witness.calls.count(LISTS) == 1, first)
        job = stage.new_job()
        messages = many(stage)
        sending = [asyncio.create_task(deliver(served.url, message)) for message in messages]
        assert await until(lambda: has_ids(stage), first)
        first.kill()
        assert (await ended(first)).code == -signal.SIGKILL
        statuses = await asyncio.gather(*sending)
        acknowledged = {m.webhook_id for m, status in zip(messages, statuses, strict=True) if status == 204}
        assert acknowledged <= ids_on_disk(stage), "what was acknowledged is on disk"

        second = await start(stage, "serve")
        assert await until(lambda: job.status is JobStatus.COMPLETED, second)
        assert {await deliver(served.url, message) for message in messages} == {204}
        second.terminate()
        stopped = await ended(second)
        assert stopped.code == 0, stopped.err
        assert ids_on_disk(stage) == {message.webhook_id for message in messages}
        assert len(assert_all_hold(stage).entries) == 5


@pytest.mark.parametrize(("requests", "code"), [(1, 0), (2, 3)], ids=["asked once", "asked twice"])
async def test_signals_stop_it_and_the_job_is_left_to_the_next_run(
    tmp_path: Path, bilag: Terminal, requests: int, code: int
) -> None:
    async with open_served(tmp_path, begins=False) as served:
        stage = served.stage
        await prepared(served)
        stage.meets(Fault(kind=FaultKind.DELAY, seconds=60.0), path="/v3/export-items")
        job = stage.new_job()
        process = await start(stage, "--log", "info", "serve")
        assert await until(lambda: stage.world.request_counts[ITEMS] == 1, process)
        for number in (signal.SIGTERM, signal.SIGINT)[:requests]:
            process.send_signal(number)
            await asyncio.sleep(0.2)
        stopped = await ended(process)
        assert stopped.code == code, stopped.err
        assert "Nothing is lost" in stopped.err
        assert served.url in stopped.err
        assert API_KEY not in stopped.err
        assert subscription_of(stage).secret not in stopped.err + stopped.out
        assert (await bilag("run", "--config", str(stage.config_path))).code == 0
        assert job.status is JobStatus.COMPLETED
        assert_all_hold(stage)


async def test_it_does_not_start_on_a_port_that_is_taken_or_with_a_secret_that_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_served(tmp_path, begins=False) as served:
        await prepared(served)
        port = served.stage.config().serve.port
        with socket.create_server(("127.0.0.1", port)):
            taken = await ended(await start(served.stage, "serve"))
        assert (taken.code, "serve.port" in taken.err) == (2, True)
        write_serve(served.stage, 'webhook_secrets = [{ env = "HOOK" }]')
        monkeypatch.setenv("HOOK", "canary-4711")
        unusable = await ended(await start(served.stage, "serve"))
        assert (unusable.code, "serve.webhook_secrets[0]" in unusable.err) == (2, True)
        assert "canary" not in unusable.err


async def test_webhooks_commands_add_list_and_remove(tmp_path: Path, bilag: Terminal) -> None:
    async with open_served(tmp_path, begins=False) as served:
        config = ("--config", str(served.stage.config_path))
        added = await bilag("webhooks", "add", "http://127.0.0.1:9/webhooks/pleo", *config)
        assert added.code == 0, added.err
        subscription = subscription_of(served.stage)
        assert subscription.id in added.out
        listed = await bilag("webhooks", "list", *config)
        assert subscription.id in listed.out
        assert "kept" in listed.out
        removed = await bilag("webhooks", "remove", subscription.id, *config)
        assert removed.code == 0
        assert subscription.deleted_at is not None
        assert "has no subscription" in (await bilag("webhooks", "list", *config)).out
        assert subscription.secret not in added.out + added.err + listed.out + removed.out
