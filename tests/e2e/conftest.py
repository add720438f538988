from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal
from tests.e2e.expenses import seeded
from tests.e2e.stage import ENVIRONMENT, Stage, open_stage


@pytest.fixture
def bilag(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """The command line, with the company's key in the environment."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return Terminal(capsys)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A company with 130 expenses, so that lists have two pages; every fifth has a receipt."""
    async with open_stage(tmp_path / "company", seeded(130)) as opened:
        yield opened
