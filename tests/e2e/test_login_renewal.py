"""A whole Export Job whose credentials are a login: tokens that expire, are refused and end in the middle of it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bilag.app.login import log_in
from bilag.app.running import run_config
from bilag.ports.errors import NeedsPerson
from bilag.simulator.terms import JobStatus
from tests.adapters.pleo.oauth_server import OAuthServer, oauth_server
from tests.app.oauth_company import ENVIRONMENT, KEY_1, OAUTH, visit
from tests.e2e.expenses import seeded
from tests.e2e.invariants import assert_all_hold, reports_of
from tests.e2e.stage import SilentProgress, Stage, open_stage

# Short enough for a job that expires after an hour without news.
LIFETIME_SECONDS = 300
ITEMS = "GET /v3/export-items"


@pytest.fixture
async def server() -> AsyncIterator[OAuthServer]:
    async with oauth_server() as opened:
        opened.expires_in = LIFETIME_SECONDS
        yield opened


def connect(stage: Stage, server: OAuthServer) -> None:
    """The company's settings with a login, and a Pleo that takes the tokens of that server, one at a time."""
    given: list[str] = []

    def accept(token: str) -> None:
        if given:
            stage.world.revoke_token(given[-1])
        given.append(token)
        stage.world.accept_token(token, stage.company_id)

    server.on_token = accept
    stage.write_config(
        ('api_key = { env = "PLEO_API_KEY" }\n', OAUTH.replace("URL", server.url) + KEY_1),
        ("simulator_origins = [", f'simulator_origins = ["{server.url}", '),
    )


async def logged_in(stage: Stage, server: OAuthServer) -> None:
    connect(stage, server)
    visits: list[asyncio.Task[None]] = []
    async with aiohttp.ClientSession() as browser:

        def show(address: str) -> None:
            visits.append(asyncio.create_task(visit(browser, server.agree(address))))

        await log_in(stage.config_path, show, ENVIRONMENT, clock=stage.clock)
        await asyncio.gather(*visits)


async def run(stage: Stage) -> None:
    await run_config(stage.config(), SilentProgress(), ENVIRONMENT, clock=stage.clock)


async def test_token_that_expires_at_any_moment_of_a_job_changes_nothing(tmp_path: Path, server: OAuthServer) -> None:
    async with open_stage(tmp_path, seeded(120)) as stage:
        await logged_in(stage, server)
        job = stage.new_job()
        ended = 0

        def expire(_call: str) -> None:
            """Every seventh answer is the last one that the token in use gets."""
            nonlocal ended
            ended += 1
            if ended % 7 == 0:
                stage.clock.move(seconds=LIFETIME_SECONDS)
                stage.world.revoke_token(f"canary-access-{server.given}")

        stage.witness.on_call = expire
        await run(stage)
        stage.witness.on_call = lambda _: None

        assert job.status is JobStatus.COMPLETED
        assert len(assert_all_hold(stage).entries) == len(job) == len(reports_of(job))
        assert server.given > 1
        assert [call["grant_type"] for call in server.calls[1:]] == ["refresh_token"] * (server.given - 1)


async def test_login_that_is_ended_in_the_middle_stops_the_job_and_a_new_one_takes_it_up(
    tmp_path: Path, server: OAuthServer
) -> None:
    async with open_stage(tmp_path, seeded(120)) as stage:
        await logged_in(stage, server)
        job = stage.new_job()

        def end(call: str) -> None:
            if call == ITEMS and not server.script:
                stage.clock.move(seconds=LIFETIME_SECONDS)
                stage.world.revoke_token("canary-access-1")
                server.revoke()

        stage.witness.on_call = end
        with pytest.raises(NeedsPerson, match="bilag login"):
            await run(stage)
        stage.witness.on_call = lambda _: None
        calls = len(server.calls)
        with pytest.raises(NeedsPerson, match="bilag login"):
            await run(stage)
        assert len(server.calls) == calls, "Pleo is not asked again before a person acted"

        await logged_in(stage, server)
        await run(stage)

        assert job.status is JobStatus.COMPLETED
        assert len(assert_all_hold(stage).entries) == len(job)


async def test_nothing_of_a_login_is_left_on_the_disk_after_a_job(tmp_path: Path, server: OAuthServer) -> None:
    async with open_stage(tmp_path, seeded(20)) as stage:
        await logged_in(stage, server)
        stage.new_job()
        stage.clock.move(seconds=LIFETIME_SECONDS)
        await run(stage)

        assert server.given == 2
    assert_nothing_in_the_open(tmp_path)


def assert_nothing_in_the_open(folder: Path) -> None:
    for path in folder.rglob("*"):
        assert not path.is_file() or b"canary" not in path.read_bytes(), path
    assert not [path for path in (folder / ".bilag").iterdir() if path.stat().st_mode & 0o077]
