"""Every system of books in turn."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bilag.ports.accounting_system import AccountingSystem
from tests.adapters.accounting.payables_world import open_books


@pytest.fixture(params=["memory", "beancount", "hledger"])
async def books(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AccountingSystem]:
    opened = open_books(request.param, tmp_path)
    yield opened
    await opened.close()
