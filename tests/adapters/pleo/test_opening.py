from dataclasses import replace
from pathlib import Path

import pytest

from bilag.adapters.pleo.auth import ApiKeyAuth
from bilag.adapters.pleo.opening import PRODUCTION_URL, STAGING_URL, PleoAccess, open_budget, open_export_api
from bilag.domain.export_item import ItemFile
from bilag.domain.export_job import JobStatus
from bilag.domain.failure import Failure, FailureCode
from bilag.domain.quota_profiles import PLEO_CALLS_PER_MINUTE_ADVISED, PLEO_CALLS_PER_MINUTE_MAX
from bilag.ports.errors import AddressRefused, BadAnswer
from bilag.ports.secret import Secret
from tests.adapters.pleo.samples import COMPANY, a_page
from tests.adapters.transport.fake_clock import FakeClock
from tests.adapters.transport.loopback import page, saying, serving

KEY = "canary-key"
ACCESS = PleoAccess(auth=ApiKeyAuth(Secret(KEY)))


def test_production_is_the_default() -> None:
    assert ACCESS.base_url == PRODUCTION_URL == "https://external.pleo.io"
    assert STAGING_URL == "https://external.staging.pleo.io"


def test_no_minute_can_hold_more_calls_than_pleo_advises() -> None:
    profile = open_budget(ACCESS, FakeClock()).profile
    assert (
        min(window.limit * 60 // window.seconds for window in profile.windows) == PLEO_CALLS_PER_MINUTE_ADVISED == 500
    )
    assert PLEO_CALLS_PER_MINUTE_ADVISED < PLEO_CALLS_PER_MINUTE_MAX


def test_access_shows_no_secret() -> None:
    assert KEY not in repr(ACCESS)


async def test_client_opens_and_closes_without_a_call() -> None:
    for url in (PRODUCTION_URL, STAGING_URL, f"{PRODUCTION_URL}/"):
        await open_export_api(replace(ACCESS, base_url=url), FakeClock()).close()


@pytest.mark.parametrize(
    "access",
    [
        replace(ACCESS, base_url="http://external.pleo.io"),
        replace(ACCESS, base_url="http://127.0.0.1:8321"),
        replace(ACCESS, base_url="https://127.0.0.1:8321"),
        replace(ACCESS, base_url="http://127.0.0.1:8321", loopback_origins=("http://127.0.0.1:8322",)),
        replace(ACCESS, base_url="https://user:password@external.pleo.io"),
        replace(ACCESS, base_url="external.pleo.io"),
        replace(ACCESS, loopback_origins=("http://10.0.0.1:8321",)),
        replace(ACCESS, loopback_origins=("https://files.example",)),
    ],
)
def test_doubtful_address_is_refused_at_once(access: PleoAccess) -> None:
    with pytest.raises(AddressRefused):
        open_export_api(access, FakeClock())


def test_unusable_authority_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="own-ca"):
        open_export_api(replace(ACCESS, ca_file=tmp_path / "own-ca.pem"), FakeClock())


async def test_listed_simulator_is_reached() -> None:
    async with serving(saying(page(a_page([])))) as server:
        access = replace(ACCESS, base_url=f"{server.origin()}/", loopback_origins=(server.origin(),))
        api = open_export_api(access, FakeClock())
        assert await api.jobs(COMPANY, [JobStatus.PENDING]) == ()
        await api.close()

    assert server.heads[0].startswith(f"GET /v3/export-jobs?company_id={COMPANY}&statuses=pending&limit=100 HTTP")


async def test_answer_that_is_no_pleo_is_a_bad_answer_without_our_key() -> None:
    async with serving(saying(page(f"<html>{KEY}</html>".encode()))) as server:
        access = replace(ACCESS, base_url=server.origin(), loopback_origins=(server.origin(),))
        api = open_export_api(access, FakeClock())
        with pytest.raises(BadAnswer) as raised:
            await api.jobs(COMPANY, [])
        await api.close()

    assert KEY not in str(raised.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/receipt.pdf",
        "https://127.0.0.1:{port}/receipt.pdf",
        "https://169.254.169.254/latest/meta-data/",
        "https://10.0.0.1/receipt.pdf",
        "file:///etc/passwd",
    ],
)
async def test_file_link_that_leads_inside_is_a_failure_and_nothing_is_fetched(tmp_path: Path, url: str) -> None:
    async with serving(saying(page(b"%PDF-1.7 inside"))) as inside:
        api = open_export_api(ACCESS, FakeClock())
        file = ItemFile(url=url.format(port=inside.port), position=0)
        failure = await api.download(file, tmp_path, "r")
        await api.close()

    assert isinstance(failure, Failure)
    assert failure.code is FailureCode.RECEIPT_DOWNLOAD
    assert inside.connections == 0


async def test_file_link_that_redirects_inside_is_a_failure_and_not_followed(tmp_path: Path) -> None:
    async with serving(saying(page(b"%PDF-1.7 inside"))) as inside:
        moved = saying(page(b"", "302 Found", f"Location: {inside.origin()}/\r\n"))
        async with serving(moved) as files:
            api = open_export_api(replace(ACCESS, loopback_origins=(files.origin(),)), FakeClock())
            failure = await api.download(ItemFile(url=f"{files.origin()}/a.pdf", position=0), tmp_path, "r")
            await api.close()

    assert isinstance(failure, Failure)
    assert inside.connections == 0


async def test_file_host_outside_the_list_is_a_failure(tmp_path: Path) -> None:
    api = open_export_api(replace(ACCESS, file_hosts=("files.example",)), FakeClock())

    failure = await api.download(ItemFile(url="https://8.8.8.8/a.pdf", position=0), tmp_path, "r")
    await api.close()

    assert isinstance(failure, Failure)
    assert failure.code is FailureCode.RECEIPT_DOWNLOAD
