import aiohttp
import pytest

from bilag.simulator.expense import Expense, ListedExpenses
from bilag.simulator.faults import Fault, FaultKind, FaultRule, redirect
from bilag.simulator.server import SimulatorServer
from bilag.simulator.world import PleoWorld
from tests.simulator.api_client import ApiClient
from tests.simulator.builders import COMPANY, Clock, a_receipt, an_item

CONTENT = b"%PDF-1.7 receipt"


@pytest.fixture
async def link(api: ApiClient, world: PleoWorld) -> str:
    """A fresh link to the receipt of the first expense."""
    job = world.create_job(COMPANY)
    answer = await api.get(f"/v3/export-items?job_id={job.id}")
    return str(answer.body["data"][0]["files"][0]["url"])


async def test_link_leads_to_the_file_on_another_host(
    server: SimulatorServer, session: aiohttp.ClientSession, link: str
) -> None:
    assert link.startswith(server.files_url)
    assert server.files_url != server.api_url

    async with session.get(link) as answer:
        assert (answer.status, answer.headers["Content-Type"]) == (200, "application/pdf")
        assert await answer.read() == CONTENT


async def test_file_name_survives_the_link(world: PleoWorld, session: aiohttp.ClientSession) -> None:
    name = "Beleg für Käse & 50%/1.pdf"
    company_id = "44444444-4444-4444-8444-444444444444"
    listed = [Expense(item=an_item(0), receipts=(a_receipt("first.pdf"), a_receipt(name, b"second")))]
    company = world.add_company(ListedExpenses(company_id=company_id, expenses=listed))

    async with SimulatorServer(world):
        entries = world.file_entries(company, 0, company.source.expense(0).receipts)
        async with session.get(str(entries[1]["url"])) as answer:
            assert await answer.read() == b"second"


async def test_link_outlives_its_job_but_not_its_24_hours(
    session: aiohttp.ClientSession, link: str, clock: Clock
) -> None:
    clock.move(hours=23)
    async with session.get(link) as answer:
        assert answer.status == 200
    clock.move(hours=1)
    async with session.get(link) as answer:
        assert (answer.status, answer.headers["Content-Type"]) == (403, "application/xml")
        assert "<Code>AccessDenied</Code>" in await answer.text()


async def test_unknown_link_is_denied(server: SimulatorServer, session: aiohttp.ClientSession, link: str) -> None:
    for url in (f"{server.files_url}/files/AAAA/receipt-1.pdf", link.replace("receipt-1", "receipt-2")):
        async with session.get(url) as answer:
            assert answer.status == 403


async def test_file_host_knows_no_other_path_and_method(
    server: SimulatorServer, session: aiohttp.ClientSession, link: str
) -> None:
    async with session.get(server.files_url + "/v3/export-jobs") as answer:
        assert (answer.status, "NoSuchKey" in await answer.text()) == (404, True)
    async with session.post(link) as answer:
        assert (answer.status, "MethodNotAllowed" in await answer.text()) == (405, True)


@pytest.mark.parametrize("header", ["Bearer secret", "Basic c2VjcmV0Og=="])
async def test_credential_sent_to_the_file_host_is_noticed(
    session: aiohttp.ClientSession, world: PleoWorld, link: str, header: str
) -> None:
    async with session.get(link, headers={"Authorization": header}) as answer:
        assert answer.status == 400
        assert "<Code>InvalidArgument</Code>" in await answer.text()

    assert world.leaked_credentials == 1


async def test_honest_download_leaks_nothing(session: aiohttp.ClientSession, world: PleoWorld, link: str) -> None:
    async with session.get(link) as answer:
        await answer.read()

    assert world.leaked_credentials == 0


@pytest.mark.parametrize(
    ("fault", "announced"),
    [
        (Fault(kind=FaultKind.FILE_WRONG_TYPE), ("text/html", 57)),
        (Fault(kind=FaultKind.FILE_EMPTY), ("application/pdf", 0)),
        (Fault(kind=FaultKind.FILE_OVERSIZED, size_bytes=300_000), ("application/pdf", 300_000)),
    ],
)
async def test_file_is_not_what_was_announced(
    session: aiohttp.ClientSession, world: PleoWorld, link: str, fault: Fault, announced: tuple[str, int]
) -> None:
    world.faults.add(FaultRule(fault=fault, path="/files/*"))

    async with session.get(link) as answer:
        assert answer.status == 200
        assert (answer.headers["Content-Type"], len(await answer.read())) == announced


async def test_slow_file_arrives_whole_but_late(session: aiohttp.ClientSession, world: PleoWorld, link: str) -> None:
    world.faults.add(FaultRule(fault=Fault(kind=FaultKind.FILE_SLOW, seconds=0.005), path="/files/*"))
    pieces: list[bytes] = []

    async with session.get(link) as answer:
        pieces.extend([piece async for piece in answer.content.iter_any()])

    assert b"".join(pieces) == CONTENT
    assert len(pieces) > 1


async def test_download_can_be_led_elsewhere(session: aiohttp.ClientSession, world: PleoWorld, link: str) -> None:
    world.faults.add(FaultRule(fault=redirect("http://169.254.169.254/"), path="/files/*"))

    async with session.get(link, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (302, "http://169.254.169.254/")


async def test_client_that_leaves_early_disturbs_nobody(
    session: aiohttp.ClientSession, world: PleoWorld, link: str
) -> None:
    huge = Fault(kind=FaultKind.FILE_OVERSIZED, size_bytes=200_000_000)
    world.faults.add(FaultRule(fault=huge, path="/files/*"))
    async with session.get(link) as answer:
        await answer.content.readany()
        answer.close()

    async with session.get(link) as answer:
        assert await answer.read() == CONTENT
