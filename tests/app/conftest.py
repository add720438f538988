from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.expenses import seeded
from tests.e2e.stage import ENVIRONMENT, Stage, open_stage


@pytest.fixture
async def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    """A company with five expenses in a waiting job, and its key in the environment."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    async with open_stage(tmp_path / "company", seeded(5)) as opened:
        opened.new_job()
        yield opened
