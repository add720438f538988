"""Canaries in every input, whole runs with their failure paths and the fullest log: nothing of them comes out."""

import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bilag.adapters.telemetry.json_records import JsonRecords
from bilag.simulator.faults import Fault, FaultKind, html_error_page, throttled, unavailable
from bilag.simulator.jobs import Job
from tests.e2e.invariants import reports_of
from tests.e2e.processes import bilag
from tests.e2e.serving import open_served
from tests.e2e.stage import API_KEY, ENVIRONMENT, Stage, open_stage
from tests.security.canaries import (
    DATABASE_PASSWORD,
    FORMS,
    IBAN,
    MAIL,
    PERSONAL,
    SECRETS,
    TOKEN,
    WEBHOOK_SECRET,
    planted_expenses,
    seen,
)

ECHO = json.dumps({"type": "VALIDATION", "message": f"{API_KEY} {TOKEN} {IBAN} {MAIL} api_key={API_KEY}"}).encode()


def echo(status: int) -> Fault:
    """Pleo says back what nobody is to read."""
    return Fault(kind=FaultKind.ANSWER, status=status, headers=(("Content-Type", "application/json"),), body=ECHO)


@asynccontextmanager
async def collector() -> AsyncIterator[tuple[str, list[bytes]]]:
    """Takes traces over HTTP; gives its address and what it was sent."""
    taken: list[bytes] = []

    async def take(request: web.BaseRequest) -> web.Response:
        taken.append(await request.read())
        return web.Response()

    runner = web.ServerRunner(web.Server(take))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{site.port}", taken
    finally:
        await runner.cleanup()


def told_texts(job: Job) -> list[str]:
    return [job.failure_reason or "", *(report.failure_reason or "" for report in reports_of(job).values())]


def assert_quiet(where: str, text: str, canaries: tuple[str, ...]) -> None:
    assert not list(seen(text, canaries)), where


def assert_nothing_came_out(stage: Stage, out: str, err: str) -> None:
    assert_quiet("stdout", out, (*SECRETS, *FORMS))
    assert_quiet("stderr", err, (*SECRETS, *PERSONAL))
    for job in stage.jobs:
        for text in told_texts(job):
            assert_quiet("told to Pleo", text, (*SECRETS, *FORMS))
    for path in stage.folder.rglob("*"):
        if path.is_file():
            canaries = (*SECRETS, *PERSONAL) if path.suffix == ".prom" else SECRETS
            assert_quiet(str(path), path.read_bytes().decode("latin-1"), canaries)


async def test_runs_with_every_failure_path_say_nothing_of_the_canaries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with collector() as (address, traces), open_stage(tmp_path, planted_expenses(), checks=False) as stage:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
        stage.write_config(("[pleo]", '[telemetry]\ntextfile = "bilag.prom"\n\n[pleo]'))
        codes = []
        for log_format, path, fault in (
            ("json", "/v3/export-jobs", echo(401)),
            ("text", "/v3/export-items", echo(422)),
            ("json", "/v3/export-job-events", echo(422)),
            ("text", "/v3/export-items", unavailable()),
            ("json", "/v3/export-jobs", throttled(0)),
            ("text", "/v3/export-items", html_error_page()),
            ("json", "/files/*", echo(403)),
        ):
            stage.meets(fault, path=path)
            if not any(job.is_open for job in stage.jobs):
                stage.new_job(again=bool(stage.jobs), indexes=range(len(stage.items())))
            said = await bilag(stage, "--log", "debug", "--log-format", log_format, "run", "--take-over")
            codes.append(said.code)
            assert_nothing_came_out(stage, said.out, said.err)
            if log_format == "json":
                assert all(json.loads(line)["message"] for line in said.err.splitlines() if line.startswith("{"))

        assert {0, 1} & set(codes), (codes, said.err[-3000:])
        assert 2 in codes
        assert traces
        assert_quiet("traces", b"".join(traces).decode("latin-1"), (*SECRETS, *PERSONAL))


async def test_password_of_a_database_that_cannot_be_reached_is_told_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BILAG_DATABASE", f"postgresql://bilag:{DATABASE_PASSWORD}@127.0.0.1:1/bilag")
    async with open_stage(tmp_path, planted_expenses(), checks=False) as stage:
        stage.write_config(("[pleo]", '[state]\ndatabase = { env = "BILAG_DATABASE" }\n\n[pleo]'))
        for command in ("run", "doctor", "jobs"):
            said = await bilag(stage, "--log", "debug", command)
            assert said.code in (1, 2, 3)
            assert_nothing_came_out(stage, said.out, said.err)


async def test_serving_says_nothing_of_webhook_secrets_and_shows_metrics_to_this_machine_only(tmp_path: Path) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonRecords())
    log = logging.getLogger("bilag")
    level = log.level
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)
    try:
        lines = 'webhook_secrets = [{ env = "BILAG_WEBHOOK" }]'
        async with open_served(tmp_path, 2, serve=lines, begins=False) as served:
            served.environment |= ENVIRONMENT | {"BILAG_WEBHOOK": WEBHOOK_SECRET}
            served.start()
            await asyncio.wait_for(served.listening.wait(), 60)
            await served.looked(1)
            page = served.url.replace("/webhooks/pleo", "/metrics")
            async with aiohttp.ClientSession() as session:
                forged = {"webhook-id": "msg_1", "webhook-timestamp": "1", "webhook-signature": f"v1,{WEBHOOK_SECRET}"}
                async with session.post(served.url, data=b"{}", headers=forged) as refused:
                    assert refused.status == 401
                async with session.get(page) as answer:
                    metrics = await answer.text()
                    assert (answer.status, answer.content_type) == (200, "text/plain")
                for header in ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"):
                    async with session.get(page, headers={header: "for=203.0.113.7"}) as answer:
                        assert answer.status == 404, header
                for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE"):
                    async with session.request(method, page) as answer:
                        assert answer.status in (404, 405), method
    finally:
        log.removeHandler(handler)
        log.setLevel(level)

    assert 'bilag_webhooks_total{end="refused"} 1.0' in metrics
    assert "bilag_troubles_in_a_row 0.0" in metrics
    for where, text in (("log", stream.getvalue()), ("metrics", metrics)):
        assert_quiet(where, text, (*SECRETS, *PERSONAL))
    assert served.stage.company_id not in metrics


async def test_metrics_can_be_switched_off(tmp_path: Path) -> None:
    async with open_served(tmp_path, 1, begins=False) as served:
        text = served.stage.config_path.read_text()
        served.stage.config_path.write_text(f"{text}\n[telemetry]\nmetrics = false\n")
        served.start()
        await asyncio.wait_for(served.listening.wait(), 60)
        async with (
            aiohttp.ClientSession() as session,
            session.get(served.url.replace("/webhooks/pleo", "/metrics")) as answer,
        ):
            assert answer.status == 404
