from datetime import timedelta

import aiohttp
import pytest

from bilag.simulator.server import SimulatorServer
from bilag.simulator.terms import Scope
from bilag.simulator.world import PleoWorld
from tests.simulator.api_client import ApiClient
from tests.simulator.builders import API_KEY, COMPANY, Clock


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic",
        "Basic !!!",
        "Basic /w==",
        "Bearer ",
        f"Bearer {API_KEY}",
        "Bearer unknown",
        "Digest whatever",
        aiohttp.encode_basic_auth("token", ""),
        aiohttp.encode_basic_auth(API_KEY, "password"),
        aiohttp.encode_basic_auth("", ""),
    ],
)
async def test_anything_but_a_known_credential_is_unauthorized(
    server: SimulatorServer, session: aiohttp.ClientSession, world: PleoWorld, header: str
) -> None:
    world.accept_token("token", COMPANY)

    async with session.get(f"{server.api_url}/v3/export-jobs", headers={"Authorization": header}) as answer:
        assert answer.status == 401
        assert (await answer.json())["type"] == "UNAUTHORIZED"


@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
async def test_access_token_is_let_in_as_bearer(
    server: SimulatorServer, session: aiohttp.ClientSession, world: PleoWorld, scheme: str
) -> None:
    world.accept_token("token", COMPANY)

    headers = {"Authorization": f"{scheme} token"}
    async with session.get(f"{server.api_url}/v3/export-jobs", headers=headers) as answer:
        assert answer.status == 200


async def test_expired_credential_is_unauthorized(api: ApiClient, world: PleoWorld, clock: Clock) -> None:
    world.accept_api_key(API_KEY, COMPANY, expires_at=clock() + timedelta(minutes=5))

    before = await api.get("/v3/export-jobs")
    clock.move(minutes=5)
    after = await api.get("/v3/export-jobs")

    assert (before.status, after.status) == (200, 401)


async def test_revoked_credential_is_unauthorized(
    server: SimulatorServer, session: aiohttp.ClientSession, world: PleoWorld
) -> None:
    world.accept_token("token", COMPANY)
    world.revoke_api_key(API_KEY)
    world.revoke_token("token")

    for header in ("Bearer token", aiohttp.encode_basic_auth(API_KEY, "")):
        async with session.get(f"{server.api_url}/v3/export-jobs", headers={"Authorization": header}) as answer:
            assert answer.status == 401


async def test_operation_outside_the_scopes_is_forbidden(api: ApiClient, world: PleoWorld) -> None:
    world.accept_api_key(API_KEY, COMPANY, scopes=[Scope.JOBS_READ])
    job = world.create_job(COMPANY)

    reading = await api.get("/v3/export-jobs")
    items = await api.get(f"/v3/export-items?job_id={job.id}")
    writing = await api.say(job.id, "started")

    assert (reading.status, items.status, writing.status) == (200, 403, 403)
    assert "export-items:read" in items.body["message"]
