from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bilag.simulator.demo_job import demo_expenses
from tests.cli.terminal import Terminal
from tests.e2e.stage import ENVIRONMENT, Stage, open_stage


@pytest.fixture
def bilag(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """The command line, with the company's key in the environment."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return Terminal(capsys)


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Stage]:
    """A company with the demo's expenses in a waiting job."""
    async with open_stage(tmp_path / "company", demo_expenses()) as stage:
        stage.new_job()
        yield stage
