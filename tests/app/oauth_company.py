"""A company whose bilag.toml logs in with OAuth, beside a server that takes the login."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp

from bilag.app.login import log_in
from bilag.config.load import load_config
from bilag.config.shape import Config
from tests.adapters.pleo.oauth_server import CLIENT_SECRET, OAuthServer, oauth_server
from tests.adapters.secrets.samples import key_text

COMPANY_ID: Final = "3d0c6a52-7f6e-4c1b-9a52-5b1f0e7c2d11"
OTHER_COMPANY_ID: Final = "9b1d7e40-1111-4c1b-9a52-5b1f0e7c2d22"
ENVIRONMENT: Final = {
    "CLIENT_SECRET": CLIENT_SECRET,
    "MASTER_KEY_1": key_text(1).reveal(),
    "MASTER_KEY_2": key_text(2).reveal(),
}
OAUTH: Final = """
[pleo.oauth]
client_id = "client-1"
client_secret = { env = "CLIENT_SECRET" }
authorize_url = "URL/oauth/authorize"
token_url = "URL/oauth/token"
redirect_port = 0
"""
KEY_1: Final = '[[secrets.keys]]\nversion = 1\nkey = { env = "MASTER_KEY_1" }\n'
KEY_2: Final = '[[secrets.keys]]\nversion = 2\nkey = { env = "MASTER_KEY_2" }\n'


@dataclass(kw_only=True)
class OAuthCompany:
    """The folder with bilag.toml, and what answers it."""

    folder: Path
    server: OAuthServer

    @property
    def config_path(self) -> Path:
        return self.folder / "bilag.toml"

    @property
    def state(self) -> Path:
        return self.folder / ".bilag"

    def write_config(self, *, company_id: str = COMPANY_ID, keys: str = KEY_1, pleo: str = "") -> None:
        text = f'[pleo]\ncompany_id = "{company_id}"\nsimulator_origins = ["{self.server.url}"]\n{pleo}'
        self.config_path.write_text(f"{text}{OAUTH.replace('URL', self.server.url)}{keys}", "utf-8")

    def config(self) -> Config:
        return load_config(self.config_path)

    async def log_in(self, **changes: str) -> str:
        """`bilag login`, with a person who opens the address and agrees; `changes` are to what the browser brings."""
        async with aiohttp.ClientSession() as browser:
            addresses: list[str] = []
            visits: list[asyncio.Task[None]] = []

            def show(address: str) -> None:
                addresses.append(address)
                visits.append(asyncio.create_task(visit(browser, self.server.agree(address, **changes))))

            try:
                return await log_in(self.config_path, show, ENVIRONMENT, seconds_max=30.0)
            finally:
                await asyncio.gather(*visits)

    def files(self) -> dict[str, bytes]:
        """Everything in the folder but the settings."""
        found = [path for path in self.folder.rglob("*") if path.is_file() and path != self.config_path]
        return {path.name: path.read_bytes() for path in found}


async def visit(browser: aiohttp.ClientSession, address: str) -> None:
    async with browser.get(address) as answer:
        await answer.read()


@asynccontextmanager
async def an_oauth_company(folder: Path) -> AsyncIterator[OAuthCompany]:
    async with oauth_server() as server:
        company = OAuthCompany(folder=folder, server=server)
        company.write_config()
        yield company
