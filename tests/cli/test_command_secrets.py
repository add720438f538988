"""`bilag login` and `bilag secrets`, as people type them."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import aiohttp
import click
import pytest
from click.testing import CliRunner, Result

from bilag.adapters.secrets.master_keys import MasterKeys
from bilag.cli.command_secrets import secrets
from bilag.ports.errors import NeedsPerson
from bilag.ports.secret import Secret
from tests.app.oauth_company import (
    COMPANY_ID,
    ENVIRONMENT,
    KEY_1,
    KEY_2,
    OAuthCompany,
    an_oauth_company,
    visit,
)

LOGIN_SECONDS_MAX = 30.0


async def typed(company: OAuthCompany, *arguments: str) -> Result:
    """Run in a thread, so that a server can answer meanwhile."""
    where = ("--config", str(company.config_path))

    def run() -> Result:
        return CliRunner().invoke(secrets, (*arguments, *where), env=ENVIRONMENT, catch_exceptions=False)

    return await asyncio.to_thread(run)


async def test_login_shows_one_address_on_stdout_and_no_token_anywhere(tmp_path: Path) -> None:
    call = "import sys; from bilag.cli.command_secrets import login; login(sys.argv[1:])"
    async with an_oauth_company(tmp_path) as company, aiohttp.ClientSession() as browser:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", call), cwd=tmp_path, env=ENVIRONMENT, stdout=PIPE, stderr=PIPE
        )
        assert process.stdout is not None
        address = (await asyncio.wait_for(process.stdout.readline(), LOGIN_SECONDS_MAX)).decode().strip()
        await visit(browser, company.server.agree(address))
        out, err = await asyncio.wait_for(process.communicate(), LOGIN_SECONDS_MAX)

        assert process.returncode == 0, err
        assert b"Open this address" in err
        assert f"Logged in for company {COMPANY_ID}" in out.decode()
        assert "canary" not in f"{address} {out!r} {err!r}"
        assert (await typed(company, "list")).stdout.split()[-3:] == [COMPANY_ID, "pleo.login", "1"]


async def test_list_names_what_is_kept_and_what_to_do_without_a_value(tmp_path: Path) -> None:
    async with an_oauth_company(tmp_path) as company:
        assert "Nothing is kept yet" in (await typed(company, "list")).stdout
        await company.log_in()
        company.write_config(keys=KEY_1 + KEY_2)
        listed = await typed(company, "list")
        as_json = await typed(company, "list", "--json")

    assert "run `bilag secrets rotate`" in listed.stdout
    assert "canary" not in listed.output
    assert json.loads(as_json.stdout) == {"company": COMPANY_ID, "field": "pleo.login", "keyVersion": 1}


async def test_rotate_says_what_it_did_and_can_be_repeated(tmp_path: Path) -> None:
    async with an_oauth_company(tmp_path) as company:
        await company.log_in()
        company.write_config(keys=KEY_1 + KEY_2)

        assert "1 of 1 encrypted anew; all are under key version 2." in (await typed(company, "rotate")).stdout
        assert "0 of 1 encrypted anew; all are under key version 2." in (await typed(company, "rotate")).stdout
        company.write_config(keys=KEY_1)
        with pytest.raises(NeedsPerson, match="key version 2, which is not among"):
            await typed(company, "rotate")


async def test_remove_forgets_one_and_says_when_there_is_none(tmp_path: Path) -> None:
    async with an_oauth_company(tmp_path) as company:
        await company.log_in()

        assert (await typed(company, "remove", "pleo.login")).exit_code == 0
        again = await typed(company, "remove", "pleo.login")
        assert again.exit_code == 1
        assert "There is no secret pleo.login" in again.stderr


def test_new_key_prints_a_key_and_nothing_else() -> None:
    printed = [CliRunner().invoke(secrets, ["new-key"]).output for _ in range(2)]

    for text in printed:
        assert text.endswith("\n")
        assert MasterKeys(by_version={1: Secret(text.removesuffix("\n"))}).newest == 1
    assert printed[0] != printed[1]


def test_every_command_and_option_says_what_it_does() -> None:
    for command in secrets.commands.values():
        assert command.help
        for parameter in command.params:
            assert not isinstance(parameter, click.Option) or parameter.help
