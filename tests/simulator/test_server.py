import aiohttp
import pytest

from bilag.simulator.server import SimulatorServer, job_created_event
from bilag.simulator.world import PleoWorld
from tests.simulator.builders import COMPANY


async def test_api_and_files_are_two_hosts_on_loopback(server: SimulatorServer) -> None:
    assert server.api_url.startswith("http://127.0.0.1:")
    assert server.files_url.startswith("http://127.0.0.1:")
    assert server.api_url != server.files_url


async def test_stopped_server_answers_no_more(world: PleoWorld, session: aiohttp.ClientSession) -> None:
    async with SimulatorServer(world) as server, session.get(server.api_url) as answer:
        assert answer.status == 404

    with pytest.raises(aiohttp.ClientConnectorError):
        await session.get(server.api_url)
    await server.stop()


async def test_stopped_server_announces_no_more(world: PleoWorld) -> None:
    async with SimulatorServer(world):
        assert len(world.job_created) == 1

    assert world.job_created == []


async def test_taken_port_is_an_error_that_leaves_nothing_running(
    server: SimulatorServer, session: aiohttp.ClientSession
) -> None:
    port = int(server.api_url.rsplit(":", 1)[1])
    second = SimulatorServer(PleoWorld(), files_port=port)

    with pytest.raises(OSError, match="address already in use"):
        await second.start()

    with pytest.raises(aiohttp.ClientConnectorError):
        await session.get(second.api_url)


async def test_webhooks_need_a_running_server(world: PleoWorld) -> None:
    with pytest.raises(RuntimeError, match="start the simulator"):
        await SimulatorServer(world).deliver(job_created_event(world.create_job(COMPANY)))
