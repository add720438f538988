from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.expenses import seeded
from tests.e2e.stage import Stage, open_stage


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A company with 130 expenses, so that lists have two pages; every fifth has a receipt."""
    async with open_stage(tmp_path / "company", seeded(130)) as opened:
        yield opened
