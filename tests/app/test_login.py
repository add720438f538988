import asyncio
import logging
from pathlib import Path

import pytest
from aiohttp import web

from bilag.app.credentials import credential_problem, pleo_auth
from bilag.app.login import log_in
from bilag.app.system_clock import SYSTEM_CLOCK
from bilag.ports.errors import NeedsPerson, TryLater
from tests.adapters.pleo.oauth_server import CLIENT_SECRET, refusal
from tests.app.oauth_company import COMPANY_ID, ENVIRONMENT, KEY_1, KEY_2, OAuthCompany, an_oauth_company


async def header(company: OAuthCompany) -> str:
    """The Authorization header that a fresh process would send."""
    auth = pleo_auth(company.config(), ENVIRONMENT, SYSTEM_CLOCK)
    try:
        return (await auth.authorization()).reveal()
    finally:
        await auth.close()


def problem(company: OAuthCompany) -> str:
    return credential_problem(company.config(), ENVIRONMENT, SYSTEM_CLOCK)


async def test_person_logs_in_once_and_every_process_is_logged_in(tmp_path: Path) -> None:
    async with an_oauth_company(tmp_path) as company:
        assert "Nobody has logged in" in problem(company)
        assert await company.log_in() == COMPANY_ID

        assert problem(company) == ""
        assert await header(company) == "Bearer canary-access-1"
        assert len(company.server.calls) == 1


async def test_nothing_of_a_login_is_in_the_open_anywhere(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with an_oauth_company(tmp_path) as company:
        await company.log_in()
        await header(company)
        files = company.files()

    assert set(files) == {"secrets.json", "secrets.json.lock", "pleo-login.lock"}
    for name, content in files.items():
        assert b"canary" not in content, name
        assert ENVIRONMENT["MASTER_KEY_1"].encode() not in content, name
    assert "canary" not in caplog.text
    assert tmp_path.joinpath(".bilag").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"state": "guessed"}, "does not belong to this login"),
        ({"error": "access_denied"}, "access_denied"),
        ({"code": "canary-stolen"}, "the code is not, or no longer, valid"),
    ],
)
async def test_login_that_fails_keeps_the_one_from_before(tmp_path: Path, changes: dict[str, str], why: str) -> None:
    async with an_oauth_company(tmp_path) as company:
        await company.log_in()
        before = company.files()
        with pytest.raises(NeedsPerson, match=why) as failed:
            await company.log_in(**changes)

        assert company.files() == before
        assert "canary" not in str(failed.value)


async def test_lost_answer_to_a_code_says_to_log_in_again(tmp_path: Path) -> None:
    async with an_oauth_company(tmp_path) as company:
        company.server.script = ["lose"]
        with pytest.raises(TryLater, match="Run `bilag login` again"):
            await company.log_in()


async def test_login_that_can_not_be_renewed_is_refused(tmp_path: Path) -> None:
    async with an_oauth_company(tmp_path) as company:
        company.server.script = [lambda: web.json_response({"access_token": "a", "token_type": "bearer"})]
        with pytest.raises(NeedsPerson, match="no refresh token"):
            await company.log_in()
        assert "secrets.json" not in company.files()


async def test_person_is_not_sent_to_pleo_when_the_login_could_not_be_kept(tmp_path: Path) -> None:
    async with an_oauth_company(tmp_path) as company:
        for keys, why in (("", "bilag secrets new-key"), (KEY_1.replace("MASTER_KEY_1", "NOT_SET"), "NOT_SET")):
            company.write_config(keys=keys)
            with pytest.raises(NeedsPerson, match=why):
                await log_in(company.config_path, pytest.fail, ENVIRONMENT)
        company.write_config()
        company.state.mkdir()
        (company.state / "secrets.json").write_text("{")
        (company.state / "secrets.json").chmod(0o600)
        with pytest.raises(NeedsPerson, match="damaged"):
            await log_in(company.config_path, pytest.fail, ENVIRONMENT)


async def test_login_without_its_table_says_where_to_look(tmp_path: Path) -> None:
    path = tmp_path / "bilag.toml"
    path.write_text(f'[pleo]\ncompany_id = "{COMPANY_ID}"\n')

    with pytest.raises(NeedsPerson, match=r"pleo\.oauth: the table is missing"):
        await log_in(path, pytest.fail, ENVIRONMENT)


async def test_login_replaces_one_whose_key_is_lost(tmp_path: Path) -> None:
    async with an_oauth_company(tmp_path) as company:
        await company.log_in()
        company.write_config(keys=KEY_2)
        assert "version 1, which is not among secrets.keys" in problem(company)
        await company.log_in()

        assert await header(company) == "Bearer canary-access-2"


async def test_login_that_pleo_ended_is_told_without_asking_pleo(tmp_path: Path) -> None:
    async with an_oauth_company(tmp_path) as company:
        company.server.expires_in = 1
        await company.log_in()
        company.server.revoke()
        await SYSTEM_CLOCK.sleep(1.0)
        with pytest.raises(NeedsPerson, match="bilag login"):
            await header(company)
        calls = len(company.server.calls)

        assert "Run `bilag login`" in problem(company)
        assert len(company.server.calls) == calls


async def test_processes_with_one_state_folder_renew_once(tmp_path: Path) -> None:
    async with an_oauth_company(tmp_path) as company:
        company.server.expires_in = 1
        await company.log_in()
        company.server.expires_in = 3600
        await SYSTEM_CLOCK.sleep(1.0)

        headers = {await waiting for waiting in [asyncio.create_task(header(company)) for _ in range(5)]}

        assert headers == {"Bearer canary-access-2"}
        assert len(company.server.calls) == 2


async def test_wrong_client_secret_is_a_sentence_without_it(tmp_path: Path) -> None:
    async with an_oauth_company(tmp_path) as company:
        company.server.script = [lambda: refusal("invalid_client", 401)]
        with pytest.raises(NeedsPerson, match=r"client_secret") as refused:
            await company.log_in()

    assert CLIENT_SECRET not in str(refused.value)


async def test_credentials_are_exactly_one(tmp_path: Path) -> None:
    async with an_oauth_company(tmp_path) as company:
        company.write_config(pleo='api_key = { env = "CLIENT_SECRET" }\n')
        assert "exactly one" in problem(company)
