from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest

from bilag.simulator.server import SimulatorServer
from bilag.simulator.world import PleoWorld
from tests.simulator.api_client import ApiClient
from tests.simulator.builders import API_KEY, COMPANY, OTHER_COMPANY, Clock, a_source
from tests.simulator.contract import AnswerContract, contract_is_at_hand, require_contract


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(clock: Clock) -> PleoWorld:
    """A Pleo with a company of three expenses, another company, and a key for the first."""
    world = PleoWorld(clock=clock)
    world.add_company(a_source(3))
    world.add_company(a_source(1, company_id=OTHER_COMPANY))
    world.accept_api_key(API_KEY, COMPANY)
    return world


@pytest.fixture
def contract() -> Iterator[AnswerContract | None]:
    """Sees every answer of the server; None when Pleo's file is not at hand."""
    kept = AnswerContract(require_contract()) if contract_is_at_hand() else None
    yield kept
    if kept is not None:
        kept.assert_kept()


@pytest.fixture
async def server(world: PleoWorld, contract: AnswerContract | None) -> AsyncIterator[SimulatorServer]:
    async with SimulatorServer(world, on_answer=contract, retry_waits_seconds=(0.01, 0.01)) as server:
        yield server


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def api(server: SimulatorServer, session: aiohttp.ClientSession) -> ApiClient:
    return ApiClient(session, server.api_url, key=API_KEY)
