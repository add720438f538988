"""The keyring package is not among our dependencies; here a folder stands in for it, as an installation would."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from bilag.config.system_keyring import KeyringUnusable, system_keyring

ASK = "from bilag.config.system_keyring import *; print(repr(system_keyring('bilag', 'master-key')))"


def installed(folder: Path, body: str) -> Path:
    package = folder / "keyring"
    package.mkdir()
    (package / "errors.py").write_text("class KeyringError(Exception): ...\n")
    (package / "__init__.py").write_text(
        f"from keyring.errors import KeyringError\ndef get_password(service, user):\n    {body}\n"
    )
    return folder


def asked(folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": str(folder)}
    return subprocess.run([sys.executable, "-c", ASK], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.skipif(find_spec("keyring") is not None, reason="somebody installed it")
def test_package_that_is_not_there_is_named_with_the_command_that_installs_it() -> None:
    with pytest.raises(KeyringUnusable, match="pip install keyring"):
        system_keyring("bilag", "master-key")


def test_password_of_the_entry_is_returned(tmp_path: Path) -> None:
    assert asked(installed(tmp_path, "return f'{service} {user}'")).stdout == "'bilag master-key'\n"


def test_entry_that_is_not_there_is_none(tmp_path: Path) -> None:
    assert asked(installed(tmp_path, "return None")).stdout == "None\n"


def test_keyring_without_a_backend_is_a_sentence(tmp_path: Path) -> None:
    ended = asked(installed(tmp_path, "raise KeyringError('canary')"))

    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].endswith("the keyring does not answer: it is locked, or this machine has none")
    assert "canary" not in ended.stderr
