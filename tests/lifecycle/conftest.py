from pathlib import Path

import pytest

from tests.lifecycle.scene import Scene


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)
