"""A real process that is killed while it rotates."""

import subprocess
import sys
from pathlib import Path

import pytest

from bilag.adapters.secrets.store import SecretStore, kept_secrets
from bilag.ports.secret import Secret
from tests.adapters.secrets.samples import CANARY, HOME, OTHER_COMPANY, keys_of

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("killed_after", [1, 5, 20])
def test_killed_rotation_leaves_every_secret_under_one_version(tmp_path: Path, killed_after: int) -> None:
    path = tmp_path / "secrets.json"
    for place in (HOME, OTHER_COMPANY):
        SecretStore(path, keys_of(1)).put(place, Secret(CANARY))
    last = rotated_until_killed(path, killed_after)

    versions = {kept.key_version for kept in kept_secrets(path)}
    assert len(versions) == 1
    assert versions <= {last, last + 1}
    store = SecretStore(path, keys_of(*versions))
    assert (store.get(HOME), store.get(OTHER_COMPANY)) == (Secret(CANARY), Secret(CANARY))
    assert store.rotate().changed == 0


def rotated_until_killed(path: Path, killed_after: int) -> int:
    """The last version that the child said it reached."""
    child = [sys.executable, "-m", "tests.adapters.secrets.rotating_child", str(path)]
    with subprocess.Popen(child, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(killed_after)]
        process.kill()
        lines += process.stdout.readlines()
    assert process.returncode < 0
    return int([line for line in lines if line.endswith("\n")][-1])
